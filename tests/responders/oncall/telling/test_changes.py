"""Another state is told where no card can be edited: once, and all of one look together."""

from dataclasses import replace
from datetime import timedelta

from classifiers.tables import IssueState
from config.clock import FixedClock, SystemClock
from config.ground import Ground
from config.leases import acquire
from responders.decisions.issues.merge import merge
from responders.decisions.issues.mute import mute, not_an_issue, snooze, wake
from responders.decisions.issues.state import set_state
from responders.oncall.alert import ALL_ALERTS, alert_due
from responders.oncall.telling.changes import CHANGE, ChangeWatch, tell_changes
from responders.oncall.telling.digesting import tell_storms
from tests.conftest import NOON
from tests.places.discord import Discord
from tests.responders.decisions.deciding import RUTH
from tests.responders.incidents import Incident, happen
from tests.responders.oncall.storms.outbreak import STORM, break_out, queued, with_discord


def later(ground: Ground, minutes: float) -> Ground:
    return replace(ground, clock=FixedClock(NOON + timedelta(minutes=minutes)))


def lines(ground: Ground) -> list[str]:
    return [row.text.splitlines()[1] for row in queued(ground, CHANGE)]


def test_each_state_is_told_once_with_what_it_was(ground: Ground) -> None:
    issue = happen(ground, Incident())
    alert_due(ground)
    assert tell_changes(ground) == 0
    for minute, state in enumerate((IssueState.MONITORING, IssueState.RESOLVED), 1):
        set_state(later(ground, minute), RUTH, issue, state)
        assert tell_changes(later(ground, minute)) == 1
        assert tell_changes(later(ground, minute + 0.5)) == 0
    assert lines(ground) == [
        f"GS-{issue} monitoring now, was new",
        f"GS-{issue} resolved now, was monitoring",
    ]


def test_what_was_muted_or_called_no_issue_is_told_and_then_left_alone(ground: Ground) -> None:
    one, other = break_out(ground, 2)
    alert_due(ground)
    mute(later(ground, 1), RUTH, one, "known *to* @everyone")
    not_an_issue(later(ground, 1), RUTH, other, "ours")
    assert tell_changes(later(ground, 2)) == 2
    (row,) = queued(ground, CHANGE)
    assert row.text.splitlines()[1:] == [
        f"GS-{one} muted now, was new",
        f"GS-{other} not an issue now, was new",
    ]
    set_state(later(ground, 3), RUTH, one, IssueState.MONITORING)
    assert tell_changes(later(ground, 3)) == 0
    wake(later(ground, 4), RUTH, one)
    assert tell_changes(later(ground, 4)) == 1
    assert lines(ground)[-1] == f"GS-{one} monitoring now, was muted"


def test_a_rest_of_a_few_hours_is_no_change(ground: Ground) -> None:
    issue = happen(ground, Incident())
    alert_due(ground)
    snooze(ground, RUTH, issue, NOON + timedelta(hours=4))
    assert tell_changes(later(ground, 1)) == 0


def test_what_became_part_of_another_is_told_as_that(ground: Ground) -> None:
    one, other = break_out(ground, 2)
    alert_due(ground)
    merge(later(ground, 1), RUTH, other, into=one)
    assert tell_changes(later(ground, 1)) == 1
    assert lines(ground) == [f"GS-{other} part of GS-{one} now, was new"]


def test_what_nobody_was_told_of_is_not_told_of_either(ground: Ground) -> None:
    issue = happen(ground, Incident())
    set_state(ground, RUTH, issue, IssueState.RESOLVED)
    assert tell_changes(later(ground, 1)) == 0


def test_what_changed_before_its_alert_stands_in_the_alert(ground: Ground) -> None:
    issue = happen(ground, Incident())
    set_state(ground, RUTH, issue, IssueState.INVESTIGATING)
    alert_due(later(ground, 1))
    assert tell_changes(later(ground, 1)) == 0


def test_there_and_back_between_two_looks_is_nothing(ground: Ground) -> None:
    issue = happen(ground, Incident())
    alert_due(ground)
    mute(ground, RUTH, issue, "known")
    wake(ground, RUTH, issue)
    assert tell_changes(later(ground, 1)) == 0


def test_many_at_once_are_one_message(ground: Ground) -> None:
    issues = break_out(ground, 10)
    alert_due(ground)
    more = break_out(ground, 10, first=11)
    alert_due(later(ground, 60))
    for number in (*issues, *more):
        set_state(later(ground, 61), RUTH, number, IssueState.RESOLVED)
    assert tell_changes(later(ground, 61)) == 20
    (row,) = queued(ground, CHANGE)
    assert len(row.text.splitlines()) == 17
    assert row.text.splitlines()[-1] == "and 5 more: groundswell issue list --all"


def test_what_was_told_in_a_digest_only_is_told_when_it_changes(ground: Ground) -> None:
    issues = break_out(ground, STORM + 2)
    alert_due(ground)
    tell_storms(ground)
    set_state(later(ground, 1), RUTH, issues[-1], IssueState.RESOLVED)
    assert tell_changes(later(ground, 1)) == 1
    assert lines(ground) == [f"GS-{issues[-1]} resolved now, was new"]


def test_a_channel_with_cards_shows_it_in_the_card_s_thread_and_not_here(ground: Ground) -> None:
    with Discord() as place:
        there = with_discord(ground, place)
        issue = happen(there, Incident())
        alert_due(there)
        set_state(there, RUTH, issue, IssueState.RESOLVED)
        assert tell_changes(later(there, 1)) == 0


def test_what_changed_before_a_stop_of_days_is_no_news(ground: Ground) -> None:
    issue = happen(ground, Incident())
    alert_due(ground)
    set_state(ground, RUTH, issue, IssueState.RESOLVED)
    assert tell_changes(later(ground, 60 * 25)) == 0


def test_without_a_change_nothing_is_looked_through_and_after_a_busy_moment_all_is(
    ground: Ground,
) -> None:
    issue = happen(ground, Incident())
    alert_due(ground)
    watch = ChangeWatch(later(ground, 1))
    assert watch.tell_due() == 0
    set_state(ground, RUTH, issue, IssueState.RESOLVED)
    other = acquire(
        ground.engine, ALL_ALERTS, holder="elsewhere:1:00000000", clock=SystemClock(), lasts_s=0
    )
    assert other is not None
    assert watch.tell_due() == 1
    assert watch.tell_due() == 0


def test_while_another_process_is_at_it_the_change_stays_due(ground: Ground) -> None:
    issue = happen(ground, Incident())
    alert_due(ground)
    set_state(ground, RUTH, issue, IssueState.RESOLVED)
    holder = "elsewhere:1:00000000"
    assert acquire(ground.engine, ALL_ALERTS, holder=holder, clock=SystemClock())
    watch = ChangeWatch(later(ground, 1))
    assert watch.tell_due() == 0
    assert ChangeWatch(replace(later(ground, 1), holder=holder)).tell_due() == 1
    assert watch.tell_due() == 0
