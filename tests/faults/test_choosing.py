"""Tests of where a sweep kills."""

import pytest

from tests.faults.choosing import REPEATS, SWEEP, chosen, of_each_kind

KINDS = [["a", "b", "a"], ["a"] * 200, ["b", "c", "a"]]


def test_each_kind_is_met_on_both_databases_at_different_places() -> None:
    assert of_each_kind(KINDS) == [(0, 0), (0, 1), (2, 1)]
    assert of_each_kind(KINDS, last=True) == [(2, 0), (2, 1), (2, 2)]
    for turn in (0, 1):
        assert {KINDS[step][number] for step, number in chosen(KINDS, turn=turn, seed=1)} == {
            "a", "b", "c"
        }  # fmt: skip


def test_of_what_repeats_the_two_try_different_ones_and_each_run_others() -> None:
    first, second = (set(chosen(KINDS, turn=turn, seed=1)) for turn in (0, 1))
    assert len(first | second) == REPEATS + 5
    assert first & second == {(2, 1)}
    assert set(chosen(KINDS, turn=0, seed=1)) == first
    assert set(chosen(KINDS, turn=0, seed=2)) != first


@pytest.mark.parametrize("turn", [0, 1])
def test_a_long_run_tries_all(turn: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWEEP, "all")
    assert len(chosen(KINDS, turn=turn, seed=1)) == sum(map(len, KINDS))
