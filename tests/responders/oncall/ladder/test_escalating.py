"""The ladder on a real store against a small Discord and a pager; the test moves the clock."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from classifiers.tables import Issue, IssueState, Severity
from config.clock import FixedClock, SystemClock
from config.database import transaction
from config.ground import Ground
from config.leases import acquire
from responders.decisions.issues.acknowledge import acknowledge, unacknowledge
from responders.decisions.issues.mute import snooze, wake
from responders.decisions.issues.state import set_state
from responders.decisions.issues.take import hand_back, take
from responders.delivery import store as outbox
from responders.delivery.erasures import words_to_blank
from responders.delivery.outbox import deliver_due
from responders.oncall.alert import alert_due
from responders.oncall.ladder.escalating import escalate_due
from responders.oncall.tables import CallMade
from tests.conftest import NOON
from tests.places.discord import Discord
from tests.places.discord_clicks import CHANNEL
from tests.responders.decisions.deciding import RUTH, TOM, set_issue
from tests.responders.incidents import Incident, Said, breaking, erase, forget, happen
from tests.responders.oncall.ladder.ladders import (
    DECLARED,
    ROLE,
    RUTH_ID,
    TOM_ID,
    Team,
    calls,
    declare_oncall,
)

HOUR = 60.0
DAY = 24 * HOUR


@pytest.fixture
def place() -> Iterator[Discord]:
    with Discord() as running:
        yield running


@pytest.fixture
def team(ground: Ground, place: Discord) -> Team:
    return Team(ground, place)


def critical(team: Team, **more: object) -> int:
    issue = happen(team.ground, Incident(severity=Severity.CRITICAL, **more))  # type: ignore[arg-type]  # a test's words
    declare_oncall(team.ground)
    team.look()
    return issue


def test_channel_role_person_pager_each_at_its_time_and_then_none(team: Team) -> None:
    issue = critical(team)
    assert len(team.between(-1, 0)) == 1
    team.go(HOUR)
    assert team.between(0, 4) == []
    (role,) = team.between(4, 5)
    assert role.startswith(f"<@&{ROLE}> GS-{issue} “App hangs when a note is opened” (critical)")
    assert "nobody has acknowledged it for 5 min" in role
    assert team.between(5, 9) == []
    (person,) = team.between(9, 10)
    assert person.startswith(f"<@{RUTH_ID}> ruth, you are on call. GS-{issue}")
    assert team.between(10, HOUR) == []
    (page,) = team.pinged
    assert page.minute == 20
    assert "ruth, you are on call." in page.text


def test_every_call_stands_in_the_log_of_the_issue(team: Team) -> None:
    issue = critical(team)
    team.go(30)
    channel = f"discord:channel:{CHANNEL}"
    assert team.log(issue, "called") == [
        f"called the on-call role at {channel}: nobody had acknowledged it for 5 min",
        f"called ruth at {channel}: nobody had acknowledged it for 10 min",
        "called the pager of ruth at apprise:pager: nobody had acknowledged it for 20 min",
    ]


def test_only_the_accounts_that_the_operator_named_are_rung(team: Team, place: Discord) -> None:
    critical(team, title="@everyone <@&1> [x](http://evil.example) hangs")
    team.go(10)
    sent = [json.loads(one.body) for one in place.asked if one.method == "POST"]
    assert [one["allowed_mentions"] for one in sent] == [
        {"parse": [], "replied_user": False},
        {"parse": [], "replied_user": False, "roles": [ROLE]},
        {"parse": [], "replied_user": False, "users": [RUTH_ID]},
    ]
    assert "@everyone" not in team.heard[1].text
    assert "evil" not in team.heard[1].text


def test_an_acknowledgement_ends_the_ladder(team: Team) -> None:
    issue = critical(team)
    team.go(7)
    acknowledge(team.now(), RUTH, issue)
    team.go(50)
    assert len(team.between(0, 60)) == 1
    assert team.pinged == []


def test_a_change_of_state_by_a_person_ends_it_too(team: Team) -> None:
    issue = critical(team)
    team.go(2)
    set_state(team.now(), RUTH, issue, IssueState.INVESTIGATING)
    team.go(60)
    assert calls(team.ground) == []


def test_an_acknowledgement_taken_back_begins_the_ladder_anew(team: Team) -> None:
    issue = critical(team)
    team.go(7)
    acknowledge(team.now(), RUTH, issue)
    team.go(13)
    unacknowledge(team.now(), RUTH, issue, "I am off")
    team.go(40)
    assert [one.minute for one in team.heard] == [0, 5, 25, 30]
    assert [one.minute for one in team.pinged] == [40]


def test_handing_an_issue_back_does_not(team: Team) -> None:
    issue = critical(team)
    take(team.now(), RUTH, issue)
    hand_back(team.now(), RUTH, issue)
    team.go(30)
    assert calls(team.ground) == []


def test_an_issue_that_comes_back_while_it_is_open_stays_acknowledged(team: Team) -> None:
    issue = critical(team)
    acknowledge(team.now(), RUTH, issue)
    team.go(10)
    for burst in (2, 3, 4):
        set_issue(team.ground, issue, bursts=burst)
        team.go(40)
    assert calls(team.ground)[0].rung == -1, "only a reminder after an hour"
    assert team.pinged == []


def test_an_issue_that_rests_calls_nobody_and_begins_anew_when_it_wakes(team: Team) -> None:
    issue = critical(team)
    team.go(3)
    snooze(team.now(), RUTH, issue, until=NOON + timedelta(hours=4))
    team.go(57)
    assert calls(team.ground) == []
    wake(team.now(), RUTH, issue)
    team.go(6)
    (call,) = calls(team.ground)
    assert call.began_at == NOON + timedelta(hours=1)
    assert call.at == NOON + timedelta(hours=1, minutes=5)


def test_quiet_hours_hold_up_what_is_not_of_the_highest_severity(team: Team) -> None:
    major = happen(team.ground, Incident())
    declare_oncall(team.ground, {**DECLARED, "quiet": "14:10-16:00"})  # 12:10 to 14:00 UTC
    team.look()
    happen(team.ground, Incident(severity=Severity.CRITICAL))
    team.go(2 * HOUR + 30)
    by_issue: dict[int, list[float]] = {}
    for call in calls(team.ground):
        minute = (call.at - NOON) / timedelta(minutes=1)
        by_issue.setdefault(call.issue_id, []).append(minute)
    assert by_issue[major] == [125, 140]
    assert by_issue[major + 1] == [6, 11, 21]


def test_a_reminder_comes_when_nothing_moved_and_then_less_often(team: Team) -> None:
    issue = critical(team)
    take(team.now(), RUTH, issue)
    team.go(HOUR - 1)
    assert team.between(0, 59) == []
    team.go(2 * HOUR + 2)
    (first,) = team.between(59, 60)
    assert "Ruth has it, and nothing has moved for 1 h" in first
    assert len(team.between(60, 3 * HOUR)) == 1
    set_state(team.now(), RUTH, issue, IssueState.IDENTIFIED)
    team.go(HOUR + 1)
    assert team.log(issue, "reminded")[-1].endswith("nothing has moved for 1 h")
    set_state(team.now(), RUTH, issue, IssueState.MONITORING)
    before = len(team.heard)
    team.go(12 * HOUR, step=10)
    assert len(team.heard) == before


def test_over_a_week_people_hear_what_they_should_and_no_more(team: Team) -> None:
    """An issue nobody answers, the change of the week with its note, and one that is taken."""
    issue = happen(team.ground, Incident(severity=Severity.MINOR))
    declare_oncall(team.ground, {**DECLARED, "quiet": "22:00-07:00"})
    team.look()
    team.go(4 * HOUR - 1)
    assert len(team.heard) == 1
    team.go(2)
    (role,) = team.between(4 * HOUR - 1, 4 * HOUR + 1)
    assert "acknowledged it for 4 h" in role
    take(team.now(), RUTH, issue)
    team.go(22 * HOUR, step=30)
    # Taken at 18:01 in Berlin: 4 h until it is quiet, 15 h the next day, 5 h in the morning after.
    assert team.between(5 * HOUR, 26 * HOUR) == []
    team.go(6 * DAY, step=30)
    reminders = [one.minute / HOUR for one in team.heard if "nothing has moved" in one.text]
    changes = [one.minute / HOUR for one in team.heard if "you are on call for" in one.text]
    assert len(reminders) == 2
    assert 46 <= reminders[0] <= 46.5
    (change,) = changes
    assert 139 <= change <= 139.5, "Monday 09:00 in Berlin"
    assert len(team.heard) == 2 + len(reminders) + len(changes)
    assert team.pinged == []


def test_after_a_shift_change_the_one_who_came_is_called(team: Team) -> None:
    team.at = NOON + timedelta(days=6)
    critical(team)
    team.at += timedelta(minutes=5)
    team.look()
    team.at += timedelta(minutes=5)
    team.look()
    assert team.heard[-1].text.startswith(f"<@{TOM_ID}> tom, you are on call.")


def test_three_processes_send_the_same_messages_as_one(team: Team) -> None:
    team.processes = 3
    critical(team)
    team.go(70)
    assert [one.minute for one in team.heard] == [0, 5, 10]
    assert [one.minute for one in team.pinged] == [20]
    assert [row.number for row in calls(team.ground)] == [1, 2, 3]


def test_while_another_process_holds_the_lease_nobody_is_called(team: Team) -> None:
    critical(team)
    team.at += timedelta(minutes=5)
    other = acquire(
        team.ground.engine, "oncall:1", holder="elsewhere:1:00000000", clock=SystemClock()
    )
    assert other is not None
    assert escalate_due(team.now()) == 0


def test_a_call_that_breaks_in_the_middle_is_kept_whole_or_not_at_all(team: Team) -> None:
    issue = critical(team)
    team.at += timedelta(minutes=5)
    with breaking(CallMade, "before_insert", RuntimeError("no more room"), issue_id=issue):
        assert escalate_due(team.now()) == 0
    assert calls(team.ground) == []
    assert team.log(issue, "called") == []
    team.go(1)
    assert len(team.between(0, 6)) == 1


def test_a_crash_between_the_call_and_its_sending_sends_it_once(team: Team) -> None:
    critical(team)
    team.at += timedelta(minutes=5)
    assert escalate_due(team.now()) == 1
    fresh = Team(team.ground, team.place, team.pager, team.at, team.heard, waits=1)
    fresh.look()
    fresh.go(3)
    assert len(fresh.between(0, 9)) == 1


def test_after_an_hour_down_the_ladder_goes_on_step_by_step(team: Team) -> None:
    critical(team)
    team.at += timedelta(hours=1)
    team.look()
    team.go(15)
    assert [one.minute for one in team.heard] == [0, 60, 65]
    assert [one.minute for one in team.pinged] == [75]


def test_while_sending_is_paused_nobody_is_called_and_then_one_by_one(team: Team) -> None:
    critical(team)
    with transaction(team.ground.engine) as session:
        outbox.set_paused(session, paused=True, by="Ruth", reason="fire", now=NOON)
    team.go(30)
    assert calls(team.ground) == []
    with transaction(team.ground.engine) as session:
        outbox.set_paused(session, paused=False, by="Ruth", reason="", now=team.at)
    team.go(16)
    assert [(row.at - NOON) / timedelta(minutes=1) for row in calls(team.ground)] == [31, 36, 46]


def test_without_anybody_on_call_the_pager_takes_their_time(team: Team) -> None:
    happen(team.ground, Incident(severity=Severity.CRITICAL))
    team.look()
    team.go(30)
    assert [(row.whom, row.at - NOON) for row in calls(team.ground)] == [
        ("role", timedelta(minutes=5)),
        ("pager", timedelta(minutes=10)),
    ]


def test_a_person_has_a_pager_of_their_own(team: Team) -> None:
    people = {"ruth": {"pager": "apprise:pager"}, "tom": {}}
    happen(team.ground, Incident(severity=Severity.CRITICAL))
    declare_oncall(team.ground, {**DECLARED, "people": people})
    team.at += timedelta(days=6)  # Tom's week: the only pager is Ruth's
    team.look()
    team.go(30)
    assert [row.whom for row in calls(team.ground)] == ["role", "person"]
    assert team.pinged == []


def test_in_a_storm_the_calls_of_one_step_are_one_message(team: Team) -> None:
    team.set(storm_alerts=1000)
    for number in range(12):
        happen(team.ground, Incident(title=f"Secret words {number}", severity=Severity.CRITICAL))
    declare_oncall(team.ground)
    team.look()
    team.go(30)
    said = [one for one in team.heard if one.minute > 0]
    assert [one.minute for one in said] == [5, 10]
    assert "12 issues that nobody has acknowledged: GS-1 (critical), GS-2" in said[0].text
    assert "and 2 more: groundswell issue list" in said[0].text
    assert "Secret" not in said[0].text
    assert len(calls(team.ground)) == 36


def test_one_broken_product_does_not_keep_the_others_waiting(team: Team) -> None:
    happen(team.ground, Incident(severity=Severity.CRITICAL))
    happen(team.ground, Incident(severity=Severity.CRITICAL, product="Other"))
    team.look()
    team.at += timedelta(minutes=5)
    with breaking(Issue, "load", RuntimeError("broken"), product_id=1):
        assert escalate_due(team.now()) == 1
    team.go(1)
    assert len(calls(team.ground)) == 2


def test_an_erased_title_does_not_leave_with_a_call(team: Team) -> None:
    title = "App hangs when a note is opened"
    issue = critical(team, said=[Said(text=title), Said()])
    team.at += timedelta(minutes=5)
    assert escalate_due(team.now()) == 1
    erase(team.ground, title)
    forget(team.ground, issue, title="a problem")
    deliver_due(team.now(), team.channels)
    assert len(team.place.cards) == 1, "it waits until it is drawn anew"
    team.waits = 1
    team.look()
    assert f"GS-{issue} (critical)" in team.heard[-1].text
    assert "hangs" not in team.heard[-1].text


def test_a_split_or_declared_issue_that_nobody_was_told_of_calls_nobody(team: Team) -> None:
    happen(team.ground, Incident(severity=Severity.CRITICAL, alerted=False))
    declare_oncall(team.ground)
    team.look()
    team.go(30)
    assert calls(team.ground) == []


def test_the_same_clock_twice_makes_no_second_call(team: Team) -> None:
    critical(team)
    ground = replace(team.ground, clock=FixedClock(NOON + timedelta(minutes=5)))
    alert_due(ground)
    assert [escalate_due(ground) for _ in range(3)] == [1, 0, 0]
    with transaction(ground.engine) as session:
        assert words_to_blank(session) == []


def test_somebody_else_taking_over_is_a_move(team: Team) -> None:
    issue = critical(team)
    take(team.now(), RUTH, issue)
    team.go(50)
    take(team.now(), TOM, issue, anyway=True)
    team.go(59)
    assert calls(team.ground) == []
