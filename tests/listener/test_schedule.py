"""When a source is looked at next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.schedule import (
    JITTER,
    LONGEST_OBEYED,
    LONGEST_WAIT,
    Pace,
    asked_until,
    interval_for,
    next_due,
    usual_pause_of,
)

NOW = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PACE = Pace(shortest=FIVE_MINUTES, longest=30 * MINUTE, burst=2 * MINUTE)

pauses = st.timedeltas(min_value=timedelta(), max_value=3 * HOUR) | st.timedeltas(
    min_value=timedelta(), max_value=timedelta(days=3000)
)
intervals = st.floats(min_value=0.01, max_value=1440).map(lambda m: timedelta(minutes=m))
failures = st.integers(min_value=0, max_value=10_000)
asked = st.none() | st.floats(min_value=-1e9, max_value=1e12)


def wait(**more: object) -> timedelta:
    return next_due(NOW, **more) - NOW  # type: ignore[arg-type]  # a test may give any argument


@given(intervals, failures, asked, st.text())
def test_each_failure_in_a_row_waits_at_least_as_long_as_the_one_before(
    interval: timedelta, count: int, retry: float | None, name: str
) -> None:
    more = {"interval": interval, "retry_after_s": retry, "name": name}

    assert wait(failures=count, **more) <= wait(failures=count + 1, **more)


@given(intervals, failures, st.floats(min_value=-1e9, max_value=1e12), st.text())
def test_what_the_host_asks_for_only_lengthens_the_wait(
    interval: timedelta, count: int, retry: float, name: str
) -> None:
    more = {"interval": interval, "failures": count, "name": name}
    obeyed = min(timedelta(seconds=max(min(retry, 1e6), 0)), LONGEST_OBEYED)

    assert wait(retry_after_s=retry, **more) == max(wait(**more), obeyed)


@given(intervals, failures, asked, st.text())
def test_no_wait_is_longer_than_its_limit(
    interval: timedelta, count: int, retry: float | None, name: str
) -> None:
    longest = max(LONGEST_WAIT, interval * (1 + JITTER), LONGEST_OBEYED if retry else timedelta())

    assert timedelta() < wait(interval=interval, failures=count, retry_after_s=retry, name=name)
    assert wait(interval=interval, failures=count, retry_after_s=retry, name=name) <= longest


@given(intervals, st.text())
def test_a_success_waits_an_interval_give_or_take_a_tenth(interval: timedelta, name: str) -> None:
    tiny = timedelta(microseconds=2)

    assert abs(wait(interval=interval, name=name) - interval) <= interval * JITTER + tiny


@given(st.text())
def test_a_source_keeps_its_own_place_in_the_interval(name: str) -> None:
    assert wait(interval=FIVE_MINUTES, name=name) == wait(interval=FIVE_MINUTES, name=name)


def test_many_sources_spread_out() -> None:
    waits = {wait(interval=FIVE_MINUTES, name=f"source {number}") for number in range(100)}

    assert len(waits) == 100
    assert max(waits) - min(waits) > FIVE_MINUTES * JITTER


def test_the_third_failure_in_a_row_at_five_minutes_waits_about_forty() -> None:
    minutes = wait(interval=FIVE_MINUTES, failures=3, name="blog") / timedelta(minutes=1)

    assert 36 <= minutes <= 44


@given(st.floats(min_value=-1e9, max_value=1e12))
def test_a_host_rests_as_long_as_it_asked_and_never_longer_than_a_day(retry: float) -> None:
    until = asked_until(NOW, retry)

    assert until is not None
    assert NOW <= until <= NOW + LONGEST_OBEYED
    if 0 <= retry <= LONGEST_OBEYED.total_seconds():
        assert until == NOW + timedelta(seconds=retry)


def test_a_host_that_asks_for_nothing_does_not_rest() -> None:
    assert asked_until(NOW, None) is None


@pytest.mark.parametrize(
    ("usual", "quiet", "minutes"),
    [
        (40 * MINUTE, HOUR, 11.5),  # 40 and a tenth of the silence, by four
        (20 * MINUTE, 20 * MINUTE, 5),
        (24 * HOUR, MINUTE, 5),  # somebody wrote a minute ago, and others may follow
        (24 * HOUR, HOUR, 15),
        (24 * HOUR, 2 * HOUR, 30),
        (MINUTE, 100 * HOUR, 30),  # its burst was days ago
        (MINUTE, HOUR, 5),
        (None, HOUR, 15),
        (None, timedelta(), 5),
        (None, 400 * HOUR, 30),
    ],
)
def test_a_place_is_looked_at_four_times_in_the_pause_that_is_to_be_expected(
    usual: timedelta | None, quiet: timedelta, minutes: float
) -> None:
    wait = interval_for(PACE, usual_pause=usual, quiet=quiet)

    assert wait / MINUTE == pytest.approx(minutes)


@given(st.none() | pauses, pauses, st.none() | pauses, st.booleans())
def test_no_pace_leaves_the_bounds(
    usual: timedelta | None, quiet: timedelta, asked: timedelta | None, hurried: bool
) -> None:
    wait = interval_for(PACE, usual_pause=usual, quiet=quiet, asked=asked, hurried=hurried)

    assert wait == PACE.burst if hurried else PACE.shortest <= wait <= PACE.longest


@given(st.none() | pauses, pauses, pauses)
def test_what_a_publisher_asks_for_only_lengthens_the_pause(
    usual: timedelta | None, quiet: timedelta, asked: timedelta
) -> None:
    alone = interval_for(PACE, usual_pause=usual, quiet=quiet)
    wait = interval_for(PACE, usual_pause=usual, quiet=quiet, asked=asked)

    assert wait == min(max(alone, asked), PACE.longest)


@given(st.none() | pauses, pauses, pauses)
def test_the_longer_the_silence_the_longer_the_pause(
    usual: timedelta | None, quiet: timedelta, more: timedelta
) -> None:
    assert interval_for(PACE, usual_pause=usual, quiet=quiet) <= interval_for(
        PACE, usual_pause=usual, quiet=quiet + more
    )


def test_one_interval_for_all_is_kept_whatever_the_longest_says() -> None:
    hourly = Pace(shortest=HOUR, longest=30 * MINUTE, burst=2 * HOUR)

    assert interval_for(hourly, quiet=100 * HOUR) == HOUR
    assert interval_for(hourly, hurried=True) == HOUR


def test_the_usual_pause_is_the_mean_of_the_last_posts() -> None:
    assert usual_pause_of([NOW - HOUR, NOW, NOW - 4 * HOUR]) == 2 * HOUR
    assert usual_pause_of([NOW]) is None
    assert usual_pause_of([]) is None
    assert usual_pause_of([NOW, NOW]) == timedelta()
