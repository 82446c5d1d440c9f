"""Two clocks: heard, and acted."""

from datetime import timedelta

import pytest

from responders.voice.ledger.clocks import Clocks, first, lasted, median
from tests.conftest import NOON

HOUR = timedelta(hours=1)


def test_both_clocks_begin_with_the_first_post() -> None:
    clocks = Clocks(
        began_at=NOON, alerted_at=NOON + HOUR / 4, acknowledged_at=NOON + HOUR,
        acted_at=NOON + 3 * HOUR, resolved_at=NOON + 26 * HOUR,
    )  # fmt: skip
    assert (clocks.noticed_s, clocks.acknowledged_s, clocks.acted_s, clocks.resolved_s) == (
        900.0, 3600.0, 10_800.0, 93_600.0,
    )  # fmt: skip


def test_what_has_not_happened_took_no_time_yet() -> None:
    clocks = Clocks(began_at=NOON)
    assert {clocks.noticed_s, clocks.acknowledged_s, clocks.acted_s, clocks.resolved_s} == {None}


def test_a_word_before_the_first_post_took_none() -> None:
    assert Clocks(began_at=NOON, acknowledged_at=NOON - HOUR).acknowledged_s == 0.0


def test_the_first_of_moments_and_the_middle_of_lengths() -> None:
    assert first([None, NOON + HOUR, NOON]) == NOON
    assert first([None]) is None
    assert median([9.0, None, 1.0, 5.0]) == 5.0
    assert median([4.0, 2.0]) == 2.0
    assert median([None]) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 min"), (59, "1 min"), (3600, "1 h"), (5_400, "1 h 30 min"),
        (48 * 3600, "2 days"), (200_000, "2 days 7 h"), (47 * 3600, "47 h"),
    ],
)  # fmt: skip
def test_lengths_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert lasted(seconds) == words
