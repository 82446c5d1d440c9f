"""All that is known of an issue, as Markdown in which strangers' words do nothing."""

from responders.workspace import close_opened, open_ground
from tests.responders.commands.line import Workspace
from tests.responders.incidents import Incident, Said, happen

HOSTILE = "# Sorry <img src=x>\n\n[click](javascript:x) @everyone *see* me@home.example"


def test_evidence_tells_what_since_when_where_and_who_was_told(proposed: Workspace) -> None:
    proposed("issue", "state", "GS-1", "identified", "--note", "the note view")
    said = proposed("issue", "evidence", "GS-1")
    assert said.code == 0
    for line in (
        "# GS-1: App hangs when a note is opened",
        "- **State:** identified",
        "- **First reported:** 2026-05-12 12:00 UTC",
        "2 posts by 2 people in 1 place.",
        "Told 0 of 2.",
    ):
        assert line in said.out.splitlines()
    assert "“It hangs on my phone when I open a note” (2026-05-12 11:50 UTC" in said.out
    assert "[forum.example](<https://forum.example/p/" in said.out
    assert "identified: the note view" in said.out
    assert "person 1" not in said.out  # people are counted, not named


def test_words_of_strangers_stay_inert(at_noon: Workspace) -> None:
    ground = open_ground(at_noon.folder / "groundswell.toml")
    happen(ground, Incident(said=[Said(text=HOSTILE)], title=HOSTILE, product="fernsync"))
    close_opened()
    told = at_noon("issue", "evidence", "GS-1").out
    assert "<img" not in told
    assert "](javascript" not in told.replace(r"\](", "")
    assert "@everyone" not in told
    assert not [line for line in told.splitlines()[1:] if line.startswith("# ")]
    quotes = told.split("## In their words")[1]
    assert "me@" not in quotes.replace("\u200b", "")
