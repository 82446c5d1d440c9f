"""Tests of the online clustering and of settling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from classifiers.calibration import Knobs
from classifiers.clustering import (
    agglomerated,
    keep_numbers,
    settled_groups,
    smoothed,
    smoothed_rows,
    time_term,
)

KNOBS = Knobs()


def rows(seed: int, size: int = 60, dim: int = 4) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    found = random.normal(size=(size, dim)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True), random.uniform(0, 1e6, size)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**16))
def test_grouping_part_by_part_equals_grouping_the_whole(seed: int) -> None:
    z, at = rows(seed)
    hours = at / 3600.0
    distance = 1.0 - (z @ z.T - time_term(hours[:, None] - hours[None, :], KNOBS))
    distance = (distance + distance.T) / 2
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average")
    whole = fcluster(tree, 1.0 - KNOBS.join_level, criterion="distance")
    parts = agglomerated(z, at, np.ones(len(z), dtype=np.bool_), KNOBS)
    pairs = (whole[:, None] == whole[None, :]) == (parts[:, None] == parts[None, :])
    assert pairs.all()


def test_sparse_posts_stay_alone() -> None:
    z = np.tile(rows(1, 1)[0], (4, 1))
    dense = np.array([True, True, False, True])
    groups = agglomerated(z, np.zeros(4), dense, KNOBS)
    assert groups[0] == groups[1] == groups[3] != groups[2]


def two_wordings(shared: float, own: float = 0.6) -> np.ndarray:
    """Twelve rows on one subject, six in each of two wordings, and thirty on anything."""
    random, plain = np.random.default_rng(3), np.eye(40)
    drawn = random.normal(size=(42, 40))
    drawn[:12] *= own / np.linalg.norm(drawn[:12], axis=1, keepdims=True)
    drawn[:12] += shared * plain[0]
    drawn[:6] += 0.6 * plain[1]
    drawn[6:12] += 0.6 * plain[2]
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize(("shared", "joined", "settled"), [(0.3, 2, 2), (0.46, 2, 1), (0.6, 1, 1)])
def test_two_wordings_of_one_subject_are_settled_into_one_sooner_than_they_are_joined(
    shared: float, joined: int, settled: int
) -> None:
    x, at = two_wordings(shared), np.zeros(42)
    z, density = smoothed_rows(x, at, KNOBS)
    dense = density >= 0.2
    assert len(set(agglomerated(z, at, dense, KNOBS)[:12].tolist())) == joined
    assert len(set(settled_groups(z, at, dense, KNOBS)[:12].tolist())) == settled


def test_the_density_of_a_place_is_the_mean_of_its_three_best_similarities() -> None:
    x, at = rows(5, size=9)
    _, density = smoothed_rows(x, np.zeros_like(at), KNOBS)
    others = np.delete(x @ x[4], 4)
    assert density[4] == pytest.approx(np.sort(others)[-3:].mean(), abs=1e-5)


def test_a_group_keeps_the_number_it_overlaps_most_with() -> None:
    groups = np.array([-1, -1, -1, -4, -4, -6])
    given_numbers = np.array([7, 7, 8, 7, 9, 9])
    labels, free = keep_numbers(groups, given_numbers, 20)
    assert labels.tolist() == [7, 7, 7, 9, 9, 20]
    assert free == 21


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 9)), min_size=1, max_size=30))
def test_numbers_are_given_one_to_one(pairs: list[tuple[int, int]]) -> None:
    groups = np.array([group for group, _ in pairs])
    labels, free = keep_numbers(groups, np.array([number for _, number in pairs]), 100)
    assert len(set(zip(groups.tolist(), labels.tolist(), strict=True))) == len(set(groups.tolist()))
    assert len(set(labels.tolist())) == len(set(groups.tolist()))
    assert max(labels.max() + 1, 100) == free


def test_smoothing_one_row_equals_smoothing_it_among_all() -> None:
    x, at = rows(3, size=15)
    z, _ = smoothed_rows(x, at, KNOBS)
    similarity = x @ x[4] - time_term((at[4] - at) / 3600.0, KNOBS)
    alone = smoothed(x[4], np.delete(similarity, 4), np.delete(x, 4, axis=0), KNOBS)
    assert alone == pytest.approx(z[4], abs=1e-5)


def test_distance_in_time_takes_off_at_most_its_weight() -> None:
    term = time_term(np.array([0.0, 120.0, -120.0, 1e9]), KNOBS)
    assert term == pytest.approx([0.0, 0.1896, 0.1896, 0.3], abs=1e-4)
