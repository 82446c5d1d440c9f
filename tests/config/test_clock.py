"""What the clocks show, also when the demo plays its day faster."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.clock import (
    CLOCK_FILE,
    ENVIRONMENT_KEY,
    FixedClock,
    PacedClock,
    SystemClock,
    clock_from,
    clock_of,
    parse_time,
    rfc3339,
)

START = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
SHOWN = datetime(2026, 5, 12, 7, 0, tzinfo=UTC)

seconds = st.floats(min_value=-1e5, max_value=1e6)
clocks = st.builds(
    PacedClock,
    started=st.just(START),
    shown=st.just(SHOWN),
    speed=st.floats(min_value=1.0, max_value=5000.0),
    fast_until=st.floats(min_value=-1e5, max_value=1e6).map(lambda s: SHOWN + timedelta(seconds=s)),
)


def test_a_paced_clock_shows_the_worked_numbers() -> None:
    clock = PacedClock(START, SHOWN, 60.0, SHOWN + timedelta(minutes=30))

    assert clock.at(START + timedelta(seconds=10)) == SHOWN + timedelta(minutes=10)
    assert clock.at(START + timedelta(seconds=90)) == SHOWN + timedelta(minutes=31)


@given(clocks, seconds, seconds)
def test_a_paced_clock_never_runs_backwards(clock: PacedClock, one: float, other: float) -> None:
    early, late = sorted((one, other))

    assert clock.at(START + timedelta(seconds=early)) <= clock.at(START + timedelta(seconds=late))


@given(clocks, st.floats(min_value=0, max_value=1e6))
def test_after_its_fast_stretch_a_paced_clock_runs_like_any_other(
    clock: PacedClock, later: float
) -> None:
    stretch = max(clock.fast_until - SHOWN, timedelta())
    caught_up = START + stretch / clock.speed
    shown = clock.at(caught_up + timedelta(seconds=later))

    expected = SHOWN + stretch + timedelta(seconds=later)
    assert abs(shown - expected) <= timedelta(microseconds=5 * clock.speed)


@given(clocks)
def test_a_paced_clock_survives_being_handed_to_a_child_process(clock: PacedClock) -> None:
    assert clock_from({ENVIRONMENT_KEY: clock.as_text()}) == clock


def test_before_it_started_a_paced_clock_stands() -> None:
    clock = PacedClock(START, SHOWN, 60.0, SHOWN + timedelta(minutes=30))

    assert clock.at(START - timedelta(hours=5)) == SHOWN


def test_without_a_word_in_the_environment_the_machine_tells_the_time() -> None:
    assert clock_from({}) == SystemClock()
    assert clock_from({ENVIRONMENT_KEY: ""}) == SystemClock()
    assert SystemClock().now().tzinfo is UTC


def test_a_time_in_the_environment_stands_still() -> None:
    clock = clock_from({ENVIRONMENT_KEY: "2026-05-12T09:00:00+02:00"})

    assert clock == FixedClock(SHOWN)
    assert clock.now() == SHOWN


def test_a_workspace_whose_day_is_played_tells_its_own_time(tmp_path: Path) -> None:
    clock = PacedClock(START, SHOWN, 60.0, SHOWN + timedelta(minutes=30))
    (tmp_path / CLOCK_FILE).write_text(clock.as_text() + "\n", encoding="utf-8")

    assert clock_of(tmp_path, {}) == clock
    assert clock_of(tmp_path / "another", {}) == SystemClock()
    assert clock_of(tmp_path, {ENVIRONMENT_KEY: "2026-05-12T07:00:00Z"}) == FixedClock(SHOWN)


@pytest.mark.parametrize("text", ["noon", "a/b", "2026-05-12/2026-05-12/2026-05-12/fast", "/"])
def test_a_clock_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        clock_from({ENVIRONMENT_KEY: text})


def test_a_time_without_a_zone_is_taken_as_utc() -> None:
    assert parse_time("2026-05-12T07:00:00") == SHOWN
    assert parse_time("2026-05-12T09:00:00+02:00") == SHOWN


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (SHOWN, "2026-05-12T07:00:00Z"),
        (SHOWN.astimezone(timezone(timedelta(hours=5, minutes=30))), "2026-05-12T07:00:00Z"),
        (SHOWN + timedelta(microseconds=1500), "2026-05-12T07:00:00.001Z"),
    ],
)
def test_scripts_read_times_as_rfc_3339(moment: datetime, text: str) -> None:
    assert rfc3339(moment) == text
