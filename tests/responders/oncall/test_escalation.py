from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.delivery.quiet import Quiet, after_quiet, quiet_hours
from responders.oncall.escalation import (
    ALONE,
    REMINDER,
    Made,
    Rung,
    Waiting,
    Whom,
    awake_after,
    ladder_of,
    may_leave,
    next_call,
    next_reminder,
)
from tests.conftest import NOON

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LADDER = ladder_of(["5 role", "10 person", "20 pager apprise:pager"])
NIGHT = quiet_hours("22:00-07:00", "UTC")
BERLIN = ZoneInfo("Europe/Berlin")

times = st.integers(0, 364 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
spans = st.integers(0, 60 * 24 * 4).map(lambda minutes: timedelta(minutes=minutes))
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])


@st.composite
def quiets(draw: st.DrawFn) -> Quiet:
    begins, length = draw(st.integers(0, 1439)), draw(st.integers(1, 1380))
    ends = (begins + length) % 1440
    hours = f"{begins // 60:02}:{begins % 60:02}-{ends // 60:02}:{ends % 60:02}"
    return quiet_hours(hours, draw(zones))


ladders = st.lists(st.integers(1, 600), min_size=1, max_size=5, unique=True).map(
    lambda minutes: tuple(Rung(timedelta(minutes=one), Whom.ROLE) for one in sorted(minutes))
)


def climb(
    waiting: Waiting,
    ladder: Sequence[Rung] = LADDER,
    *,
    quiet: Quiet | None = None,
    late: timedelta = timedelta(),
    until: datetime | None = None,
) -> list[Made]:
    """Make every call when it is due, or so much later; return all."""
    while (due := next_call(waiting, ladder, able=able, quiet=quiet)) is not None:
        if until is not None and due.at > until:
            break
        made = Made(due.began_at, due.rung, due.at + late)
        waiting = replace(waiting, calls=[*waiting.calls, made])
    return list(waiting.calls)


def able(_rung: Rung) -> bool:
    return True


def minutes(calls: Sequence[Made]) -> list[float]:
    return [(one.at - NOON) / MINUTE for one in calls]


def test_each_step_comes_at_its_time_and_then_none() -> None:
    calls = climb(Waiting(alerts=[NOON]))
    assert minutes(calls) == [5, 10, 20]
    assert [one.rung for one in calls] == [0, 1, 2]


def test_without_an_alert_nobody_is_called() -> None:
    assert climb(Waiting(alerts=[])) == []


@pytest.mark.parametrize(
    "over",
    [
        {"acknowledged_at": NOON + MINUTE},
        {"resting": True},
        {"acted": [NOON + MINUTE]},
        {"acted": [NOON]},
    ],
)
def test_whoever_knows_of_it_ends_the_ladder(over: dict[str, object]) -> None:
    assert climb(replace(Waiting(alerts=[NOON]), **over)) == []  # type: ignore[arg-type]  # a table


def test_a_change_of_state_before_the_alert_ends_nothing() -> None:
    assert len(climb(Waiting(alerts=[NOON], acted=[NOON - MINUTE]))) == 3


def test_after_a_stop_the_ladder_goes_on_with_the_same_time_between_steps() -> None:
    calls = climb(Waiting(alerts=[NOON]), late=HOUR)
    assert minutes(calls) == [65, 130, 200]


def test_a_word_taken_back_begins_the_ladder_anew() -> None:
    before = climb(Waiting(alerts=[NOON]))[:2]
    calls = climb(Waiting(alerts=[NOON], resets=[NOON + HOUR], calls=before))
    assert minutes(calls) == [5, 10, 65, 70, 80]
    assert [one.rung for one in calls] == [0, 1, 0, 1, 2]


def test_a_change_of_state_before_the_word_was_taken_back_counts_no_more() -> None:
    waiting = Waiting(alerts=[NOON], acted=[NOON + MINUTE], resets=[NOON + HOUR])
    assert minutes(climb(waiting)) == [65, 70, 80]


def test_an_alert_during_the_ladder_does_not_begin_it_anew() -> None:
    """An issue that comes and goes every four minutes is called for all the same."""
    alerts = [NOON + each * 4 * MINUTE for each in range(4)]
    assert minutes(climb(Waiting(alerts=alerts), until=NOON + 20 * MINUTE)) == [5, 10, 20]


def test_an_alert_after_the_last_step_begins_a_new_ladder() -> None:
    calls = climb(Waiting(alerts=[NOON, NOON + 2 * HOUR]))
    assert minutes(calls) == [5, 10, 20, 125, 130, 140]


def test_an_alert_after_somebody_acted_begins_a_new_ladder() -> None:
    waiting = Waiting(alerts=[NOON, NOON + 2 * HOUR], acted=[NOON + MINUTE])
    assert minutes(climb(waiting)) == [125, 130, 140]


def test_a_step_that_can_call_nobody_gives_its_time_to_the_next() -> None:
    def no_person(rung: Rung) -> bool:
        return rung.whom is not Whom.PERSON

    first = Made(NOON, 0, NOON + 5 * MINUTE)
    waiting = Waiting(alerts=[NOON], calls=[first])
    due = next_call(waiting, LADDER, able=no_person, quiet=None)
    assert due is not None
    assert (due.rung, due.at) == (2, NOON + 10 * MINUTE)


def test_a_ladder_that_can_call_nobody_calls_nobody() -> None:
    assert next_call(Waiting(alerts=[NOON]), LADDER, able=lambda _: False, quiet=None) is None


def test_a_higher_severity_goes_on_with_its_own_next_step() -> None:
    minor = ladder_of(["60 role"])
    calls = climb(Waiting(alerts=[NOON]), minor)
    assert minutes(climb(Waiting(alerts=[NOON], calls=calls))) == [60, 65, 75]


def test_quiet_hours_do_not_count() -> None:
    alert = datetime(2026, 5, 12, 21, 58, tzinfo=UTC)
    calls = climb(Waiting(alerts=[alert]), quiet=NIGHT)
    assert [f"{one.at:%d %H:%M}" for one in calls] == ["13 07:03", "13 07:08", "13 07:18"]


def test_an_alert_at_night_is_called_for_in_the_morning_one_by_one() -> None:
    alert = datetime(2026, 5, 12, 23, 30, tzinfo=UTC)
    calls = climb(Waiting(alerts=[alert]), quiet=NIGHT)
    assert [f"{one.at:%d %H:%M}" for one in calls] == ["13 07:05", "13 07:10", "13 07:20"]


def test_a_step_due_at_the_very_beginning_of_quiet_hours_waits_for_their_end() -> None:
    evening = datetime(2026, 5, 12, 21, 55, tzinfo=UTC)
    assert awake_after(evening, 5 * MINUTE, NIGHT) == datetime(2026, 5, 13, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 8), (date(2026, 10, 24), 10)])
def test_a_night_in_which_the_clock_changes_is_an_hour_shorter_or_longer(
    day: date, hours: int
) -> None:
    night = quiet_hours("22:00-07:00", "Europe/Berlin")
    evening = datetime.combine(day, time(22), tzinfo=BERLIN).astimezone(UTC)
    due = awake_after(evening, timedelta(), night)
    assert due - evening == hours * HOUR
    assert due.astimezone(BERLIN).hour == 7


def test_quiet_hours_that_the_clock_leaves_out_hold_nothing_up() -> None:
    skipped = quiet_hours("02:30-03:00", "Europe/Berlin")
    before = datetime(2026, 3, 29, 0, 55, tzinfo=UTC)
    assert awake_after(before, HOUR, skipped) == before + HOUR


@given(times, spans, quiets())
def test_nothing_is_due_in_quiet_hours(start: datetime, span: timedelta, quiet: Quiet) -> None:
    due = awake_after(start, span, quiet)
    assert after_quiet(quiet, due) == due
    assert due >= start + span


@given(times, spans, spans, quiets())
def test_waiting_twice_is_waiting_once(
    start: datetime, first: timedelta, second: timedelta, quiet: Quiet
) -> None:
    in_two = awake_after(awake_after(start, first, quiet), second, quiet)
    assert in_two == awake_after(start, first + second, quiet)


@given(times, ladders, st.none() | quiets(), st.integers(0, 500))
def test_steps_come_in_their_order_each_once_and_never_two_at_a_time(
    alert: datetime, ladder: Sequence[Rung], quiet: Quiet | None, late: int
) -> None:
    calls = climb(Waiting(alerts=[alert]), ladder, quiet=quiet, late=late * MINUTE)
    assert [one.rung for one in calls] == list(range(len(ladder)))
    for number, (one, two) in enumerate(pairwise(calls)):
        assert two.at - one.at >= ladder[number + 1].after - ladder[number].after
    assert all(one.at >= alert + rung.after for one, rung in zip(calls, ladder, strict=True))


@given(times, ladders, st.lists(st.tuples(st.sampled_from("ARS"), spans), max_size=6))
def test_after_an_acknowledgement_nobody_is_called_whatever_happened(
    alert: datetime, ladder: Sequence[Rung], happened: Sequence[tuple[str, timedelta]]
) -> None:
    after = {
        kind: sorted(alert + span for what, span in happened if what == kind) for kind in "ARS"
    }
    waiting = Waiting(
        alerts=[alert, *after["A"]], resets=after["R"], acted=after["S"], acknowledged_at=alert
    )
    assert climb(waiting, ladder) == []


@given(times, ladders, st.lists(spans, max_size=6), st.lists(spans, max_size=3))
def test_the_ladder_always_ends(
    alert: datetime, ladder: Sequence[Rung], alerts: list[timedelta], resets: list[timedelta]
) -> None:
    waiting = Waiting(
        alerts=sorted([alert, *(alert + one for one in alerts)]),
        resets=sorted(alert + one for one in resets),
    )
    calls = climb(waiting, ladder)
    assert len(calls) <= len(ladder) * (1 + len(alerts) + len(resets))
    assert len({(one.began_at, one.rung) for one in calls}) == len(calls)


@pytest.mark.parametrize("line", ["role", "5", "5 nobody", "-5 role", "5 role a b", "nan role", ""])
def test_what_is_no_step_is_refused_with_an_example(line: str) -> None:
    with pytest.raises(ValueError, match=r"is no step.*20 pager apprise:pager"):
        ladder_of([line])


def test_steps_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValueError, match="later than the one before"):
        ladder_of(["5 role", "5 person"])


def remind(waiting: Waiting, period: timedelta = HOUR, quiet: Quiet | None = None) -> list[float]:
    found = []
    for _ in range(4):
        due = next_reminder(waiting, period, quiet=quiet)
        if due is None:
            break
        made = Made(due.began_at, REMINDER, due.at)
        waiting = replace(waiting, calls=[*waiting.calls, made])
        found.append((due.at - NOON) / HOUR)
    return found


def test_people_are_reminded_less_and_less_often_while_nothing_moves() -> None:
    assert remind(Waiting(alerts=[NOON], acknowledged_at=NOON)) == [1, 3, 7, 15]


def test_whatever_moves_puts_the_reminder_off() -> None:
    waiting = Waiting(alerts=[NOON], acknowledged_at=NOON, moved=[NOON + HOUR / 2])
    assert remind(waiting)[:2] == [1.5, 3.5]


def test_a_reminder_before_the_last_move_counts_no_more() -> None:
    old = Made(NOON, REMINDER, NOON + HOUR)
    moved = Waiting(alerts=[NOON], acknowledged_at=NOON, moved=[NOON + 2 * HOUR], calls=[old])
    assert remind(moved)[0] == 3


@pytest.mark.parametrize(
    "waiting",
    [
        Waiting(alerts=[NOON]),
        Waiting(alerts=[NOON], acknowledged_at=NOON, resting=True),
    ],
)
def test_nobody_is_reminded_of_what_waits_for_nobody(waiting: Waiting) -> None:
    assert next_reminder(waiting, HOUR, quiet=None) is None


def test_without_a_period_nobody_is_reminded() -> None:
    known = Waiting(alerts=[NOON], acknowledged_at=NOON)
    assert next_reminder(known, timedelta(), quiet=None) is None


def test_reminders_wait_for_the_morning() -> None:
    known = Waiting(alerts=[NOON], acknowledged_at=NOON + 9.5 * HOUR)
    assert remind(known, quiet=NIGHT)[0] == 19.5


@pytest.mark.parametrize(
    ("due", "lately", "messages"),
    [(1, 0, 1), (ALONE, 0, ALONE), (ALONE + 1, 0, 1), (500, 0, 1), (1, 2, 1), (2, 2, 1), (1, 3, 0)],
)
def test_a_few_calls_leave_alone_and_many_together(due: int, lately: int, messages: int) -> None:
    assert may_leave(due, sent_lately=lately) == messages
