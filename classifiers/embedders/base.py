"""The contract of an embedder: one file a kind beside this one.

A plug-in exports ``Options`` (its section of the settings, importable without the heavy library)
and ``build(options) -> Embedder``. Its file name is its kind.
"""

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into unit vectors; texts that mean the same lie close together."""

    @property
    def model_id(self) -> str:
        """Name of the weights and of all that changes a vector; the cache's key."""
        ...

    @property
    def dim(self) -> int:
        """Numbers in a vector."""
        ...

    @property
    def languages(self) -> frozenset[str] | None:
        """ISO 639-1 codes of the languages it can judge; None where it says it knows them all."""
        ...

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Give (n, d) float32 rows of length 1, in the order of the texts.

        Raises:
            PermanentError: the model cannot be used.
        """
        ...
