"""The large picture: steps of true buckets, lanes, and labels that never meet."""

import re
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from responders.console.views.picture import Report, count
from responders.console.views.timeline import (
    CHARACTER_PX,
    FULL_PX,
    NAME_PX,
    TIMES_PX,
    Happening,
    Label,
    Timeline,
    draw,
)
from tests.conftest import NOON

LANES = ("Alerts", "We said")


def _drawn(*minutes: float, lane: str = "Alerts", label: str = "alert") -> Timeline:
    reports = [
        Report(NOON - timedelta(minutes=10 * n), f"{n} {m}")
        for n in range(20)
        for m in range(n % 5)
    ]
    series = count(reports, since=NOON - timedelta(hours=4), now=NOON, expected=1, window_hours=2)
    things = [Happening(NOON + timedelta(minutes=one), lane, "alert", label) for one in minutes]
    return draw(series, things, lanes=LANES)


def test_the_line_is_steps_and_ends_at_now() -> None:
    drawn = _drawn()
    assert re.fullmatch(r"M0\.0 [\d.]+(H[\d.]+V[\d.]+)*H[\d.]+", drawn.line)
    assert drawn.line.endswith(f"H{drawn.now_x * 10:.1f}")
    assert drawn.now_x == 100.0


def test_what_is_promised_lies_in_a_future_that_never_takes_the_picture() -> None:
    soon, late = _drawn(40), _drawn(60_000)
    assert 80 < soon.now_x < 95
    assert round(late.now_x) == 70
    assert late.marks[0].x == 100.0
    assert soon.marks[0].pin_y is None


def test_the_scale_begins_at_zero_and_has_three_lines_at_the_most() -> None:
    drawn = _drawn()
    assert 1 <= len(drawn.grid) <= 3
    assert drawn.grid[-1][1].endswith("people")
    assert drawn.base == 200


def test_three_marks_close_together_become_one_with_a_count() -> None:
    drawn = _drawn(-60, -61, -62)
    (mark,) = drawn.marks
    assert mark.several == 3
    assert mark.wide is not None
    assert mark.wide.text == "3, last 11:00"
    assert len(_drawn(-60, -61).marks) == 2


@given(st.lists(st.floats(-239, 200), max_size=12))
def test_labels_never_meet_and_never_leave_the_picture(minutes: list[float]) -> None:
    drawn = _drawn(*minutes)
    for width, labels in (
        (FULL_PX, [(mark.x, mark.wide) for mark in drawn.marks]),
        (TIMES_PX, [(mark.x, mark.mid) for mark in drawn.marks]),
    ):
        taken = sorted(_extent(x * width / 100, label) for x, label in labels if label)
        for (low, high), (after, _) in pairwise(taken):
            assert low <= high < after
        if taken:
            assert taken[0][0] >= NAME_PX
            assert taken[-1][1] <= width


def _extent(px: float, label: Label) -> tuple[float, float]:
    long = CHARACTER_PX * len(label.text)
    start = px + label.dx
    return (start, start + long) if label.anchor == "start" else (start - long, start)


@given(st.integers(1, 3000))
def test_the_axis_has_few_times_in_their_order(hours: int) -> None:
    series = count([], since=NOON - timedelta(hours=hours), now=NOON)
    ticks = draw(series, [], lanes=LANES).ticks
    assert 1 <= len(ticks) <= 10
    assert [one.x for one in ticks] == sorted(one.x for one in ticks)
