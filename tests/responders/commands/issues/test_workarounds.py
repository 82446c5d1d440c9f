"""`groundswell issue workaround`, and where what helps is shown."""

import pytest

from classifiers.issues import IssueWriter
from config.database import transaction
from listener.tables import Product
from responders.voice.respond import respond_due
from responders.workspace import close_opened, open_ground
from tests.conftest import NOON
from tests.responders.commands.line import Workspace
from tests.responders.incidents import Incident, Said, happen

FIX = "Pairing it again fixed it for me."


@pytest.fixture
def reported(at_noon: Workspace) -> Workspace:
    """GS-1 with a post that tells what helped, explained and with its drafts."""
    ground = open_ground(at_noon.folder / "groundswell.toml")
    said = [Said(thread="a"), Said(thread="b", text=f"It hangs when I open a note. {FIX}")]
    number = happen(ground, Incident(said=said, product="fernsync"))
    with transaction(ground.engine) as session:
        product = session.get_one(Product, 1)
        IssueWriter(session, product, now=NOON).explain_anew([number])
    respond_due(ground)
    close_opened()
    return at_noon


def texts(groundswell: Workspace) -> list[str]:
    """Let the pass go by and return the texts that wait."""
    respond_due(open_ground(groundswell.folder / "groundswell.toml"))
    close_opened()
    return [row["text"] for row in groundswell("draft", "list", "--json").json]


def test_what_helped_is_offered_with_who_found_it(reported: Workspace) -> None:
    value = reported("issue", "show", "GS-1", "--json").json
    (fact,) = value["facts"]["fixes"]
    assert fact["quotes"][0]["author"].startswith("person ")
    assert value["workaround"] is None
    shown = " ".join(reported("issue", "show", "GS-1").out.split())
    assert f"Helped somebody, not verified: “{FIX}” (post 2 by person " in shown


def test_a_verified_way_around_is_said_everywhere(reported: Workspace) -> None:
    assert not any(FIX in text for text in texts(reported))
    said = reported("issue", "workaround", "GS-1", "--post", "2", "--json")
    assert (said.code, said.json["workaround"]["text"]) == (0, FIX)
    assert said.json["workaround"]["by"]
    assert said.json["workaround"]["author"].startswith("person ")
    shown = " ".join(reported("issue", "show", "GS-1").out.split())
    assert f"workaround {FIX} (found by person " in shown
    assert reported("post", "show", "1", "--json").json["workaround"] == FIX
    evidence = reported("issue", "evidence", "GS-1").out
    assert "Verified way around:" in evidence
    waiting = texts(reported)
    assert len(waiting) == 3
    for text in waiting:
        assert f"Until then this may help: {FIX} " in text


def test_taken_back_it_is_said_no_more(reported: Workspace) -> None:
    reported("issue", "workaround", "GS-1", "--text", "Wait a minute.")
    assert all("this may help: Wait a minute." in text for text in texts(reported))
    assert reported("issue", "workaround", "GS-1", "--clear").code == 0
    assert not any("this may help" in text for text in texts(reported))
    assert reported("post", "show", "1", "--json").json["workaround"] is None


def test_once_a_change_was_made_it_is_history(reported: Workspace) -> None:
    reported("issue", "workaround", "GS-1", "--text", "Wait a minute.")
    reported("issue", "state", "GS-1", "monitoring")
    assert not any("this may help" in text for text in texts(reported))


@pytest.mark.parametrize("words", [[], ["--clear", "--text", "x"], ["--clear", "--post", "1"]])
def test_it_must_be_said_what_helps_or_that_nothing_does(
    reported: Workspace, words: list[str]
) -> None:
    said = reported("issue", "workaround", "GS-1", *words)
    assert said.code == 2
    assert "--post or --text" in said.err
