"""A text in a language that nobody reviewed leaves only by the yes of somebody who read it."""

import pytest

from config.ground import Ground
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.bundle import Item, approve_together
from responders.decisions.drafts.reviewing import unread_language
from responders.decisions.refusing import NotAllowed
from responders.voice.tables import DraftState
from tests.responders.decisions.deciding import OVERRIDE, RUTH, draft, entries, propose
from tests.responders.incidents import Incident, happen


@pytest.fixture
def french(ground: Ground) -> int:
    return propose(ground, happen(ground, Incident()), language="fr")


def test_nobody_approves_it_by_accident(ground: Ground, french: int) -> None:
    with pytest.raises(NotAllowed, match=r"nobody has reviewed our French texts.*--read"):
        approve(ground, RUTH, french, override=OVERRIDE)
    assert draft(ground, french).state is DraftState.PENDING


def test_it_is_part_of_no_approval_of_many(ground: Ground, french: int) -> None:
    item = Item(french, 1, draft(ground, french).text_sha256)
    outcome = approve_together(ground, RUTH, [item])
    assert not outcome.approved
    assert "French" in outcome.left_out[0].reason


def test_whoever_read_it_says_so_and_that_is_kept(ground: Ground, french: int) -> None:
    approve(ground, RUTH, french, override=OVERRIDE, read=True)
    assert draft(ground, french).state is DraftState.APPROVED
    said = [row.payload for row in entries(ground) if row.act == "draft approved"]
    assert [one and one["read_in"] for one in said] == ["fr"]


@pytest.mark.parametrize(("language", "name"), [("en", ""), ("de", ""), ("ja", "Japanese")])
def test_only_what_was_not_reviewed_needs_it(ground: Ground, language: str, name: str) -> None:
    number = propose(ground, happen(ground, Incident()), language=language)
    assert unread_language(ground.settings, draft(ground, number)) == name
