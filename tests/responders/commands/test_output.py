"""What people see of values and tables, on a terminal and on a pipe."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from responders.commands import output
from responders.commands.output import Reader, emit_json, emit_list, emit_object, say, shown

PATH = "/srv/" + "a-long-folder/" * 12 + "groundswell.toml"
AT = datetime(2026, 11, 21, 23, 22, 7, tzinfo=UTC)
SEEN = "2026-11-21 23:22 UTC"


class Terminal(io.StringIO):
    """A terminal as far as a console asks."""

    def isatty(self) -> bool:
        """Say that a person sits here."""
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of 80 columns that commands print to."""
    found = Terminal()
    console = Reader(file=found, width=80, highlight=False, color_system=None)
    monkeypatch.setattr(output, "PEOPLE", console)
    return found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ("", "–"),
        ([], "–"),
        ({}, "–"),
        (True, "yes"),
        (0.5, "0.5"),
        (AT, SEEN),
        ("2026-11-21T23:22:07Z", SEEN),
        ("2026-11-21T23:22:07.250Z", SEEN),
        ("on 2026-11-21T23:22:07Z", "on 2026-11-21T23:22:07Z"),
        (["a", "b"], "a, b"),
        ({"total": 11, "told": 0}, "total: 11\ntold: 0"),
        ({"eta": None, "numbers": [1, 2]}, "eta: –\nnumbers: 1, 2"),
        ([{"after": AT, "why": "x"}, {"after": AT}], f"after: {SEEN}, why: x\nafter: {SEEN}"),
        ("two\nlines\x1b[2J", "two\nlines\\x1b[2J"),
    ],
)
def test_a_value_is_shown_as_a_person_writes_it(value: Any, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize("forced", ["", "1"])
def test_nothing_is_wrapped_on_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, forced: str
) -> None:
    monkeypatch.setenv("FORCE_COLOR", forced)
    say(f"Written to {PATH}. Keep it safe")
    emit_object({"file": PATH, "text": "x"}, as_json=False)
    emit_list([{"a": PATH, "b": PATH}], as_json=False, columns=["a", "b"], empty="")
    emit_list([], as_json=False, columns=[], empty=f"see {PATH} for more")
    told = capsys.readouterr()
    assert f"Written to {PATH}. Keep it safe\n" in told.err
    assert [line.count(PATH) for line in told.out.splitlines()] == [1, 0, 0, 2, 1]
    assert all(line == line.rstrip() for line in told.out.splitlines())


def test_further_lines_of_a_value_stand_below_its_first(capsys: pytest.CaptureFixture[str]) -> None:
    emit_object({"text": "one\ntwo", "state": "sent"}, as_json=False)
    assert capsys.readouterr().out.splitlines() == ["text   one", "       two", "state  sent"]


def test_a_time_stands_on_one_line_in_a_narrow_table(terminal: Terminal) -> None:
    row = {"at": "2026-11-21T23:22:07Z", **{f"c{number}": "wordy " * 20 for number in range(4)}}
    emit_list([row], as_json=False, columns=list(row), empty="")
    told = terminal.getvalue()
    assert SEEN in told
    assert max(len(line) for line in told.splitlines()) <= 80


def test_a_long_value_folds_on_a_terminal_below_its_beginning(terminal: Terminal) -> None:
    emit_object({"reason": "word " * 40}, as_json=False)
    first, *rest = terminal.getvalue().splitlines()
    assert first.startswith("reason  word")
    assert rest
    assert all(line.startswith("        word") for line in rest)


def test_where_a_table_is_too_wide_rows_stand_one_below_the_other(terminal: Terminal) -> None:
    times = dict.fromkeys(["last", "next", "found"], "2026-11-21T23:22:07Z")
    row = {"name": "forum.example", **times, "reason": "no answer within 20 s"}
    emit_list([row, row], as_json=False, columns=list(row), empty="")
    lines = [line.rstrip() for line in terminal.getvalue().splitlines()]
    block = ["name    forum.example", *[f"{name:8}{SEEN}" for name in times]]
    assert lines == 2 * [*block, "reason  no answer within 20 s", ""]


def test_json_holds_nothing_that_steers_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    words = "a\x9b31mb \u202egnp.exe\u2028\x1b[0m \x7f é"
    emit_json({"text": words})
    printed = capsys.readouterr().out
    assert all(char.isprintable() or char == "\n" for char in printed)
    assert "é" in printed
    assert json.loads(printed) == {"text": words}
