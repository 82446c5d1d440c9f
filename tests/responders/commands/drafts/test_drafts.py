"""`groundswell draft list` and `draft show` on a real store."""

import json

import pytest
from typer.testing import CliRunner, Result

from config.errors import GroundswellError, SettingsError
from config.ground import Ground
from responders.commands.drafts import drafts
from responders.voice.respond import respond_due
from responders.voice.words.drafting import digest
from tests.responders.incidents import Incident, Said, happen

KEYS = {
    "id", "issue_id", "kind", "phase", "channel", "thread_url", "language", "text", "text_sha256",
    "version", "state", "next_update_by", "findings", "delivery", "reason", "edited_by",
    "decided_by", "decided_at", "claimed_by", "claimed_at", "first_yes",
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
    assert [set(row) for row in rows] == [KEYS, KEYS, KEYS]
    assert [row["kind"] for row in rows] == ["update", "ack", "ack"]  # the page's comes first
    page, row, _ = rows
    assert (page["channel"], page["thread_url"]) == ("page", None)
    assert (row["issue_id"], row["state"], row["kind"]) == (f"GS-{issue}", "pending", "ack")
    assert row["thread_url"] == "https://forum.example/t/a"
    assert row["next_update_by"] == "2026-05-12T16:00:00Z"
    assert row["text_sha256"] == digest(row["text"])
    (found,) = row["findings"]
    assert (found["rule"], found["level"]) == ("local-link", "warning")  # the page's, by default
    assert set(found) == {"rule", "level", "message", "words", "suggestion"}
    assert (row["delivery"], row["reason"]) == (None, None)
    assert json.loads(run("show", row["id"], "--json").stdout) == row


def test_drafts_of_one_issue_are_listed_by_its_reference(installed: Ground) -> None:
    happen(installed, Incident())
    second = happen(installed, Incident(said=[Said(thread="x")]))
    respond_due(installed)
    rows = json.loads(run("list", "--issue", f"gs-{second}", "--json").stdout)
    assert {row["issue_id"] for row in rows} == {f"GS-{second}"}


def test_an_empty_list_says_what_to_do_next(installed: Ground) -> None:
    assert "groundswell issue list" in run("list").stdout
    assert json.loads(run("list", "--json").stdout) == []


def test_people_see_in_the_list_whom_a_draft_quotes_or_why_there_is_none(
    installed: Ground,
) -> None:
    said = [Said(thread="a"), Said(thread="b", text="It hangs on my phone when I open a note")]
    happen(installed, Incident(said=[*said, Said(thread="c", text="I will sue you")]))
    respond_due(installed)
    shown = run("list").stdout
    assert "Thanks" not in shown
    assert "“The app hangs when I open a note”" in shown
    assert "“It hangs on my phone when I open a note”" in shown
    assert shown.count("GS-1") == 4  # and one for the page


def test_an_issue_without_drafts_is_told_as_that(installed: Ground) -> None:
    issue = happen(installed, Incident())
    assert run("list", "--issue", f"GS-{issue}").stdout == (
        f"GS-{issue} has no drafts; all are in: groundswell draft list\n"
    )


def test_people_read_a_draft_without_json(installed: Ground) -> None:
    happen(installed, Incident())
    respond_due(installed)
    lines = run("show", "1").stdout.splitlines()
    (findings,) = [line for line in lines if line.startswith("findings")]
    assert "warning: This address can be opened on this machine only." in findings
    assert any(line.startswith(" " * 16 + "The Fernsync team here.") for line in lines)


def test_people_read_the_text_of_a_draft_in_full(installed: Ground) -> None:
    happen(installed, Incident())
    respond_due(installed)
    shown = run("show", "2").stdout
    assert "The app hangs when I open a note" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("show", "77"), GroundswellError),
        (("show", "GS-1"), SettingsError),
        (("show", "9" * 40), GroundswellError),
        (("show", "9" * 5000), GroundswellError),
        (("list", "--issue", "GS-77"), GroundswellError),
        (("list", "--issue", "nonsense"), SettingsError),
    ],
)
def test_a_mistake_is_told_in_one_line(
    installed: Ground, words: tuple[str, ...], error: type[GroundswellError]
) -> None:
    done = run(*words)
    assert type(done.exception) is error
    assert len(str(done.exception).splitlines()) == 1
