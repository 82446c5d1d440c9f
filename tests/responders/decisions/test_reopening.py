"""No approval outlives the state it was given in."""

import pytest

from classifiers.tables import IssueState
from config.database import reading
from config.ground import Ground
from responders.decisions import store
from responders.decisions.acting import NotAllowed
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.settle import settle
from responders.decisions.issues.merge import merge
from responders.decisions.issues.state import set_state
from responders.delivery.tables import DeliveryState
from responders.voice.tables import DraftState
from tests.responders.decisions.deciding import (
    LAST_WORD,
    RUTH,
    TOM,
    audit,
    delivery_for,
    draft,
    page_draft,
    propose,
    set_delivery,
    set_issue,
)
from tests.responders.incidents import Incident, happen
from tests.responders.voice.acts import all_drafts, respond

OVER = {"phase": "resolved", "next_update_by": None, "kind": "update", "text": LAST_WORD}


@pytest.fixture
def issue_id(ground: Ground) -> int:
    number = happen(ground, Incident())
    set_issue(ground, number, state=IssueState.RESOLVED)
    return number


def test_what_was_approved_and_did_not_leave_waits_again(ground: Ground, issue_id: int) -> None:
    reply, page = propose(ground, issue_id, **OVER), page_draft(ground, issue_id, **OVER)
    for number in (reply, page):
        approve(ground, RUTH, number)
    set_delivery(ground, reply, tries=3, reason="the forum asks for silence")
    set_state(ground, TOM, issue_id, IssueState.INVESTIGATING, note="it is not over")
    for number in (reply, page):
        row, sent = draft(ground, number), delivery_for(ground, number)
        assert (row.state, row.decided_by) == (DraftState.PENDING, "")
        assert row.reason == f"GS-{issue_id} is investigating again"
        assert sent.state is DeliveryState.CANCELLED
        with reading(ground.engine) as session:
            assert [bool(one.taken_back_at) for one in store.approvals(session, number)] == [True]
    assert audit(ground)[-2:] == [
        ("approval taken back", f"draft {reply}"),
        ("approval taken back", f"draft {page}"),
    ]


def test_what_left_already_and_what_says_no_more_stays(ground: Ground, issue_id: int) -> None:
    set_issue(ground, issue_id, state=IssueState.IDENTIFIED)
    left = propose(ground, issue_id, key="a", phase="identified")
    approve(ground, RUTH, left)
    set_delivery(ground, left, state=DeliveryState.SENDING)
    still = propose(ground, issue_id, key="b", phase="investigating")
    approve(ground, RUTH, still)
    set_state(ground, TOM, issue_id, IssueState.INVESTIGATING)
    assert delivery_for(ground, left).state is DeliveryState.SENDING
    assert delivery_for(ground, still).state is DeliveryState.QUEUED
    assert {draft(ground, one).state for one in (left, still)} == {DraftState.APPROVED}


def test_going_on_takes_nothing_back(ground: Ground, issue_id: int) -> None:
    set_issue(ground, issue_id, state=IssueState.INVESTIGATING)
    number = propose(ground, issue_id)
    approve(ground, RUTH, number)
    set_state(ground, TOM, issue_id, IssueState.IDENTIFIED)
    assert delivery_for(ground, number).state is DeliveryState.QUEUED


def test_the_end_takes_back_what_says_that_it_goes_on(ground: Ground, issue_id: int) -> None:
    set_issue(ground, issue_id, state=IssueState.INVESTIGATING)
    reply, page = propose(ground, issue_id), page_draft(ground, issue_id)
    for number in (reply, page):
        approve(ground, RUTH, number)
    set_state(ground, TOM, issue_id, IssueState.RESOLVED, note="fixed since noon")
    for number in (reply, page):
        row = draft(ground, number)
        assert (row.state, row.reason) == (DraftState.PENDING, f"GS-{issue_id} is resolved by now")
        assert delivery_for(ground, number).state is DeliveryState.CANCELLED
        with pytest.raises(NotAllowed, match="resolved by now"):
            approve(ground, RUTH, number)


def test_nobody_approves_the_last_word_once_it_goes_on(ground: Ground, issue_id: int) -> None:
    number = propose(ground, issue_id, **OVER)
    set_state(ground, TOM, issue_id, IssueState.INVESTIGATING)
    with pytest.raises(NotAllowed, match=rf"GS-{issue_id} is investigating again, and draft"):
        approve(ground, RUTH, number)


def test_a_doubt_settled_after_the_reopening_sends_nothing(ground: Ground, issue_id: int) -> None:
    number = propose(ground, issue_id, **OVER)
    approve(ground, RUTH, number)
    set_delivery(ground, number, state=DeliveryState.IN_DOUBT, tries=1)
    set_state(ground, TOM, issue_id, IssueState.MONITORING)
    doubt = delivery_for(ground, number)
    assert settle(ground, RUTH, doubt.id or 0, sent_url=None) is DeliveryState.CANCELLED
    assert draft(ground, number).state is DraftState.PENDING


def test_becoming_part_of_an_open_issue_takes_the_last_word_back(
    ground: Ground, issue_id: int
) -> None:
    whole, number = happen(ground, Incident()), propose(ground, issue_id, **OVER)
    approve(ground, RUTH, number)
    merge(ground, TOM, issue_id, whole)
    assert delivery_for(ground, number).state is DeliveryState.CANCELLED
    assert draft(ground, number).state is DraftState.STALE


def test_the_pass_then_proposes_what_is_so_now(ground: Ground, issue_id: int) -> None:
    approve(ground, RUTH, page_draft(ground, issue_id, **OVER))
    set_state(ground, TOM, issue_id, IssueState.INVESTIGATING)
    respond(ground)
    live = [row for row in all_drafts(ground, issue_id) if row.state is DraftState.PENDING]
    assert {row.phase for row in live} == {"investigating"}
    assert len({row.key for row in live}) == len(live) == 2
