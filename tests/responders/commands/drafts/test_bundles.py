"""Approving all texts of an issue at once: shown first, then asked for, then each by itself."""

import io

import pytest

from tests.responders.commands.line import Workspace

PAGE, FIRST, SECOND = "1", "2", "3"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def states(groundswell: Workspace) -> list[str]:
    return [row["state"] for row in groundswell("draft", "list", "--json").json]


def test_without_a_yes_it_only_shows_every_text_in_full(proposed: Workspace) -> None:
    said = proposed("draft", "approve", "--issue", "GS-1")
    assert said.code == 0
    for number in (PAGE, FIRST, SECOND):
        assert proposed("draft", "show", number, "--json").json["text"] in said.out
    assert "3 texts of GS-1 in 1 place, one every 5 s. Digest: " in said.err
    assert "Nothing was approved." in said.err
    assert states(proposed) == ["pending"] * 3


def test_a_script_approves_exactly_what_it_was_shown(proposed: Workspace) -> None:
    shown = proposed("draft", "approve", "--issue", "GS-1", "--json").json
    assert [one["id"] for one in shown["texts"]] == [PAGE, FIRST, SECOND]
    yes = ("draft", "approve", "--issue", "GS-1", "--yes", "--expect", shown["digest"])
    done = proposed(*yes, "--json")
    assert done.code == 0
    leave = [one["leaves_at"] for one in done.json["approved"]]
    assert leave == [f"2026-05-12T12:00:{second}Z" for second in ("00", "05", "10")]
    assert proposed(*yes).code == 1  # nothing waits any more


def test_what_changed_since_it_was_shown_is_not_approved(proposed: Workspace) -> None:
    digest = proposed("draft", "approve", "--issue", "GS-1", "--json").json["digest"]
    proposed("draft", "edit", SECOND, "--text", "We know. The next word comes by 16:00 UTC.")
    said = proposed("draft", "approve", "--issue", "GS-1", "--yes", "--expect", digest)
    assert said.code == 1
    assert "what waits is not what was shown" in said.err
    assert states(proposed) == ["pending"] * 3


@pytest.mark.parametrize(("answer", "expected"), [("y\n", "approved"), ("n\n", "pending")])
def test_a_person_at_a_terminal_is_asked(
    proposed: Workspace, monkeypatch: pytest.MonkeyPatch, answer: str, expected: str
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    said = proposed("draft", "approve", "--issue", "GS-1", "--undo")
    assert said.code == 0
    assert "Approve 3 texts of GS-1 in 1 place, one every 5 s?" in said.err
    assert states(proposed) == [expected] * 3


def test_one_that_somebody_reads_is_shown_and_left_out(proposed: Workspace) -> None:
    proposed("user", "add", "ruth", "--role", "approver")
    proposed("draft", "claim", FIRST, "--by", "ruth")
    shown = proposed("draft", "approve", "--issue", "GS-1", "--json").json
    left = [one["left_out"] for one in shown["texts"]]
    assert left == [None, "ruth is reading this since 12:00 UTC, 12 May", None]
    everything = proposed("draft", "approve", "--issue", "GS-1", "--anyway", "--json").json
    assert everything["digest"] != shown["digest"]
    told = proposed("draft", "approve", "--issue", "GS-1")
    assert "at forum.example/t/a - left out: ruth is reading" in told.out


def test_an_issue_with_nothing_to_approve_says_where_to_look(proposed: Workspace) -> None:
    for number in (PAGE, FIRST, SECOND):
        proposed("draft", "reject", number, "--reason", "no")
    said = proposed("draft", "approve", "--issue", "GS-1")
    assert (said.code, said.out) == (0, "")
    assert said.err.startswith("No text of GS-1 waits for a yes")


@pytest.mark.parametrize(
    "words",
    [
        (), ("2", "--issue", "GS-1"), ("2", "--yes"), ("--issue", "GS-1", "--yes"),
        ("--issue", "GS-1", "--expect", "abc"),
    ],
)  # fmt: skip
def test_a_yes_to_nothing_in_particular_is_a_mistake(
    proposed: Workspace, words: tuple[str, ...]
) -> None:
    said = proposed("draft", "approve", *words)
    assert said.code == 2
    assert states(proposed) == ["pending"] * 3


def test_a_viewer_approves_no_list(proposed: Workspace) -> None:
    proposed("user", "add", "vera", "--role", "viewer")
    digest = proposed("draft", "approve", "--issue", "GS-1", "--json").json["digest"]
    yes = ("draft", "approve", "--issue", "GS-1", "--yes", "--expect", digest, "--by", "vera")
    assert proposed(*yes).code == 1
    assert states(proposed) == ["pending"] * 3


def test_a_blocked_text_is_shown_as_such_and_leaves_with_a_reason(proposed: Workspace) -> None:
    text = proposed("draft", "show", "2", "--json").json["text"]
    proposed("draft", "edit", "2", "--text", f"{text} It will be fixed by tomorrow.")
    shown = proposed("draft", "approve", "--issue", "GS-1", "--json").json
    assert [one["blocked_by"] for one in shown["texts"] if one["id"] == "2"] == [
        ["fix-date", "promise"]
    ]
    assert "(blocked by fix-date, promise:" in proposed("draft", "approve", "--issue", "GS-1").out
    yes = ("draft", "approve", "--issue", "GS-1", "--yes", "--expect", shown["digest"], "--json")
    done = proposed(*yes, "--override", "the date is agreed").json
    assert done["left_out"] == []
    assert "2" in [one["id"] for one in done["approved"]]
