"""A person's decisions on drafts, as the command line takes them."""

import io
import sys

import pytest

from tests.responders.commands.line import Workspace

PAGE, FIRST, SECOND = "1", "2", "3"
"""The drafts of ``proposed``: the page's comes first, then those of the threads a and b."""
ACTS = [
    ("approve",),
    ("edit", "--text", "We know."),
    ("reject", "--reason", "no"),
    ("stay-silent", "--reason", "no"),
    ("take-back",),
    ("show",),
]


def state(groundswell: Workspace, draft: str) -> str:
    found: str = groundswell("draft", "show", draft, "--json").json["state"]
    return found


def test_an_approval_says_where_it_goes_and_what_is_next(proposed: Workspace) -> None:
    page = proposed("draft", "approve", PAGE)
    assert (page.code, page.out) == (0, "")
    assert page.err == (
        "Approved for GS-1 on the known-issues page. Leaves now: `groundswell run` sends it.\n"
    )
    thread = proposed("draft", "approve", FIRST)
    assert thread.err.startswith("Approved for GS-1 at forum.example/t/a. `groundswell run` hands")
    assert "groundswell delivery show 2" in thread.err
    shown = proposed("draft", "show", FIRST, "--json").json
    assert (shown["state"], shown["delivery"]["state"]) == ("queued", "queued")


def test_the_second_yes_learns_who_was_first(proposed: Workspace) -> None:
    proposed("draft", "approve", FIRST)
    again = proposed("draft", "approve", FIRST)
    assert again.code == 1
    assert "approved this at 12:00 UTC, 12 May. Nothing was sent twice." in again.err
    assert len(again.err.splitlines()) == 1
    assert len(proposed("delivery", "list", "--json").json) == 1


def test_several_drafts_are_decided_each_by_itself(proposed: Workspace) -> None:
    proposed("draft", "reject", FIRST, "--reason", "solved")
    said = proposed("draft", "approve", PAGE, FIRST, SECOND, SECOND, "--json")
    assert said.code == 1
    assert [row["id"] for row in said.json] == [PAGE, SECOND]
    (refusal,) = said.err.splitlines()
    assert refusal.startswith(f"groundswell: draft {FIRST}: ")


def test_one_unknown_draft_among_several_is_told_before_any_is_approved(
    proposed: Workspace,
) -> None:
    assert proposed("draft", "approve", PAGE, "99").code == 1
    assert state(proposed, PAGE) == "pending"


def test_with_undo_it_waits_and_can_be_taken_back(proposed: Workspace) -> None:
    said = proposed("draft", "approve", FIRST, "--undo")
    assert f"Leaves at 12:00:30 UTC; until then: groundswell draft take-back {FIRST}" in said.err
    assert state(proposed, FIRST) == "approved"
    back = proposed("draft", "take-back", FIRST)
    assert back.err.startswith("Taken back for GS-1 at forum.example/t/a; it waits again.")
    assert state(proposed, FIRST) == "pending"
    assert proposed("draft", "take-back", FIRST).code == 1


def test_a_yes_may_name_the_version_that_was_read(proposed: Workspace) -> None:
    assert proposed("draft", "edit", FIRST, "--text", "We know of it.").code == 0
    late = proposed("draft", "approve", FIRST, "--version", "1")
    assert late.code == 1
    assert "version 2 is the newest" in late.err
    assert proposed("draft", "approve", FIRST, SECOND, "--version", "2").code == 2
    blocked = proposed("draft", "approve", FIRST, "--version", "2")
    assert blocked.code == 1
    assert "doing: A first reply says what we do now." in blocked.err
    assert "Better: Our team is investigating it now." in blocked.err
    why = ("--override", "they asked for two words only")
    assert proposed("draft", "approve", FIRST, "--version", "2", *why).code == 0


def test_a_user_decides_with_their_own_role(proposed: Workspace) -> None:
    proposed("user", "add", "dora", "--role", "drafter")
    refused = proposed("draft", "approve", FIRST, "--by", "dora")
    assert refused.code == 1
    assert "dora is a drafter; this needs an approver" in refused.err
    assert proposed("draft", "edit", FIRST, "--text", "Seen.", "--by", "dora").code == 0
    assert proposed("draft", "show", FIRST, "--json").json["edited_by"] == "dora"


@pytest.mark.parametrize(("by", "code"), [("nobody", 1), ("\x1b[31m", 1)])
def test_who_is_not_known_decides_nothing(proposed: Workspace, by: str, code: int) -> None:
    said = proposed("draft", "approve", FIRST, "--by", by)
    assert said.code == code
    assert "`groundswell user list` shows" in said.err
    assert "\x1b" not in said.err
    assert state(proposed, FIRST) == "pending"


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act[0])
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("77", 1), ("0", 1), ("9" * 4000, 1),
        ("GS-1", 2), ("x", 2), ("", 2), ("²", 2), ("\x1b[2J", 2), ("1\n2", 2),
    ],
)  # fmt: skip
def test_what_names_no_draft_is_told_in_one_short_line(
    at_noon: Workspace, act: tuple[str, ...], name: str, code: int
) -> None:
    said = at_noon("draft", act[0], name, *act[1:])
    assert (said.code, said.out) == (code, "")
    (line,) = said.err.splitlines()
    assert line.isprintable()
    assert len(line) < 160
    assert line.endswith("`groundswell draft list` shows them")


@pytest.mark.parametrize("text", ["", "  \n ", "a\x07b", "x" * 20_001])
def test_a_text_that_cannot_be_sent_changes_nothing(proposed: Workspace, text: str) -> None:
    said = proposed("draft", "edit", FIRST, "--file", proposed.write("text.txt", text))
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    before = proposed("draft", "show", FIRST, "--json").json
    assert proposed("draft", "edit", FIRST, "--text", text).code == (1 if text.strip() else 2)
    assert proposed("draft", "show", FIRST, "--json").json == before


def test_a_text_comes_from_a_file(proposed: Workspace) -> None:
    file = proposed.write("text.txt", "First line.\nSecond line.\n")
    said = proposed("draft", "edit", FIRST, "--file", file)
    assert "is version 2 now. Next: groundswell draft approve 2" in said.err
    same = proposed("draft", "edit", FIRST, "--file", file)
    assert "says that already; nothing was changed" in same.err
    assert proposed("draft", "show", FIRST, "--json").json["text"] == "First line.\nSecond line."
    assert proposed("draft", "edit", FIRST, "--file", f"{file}.gone").code == 1
    assert proposed("draft", "edit", FIRST, "--file", file, "--text", "x").code == 2


def test_without_a_text_and_a_terminal_it_is_wrong_usage(
    proposed: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert proposed("draft", "edit", FIRST).code == 2


@pytest.mark.parametrize(
    ("act", "shown", "words"),
    [
        ("reject", "rejected", "Rejected for GS-1 at forum.example/t/a. Nothing is sent there."),
        ("stay-silent", "silent", "We stay silent for GS-1 at forum.example/t/a."),
    ],
)
def test_a_no_needs_a_reason_and_keeps_it(
    proposed: Workspace, act: str, shown: str, words: str
) -> None:
    assert proposed("draft", act, FIRST).code == 2
    assert proposed("draft", act, FIRST, "--reason", " ").code == 1
    assert words in proposed("draft", act, FIRST, "--reason", "they solved it").err
    row = proposed("draft", "show", FIRST, "--json").json
    assert (row["state"], row["reason"]) == (shown, "they solved it")
    assert proposed("draft", act, FIRST, "--reason", "again").code == 1


def test_a_text_of_ones_own_waits_like_any_other(proposed: Workspace) -> None:
    proposed("draft", "reject", FIRST, "--reason", "mine is better")
    where = ("--thread", "https://forum.example/t/a")
    said = proposed("draft", "add", *where, "--text", "We know of it.", "--json")
    assert said.code == 0
    assert (said.json["state"], said.json["text"]) == ("pending", "We know of it.")
    again = proposed("draft", "add", *where, "--text", "Once more.")
    assert again.code == 1
    assert f"groundswell draft show {said.json['id']}" in again.err
    unknown = proposed("draft", "add", "--thread", "https://no.example/", "--text", "x")
    assert (unknown.code, len(unknown.err.splitlines())) == (1, 1)
