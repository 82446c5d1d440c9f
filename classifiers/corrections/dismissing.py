"""What is asked of a subject that a person called no issue before it alerts again.

Pure, and apart from the scan because it is an argument about people and not about posts: they have
said that they do not want to hear of it.
"""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding import Matrix

DOUBT = 2.0
"""Points of score beyond the level: it must be a hundred times as surprising as other subjects."""


def doubt(
    members: Matrix,
    x: Matrix,
    explained: NDArray[np.int64],
    dismissed: Collection[int],
    *,
    near: float | None,
) -> float:
    """Return what posts must score beyond the level; 0 for a subject that nobody dismissed.

    Args:
        members: (m, d) centred unit rows of the posts that would alert.
        x: (n, d) centred unit rows of the window.
        explained: (n,) number of the emergence that each row belongs to.
        dismissed: numbers of the emergences that people called no issue.
        near: similarity at which posts are about the same; None while unknown.
    """
    if near is None:
        return 0.0
    middle = members.sum(axis=0)
    length = float(np.linalg.norm(middle))
    for number in sorted(dismissed):
        centre = x[explained == number].sum(axis=0)
        size = float(np.linalg.norm(centre))
        if size > 0.0 and length > 0.0 and float(middle @ centre) >= near * size * length:
            return DOUBT
    return 0.0
