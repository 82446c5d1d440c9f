from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select, update

from config.clock import FixedClock
from config.database import transaction
from config.ground import Ground
from listener.tables import Product
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.rechecking import recheck_due
from responders.decisions.pause import pause
from responders.decisions.tables import Approval
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.words.drafting import digest
from tests.conftest import NOON
from tests.responders.decisions.deciding import (
    OVERRIDE,
    RUTH,
    TEXT,
    TOM,
    delivery_for,
    propose,
    set_delivery,
)
from tests.responders.incidents import Incident, Said, erase, happen

BAD = f"{TEXT} It will be fixed by tomorrow."
COUNTED = f"{TEXT} You say it happens after 4711 notes."


@pytest.fixture
def issue_id(ground: Ground) -> int:
    said = [Said(), Said(text="The app hangs when I open a note, all 4711 notes do.")]
    return happen(ground, Incident(said=said))


def test_what_was_approved_leaves(ground: Ground, issue_id: int) -> None:
    number = propose(ground, issue_id)
    approve(ground, RUTH, number)
    assert recheck_due(ground) == 0
    assert delivery_for(ground, number).state is DeliveryState.QUEUED


def test_a_block_that_came_up_since_keeps_the_text_here_with_the_reason(
    ground: Ground, issue_id: int
) -> None:
    number = propose(ground, issue_id, text=COUNTED)
    approve(ground, RUTH, number)
    erase(ground, "4711")
    assert recheck_due(ground) == 1
    row = delivery_for(ground, number)
    assert row.state is DeliveryState.FAILED
    assert "number: " in row.reason
    assert "4711" in row.reason
    assert recheck_due(ground) == 0
    assert approve(ground, TOM, number, override=OVERRIDE).delivery_id == row.id
    assert recheck_due(ground) == 0


def test_words_that_came_past_every_act_do_not_leave(ground: Ground, issue_id: int) -> None:
    number = propose(ground, issue_id)
    approve(ground, RUTH, number)
    set_delivery(ground, number, text=BAD, approved_sha256=digest(BAD))
    assert recheck_due(ground) == 1
    assert delivery_for(ground, number).state is DeliveryState.FAILED


def test_what_somebody_let_pass_leaves_but_no_other_text(ground: Ground, issue_id: int) -> None:
    number = propose(ground, issue_id, text=BAD)
    approve(ground, RUTH, number, override=OVERRIDE)
    assert recheck_due(ground) == 0
    worse = f"{BAD} Here is a refund."
    set_delivery(ground, number, text=worse, approved_sha256=digest(worse))
    assert recheck_due(ground) == 1


def test_a_reason_that_was_taken_back_lets_nothing_pass(ground: Ground, issue_id: int) -> None:
    number = propose(ground, issue_id, text=BAD)
    approve(ground, RUTH, number, override=OVERRIDE)
    with transaction(ground.engine) as session:  # the next yes to the same delivery gives none
        session.connection().execute(update(Approval).values(taken_back_at=NOON))
    assert recheck_due(ground) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"tries": 1},
        {"state": DeliveryState.SENT},
        {"state": DeliveryState.SENDING},
        {"public": False},
        {"next_try_at": NOON + timedelta(minutes=1)},
    ],
)
def test_what_may_stand_there_or_does_not_leave_now_is_left_alone(
    ground: Ground, issue_id: int, values: dict[str, object]
) -> None:
    number = propose(ground, issue_id)
    approve(ground, RUTH, number)
    set_delivery(ground, number, text=BAD, approved_sha256=digest(BAD), **values)
    assert recheck_due(ground) == 0
    assert delivery_for(ground, number).reason == ""


def test_nothing_is_judged_while_sending_is_paused(ground: Ground, issue_id: int) -> None:
    number = propose(ground, issue_id)
    approve(ground, RUTH, number)
    set_delivery(ground, number, text=BAD)
    pause(ground, TOM, "a storm")
    assert recheck_due(ground) == 0


def test_one_that_cannot_be_judged_keeps_no_other_from_it(ground: Ground, issue_id: int) -> None:
    number = propose(ground, issue_id)
    approve(ground, RUTH, number)
    set_delivery(ground, number, text=BAD)
    with transaction(ground.engine) as session:
        session.add(
            Delivery(
                key="nobody's", product_id=1, channel="manual", destination="x", kind="ack",
                public=True, text=BAD, next_try_at=NOON, created_at=NOON,
            )
        )  # fmt: skip
    later = replace(ground, clock=FixedClock(NOON + timedelta(minutes=1)))
    assert recheck_due(later) == 1


@pytest.mark.parametrize("policy", [{"allowed": False, "why": "their rules"}, {"no_bots": True}])
def test_what_was_approved_before_a_place_closed_does_not_leave(
    ground: Ground, policy: dict[str, object]
) -> None:
    issue = happen(ground, Incident(source_kind="discourse", reply=True))
    number = propose(ground, issue, channel="discourse")
    approve(ground, RUTH, number)
    with transaction(ground.engine) as session:
        session.exec(select(Product)).one().extra = {"policy": policy}
    assert recheck_due(ground) == 1
    row = delivery_for(ground, number)
    assert row.state is DeliveryState.FAILED
    assert "forum" in row.reason
    assert recheck_due(ground) == 0
