"""Waiting first replies say who sees it once that is clear, and nobody's version is lost."""

import pytest
from sqlmodel import Session, select

from config.database import reading
from config.ground import Ground
from responders.decisions.drafts.claim import claim
from responders.voice.respond import respond_due
from responders.voice.tables import Draft, DraftVersion
from tests.responders.decisions.deciding import RUTH
from tests.responders.incidents import Incident, Said, happen
from tests.responders.voice.acts import (
    PAGE_URL,
    approve,
    edit,
    later,
    pages,
    replies,
    respond,
    set_state,
)
from tests.responders.voice.test_proposing import SAYS_WHO, WINDOWS, people_name


@pytest.fixture
def issue(ground: Ground) -> int:
    made = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    respond(ground)
    return made


def of_thread(ground: Ground, issue: int, place: int) -> Draft:
    return replies(ground, issue)[place]


def test_a_reply_that_nobody_touched_becomes_its_next_version(ground: Ground, issue: int) -> None:
    before = of_thread(ground, issue, 0)
    people_name(ground, issue, *WINDOWS)
    respond(ground)
    after = of_thread(ground, issue, 0)
    assert SAYS_WHO in after.text
    assert (after.id, after.version, after.next_update_by) == (
        before.id,
        before.version + 1,
        before.next_update_by,
    )
    with reading(ground.engine) as session:
        kept = session.exec(select(DraftVersion).where(DraftVersion.draft_id == before.id)).all()
    assert before.text in {one.text for one in kept}
    assert respond(ground) == 0


def test_what_is_clear_no_more_is_said_no_more(ground: Ground, issue: int) -> None:
    people_name(ground, issue, *WINDOWS)
    respond(ground)
    people_name(ground, issue, "It hangs.")
    respond(ground)
    assert "Windows" not in of_thread(ground, issue, 0).text
    assert respond(ground) == 0


def test_what_a_person_wrote_or_approved_stays(ground: Ground, issue: int) -> None:
    written, approved = replies(ground, issue)
    edit(ground, written, "We know of it, in my words.")
    approve(ground, approved)
    people_name(ground, issue, *WINDOWS)
    respond(ground)
    texts = [one.text for one in replies(ground, issue)]
    assert texts == ["We know of it, in my words.", approved.text]


def test_what_somebody_reads_stays_until_they_let_it_go(ground: Ground, issue: int) -> None:
    read, (entry,) = of_thread(ground, issue, 0), pages(ground, issue)
    for one in (read, entry):
        claim(ground, RUTH, one.id or 0)
    people_name(ground, issue, *WINDOWS)
    respond(ground)
    assert of_thread(ground, issue, 0).text == read.text
    assert pages(ground, issue)[0].text == entry.text
    assert SAYS_WHO in of_thread(ground, issue, 1).text
    respond(later(ground, minutes=11))
    assert SAYS_WHO in of_thread(ground, issue, 0).text
    assert SAYS_WHO in pages(ground, issue)[0].text


def test_what_one_of_two_said_yes_to_stays(ground: Ground, issue: int) -> None:
    first = of_thread(ground, issue, 0)

    def half(_session: Session, draft: Draft) -> bool:
        return draft.id == first.id

    people_name(ground, issue, *WINDOWS)
    respond_due(ground, page_url=PAGE_URL, half_approved=half)
    assert of_thread(ground, issue, 0).text == first.text
    assert SAYS_WHO in of_thread(ground, issue, 1).text


def test_once_it_is_identified_it_is_said_as_well(ground: Ground, issue: int) -> None:
    set_state(ground, issue, "identified", note="A full disk.")
    respond(ground)
    people_name(ground, issue, *WINDOWS)
    respond(ground)
    assert SAYS_WHO in of_thread(ground, issue, 0).text
