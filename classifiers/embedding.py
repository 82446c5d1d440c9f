"""From texts to unit vectors: batching by length, and a cache so no text is embedded twice.

Apart from the embedders because every embedder needs the same batching, and apart from the cache's
home because the live pass keeps vectors in the database and a backtest in a folder.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from classifiers.embedders.base import Embedder

Matrix = NDArray[np.float32]
Halves = NDArray[np.float16]
Progress = Callable[[int, int], None]

STRETCH = 1024
"""Texts embedded between two writes to the cache: what a kill may cost."""


class VectorCache(Protocol):
    """Where vectors wait, in half precision, by the hash of their text and the model's id."""

    def get(self, hashes: Sequence[str], model_id: str) -> Mapping[str, Halves]:
        """Give the vectors that are there, by hash."""
        ...

    def put(self, vectors: Mapping[str, Halves], model_id: str) -> None:
        """Keep vectors; a hash that is there already may be kept as it is."""
        ...


def text_hash(text: str) -> str:
    """Name a text by its content: SHA-256 in hex.

    Example: "" gives "e3b0c442…".
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def half(vector: NDArray[Any]) -> Matrix:
    """Round to half precision, in which vectors are stored: twice is as once.

    Fresh vectors and stored ones go the same way, so both are equal to the last bit. A unit vector
    keeps its length to within a thousandth.
    """
    return np.asarray(vector, dtype=np.float16).astype(np.float32)


def embed(
    texts: Sequence[str],
    embedder: Embedder,
    cache: VectorCache | None = None,
    *,
    progress: Progress | None = None,
) -> Matrix:
    """Embed texts, equal ones once.

    Args:
        texts: any strings.
        embedder: the model.
        cache: asked first, told afterwards; vectors do not depend on what is in it.
        progress: called with (texts done, texts in all).

    Returns:
        (n, d) float32 rows of length 1 but for the rounding to half precision.
    """
    hashes = [text_hash(text) for text in texts]
    known = dict(cache.get(list(dict.fromkeys(hashes)), embedder.model_id)) if cache else {}
    missing = {key: text for key, text in zip(hashes, texts, strict=True) if key not in known}
    # Texts of one length share a batch without padding; the longest first, so that progress
    # speeds up rather than stalls.
    queue = sorted(missing, key=lambda key: (-len(missing[key]), key))
    done, total = len(known), len(known) + len(queue)
    for start in range(0, len(queue), STRETCH):
        stretch = queue[start : start + STRETCH]
        rows = embedder.encode([_encodable(missing[key]) for key in stretch])
        fresh = dict(zip(stretch, rows.astype(np.float16), strict=True))
        if cache:
            cache.put(fresh, embedder.model_id)
        known.update(fresh)
        done += len(stretch)
        if progress:
            progress(done, total)
    if not texts:
        return np.zeros((0, embedder.dim), dtype=np.float32)
    return half(np.stack([known[key] for key in hashes]))


def _encodable(text: str) -> str:
    """Replace lone surrogates, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()


class MemoryCache:
    """Vectors kept as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Halves] = {}

    def get(self, hashes: Sequence[str], model_id: str) -> Mapping[str, Halves]:
        """Give the vectors that are there, by hash."""
        keys = ((text, (text, model_id)) for text in hashes)
        return {text: self._kept[key] for text, key in keys if key in self._kept}

    def put(self, vectors: Mapping[str, Halves], model_id: str) -> None:
        """Keep vectors."""
        self._kept.update({(text, model_id): vector for text, vector in vectors.items()})


class FolderCache:
    """Vectors kept in a folder: one folder a model, one .npz file a stretch."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._memory = MemoryCache()
        self._read: set[str] = set()

    def get(self, hashes: Sequence[str], model_id: str) -> Mapping[str, Halves]:
        """Give the vectors that are there, by hash."""
        if model_id not in self._read:
            for path in sorted(self._place(model_id).glob("*.npz")):
                with np.load(path, allow_pickle=False) as stored:
                    names, rows = stored["hashes"].tolist(), stored["vectors"]
                self._memory.put(dict(zip(names, rows, strict=True)), model_id)
            self._read.add(model_id)
        return self._memory.get(hashes, model_id)

    def put(self, vectors: Mapping[str, Halves], model_id: str) -> None:
        """Keep vectors in one new file, whole or not at all."""
        self._memory.put(vectors, model_id)
        if not vectors:
            return
        place = self._place(model_id)
        place.mkdir(parents=True, exist_ok=True)
        names = list(vectors)
        handle, temporary = tempfile.mkstemp(dir=place, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, hashes=np.array(names), vectors=np.stack([vectors[n] for n in names]))
        Path(temporary).replace(place / f"{text_hash(' '.join(names))[:32]}.npz")

    def _place(self, model_id: str) -> Path:
        return self._folder / text_hash(model_id)[:16]
