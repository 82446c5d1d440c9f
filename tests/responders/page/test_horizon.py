import re
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from responders.page.horizon import DAY, HEIGHT, QUARTER, counted, horizon, trend, usual
from tests.conftest import NOON

AGES = st.lists(st.integers(min_value=0, max_value=60 * 24 * 8), max_size=200)


def _at(*minutes_ago: int) -> list[datetime]:
    return sorted(NOON - timedelta(minutes=each) for each in minutes_ago)


def test_the_last_bucket_ends_now_and_a_border_belongs_to_what_ends_there() -> None:
    assert counted(_at(0, 1, 15, 16, 45), end=NOON, step=QUARTER, n=3) == [0, 2, 2]


@given(ages=AGES)
def test_every_report_of_the_day_is_counted_once(ages: list[int]) -> None:
    counts = counted(_at(*ages), end=NOON, step=QUARTER, n=96)
    assert sum(counts) == sum(age < 24 * 60 for age in ages)


@given(ages=AGES)
def test_the_line_stays_within_the_picture(ages: list[int]) -> None:
    drawn = horizon(_at(*ages), now=NOON, since=NOON - timedelta(days=8))
    heights = [float(y) for y in re.findall(r"[\d.]+ ([\d.]+)", drawn.rate + drawn.edge)]
    assert all(0 <= y <= HEIGHT for y in heights)
    assert sum(row.count for row in drawn.rows) == sum(age < 24 * 60 for age in ages)


def test_nothing_is_usual_before_a_whole_day_was_heard() -> None:
    assert usual(_at(5), now=NOON, since=NOON - timedelta(hours=47)) is None
    assert usual([], now=NOON, since=None) is None
    drawn = horizon(_at(5), now=NOON, since=None)
    assert drawn.band == ""
    assert "not known yet" in drawn.words


def test_the_usual_comes_from_the_same_time_of_earlier_days() -> None:
    steady = [day * 24 * 60 + 60 for day in range(1, 8) for _ in range(3)]
    band = usual(_at(*steady), now=NOON, since=NOON - timedelta(days=8))
    assert band is not None
    assert len(band) == int(DAY / QUARTER)
    assert band[91][1] > 0
    assert band[40] == (0, 0)


def test_the_words_tell_peak_time_and_usual() -> None:
    drawn = horizon(_at(50, 51, 52, 5), now=NOON, since=NOON - timedelta(days=8))
    assert (
        drawn.words
        == "At most 3 in a quarter hour, at 11:15 UTC; 1 in the last one. Usual: 0 to 0."
    )
    assert horizon([], now=NOON, since=None).words.startswith("No report came in.")


def test_a_trend_needs_two_reports_and_never_more_than_96_points() -> None:
    assert trend(_at(5), since=NOON, end=NOON) is None
    long = trend(_at(5, 60 * 24 * 300), since=NOON - timedelta(days=300), end=NOON)
    assert long is not None
    assert long.rate.count("L") < 96
    short = trend(_at(5, 6), since=NOON - timedelta(minutes=10), end=NOON)
    assert short is not None
    assert short.words == "At most 2 within 15 minutes, 2 in the last one."
