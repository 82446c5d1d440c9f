"""What a wave sounds like beside a matter of the product: outrage from outside, or praise.

Without a list of words. Apart because it is the least certain rule of all: outrage is labelled for
a moderator and never hidden, and praise must only surprise more before anybody is called.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

OUTRAGE: tuple[str, ...] = (
    "Shame on this company for supporting such cruelty.",
    "Boycott them until they stop funding it.",
    "One star because of their politics, uninstall it everyone.",
    "You should be ashamed of what you stand for.",
    "They take money from bad people, do not give them a cent.",
    "Stop censoring people and taking sides.",
    "The boss is a disgrace and should resign.",
    "I deleted my account in protest, never again.",
    "Disgusting greed, they care about profit and not about people.",
    "Spread the word and report this company, they betrayed us.",
)
"""Sentences as people in a brigade write them, our own."""

LEVEL = 0.08
"""From this contrast on a wave is a brigade.

Measured on waves of nine streams: seven brigades .05 to .23, five of them above .1; real issues at
most .03 but for one at .06. A brigade told as an issue is a nuisance, the other way round a miss.
"""

GLAD = 0.06
"""From this contrast with the seeds of praise on a wave is praise.

Measured: waves of praise about .1; of seventy waves of other matters the highest at .024.
"""
GLAD_COST = 3.0
"""How much more praise must score: a thousand times as surprising, for it is no trouble at all."""

NEAREST = 3


def likeness(rows: NDArray[np.float32], seeds: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean cosine of each row to the three seeds most like it: one lucky likeness is too few."""
    return np.asarray(np.sort(rows @ seeds.T, axis=1)[:, -NEAREST:].mean(axis=1))


def contrast(
    rows: NDArray[np.float32],
    outrage: NDArray[np.float32],
    matters: Sequence[NDArray[np.float32]],
) -> float:
    """Say how much more posts sound like outrage than like any matter of the product.

    Args:
        rows: (n, d) unit rows of the posts of a wave, not centred.
        outrage: unit rows of OUTRAGE.
        matters: unit rows of seeds for each kind of matter: problem, question, request.
    """
    matter = np.max([likeness(rows, seeds) for seeds in matters], axis=0)
    return float((likeness(rows, outrage) - matter).mean())


def understood(
    outrage: NDArray[np.float32], matters: Sequence[NDArray[np.float32]], *, level: float = LEVEL
) -> bool:
    """Say whether a model tells the seeds themselves apart, each judged by the others.

    A model that does not (another language, no meaning) must not turn a problem into a brigade.
    """
    whole = [contrast(seeds, outrage, matters) for seeds in matters]
    rest = [
        contrast(outrage[n : n + 1], np.delete(outrage, n, axis=0), matters)
        for n in range(len(outrage))
    ]
    return max(whole) <= -level and float(np.median(rest)) >= level
