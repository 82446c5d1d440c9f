"""How fast an issue is reported: counted in true buckets, never smoothed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.console.views.picture import (
    BUCKETS,
    MOST_BUCKETS,
    Report,
    count,
    per,
    small,
    usual_most,
)
from tests.conftest import NOON


def _report(minutes: float, person: str = "a") -> Report:
    return Report(NOON + timedelta(minutes=minutes), person)


def test_people_are_counted_once_in_each_bucket() -> None:
    reports = [_report(-20), _report(-20), _report(-20, "b"), _report(-1), _report(0, "c")]
    series = count(reports, since=NOON - timedelta(minutes=20), now=NOON)
    assert series.bucket == timedelta(minutes=15)
    assert series.counts == [0, 0, 2, 1, 1]
    assert (series.peak, series.running, series.running_since) == (2, 1, NOON)
    assert series.count_at(NOON - timedelta(minutes=17)) == 2
    assert series.count_at(NOON + timedelta(minutes=1)) == 0


@pytest.mark.parametrize(
    ("hours", "words"),
    [(3, "15 minutes"), (30, "hour"), (300, "6 hours"), (1500, "day"), (9000, "week")],
)
def test_the_bucket_grows_with_the_span(hours: int, words: str) -> None:
    series = count([], since=NOON - timedelta(hours=hours), now=NOON)
    assert per(series.bucket) == words


@given(
    st.lists(st.integers(-500_000, 60), max_size=30),
    st.integers(0, 500_000),
)
def test_nobody_is_lost_and_the_picture_stays_readable(times: list[int], ago: int) -> None:
    reports = [_report(minutes, str(place)) for place, minutes in enumerate(times)]
    series = count(reports, since=NOON - timedelta(minutes=ago), now=NOON)
    within = [one for one in reports if series.start <= one.at <= NOON]
    assert sum(series.counts) == len(within)
    assert len(series.counts) <= MOST_BUCKETS or series.bucket == BUCKETS[-1]
    assert series.start <= NOON - timedelta(minutes=ago) <= NOON
    assert series.running_since <= NOON < series.running_since + series.bucket


@pytest.mark.parametrize(
    ("mean", "most"), [(0.0, 0), (0.05, 0), (0.4, 2), (1.0, 3), (10.0, 15), (100.0, 117)]
)
def test_what_is_usual_holds_95_of_100_quiet_buckets(mean: float, most: int) -> None:
    assert usual_most(mean) == most


def test_what_is_usual_is_told_only_where_it_is_known() -> None:
    known = count([], since=NOON, now=NOON, expected=3.2, window_hours=2.0)
    assert known.usual == usual_most(0.4)
    assert count([], since=NOON, now=NOON, expected=3.2).usual is None


def test_the_small_picture_ends_at_now_and_begins_at_zero() -> None:
    reports = [_report(-40, str(n)) for n in range(4)] + [_report(0)]
    drawn = small(count(reports, since=NOON - timedelta(minutes=60), now=NOON))
    assert drawn.line.startswith("M0 64.0L")
    assert drawn.last_x == 98.5
    assert drawn.area.endswith(f"L{drawn.last_x * 10:.1f} 64L0 64Z")
    assert "C" not in drawn.line
    assert (drawn.starts, drawn.ends) == ("10:30", "12:00 UTC")
