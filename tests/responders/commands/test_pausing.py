"""Holding everything back, and letting it go on."""

import io

import pytest

from tests.responders.commands.line import Workspace


def test_a_pause_is_told_everywhere_until_it_is_over(proposed: Workspace) -> None:
    said = proposed("pause", "--reason", "wrong link", "--json")
    assert said.json["paused"] is True
    assert (said.json["reason"], said.json["since"]) == ("wrong link", "2026-05-12T12:00:00Z")
    status = proposed("status", "--json").json
    assert status["paused"] is True
    assert status["pause"] == {key: said.json[key] for key in ("by", "since", "reason")}
    (warning,) = [line for line in status["warnings"] if "paused" in line]
    assert warning.endswith("(wrong link); let it go on: groundswell resume")
    assert proposed("pause").code == 1
    approved = proposed("draft", "approve", "1")
    assert approved.err.endswith("Sending is paused; it leaves after: groundswell resume\n")


def test_resuming_shows_first_what_goes_out_first(proposed: Workspace) -> None:
    proposed("pause")
    proposed("draft", "approve", "1", "2")
    look = proposed("resume", "--dry-run")
    assert "known-issues" not in look.err
    assert [line.split()[0] for line in look.out.splitlines()[1:]] == ["1", "2"]
    assert proposed("status", "--json").json["paused"] is True
    done = proposed("resume", "--json").json
    assert (done["paused"], [row["id"] for row in done["first"]]) == (False, ["1", "2"])
    assert proposed("status", "--json").json["pause"] is None


def test_what_is_not_paused_cannot_be_resumed(at_noon: Workspace) -> None:
    said = at_noon("resume")
    assert (said.code, said.out, len(said.err.splitlines())) == (1, "", 1)


def test_a_viewer_pauses_nothing(at_noon: Workspace) -> None:
    at_noon("user", "add", "vera", "--role", "viewer")
    assert at_noon("pause", "--by", "vera").code == 1
    assert at_noon("status", "--json").json["paused"] is False


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "paused"), [("n\n", True), ("y\n", False)])
def test_a_person_sees_what_goes_out_first_and_when_and_is_asked(
    proposed: Workspace, monkeypatch: pytest.MonkeyPatch, answer: str, paused: bool
) -> None:
    proposed("pause")
    proposed("draft", "approve", "2", "--undo")
    proposed("draft", "approve", "1")
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    said = proposed("resume")
    rows = [line.split() for line in said.out.splitlines()]
    assert rows[0][:2] == ["id", "leaves"]
    first = [row[0] for row in rows[1:] if row and row[0].isdigit()]
    assert first == ["2", "1"]  # delivery 2 has no undo window
    assert "Let it go on?" in said.err
    assert proposed("status", "--json").json["paused"] is paused


def test_whoever_says_yes_beforehand_is_not_asked(
    proposed: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed("pause")
    monkeypatch.setattr("sys.stdin", Terminal(""))
    assert proposed("resume", "--yes").code == 0
    assert proposed("status", "--json").json["paused"] is False
