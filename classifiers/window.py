"""The hot window: the newest posts with their vectors, in memory, as plain columns.

Apart because everything the judging core compares with is here, and because only this file knows
how rows become bytes and come back. Vectors never go into the bytes: they are kept elsewhere under
their text's hash, in half precision, and are asked for again.
"""

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.copies.duplicates import Words
from classifiers.embedding import Matrix, half

Vectors = Callable[[list[str]], Matrix]

FIELDS = np.dtype(
    [
        ("at", np.float64),  # written, in s since 1970, capped at arrival
        ("author", np.int64),  # 0: unknown
        ("source", np.int64),  # 0: unknown
        ("thread", np.int64),  # 0: unknown
        ("given", np.int64),  # cluster given at arrival, never changed
        ("label", np.int64),  # cluster that those who come next may join
        ("final", np.int64),  # cluster it was settled into, 0: not settled since it came
        ("explained", np.int64),  # number of the emergence that explains it, 0: none
        ("near", np.int64, (2,)),  # serials of the nearest recent posts at arrival, -1: none
        ("backfill", np.bool_),
        ("gone", np.bool_),  # erased: only the place is left
    ]
)


@dataclass(frozen=True)
class Row:
    """What is kept of one post beside its vector: numbers and hashes, no text, no name."""

    post_id: str
    at: float
    author: int
    source: int
    words: Words
    backfill: bool
    thread: int = 0


class Window:
    """Posts in order of arrival. A row's serial number never changes; its position does."""

    def __init__(self, *, first: int = 0) -> None:
        self.first = first
        self.ids: list[str] = []
        self.words: list[Words] = []
        self._fields = np.zeros(0, dtype=FIELDS)
        self._raw: Matrix = np.zeros((0, 0), dtype=np.float32)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def next_serial(self) -> int:
        """Serial number of the next row; counts every post the window ever held."""
        return self.first + len(self.ids)

    @property
    def fields(self) -> NDArray[Any]:
        """The columns of FIELDS, one element a row, writable."""
        return self._fields[: len(self.ids)]

    @property
    def raw(self) -> Matrix:
        """(n, d) vectors as half() gives them; zeros where a post is gone."""
        return self._raw[: len(self.ids)]

    def reserve(self, extra: int, dim: int) -> None:
        """Make room for more rows, so that adding one never copies the rest."""
        size = len(self.ids)
        fields = np.zeros(size + extra, dtype=FIELDS)
        raw = np.zeros((size + extra, dim), dtype=np.float32)
        fields[:size] = self.fields
        if self.raw.size:  # a window of erased posts only has no vectors
            raw[:size] = self.raw
        self._fields, self._raw = fields, raw

    def add(self, row: Row, vector: Matrix) -> int:
        """Append a post and return its position; room must have been reserved."""
        place = len(self.ids)
        self.ids.append(row.post_id)
        self.words.append(row.words)
        self._raw[place] = vector
        values = self._fields[place : place + 1]
        values["at"], values["author"], values["source"] = row.at, row.author, row.source
        values["backfill"], values["thread"] = row.backfill, row.thread
        values["near"] = -1
        return place

    def expire(self, *, keep: int, oldest: float) -> None:
        """Drop the earliest arrivals beyond ``keep``, and those written before ``oldest``."""
        size = len(self.ids)
        start = max(0, size - keep)
        fresh = np.flatnonzero(self.fields["at"][start:] >= oldest)
        start += int(fresh[0]) if fresh.size else size - start
        self.first += start
        del self.ids[:start], self.words[:start]
        self._fields, self._raw = self._fields[start:size], self._raw[start:size]

    def forget(self, post_ids: Sequence[str]) -> list[int]:
        """Blank the rows of erased posts; give their serial numbers."""
        wanted = set(post_ids)
        places = [place for place, post_id in enumerate(self.ids) if post_id in wanted]
        for place in places:
            at = self.fields["at"][place]
            self._raw[place] = 0.0
            self._fields[place] = np.zeros((), dtype=FIELDS)
            self._fields[place]["at"], self._fields[place]["gone"] = at, True
            self.ids[place], self.words[place] = "", np.zeros(0, dtype=np.uint32)
        return [self.first + place for place in places]

    def dump(self) -> bytes:
        """Write the rows, without vectors, as bytes that load() reads back."""
        sizes = np.array([words.size for words in self.words], dtype=np.uint16)
        words = np.concatenate([np.zeros(0, dtype=np.uint32), *self.words])
        names = np.frombuffer(json.dumps(self.ids).encode(), dtype=np.uint8)
        first = np.array(self.first)
        file = io.BytesIO()
        np.savez_compressed(
            file, first=first, ids=names, fields=self.fields, sizes=sizes, words=words
        )
        return file.getvalue()

    @classmethod
    def load(cls, data: bytes, vectors: Vectors) -> "Window":
        """Read back what dump() wrote; vectors come from where they are kept."""
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            window = cls(first=int(stored["first"]))
            window.ids = json.loads(stored["ids"].tobytes().decode())
            window._fields = _complete(stored["fields"])
            ends = np.cumsum(stored["sizes"], dtype=np.int64)[:-1]
            window.words = np.split(stored["words"], ends) if window.ids else []
        there = [place for place, post_id in enumerate(window.ids) if post_id]
        window._raw = np.zeros((len(window), 0), dtype=np.float32)
        if there:
            given = half(vectors([window.ids[place] for place in there]))
            window._raw = np.zeros((len(window), given.shape[1]), dtype=np.float32)
            window._raw[there] = given
        return window


def _complete(stored: NDArray[Any]) -> NDArray[Any]:
    """Give rows all columns of today: what an older version did not write is 0."""
    rows = np.zeros(len(stored), dtype=FIELDS)
    for name in stored.dtype.names or ():
        rows[name] = stored[name]
    return rows
