"""When a source is looked at next."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from listener.schedule import JITTER, LONGEST_OBEYED, LONGEST_WAIT, asked_until, next_due

NOW = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)

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
