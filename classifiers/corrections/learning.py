"""What people's verdicts on posts teach: of which kind a post is, and whether it is about us.

The seeds of relevance.py are the prior and the verdicts bend it where they are: kernel ridge
regression on what the seeds left to be desired, which is the mean of a Gaussian process with that
prior. Without verdicts nothing is bent; one verdict moves its surroundings only; verdicts that
contradict one another cancel, and the seeds decide. The order of the verdicts does not matter.

Source: Rasmussen and Williams, Gaussian Processes for Machine Learning, sections 2.2 and 2.7,
http://gaussianprocess.org/gpml/chapters/RW2.pdf
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from classifiers.relevance import UNSURE, Kind, KindJudge, Worded

NOT_OURS: Final = "not_ours"
QUIET: Final = frozenset({"spam", "off_topic", NOT_OURS})
"""What people say of a post that is no evidence and belongs to no issue."""
KINDS: Final[tuple[str, ...]] = tuple(kind for kind in get_args(Kind) if kind != "other")

MARGIN = 0.2
"""By so much, as cosine, the kind that a person said shall lead at the post itself."""
LEAD = MARGIN / 3.0
"""With less of a lead the seeds' kind stays. Two verdicts against one lead by a third of MARGIN."""
DOUBT = 0.1
"""Variance of a verdict: people err too."""
POWER = 3
"""Likeness is the cube of the cosine: .73 at .9 (a copy), .22 at .6 (the same said otherwise), .03
at .3 (another subject)."""
ALIEN = 0.5
"""From this share on posts like it are said not to be about us: one verdict reaches its copies."""

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Taught:
    """One post that a person judged."""

    post: Worded
    vector: Matrix
    said: str


def shown_kind(said: str) -> str:
    """Return the kind of a post of which a person said this."""
    return "off_topic" if said == NOT_OURS else said


class LearnedKinds:
    """The seeds, and what verdicts taught beside them."""

    def __init__(self, seeds: KindJudge, taught: Sequence[Taught] = ()) -> None:
        self._seeds = seeds
        self._bends: Any = None
        self._alien: Any = None
        if taught:
            vectors = np.stack([one.vector for one in taught])
            wanted = np.stack([self._wanted(one) for one in taught])
            alien = np.array([float(one.said == NOT_OURS) for one in taught])
            self._bends = _fitted(self._centred(vectors), wanted)
            self._alien = _fitted(self._centred(vectors), alien) if alien.any() else None

    def kinds(self, posts: Sequence[Worded], vectors: Matrix) -> list[Kind]:
        """Say of each post what sort it is.

        Args:
            posts: the posts.
            vectors: (n, d) unit rows, one a post.
        """
        if self._bends is None or not posts:
            return self._seeds.kinds(posts, vectors)
        prior = self._seeds.scores(posts, vectors)
        score = prior + self._bends.predict(self._centred(vectors))
        rows, before, now = np.arange(len(posts)), prior.argmax(axis=1), score.argmax(axis=1)
        told = score[rows, now] - score[rows, before] >= LEAD
        kept = self._seeds.named(prior)
        sure = score[rows, now] >= UNSURE
        named: list[Kind] = []
        for place, kind in enumerate(kept):
            unheard = kind == "other" and sure[place] and score[rows, now][place] - UNSURE >= LEAD
            bent = told[place] or unheard
            named.append(self._seeds.names[int(now[place])] if bent and sure[place] else kind)
        return named

    def ours(self, vectors: Matrix) -> list[bool]:
        """Say of each post whether it is about us, as far as people said otherwise of its like."""
        if self._alien is None or not len(vectors):
            return [True] * len(vectors)
        found = self._alien.predict(self._centred(vectors))
        return [bool(share < ALIEN) for share in found]

    def _wanted(self, one: Taught) -> NDArray[np.float64]:
        """Return what the seeds' scores lack for what the person said."""
        scores = self._seeds.scores([one.post], one.vector[None, :])[0]
        place = self._seeds.names.index(shown_kind(one.said))  # type: ignore[arg-type]  # of KINDS
        rest = np.delete(scores, place).max()
        lacking: NDArray[np.float64] = np.zeros(scores.size)
        lacking[place] = max(0.0, max(float(rest), UNSURE) + MARGIN - float(scores[place]))
        return lacking

    def _centred(self, vectors: Matrix) -> Matrix:
        """Take out what all seeds share: of some models all cosines are high."""
        moved = vectors - self._seeds.middle
        length = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.asarray(moved / np.maximum(length, 1e-6), dtype=np.float32)


def _fitted(vectors: Matrix, wanted: NDArray[np.float64]) -> Any:
    """Fit wanted values to rows of length 1."""
    from sklearn.kernel_ridge import KernelRidge

    model = KernelRidge(kernel="polynomial", degree=POWER, gamma=1.0, coef0=0.0, alpha=DOUBT)
    return model.fit(vectors, wanted)
