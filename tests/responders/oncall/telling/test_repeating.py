"""When an issue that nobody acknowledged is told once more."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.oncall.telling.repeating import repeat_due
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("hours", "due"), [(-1, 0), (0, 0), (3.9, 0), (4, 1), (7.9, 1), (8, 2), (100, 25)]
)
def test_it_is_told_every_four_hours(hours: float, due: int) -> None:
    assert repeat_due(NOON, NOON + timedelta(hours=hours), every=timedelta(hours=4)) == due


def test_nothing_is_repeated_where_that_is_off() -> None:
    assert repeat_due(NOON, NOON + timedelta(days=9), every=timedelta()) == 0


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_it_only_ever_counts_up(first_s: float, more_s: float) -> None:
    early = NOON + timedelta(seconds=first_s)
    late, every = early + timedelta(seconds=more_s), timedelta(hours=1)
    assert repeat_due(NOON, early, every=every) <= repeat_due(NOON, late, every=every)
