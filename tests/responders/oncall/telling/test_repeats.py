"""What nobody acknowledged is told again, all together, as often as somebody asked for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from classifiers.tables import IssueState
from config.clock import FixedClock
from config.ground import Ground
from responders.decisions.issues.acknowledge import acknowledge
from responders.decisions.issues.mute import mute
from responders.decisions.issues.state import set_state
from responders.decisions.issues.take import take
from responders.oncall.alert import alert_due
from responders.oncall.telling.repeats import REPEAT, repeat_alerts
from tests.conftest import NOON
from tests.responders.decisions.deciding import RUTH, set_issue
from tests.responders.incidents import Incident, happen
from tests.responders.oncall.storms.outbreak import break_out, queued

HOUR = timedelta(hours=1)


def every(ground: Ground, hours: float) -> Ground:
    oncall = ground.settings.oncall.model_copy(update={"repeat_hours": hours})
    return replace(ground, settings=ground.settings.model_copy(update={"oncall": oncall}))


def at(ground: Ground, hours: float) -> Ground:
    return replace(ground, clock=FixedClock(NOON + hours * HOUR))


def times(ground: Ground, hours: range) -> list[int]:
    """Return in which hours something was told again."""
    return [hour for hour in hours if repeat_alerts(at(ground, hour))]


def test_it_is_told_every_four_hours_to_every_destination_once(ground: Ground) -> None:
    asked = every(ground, 4.0)
    issue = happen(ground, Incident())
    alert_due(asked)
    assert times(asked, range(12)) == [4, 8]
    assert [row.text for row in queued(ground, REPEAT)] == [
        f"1 issue is still open, and nobody acknowledged:\nGS-{issue} major, told 12:00 UTC, 12 May"
    ] * 2
    assert repeat_alerts(at(asked, 11)) == 0


def test_by_default_nothing_is_repeated(ground: Ground) -> None:
    happen(ground, Incident())
    alert_due(ground)
    assert times(ground, range(0, 2000, 50)) == []


@pytest.mark.parametrize("end", ["acknowledged", "taken", "muted", "resolved"])
def test_what_somebody_decided_on_is_not_repeated(ground: Ground, end: str) -> None:
    asked = every(ground, 4.0)
    issue = happen(ground, Incident())
    alert_due(asked)
    match end:
        case "acknowledged":
            acknowledge(ground, RUTH, issue)
        case "taken":
            take(ground, RUTH, issue)
        case "muted":
            mute(ground, RUTH, issue, "known")
        case "resolved":
            set_state(ground, RUTH, issue, IssueState.RESOLVED)
    assert times(asked, range(12)) == []


def test_a_return_begins_anew(ground: Ground) -> None:
    asked = every(ground, 4.0)
    issue = happen(ground, Incident())
    alert_due(asked)
    set_issue(ground, issue, bursts=2, version=2)
    alert_due(at(asked, 3))
    assert times(asked, range(12)) == [7, 11]


def test_after_a_standstill_it_is_told_once_and_many_are_one_message(ground: Ground) -> None:
    asked = every(ground, 1.0)
    break_out(ground, 30)
    alert_due(asked)
    assert repeat_alerts(at(asked, 100)) == 30
    (row,) = queued(ground, REPEAT)
    assert len(row.text.splitlines()) == 22
    assert row.text.endswith("and 10 more: groundswell issue list")
    assert len(row.text) < 2000
