"""The window as points: centred and smoothed vectors, and the sums of the clusters.

Apart from the window because everything here has a fraction in it and is made anew from the rows at
each refresh; nothing here is ever stored.
"""

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import Knobs
from classifiers.clustering import (
    Clusters,
    Labels,
    agglomerated,
    centred,
    keep_numbers,
    settled_groups,
    smoothed,
    smoothed_rows,
    time_term,
)
from classifiers.embedding import Matrix
from classifiers.window import Row, Window

PART_UNSETTLED = 8
"""One in so many posts must be new for all to be settled anew: it costs as much as all else."""


class Space:
    """The points of one window between two refreshes."""

    def __init__(self, window: Window, knobs: Knobs, dim: int) -> None:
        self._window, self._knobs = window, knobs
        self.began = window.next_serial
        extra, size = knobs.refresh_posts + 1, len(window)
        window.reserve(extra, dim)
        gone = window.fields["gone"]
        total = window.raw.sum(axis=0, dtype=np.float64)
        self._mean = (total / (int((~gone).sum()) + knobs.mean_prior)).astype(np.float32)
        self._x = np.zeros((size + extra, dim), dtype=np.float32)
        self._x[:size] = self.centre(window.raw)
        self._x[:size][gone] = 0.0
        self._z, self._density = smoothed_rows(self.rows, self._times(), knobs)
        self.count()

    @property
    def rows(self) -> Matrix:
        """(n, d) centred unit rows of the window; zeros where a post is gone."""
        return self._x[: len(self._window)]

    def centre(self, raw: Matrix) -> Matrix:
        """Take the mean of the stream out of vectors."""
        return centred(raw, self._mean, self._knobs.centring)

    def count(self) -> None:
        """Sum the clusters by the labels that the window has now."""
        fields, size = self._window.fields, len(self._z)
        live = ~fields["gone"][:size]
        self._clusters = Clusters(
            fields["label"][:size][live],
            self._z[live],
            fields["at"][:size][live],
            extra=self._knobs.refresh_posts + 1,
        )

    def add(self, row: Row, raw: Matrix, x: Matrix) -> int:
        """Put a post into the window and give its place."""
        place = self._window.add(row, raw)
        self._x[place] = x
        return place

    def assign(self, at: float, x: Matrix, similarity: Matrix, *, free: int) -> int:
        """Let a post join the nearest cluster, or open the one numbered ``free``.

        Args:
            at: when it was written.
            x: its centred vector.
            similarity: (n,) its similarities to the earlier rows.
            free: next free number.
        """
        place, z = self._nearest(at, x, similarity)
        if place is None:
            self._clusters.open(free, z, at)
            return free
        self._clusters.add(place, z, at)
        return int(self._clusters.numbers[place])

    def cluster_near(self, at: float, x: Matrix) -> int | None:
        """Find the cluster that a post would join, changing nothing."""
        place, _ = self._nearest(at, x, self.rows @ x)
        return None if place is None else int(self._clusters.numbers[place])

    def _nearest(self, at: float, x: Matrix, similarity: Matrix) -> tuple[int | None, Matrix]:
        hours = (at - self._window.fields["at"][: similarity.size]) / 3600.0
        timed = similarity - time_term(hours, self._knobs)
        z = smoothed(x, timed, self._x[: similarity.size], self._knobs)
        place, best = self._clusters.nearest(z, at, self._knobs)
        return (place if best >= self._knobs.join_level else None), z

    def grouped(self, next_number: int) -> tuple[Labels, int]:
        """Group the whole window anew for what comes; groups keep the numbers given at arrival.

        Returns:
            The labels row by row and the next free number.
        """
        fields = self._window.fields
        dense = (self._density >= self._knobs.density_gate) & ~fields["gone"]
        groups = agglomerated(self._z, self._times(), dense, self._knobs)
        return keep_numbers(groups, fields["given"], next_number)

    def settled(self, next_number: int) -> tuple[Labels, int]:
        """Group the whole window anew for people to look at, as grouped() does for what comes."""
        fields = self._window.fields
        z, density = self._z, self._density
        if len(z) < len(fields):
            z, density = smoothed_rows(self.rows, self._times(), self._knobs)
        dense = (density >= self._knobs.settle_gate) & ~fields["gone"]
        return keep_numbers(
            settled_groups(z, self._times(), dense, self._knobs), fields["given"], next_number
        )

    @property
    def is_to_settle(self) -> bool:
        """Tell whether enough posts came since all were settled."""
        unsettled = int((self._window.fields["final"] == 0).sum())
        return unsettled * PART_UNSETTLED >= len(self._window)

    def _times(self) -> NDArray[np.float64]:
        return np.ascontiguousarray(self._window.fields["at"])
