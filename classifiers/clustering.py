"""Which posts say the same thing: online average link over smoothed vectors, with settling.

Apart from emergence because a cluster is a proposal for people to browse, correct and track, while
an emergence is evidence that something happens now.

Two groupings of the same posts, both by average-link agglomeration. The posts that arrive join the
groups of once smoothed vectors: these are narrow and hold still from one refresh to the next. What
is shown as settled are the groups of twice smoothed ones, which find more of what belongs together.

Source: growing average-link clusters on centred vectors smoothed by their nearest neighbours (query
expansion as in retrieval, https://doi.org/10.1109/ICCV.2007.4408891), and agglomeration
(https://doi.org/10.1007/978-0-387-84858-7, section 14.3.12).
"""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from classifiers.calibration import Knobs
from classifiers.embedding import Matrix

Labels = NDArray[np.int64]
Times = NDArray[np.float64]


def centred(raw: Matrix, mean: Matrix, weight: float) -> Matrix:
    """Take what all posts share out of the vectors: unit(v - weight * mean), row by row."""
    moved = raw - np.float32(weight) * mean
    length = np.linalg.norm(moved, axis=-1, keepdims=True)
    return np.asarray(moved / np.maximum(length, 1e-6), dtype=np.float32)


def time_term(hours: NDArray[np.floating[Any]], knobs: Knobs) -> Matrix:
    """Give what distance in time takes off a similarity: 0 at once, ``time_weight`` in the end.

    In single precision and in place: over all pairs of a window this is the dearest step.
    """
    term: Matrix = np.abs(hours).astype(np.float32)
    term *= np.float32(-1.0 / knobs.time_scale_hours)
    np.expm1(term, out=term)
    term *= np.float32(-knobs.time_weight)
    return term


def hours_back(at: Times) -> Matrix:
    """Give hours before the newest post: small numbers, which single precision holds well."""
    return np.asarray((at.max() - at) / 3600.0, dtype=np.float32)


def smoothed(x: Matrix, similarity: Matrix, others: Matrix, knobs: Knobs) -> Matrix:
    """Add to a vector its nearest neighbours, weighted by a power of their similarity."""
    count = min(knobs.neighbours, similarity.size)
    if not count:
        return x
    nearest = np.argpartition(similarity, similarity.size - count)[similarity.size - count :]
    weights = np.maximum(similarity[nearest], 0.0) ** knobs.neighbour_power
    mixed = x + weights @ others[nearest]
    return np.asarray(mixed / max(float(np.linalg.norm(mixed)), 1e-6), dtype=np.float32)


def smoothed_rows(x: Matrix, at: Times, knobs: Knobs) -> tuple[Matrix, Matrix]:
    """Smooth all rows with each other.

    Returns:
        The (n, d) smoothed unit rows, and how dense the place of each is: (n,) means of their
        three best similarities.
    """
    size = len(x)
    result, density = x.copy(), np.full(size, -1.0, dtype=np.float32)
    if size < 2:
        return result, density
    hours = hours_back(at)
    count = min(knobs.neighbours, size - 1)
    for start in range(0, size, 512):
        block = slice(start, min(start + 512, size))
        similarity = x[block] @ x.T - time_term(hours[block, None] - hours[None, :], knobs)
        rows = np.arange(block.stop - block.start)
        similarity[rows, rows + start] = -1.0
        nearest = np.argpartition(similarity, size - count, axis=1)[:, size - count :]
        best = np.take_along_axis(similarity, nearest, axis=1)
        weights = np.maximum(best, 0.0) ** knobs.neighbour_power
        graph = csr_array(
            (weights.ravel(), nearest.ravel(), np.arange(len(rows) + 1) * count),
            shape=(len(rows), size),
        )
        mixed = x[block] + graph @ x
        result[block] = mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-6)
        density[block] = np.sort(best, axis=1)[:, -3:].mean(axis=1)
    return result, density


def settled_groups(z: Matrix, at: Times, dense: NDArray[np.bool_], knobs: Knobs) -> Labels:
    """Group smoothed rows for people to look at: smoothed once more, by fewer neighbours."""
    again, _ = smoothed_rows(z, at, replace(knobs, neighbours=knobs.settle_neighbours))
    return agglomerated(again, at, dense, replace(knobs, join_level=knobs.settle_level))


def agglomerated(z: Matrix, at: Times, dense: NDArray[np.bool_], knobs: Knobs) -> Labels:
    """Group rows by average link down to the join level; sparse rows stay alone.

    A merge at a mean similarity of ``join_level`` needs one pair at least as similar, so the parts
    of the graph of such pairs are grouped one by one with the same result.
    """
    groups = -np.arange(1, len(z) + 1, dtype=np.int64)
    places = np.flatnonzero(dense)
    if places.size < 2:
        return groups
    hours = hours_back(at[places])
    similarity = z[places] @ z[places].T
    similarity -= time_term(hours[:, None] - hours[None, :], knobs)
    _, parts = connected_components(csr_array(similarity >= knobs.join_level), directed=False)
    order = np.argsort(parts, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(parts[order])) + 1):
        if part.size < 2:
            continue
        # Equal texts come out a hair above 1, and a negative distance is refused.
        distance = np.maximum(1.0 - similarity[np.ix_(part, part)], 0.0)
        np.fill_diagonal(distance, 0.0)
        tree = linkage(squareform(distance, checks=False), method="average")
        found = fcluster(tree, 1.0 - knobs.join_level, criterion="distance")
        first: dict[int, int] = {}
        for place, group in zip(places[part].tolist(), found.tolist(), strict=True):
            groups[place] = groups[first.setdefault(group, place)]
    return groups


def keep_numbers(groups: Labels, given: Labels, next_number: int) -> tuple[Labels, int]:
    """Give each new group the old number it overlaps most with, one to one; others get new ones.

    Greedy by overlap; ties go to the smaller old number, then the earlier group.

    Returns:
        The numbers row by row and the next free number.
    """
    overlaps = Counter(zip(groups.tolist(), given.tolist(), strict=True))
    ranked = sorted(overlaps, key=lambda pair: (-overlaps[pair], pair[1], -pair[0]))
    numbers: dict[int, int] = {}
    taken: set[int] = set()
    for group, number in ranked:
        if group not in numbers and number not in taken:
            numbers[group] = number
            taken.add(number)
    for group in groups.tolist():
        if group not in numbers:
            numbers[group] = next_number
            next_number += 1
    return np.array([numbers[group] for group in groups.tolist()], dtype=np.int64), next_number


class Clusters:
    """The sums of each live cluster: enough to find the one with the highest mean similarity."""

    def __init__(self, labels: Labels, z: Matrix, at: Times, *, extra: int) -> None:
        numbers, places = np.unique(labels, return_inverse=True)
        size = len(numbers)
        self.numbers = np.concatenate([numbers, np.zeros(extra, dtype=np.int64)])
        self.sums = np.zeros((size + extra, z.shape[1]), dtype=np.float32)
        self.counts = np.zeros(size + extra, dtype=np.float32)
        self.last_at = np.full(size + extra, -np.inf)
        self.size = size
        np.add.at(self.sums, places, z)
        np.add.at(self.counts, places, 1.0)
        np.maximum.at(self.last_at, places, at)

    def nearest(self, z: Matrix, at: float, knobs: Knobs) -> tuple[int, float]:
        """Find the place of the best cluster and its mean similarity less the time term."""
        if not self.size:
            return -1, -1.0
        size = self.size
        similarity = self.sums[:size] @ z / self.counts[:size]
        similarity -= time_term((at - self.last_at[:size]) / 3600.0, knobs)
        best = int(np.argmax(similarity))
        return best, float(similarity[best])

    def add(self, place: int, z: Matrix, at: float) -> None:
        """Put one more post into the cluster at ``place``."""
        self.sums[place] += z
        self.counts[place] += 1.0
        self.last_at[place] = max(float(self.last_at[place]), at)

    def open(self, number: int, z: Matrix, at: float) -> None:
        """Begin a cluster with one post."""
        self.numbers[self.size] = number
        self.size += 1
        self.add(self.size - 1, z, at)
