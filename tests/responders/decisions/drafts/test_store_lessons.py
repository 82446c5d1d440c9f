from datetime import timedelta

import pytest

from config.database import reading, transaction
from config.ground import Ground
from responders.decisions.drafts.approve import approve, take_back
from responders.decisions.drafts.edit import edit
from responders.decisions.drafts.store_lessons import samples
from responders.voice.lessons import Sample
from responders.voice.tables import DraftVersion
from tests.conftest import NOON
from tests.responders.decisions.deciding import RUTH, TEXT, TOM, page_draft, propose, set_draft
from tests.responders.incidents import Incident, happen

THANKS = f"Thank you. {TEXT}"


@pytest.fixture
def issue_id(ground: Ground) -> int:
    return happen(ground, Incident())


def found(ground: Ground) -> list[Sample]:
    with reading(ground.engine) as session:
        return list(samples(session, since=NOON, until=NOON + timedelta(hours=1)))


def test_what_was_approved_stands_beside_what_was_drawn(ground: Ground, issue_id: int) -> None:
    draft, page = propose(ground, issue_id), page_draft(ground, issue_id)
    edit(ground, TOM, draft, THANKS)
    approve(ground, RUTH, draft)
    approve(ground, RUTH, page)
    reply, entry = found(ground)
    assert (reply.kind, reply.drawn, reply.approved, reply.edited) == ("ack", TEXT, THANKS, True)
    assert (entry.kind, entry.edited, entry.drawn) == ("page", False, entry.approved)


def test_a_template_drawn_anew_after_an_edit_is_its_own_text(ground: Ground, issue_id: int) -> None:
    draft = propose(ground, issue_id)
    edit(ground, TOM, draft, f"Hello. {TEXT}")
    edit(ground, TOM, draft, THANKS)
    set_draft(ground, draft, edited_by="")
    approve(ground, RUTH, draft)
    (reply,) = found(ground)
    assert (reply.edited, reply.drawn) == (False, THANKS)


def test_what_was_taken_back_or_written_from_nothing_is_left_out(
    ground: Ground, issue_id: int
) -> None:
    written = propose(ground, issue_id, edited_by="Tom")
    approve(ground, RUTH, written)
    page = page_draft(ground, issue_id)
    approve(ground, RUTH, page, undo_s=60)
    take_back(ground, RUTH, page)
    assert found(ground) == []


def test_words_that_were_erased_since_are_not_there_and_the_text_still_counts(
    ground: Ground, issue_id: int
) -> None:
    draft = propose(ground, issue_id)
    edit(ground, TOM, draft, THANKS)
    approve(ground, RUTH, draft)
    set_draft(ground, draft, text="")
    with transaction(ground.engine) as session:
        session.get_one(DraftVersion, 1).text = ""
    (reply,) = found(ground)
    assert (reply.edited, reply.drawn, reply.approved) == (True, "", "")
