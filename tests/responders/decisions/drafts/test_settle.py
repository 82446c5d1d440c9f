import pytest

from config.ground import Ground
from responders.decisions.acting import AlreadyDone, NotAllowed, NotFound
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.reject import reject
from responders.decisions.drafts.settle import settle
from responders.decisions.tables import Approval
from responders.delivery.tables import DeliveryState
from responders.voice.tables import DraftState
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.responders.decisions.deciding import (
    RUTH,
    TOM,
    audit,
    delivery_for,
    draft,
    later,
    propose,
    set_delivery,
)
from tests.responders.incidents import Incident, happen

URL = "https://forum.example/t/t1/9"


@pytest.fixture
def draft_id(ground: Ground) -> int:
    number = propose(ground, happen(ground, Incident()))
    approve(ground, RUTH, number)
    return number


def given(ground: Ground, draft_id: int, state: DeliveryState) -> int:
    set_delivery(ground, draft_id, state=state, tries=1)
    return delivery_for(ground, draft_id).id or 0


@pytest.mark.parametrize("state", [DeliveryState.IN_DOUBT, DeliveryState.BY_HAND])
def test_what_a_person_saw_there_is_sent(
    ground: Ground, draft_id: int, state: DeliveryState
) -> None:
    number = given(ground, draft_id, state)
    assert settle(later(ground), TOM, number, sent_url=f" {URL} ") is DeliveryState.SENT
    row = delivery_for(ground, draft_id)
    assert (row.state, row.url, row.sent_at) == (
        DeliveryState.SENT, URL, later(ground).clock.now(),
    )  # fmt: skip
    assert audit(ground)[-1] == ("delivery settled", f"delivery {number}")
    with pytest.raises(AlreadyDone, match="It was sent at 12:03 UTC, 12 May"):
        settle(ground, RUTH, number, sent_url=None)


def test_what_was_in_doubt_and_is_not_there_is_queued_again(ground: Ground, draft_id: int) -> None:
    number = given(ground, draft_id, DeliveryState.IN_DOUBT)
    assert settle(ground, TOM, number, sent_url=None) is DeliveryState.QUEUED
    row = delivery_for(ground, draft_id)
    assert (row.state, row.tries) == (DeliveryState.QUEUED, 0)
    assert draft(ground, draft_id).state is DraftState.APPROVED


def test_what_promises_a_time_that_passed_waits_for_a_decision_instead(
    ground: Ground, draft_id: int
) -> None:
    number = given(ground, draft_id, DeliveryState.IN_DOUBT)
    state = settle(later(ground, 6 * 60), TOM, number, sent_url=None)
    assert state is delivery_for(ground, draft_id).state is DeliveryState.CANCELLED
    assert draft(ground, draft_id).state is DraftState.PENDING


def test_what_was_not_posted_by_hand_waits_for_a_decision(ground: Ground, draft_id: int) -> None:
    number = given(ground, draft_id, DeliveryState.BY_HAND)
    assert settle(ground, TOM, number, sent_url=None) is DeliveryState.CANCELLED
    row = draft(ground, draft_id)
    assert (row.state, row.decided_by) == (DraftState.PENDING, "")
    assert [row.taken_back_at for row in rows(ground, Approval)] == [NOON]
    approve(ground, TOM, draft_id)


def test_what_failed_waits_for_a_decision_once_somebody_took_note(
    ground: Ground, draft_id: int
) -> None:
    number = given(ground, draft_id, DeliveryState.FAILED)
    assert settle(ground, TOM, number, sent_url=None) is DeliveryState.CANCELLED
    assert delivery_for(ground, draft_id).reason == "it failed, and a person took note"
    assert draft(ground, draft_id).state is DraftState.PENDING
    approve(ground, TOM, draft_id)
    assert delivery_for(ground, draft_id).state is DeliveryState.QUEUED


def test_what_failed_and_a_person_posted_all_the_same_is_sent(
    ground: Ground, draft_id: int
) -> None:
    number = given(ground, draft_id, DeliveryState.FAILED)
    assert settle(ground, TOM, number, sent_url=URL) is DeliveryState.SENT
    assert (delivery_for(ground, draft_id).url, draft(ground, draft_id).state) == (
        URL, DraftState.APPROVED,
    )  # fmt: skip


def test_what_failed_and_was_rejected_since_is_never_called_sent(
    ground: Ground, draft_id: int
) -> None:
    number = given(ground, draft_id, DeliveryState.FAILED)
    reject(ground, RUTH, draft_id, "somebody answered")
    with pytest.raises(NotAllowed, match="is rejected now"):
        settle(ground, TOM, number, sent_url=URL)
    assert settle(ground, TOM, number, sent_url=None) is DeliveryState.CANCELLED
    assert draft(ground, draft_id).state is DraftState.REJECTED


@pytest.mark.parametrize("state", [DeliveryState.QUEUED, DeliveryState.SENDING])
@pytest.mark.parametrize("url", [URL, None])
def test_nobody_settles_what_is_not_in_doubt(
    ground: Ground, draft_id: int, state: DeliveryState, url: str | None
) -> None:
    number = given(ground, draft_id, state)
    with pytest.raises(AlreadyDone, match="needs nobody to settle it"):
        settle(ground, TOM, number, sent_url=url)
    assert delivery_for(ground, draft_id).state is state


@pytest.mark.parametrize(
    "url", ["", "forum.example/t/1", "javascript:alert(1)", "http://", "https://a b", "http://[::"]
)
def test_where_it_stands_must_be_an_address(ground: Ground, draft_id: int, url: str) -> None:
    number = given(ground, draft_id, DeliveryState.BY_HAND)
    with pytest.raises(NotAllowed, match="address"):
        settle(ground, TOM, number, sent_url=url)


def test_an_unknown_delivery_is_told_as_such(ground: Ground) -> None:
    with pytest.raises(NotFound, match="there is no delivery 99"):
        settle(ground, TOM, 99, sent_url=None)
