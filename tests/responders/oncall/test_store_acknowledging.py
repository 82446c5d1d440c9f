"""When alerts were taken and acknowledged, read from a real store."""

from dataclasses import replace
from datetime import timedelta

from config.clock import FixedClock
from config.database import reading
from config.ground import Ground
from responders.decisions.issues.acknowledge import acknowledge, unacknowledge
from responders.decisions.issues.merge import merge
from responders.decisions.issues.take import take
from responders.delivery.channels.base import Message, Receipt
from responders.delivery.outbox import deliver_due
from responders.oncall.acknowledging import ToldOf
from responders.oncall.alert import alert_due
from responders.oncall.store_acknowledging import told_of
from responders.oncall.telling.digesting import tell_storms
from tests.conftest import NOON
from tests.places.board import Board
from tests.responders.decisions.deciding import RUTH
from tests.responders.incidents import Incident, happen

DAY = timedelta(days=1)


def later(ground: Ground, minutes: float) -> Ground:
    return replace(ground, clock=FixedClock(NOON + timedelta(minutes=minutes)))


class Timed(Board):
    """A board whose receipts bear the time of the ground's clock."""

    def __init__(self, ground: Ground) -> None:
        super().__init__()
        self._now = ground.clock.now()

    def send(self, message: Message) -> Receipt:
        return replace(super().send(message), at=self._now)


def tell(ground: Ground) -> None:
    alert_due(ground)
    tell_storms(ground)
    deliver_due(ground, {"terminal": Timed(ground)})


def told(ground: Ground, *, after: timedelta = -DAY) -> list[ToldOf]:
    with reading(ground.engine) as session:
        return list(told_of(session, since=NOON + after, until=NOON + DAY))


def minutes(ground: Ground) -> list[float | None]:
    return [None if one.took_s is None else one.took_s / 60 for one in told(ground)]


def test_it_counts_from_when_the_alert_was_taken_to_the_first_acknowledgement(
    ground: Ground,
) -> None:
    issue = happen(ground, Incident())
    assert told(ground) == []
    tell(later(ground, 2))
    assert minutes(ground) == [None]
    acknowledge(later(ground, 5), RUTH, issue)
    unacknowledge(later(ground, 6), RUTH, issue, "the wrong one")
    acknowledge(later(ground, 50), RUTH, issue)
    assert minutes(ground) == [3.0]
    assert told(ground, after=timedelta(minutes=3)) == []


def test_whoever_takes_an_issue_acknowledges_it(ground: Ground) -> None:
    issue = happen(ground, Incident())
    tell(ground)
    take(later(ground, 7), RUTH, issue)
    assert minutes(ground) == [7.0]


def test_an_issue_counts_once_with_what_was_merged_into_it(ground: Ground) -> None:
    first, second, _ = (happen(ground, Incident()) for _ in range(3))
    tell(ground)
    acknowledge(later(ground, 4), RUTH, second)
    assert minutes(ground) == [None, 4.0, None]
    merge(later(ground, 5), RUTH, first, into=second)
    assert minutes(ground) == [4.0, None]


def test_what_a_digest_told_counts_from_its_message_or_from_when_it_joined(ground: Ground) -> None:
    knobs = ground.settings.oncall.model_copy(update={"storm_alerts": 1})
    ground = replace(ground, settings=ground.settings.model_copy(update={"oncall": knobs}))
    happen(ground, Incident())
    listed = happen(ground, Incident())
    tell(ground)
    joined = happen(ground, Incident())
    tell(later(ground, 3))
    acknowledge(later(ground, 8), RUTH, listed)
    acknowledge(later(ground, 8), RUTH, joined)
    assert minutes(ground) == [None, 8.0, 5.0]
