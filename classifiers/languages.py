"""The model with its limits: a text in a language that it does not know is not left to it.

Apart from the embedders because each of them has such limits, and apart from the rule (evidence)
because this asks which language a text is in. Live pass and backtest both go through here, and what
is decided depends on the text alone, so that both decide alike.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.embedders.base import Embedder
from classifiers.evidence import evidence_vector
from listener.reading.language import detect_language

RULES = "evidence1"
"""Part of a model's id: another rule makes other vectors."""


class Bounded:
    """An embedder that judges what it can, and goes by literal evidence where it cannot."""

    def __init__(self, embedder: Embedder, main: str | None = None) -> None:
        """Take an embedder and the language that most people write in.

        Args:
            embedder: the model.
            main: if the model does not know this one, its guesses stand all the same. It puts posts
                of one language close together; where nearly all are in it, that is common to them
                and is taken out with what they share.
        """
        self._embedder = embedder
        self._known = embedder.languages
        self._main = main if self._known is not None and main not in self._known else None

    @property
    def model_id(self) -> str:
        """Name of the model and, where it has limits, of the rules beyond them."""
        if self._known is None:
            return self._embedder.model_id
        return f"{self._embedder.model_id}+{RULES}{f'/{self._main}' if self._main else ''}"

    @property
    def dim(self) -> int:
        """Numbers in a vector."""
        return self._embedder.dim

    @property
    def languages(self) -> frozenset[str] | None:
        """Languages that the model can judge."""
        return self._known

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Give (n, d) float32 rows of length 1, in the order of the texts."""
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        beyond = [None if name == self._main else name for name in self.beyond(texts)]
        left = [place for place, language in enumerate(beyond) if language is None]
        if left:
            rows[left] = self._embedder.encode([texts[place] for place in left])
        for place, language in enumerate(beyond):
            if language is not None:
                rows[place] = evidence_vector(texts[place], self.dim)
        return rows

    def beyond(self, texts: Sequence[str]) -> list[str | None]:
        """Name the language of each text that the model cannot judge; None where it can.

        A text too short to tell is left to the model: most such are in its own language.
        """
        if self._known is None:
            return [None] * len(texts)
        found = [detect_language(text) for text in texts]
        return [None if name is None or name in self._known else name for name in found]


def bounded(embedder: Embedder, main: str | None = None) -> Bounded:
    """Return the embedder within its limits; one that is so already, as it is."""
    return embedder if isinstance(embedder, Bounded) else Bounded(embedder, main)
