"""A subject that people come to each Monday at nine is a habit, not news, once that was seen."""

from datetime import timedelta

import pytest

from classifiers.calibration import Knobs
from classifiers.judging import Judge
from tests.classifiers.invented import START, Stream

WEEKS = 6
NINE = timedelta(hours=9)


def with_mondays(rush: int, last: int) -> Stream:
    """Write talk by day and night, and a rush each Monday at nine, the last one of its own size."""
    stream = Stream(3)
    talk = [START + timedelta(hours=1.6 * number) for number in range(int(WEEKS * 7 * 15))]
    rushes = [
        START + timedelta(weeks=week, minutes=7 * number) + NINE
        for week in range(WEEKS)
        for number in range(last if week == WEEKS - 1 else rush)
    ]
    for at, topic in sorted(
        [(at, f"t{place % 40}") for place, at in enumerate(talk)]
        + [(at, "monday") for at in rushes]
    ):
        stream.add(topic, at)
    return stream


def alerted_weeks(stream: Stream) -> list[int]:
    """Return the weeks in which something alerted on a Monday."""
    judge = Judge(Knobs())
    found = [judge.take(post, stream.vectors[post.post_id]).emergence for post in stream.arrivals]
    times = [one.first_seen - START for one in found if one is not None]
    return sorted(
        {
            time // timedelta(weeks=1)
            for time in times
            if time % timedelta(weeks=1) < timedelta(days=1)
        }
    )


def test_the_fourth_rush_and_later_ones_are_usual() -> None:
    weeks = alerted_weeks(with_mondays(6, 6))

    assert weeks
    assert max(weeks) <= 3


@pytest.mark.parametrize("last", [40])
def test_a_far_greater_rush_alerts_all_the_same(last: int) -> None:
    assert WEEKS - 1 in alerted_weeks(with_mondays(6, last))
