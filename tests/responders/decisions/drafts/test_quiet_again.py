"""What waits for the end of quiet hours follows them when its place's policy changes."""

from datetime import timedelta

import pytest
from sqlmodel import select

from config.database import transaction
from config.ground import Ground
from listener.tables import Product
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.quiet_again import follow_quiet_hours
from responders.decisions.drafts.rechecking import recheck_due
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import DeliveryState
from tests.conftest import NOON
from tests.responders.decisions.deciding import (
    RUTH,
    delivery_for,
    later,
    propose,
    set_delivery,
)
from tests.responders.incidents import Incident, happen


def declare(ground: Ground, hours: str | None) -> None:
    """Let every place of the product be quiet then."""
    with transaction(ground.engine) as session:
        policy = {"quiet_hours": hours} if hours else {}
        session.exec(select(Product)).one().extra = {"policy": policy}


@pytest.fixture
def waiting(ground: Ground) -> int:
    """Return a draft that waits from noon until one."""
    number = propose(ground, happen(ground, Incident()))
    declare(ground, "11:30-13:00")
    assert approve(ground, RUTH, number).leaves_at == NOON + timedelta(hours=1)
    return number


def test_lifted_hours_let_go_what_waits_for_their_end(ground: Ground, waiting: int) -> None:
    declare(ground, None)
    here = later(ground, minutes=5)
    assert recheck_due(here) == 0
    row = delivery_for(here, waiting)
    assert row.next_try_at == here.clock.now()
    assert "quiet" not in row.target
    deliver_due(here, {})
    assert delivery_for(here, waiting).tries == 1


@pytest.mark.parametrize(
    ("hours", "minutes"), [("11:30-12:20", 20), ("11:00-15:00", 180), ("02:00-03:00", 5)]
)
def test_other_hours_hold_from_now_on(
    ground: Ground, waiting: int, hours: str, minutes: int
) -> None:
    declare(ground, hours)
    here = later(ground, minutes=5)
    assert follow_quiet_hours(here) == 1
    assert follow_quiet_hours(here) == 0
    row = delivery_for(here, waiting)
    assert row.next_try_at == NOON + timedelta(minutes=minutes)
    assert row.target["quiet"]["hours"] == hours


def test_the_time_to_take_it_back_is_not_cut_short(ground: Ground, waiting: int) -> None:
    declare(ground, None)
    follow_quiet_hours(later(ground, minutes=0.05))
    undo = timedelta(seconds=ground.settings.outbox.undo_s)
    assert delivery_for(ground, waiting).next_try_at == NOON + undo


def test_hours_that_come_after_the_yes_hold_up_what_was_to_leave(ground: Ground) -> None:
    number = propose(ground, happen(ground, Incident()))
    approve(ground, RUTH, number)
    declare(ground, "11:30-13:00")
    assert follow_quiet_hours(ground) == 1
    deliver_due(ground, {})
    row = delivery_for(ground, number)
    assert (row.tries, row.next_try_at) == (0, NOON + timedelta(hours=1))


def test_what_waits_for_something_else_goes_on_waiting(ground: Ground, waiting: int) -> None:
    set_delivery(ground, waiting, next_try_at=NOON + timedelta(minutes=90))
    declare(ground, None)
    follow_quiet_hours(later(ground, minutes=5))
    assert delivery_for(ground, waiting).next_try_at == NOON + timedelta(minutes=90)


def test_what_was_tried_or_taken_back_is_left_alone(ground: Ground, waiting: int) -> None:
    declare(ground, None)
    for values in ({"tries": 1}, {"tries": 0, "state": DeliveryState.CANCELLED}):
        set_delivery(ground, waiting, **values)
        assert follow_quiet_hours(later(ground, minutes=5)) == 0
