"""What is usual at this hour and on this day of the week."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.scanning import habit, habit_score

HOUR, DAY, WEEK = 3600.0, 86400.0, 7 * 86400.0
NOW = 10 * WEEK


def rush(weeks: int, posts: int, *, period: float = WEEK) -> np.ndarray:
    """Write posts within an hour before the same moment of each earlier week."""
    times = [
        NOW - ago * period - n * HOUR / posts for ago in range(1, weeks + 1) for n in range(posts)
    ]
    return np.array(times)


def test_the_worked_examples_hold() -> None:
    assert habit(rush(3, 6), start=NOW - HOUR, end=NOW) == (6.0, 18.0)
    assert habit_score(6, 6.0, 18.0) == pytest.approx(0.3, abs=0.05)
    assert habit_score(25, 6.0, 18.0) == pytest.approx(5.8, abs=0.1)


def test_two_mondays_are_no_habit_yet() -> None:
    assert habit(rush(2, 6), start=NOW - HOUR, end=NOW) == (0.0, 0.0)


def test_what_comes_every_day_is_a_habit_after_five_days() -> None:
    assert habit(rush(4, 6, period=DAY), start=NOW - HOUR, end=NOW) == (0.0, 0.0)
    assert habit(rush(5, 6, period=DAY), start=NOW - HOUR, end=NOW) == (6.0, 30.0)


def test_one_burst_of_the_past_makes_no_habit() -> None:
    once = np.concatenate([rush(1, 40), [NOW - 8 * WEEK]])

    assert habit(once, start=NOW - HOUR, end=NOW)[0] == 0.0


def test_without_a_habit_nothing_is_said() -> None:
    assert habit(np.zeros(0), start=NOW - HOUR, end=NOW) == (0.0, 0.0)
    assert habit_score(3, 0.0, 0.0) == float("inf")


@given(st.integers(1, 60), st.floats(1.0, 50.0), st.floats(0.0, 500.0))
def test_more_people_surprise_more_and_what_is_better_known_surprises_more(
    people: int, usual: float, known: float
) -> None:
    score = habit_score(people, usual, known)

    assert score >= 0.0
    assert habit_score(people + 1, usual, known) >= score
    far = people + 3 * (int(usual) + 1)
    assert habit_score(far, usual, known + 50.0) >= habit_score(far, usual, known) - 1e-9
