"""How soon alerts were acknowledged, over many issues."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.oncall.acknowledging import ALL, ToldOf, acknowledgings, ranked
from tests.conftest import NOON


def told(minutes: float | None, severity: str = "major") -> ToldOf:
    at = None if minutes is None else NOON + timedelta(minutes=minutes)
    return ToldOf(severity=severity, accepted_at=NOON, acknowledged_at=at)


def test_the_middle_and_nine_of_ten_are_told_beside_what_nobody_acknowledged() -> None:
    found = acknowledgings([told(m) for m in (1, 2, 3, 90, None)] + [told(None, "minor")])
    assert list(found) == [ALL, "major", "minor"]
    assert (found[ALL].alerts, found[ALL].acknowledged, found[ALL].unacknowledged) == (6, 4, 2)
    assert (found["major"].acknowledged_s, found["major"].acknowledged_p90_s) == (120.0, 5400.0)
    assert (found["minor"].acknowledged_s, found["minor"].acknowledged_p90_s) == (None, None)


def test_what_was_known_before_it_was_told_took_no_time() -> None:
    assert told(-5).took_s == 0.0


def test_of_nothing_told_there_is_no_time() -> None:
    found = acknowledgings([])
    assert list(found) == [ALL]
    assert (found[ALL].alerts, found[ALL].acknowledged_s) == (0, None)


@pytest.mark.parametrize(
    ("count", "share", "expected"),
    [(1, 0.5, 1), (4, 0.5, 2), (4, 0.9, 4), (10, 0.9, 9), (11, 0.9, 10), (100, 0.9, 90)],
)
def test_a_rank_is_the_least_value_that_so_many_do_not_pass(
    count: int, share: float, expected: float
) -> None:
    assert ranked(map(float, range(count, 0, -1)), share) == expected


@given(st.lists(st.floats(min_value=0, max_value=1e6), min_size=1), st.floats(0.01, 1.0))
def test_so_many_are_never_above_the_rank(values: list[float], share: float) -> None:
    found = ranked(values, share)
    assert found is not None
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-6
