"""Holding everything back, and letting it go on."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from tests.responders.commands.line import Workspace

ROOT = Path(__file__).parents[3]


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


def test_whoever_pauses_waits_for_nothing_that_a_pause_does_not_need(at_noon: Workspace) -> None:
    """A second went by in imports alone before; what is read here is what was imported."""
    code = (
        "import sys; from responders.cli import main\n"
        "sys.argv = ['groundswell', '--config', sys.argv[1], 'pause']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sys.modules)"
    )
    config = str(at_noon.folder / "groundswell.toml")
    done = subprocess.run(
        [sys.executable, "-c", code, config], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "Paused" in done.stderr + done.stdout
    loaded = set(done.stdout.split())
    heavy = {"alembic", "feedparser", "numpy", "httpx2", "discord", "praw", "torch", "fastapi"}
    assert not loaded & heavy
    assert not {
        name for name in loaded if name.startswith(("listener.sources.", "classifiers.embedders."))
    }
    assert at_noon("status", "--json").json["paused"] is True
