"""Waves that are not about the product at all: off-topic brigades, without a list of words.

Apart because it is the least certain rule of all: it labels for a moderator, it never hides.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.window import Window

HISTORY_MIN = 500
ONE_PRODUCT_COSINE = 0.4
FAR, FAIRLY_FAR, STRANGE_WORDS = -2.0, -0.7, 0.55


def is_brigade(window: Window, members: Sequence[int], old: NDArray[np.intp]) -> bool:
    """Say whether members are off-topic for a stream that is about one product.

    The stream is about one product when the median cosine of its old posts to their mean is at
    least .4. Members are off-topic when they lie two standard deviations farther from that mean
    than the old posts, or a little farther and nearly half their words are strange to the stream.
    """
    if old.size < HISTORY_MIN:
        return False
    raw = window.raw[old]
    mean = raw.mean(axis=0)
    mean /= max(float(np.linalg.norm(mean)), 1e-6)
    usual = raw @ mean
    if float(np.median(usual)) < ONE_PRODUCT_COSINE:
        return False
    z = (float((window.raw[list(members)] @ mean).mean()) - usual.mean()) / max(usual.std(), 1e-6)
    return bool(
        z <= FAR or (z <= FAIRLY_FAR and known_share(window, members, old) <= STRANGE_WORDS)
    )


def known_share(window: Window, members: Sequence[int], old: NDArray[np.intp]) -> float:
    """Mean share of a member's words that 1 % of the old posts use too."""
    seen = np.concatenate([np.unique(window.words[place]) for place in old.tolist()])
    words, counts = np.unique(seen, return_counts=True)
    common: NDArray[Any] = words[counts >= 0.01 * old.size]
    shares = [
        float(np.isin(np.unique(window.words[place]), common).mean())
        for place in members
        if window.words[place].size
    ]
    return float(np.mean(shares)) if shares else 1.0
