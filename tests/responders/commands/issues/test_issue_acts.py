"""A person's decisions on an issue itself, as the command line takes them."""

import pytest

from tests.responders.commands.line import Workspace

ACTS = [
    ("state", "identified"),
    ("rename", "Another name"),
    ("mute", "--reason", "no"),
    ("snooze", "--for", "1h"),
    ("not-an-issue", "--reason", "no"),
    ("wake",),
    ("merge", "--into", "GS-1"),
    ("unmerge",),
    ("split", "--post", "1", "--title", "Another"),
    ("evidence",),
]


def shown(groundswell: Workspace, issue: str = "GS-1") -> dict[str, object]:
    found: dict[str, object] = groundswell("issue", "show", issue, "--json").json
    return found


def test_a_state_is_set_at_once_and_says_what_follows(proposed: Workspace) -> None:
    said = proposed("issue", "state", "gs-1", "identified", "--note", "the note view")
    assert said.err == (
        "GS-1 is identified. An update for the page will be proposed: "
        "groundswell draft list --issue GS-1\n"
    )
    assert shown(proposed)["state"] == "identified"
    again = proposed("issue", "state", "GS-1", "identified")
    assert (again.code, len(again.err.splitlines())) == (1, 1)
    assert proposed("issue", "state", "GS-1", "bogus").code == 2


def test_a_name_given_by_a_person_is_shown(proposed: Workspace) -> None:
    said = proposed("issue", "rename", "GS-1", "Notes hang")
    assert said.err == "GS-1 is named “Notes hang” now.\n"
    assert shown(proposed)["title"] == "Notes hang"
    assert proposed("issue", "rename", "GS-1", "a\x1bb").code == 1


def test_an_issue_is_hushed_for_a_while_and_woken(proposed: Workspace) -> None:
    muted = proposed("issue", "mute", "GS-1", "--reason", "known", "--for", "3d")
    assert muted.err == (
        "GS-1 is muted until 2026-05-15 12:00 UTC. Sooner: groundswell issue wake GS-1\n"
    )
    assert shown(proposed)["hushed_until"] == "2026-05-15T12:00:00Z"
    snoozed = proposed("issue", "snooze", "GS-1", "--until", "2026-05-13", "--json")
    assert snoozed.json["flags"] == ["snoozed"]
    woken = proposed("issue", "wake", "GS-1", "--json")
    assert (woken.json["flags"], woken.json["hushed_until"]) == ([], None)
    assert proposed("issue", "wake", "GS-1").code == 1
    assert "until you wake it" in proposed("issue", "mute", "GS-1", "--reason", "known").err


@pytest.mark.parametrize(
    "words",
    [
        ("snooze", "GS-1"),
        ("snooze", "GS-1", "--for", "soon"),
        ("snooze", "GS-1", "--until", "2020-01-01"),
        ("mute", "GS-1", "--reason", "x", "--until", "2027-01-01", "--for", "1d"),
        ("mute", "GS-1"),
        ("declare",),
        ("split", "GS-1", "--title", "x"),
        ("merge", "GS-1"),
        ("move", "1"),
    ],
)
def test_half_a_command_is_wrong_usage(proposed: Workspace, words: tuple[str, ...]) -> None:
    said = proposed("issue", *words)
    assert (said.code, said.out) == (2, "")
    assert shown(proposed)["flags"] == []


def test_what_is_none_of_ours_keeps_quiet_until_it_is_woken(proposed: Workspace) -> None:
    said = proposed("issue", "not-an-issue", "GS-1", "--reason", "another product")
    assert said.err.endswith("groundswell issue wake GS-1\n")
    assert shown(proposed)["flags"] == ["not-an-issue"]


def test_what_is_none_of_ours_needs_no_reason(proposed: Workspace) -> None:
    assert proposed("issue", "not-an-issue", "GS-1").code == 0
    assert shown(proposed)["flags"] == ["not-an-issue"]
    (said, *_) = proposed("verdict", "list", "--json").json
    assert said["said"] == "no reason was given"


def test_an_issue_can_be_declared_by_hand(proposed: Workspace) -> None:
    said = proposed("issue", "declare", "--title", "Sign-in fails", "--json")
    assert (said.json["id"], said.json["title"]) == ("GS-2", "Sign-in fails")
    for words in (("--post", "77"), ("--product", "nothing")):
        refused = proposed("issue", "declare", "--title", "x", *words)
        assert (refused.code, len(refused.err.splitlines())) == (1, 1)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act[0])
@pytest.mark.parametrize(("name", "code"), [("GS-77", 1), ("GS-x", 2), ("\x1b]0;", 2)])
def test_what_names_no_issue_is_told_in_one_line(
    at_noon: Workspace, act: tuple[str, ...], name: str, code: int
) -> None:
    said = at_noon("issue", act[0], name, *act[1:])
    assert (said.code, said.out) == (code, "")
    (line,) = said.err.splitlines()
    assert line.isprintable()
