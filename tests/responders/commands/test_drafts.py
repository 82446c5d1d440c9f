"""`groundswell draft list` and `draft show` on a real store."""

import json

import pytest
from typer.testing import CliRunner, Result

from config.errors import GroundswellError, SettingsError
from config.ground import Ground
from responders.commands import drafts
from responders.voice.drafting import digest
from responders.voice.respond import respond_due
from tests.responders.incidents import Incident, Said, happen

KEYS = {
    "id", "issue_id", "kind", "phase", "channel", "thread_url", "language", "text", "text_sha256",
    "version", "state", "next_update_by", "findings", "delivery", "reason",
}  # fmt: skip


@pytest.fixture
def installed(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """The installation that the commands open, with an engine that the test closes."""
    monkeypatch.setattr(drafts, "open_ground", lambda: ground)
    return ground


def run(*words: str) -> Result:
    return CliRunner().invoke(drafts.app, words, catch_exceptions=True)


def test_scripts_read_the_drafts_as_json(installed: Ground) -> None:
    issue = happen(installed, Incident(said=[Said(thread="a"), Said(thread="b")]))
    respond_due(installed)
    rows = json.loads(run("list", "--json").stdout)
    assert [set(row) for row in rows] == [KEYS, KEYS]
    row = rows[0]
    assert (row["issue_id"], row["state"], row["kind"]) == (f"GS-{issue}", "pending", "ack")
    assert row["thread_url"] == "https://forum.example/t/a"
    assert row["next_update_by"] == "2026-05-12T16:00:00Z"
    assert row["text_sha256"] == digest(row["text"])
    assert (row["findings"], row["delivery"], row["reason"]) == ([], None, None)
    assert json.loads(run("show", row["id"], "--json").stdout) == row


def test_drafts_of_one_issue_are_listed_by_its_reference(installed: Ground) -> None:
    happen(installed, Incident())
    second = happen(installed, Incident(said=[Said(thread="x")]))
    respond_due(installed)
    rows = json.loads(run("list", "--issue", f"gs-{second}", "--json").stdout)
    assert [row["issue_id"] for row in rows] == [f"GS-{second}"]


def test_an_empty_list_says_what_to_do_next(installed: Ground) -> None:
    assert "groundswell issue list" in run("list").stdout
    assert json.loads(run("list", "--json").stdout) == []


def test_people_see_in_the_list_how_a_draft_begins_or_why_there_is_none(
    installed: Ground,
) -> None:
    happen(installed, Incident(said=[Said(thread="a"), Said(thread="b", text="I will sue you")]))
    respond_due(installed)
    shown = " ".join(run("list").stdout.split())
    assert "Thanks" in shown
    assert shown.count("GS-1") == 2


def test_people_read_the_text_of_a_draft_in_full(installed: Ground) -> None:
    happen(installed, Incident())
    respond_due(installed)
    shown = run("show", "1").stdout
    assert "The app hangs when I open a note" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("show", "77"), GroundswellError),
        (("show", "GS-1"), SettingsError),
        (("show", "9" * 40), SettingsError),
        (("list", "--issue", "nonsense"), SettingsError),
    ],
)
def test_a_mistake_is_told_in_one_line(
    installed: Ground, words: tuple[str, ...], error: type[GroundswellError]
) -> None:
    done = run(*words)
    assert type(done.exception) is error
    assert len(str(done.exception).splitlines()) == 1
