"""A reply that its place takes from nobody any more is closed with the reason."""

from dataclasses import replace

import pytest

from config.database import reading, transaction
from config.ground import Ground
from responders.delivery.channels.base import Closed, Message, Receipt
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice import store
from responders.voice.tables import Draft, DraftState
from tests.places.board import Board
from tests.responders.incidents import Incident, Said, happen
from tests.responders.voice.acts import approve, end, later, replies, respond, set_state

LOCKED = "the thread is locked"
PLACE = Incident(said=[Said(thread="a"), Said(thread="b")], source_kind="discourse", reply=True)


class Shut(Board):
    """A place that takes no answer there."""

    def send(self, message: Message) -> Receipt:
        """Refuse."""
        self.tried = getattr(self, "tried", 0) + 1
        raise Closed(LOCKED)


@pytest.fixture
def issue(ground: Ground) -> int:
    made = happen(ground, PLACE)
    respond(ground)
    return made


def message(ground: Ground, draft: Draft) -> Delivery:
    with reading(ground.engine) as session:
        return session.get_one(Delivery, draft.delivery_id)


def test_the_draft_is_closed_with_what_the_place_said_and_nothing_follows(
    ground: Ground, issue: int
) -> None:
    approve(ground, replies(ground, issue)[0])
    place = Shut(public=True, lookup=True)
    deliver_due(ground, {"discourse": place})
    draft = replies(ground, issue)[0]
    row = message(ground, draft)
    assert (row.state, row.reason, row.forbidden) == (DeliveryState.FAILED, LOCKED, LOCKED)
    assert respond(ground) == 1
    draft = replies(ground, issue)[0]
    assert (draft.state, draft.reason) == (DraftState.SILENT, LOCKED)
    with reading(ground.engine) as session:
        first = next(one for one in store.threads_of(session, issue) if one.why)
    assert (first.state, first.why) == ("silent", LOCKED)
    here = later(ground, hours=1)
    set_state(here, issue, "identified")
    respond(here)
    assert [row.thread_id for row in replies(here, issue)].count(draft.thread_id) == 1
    deliver_due(replace(here), {"discourse": place})
    assert place.tried == 1


def test_another_failure_waits_for_a_person_as_before(ground: Ground, issue: int) -> None:
    approve(ground, replies(ground, issue)[0])
    end(ground, replies(ground, issue)[0], "failed")
    respond(ground)
    assert replies(ground, issue)[0].state is DraftState.APPROVED


def test_one_that_was_approved_anew_meanwhile_stays(ground: Ground, issue: int) -> None:
    approve(ground, replies(ground, issue)[0])
    deliver_due(ground, {"discourse": Shut(public=True, lookup=True)})
    with transaction(ground.engine) as session:
        row = session.get_one(Delivery, replies(ground, issue)[0].delivery_id)
        row.state, row.forbidden = DeliveryState.QUEUED, ""
    respond(ground)
    assert replies(ground, issue)[0].state is DraftState.APPROVED
