"""Calls that wait in the outbox until nobody needs them: after a pause, or a platform's silence."""

from collections.abc import Iterator

import pytest

from classifiers.tables import IssueState, Severity
from config.database import transaction
from config.ground import Ground
from responders.decisions.issues.acknowledge import acknowledge
from responders.decisions.issues.mute import snooze
from responders.decisions.issues.state import set_state
from responders.delivery import store as outbox
from responders.oncall.ladder.escalating import escalate_due
from tests.places.discord import Discord
from tests.responders.decisions.deciding import RUTH
from tests.responders.incidents import Incident, happen
from tests.responders.oncall.ladder.ladders import MINUTE, Team, declare_oncall


@pytest.fixture
def team(ground: Ground) -> Iterator[Team]:
    with Discord() as place:
        yield Team(ground, place)


def critical(team: Team) -> int:
    issue = happen(team.ground, Incident(severity=Severity.CRITICAL))
    declare_oncall(team.ground)
    team.look()
    return issue


@pytest.mark.parametrize("end", ["acknowledged", "resolved", "snoozed"])
def test_a_call_that_waited_until_nobody_needed_it_does_not_leave(team: Team, end: str) -> None:
    issue = critical(team)
    team.go(19)
    heard = len(team.heard)
    team.at += MINUTE
    assert escalate_due(team.now()) == 1
    with transaction(team.ground.engine) as session:
        outbox.set_paused(session, True, by="Ruth", reason="a test", now=team.at)
    team.go(60)
    match end:
        case "acknowledged":
            acknowledge(team.now(), RUTH, issue)
        case "resolved":
            set_state(team.now(), RUTH, issue, IssueState.RESOLVED)
        case "snoozed":
            snooze(team.now(), RUTH, issue, team.at + 9 * 60 * MINUTE)
    escalate_due(team.now())
    with transaction(team.ground.engine) as session:
        outbox.set_paused(session, False, by="Ruth", reason="", now=team.at)
    team.waits = 1
    team.go(5)
    assert (team.pinged, len(team.heard)) == ([], heard)


def test_a_reminder_that_waits_leaves_though_somebody_knows(team: Team) -> None:
    issue = critical(team)
    acknowledge(team.now(), RUTH, issue)
    team.go(59)
    team.at += MINUTE
    assert escalate_due(team.now()) == 1
    assert escalate_due(team.now()) == 0
    team.waits = 1
    team.go(1)
    assert "nothing has moved" in team.heard[-1].text
