"""The rules of a storm, held to for any order and density of alerts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from responders.oncall.storms.storming import Weather, is_over, place, ranges
from tests.conftest import NOON

WINDOW = timedelta(minutes=10)
GAPS = st.lists(st.floats(min_value=0, max_value=1200), max_size=80)


def played(gaps: Sequence[float], at_most: int) -> list[tuple[datetime, bool]]:
    """Let alerts come so many seconds after one another; tell when each came, and if by itself."""
    told: list[tuple[datetime, bool]] = []
    now, last_at = NOON, None
    for gap in gaps:
        now += timedelta(seconds=gap)
        if last_at is not None and is_over(last_at, now=now, window=WINDOW):
            last_at = None
        cards = sum(alone and now - WINDOW < at <= now for at, alone in told)
        placing = place(Weather(cards, last_at), at_most=at_most, window=WINDOW)
        last_at = now if placing.digest else last_at
        told.append((now, not placing.digest))
    return told


@given(GAPS, st.integers(1, 12))
def test_no_window_holds_more_cards_than_allowed(gaps: list[float], at_most: int) -> None:
    told = played(gaps, at_most)
    for at, _ in told:
        assert sum(alone and at - WINDOW < when <= at for when, alone in told) <= at_most


@given(GAPS, st.integers(1, 12))
def test_the_first_alerts_are_always_cards_and_nothing_is_lost(
    gaps: list[float], at_most: int
) -> None:
    told = played(gaps, at_most)
    assert len(told) == len(gaps)
    assert all(alone for _, alone in told[:at_most])


@given(GAPS)
def test_more_cards_allowed_never_makes_the_first_digest_come_sooner(gaps: list[float]) -> None:
    few, many = played(gaps, 3), played(gaps, 6)
    first_few = next((n for n, (_, alone) in enumerate(few) if not alone), len(gaps))
    first_many = next((n for n, (_, alone) in enumerate(many) if not alone), len(gaps))
    assert first_few <= first_many


def test_while_a_storm_runs_nothing_is_a_card_however_long_it_lasts() -> None:
    told = played([0, 1, 1, *[9 * 60] * 20, 10 * 60], at_most=2)
    assert [alone for _, alone in told] == [True, True, *[False] * 21, True]


def test_the_reason_says_how_many_were_told() -> None:
    placing = place(Weather(10), at_most=10, window=WINDOW)
    assert placing.reason == "10 alerts within 10 min were told already"


def test_a_storm_is_over_after_a_whole_window_without_an_alert() -> None:
    assert not is_over(NOON, now=NOON + timedelta(minutes=9, seconds=59), window=WINDOW)
    assert is_over(NOON, now=NOON + WINDOW, window=WINDOW)


@given(st.lists(st.integers(1, 60)))
def test_stretches_hold_exactly_the_numbers_in_their_order(numbers: list[int]) -> None:
    found = ranges(numbers)
    assert [n for a, b in found for n in range(a, b + 1)] == sorted(set(numbers))
    assert all(after[0] > before[1] + 1 for before, after in pairwise(found))
