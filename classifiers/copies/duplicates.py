"""Copies: the same text again, pasted, cross-posted or quoted, which must count once.

Apart because a copy is neither a cluster nor an issue, and because what is kept of a text for
comparing (hashes of its words, never the words) lives longer in memory than the text itself.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MAX_WORDS = 128
SHORT_PAIRS = 5
"""With fewer word pairs two people may well have written the same words by themselves."""
SHORT_REPLY = 8
"""Words up to which a reply is understood by its thread alone, such as "same here, also 5.2"."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

Words = NDArray[np.uint32]


@lru_cache(maxsize=50_000)
def _word_number(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "big")


def name_number(name: str) -> int:
    """Hash a name (author, source) into a positive 63-bit number."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") >> 1


def hashed_words(text: str) -> Words:
    """Hash the words of a text in their order; case and punctuation do not count.

    Returns:
        At most 128 numbers: enough to tell copies apart, little enough to keep for weeks.
    """
    words = _WORD.findall(text.casefold())[:MAX_WORDS]
    return np.array([_word_number(word) for word in words], dtype=np.uint32)


def word_pairs(words: Words) -> set[tuple[int, int]]:
    """Give the neighbouring pairs of words."""
    numbers = words.tolist()
    return set(pairwise(numbers))


def is_copy(words: Words, other: Words) -> bool:
    """Say whether two longer texts share most of their wording.

    Five or more word pairs each, 60 % of the shorter text's pairs and half of the longer one's.
    """
    mine, theirs = sorted((word_pairs(words), word_pairs(other)), key=len)
    if len(mine) < SHORT_PAIRS:
        return False
    shared = len(mine & theirs)
    return shared >= 0.6 * len(mine) and shared >= 0.5 * len(theirs)


def is_same_text(words: Words, other: Words) -> bool:
    """Say whether two texts are equal but for case and punctuation."""
    return words.size > 0 and np.array_equal(words, other)


@dataclass(frozen=True)
class Copy:
    """One repetition of a text."""

    post_id: str
    at: float
    author: int


class Copies:
    """The copies of each text in the window, by the serial number of the first."""

    def __init__(self) -> None:
        self._of: dict[int, list[Copy]] = {}

    def add(self, serial: int, copy: Copy) -> None:
        """Count one more copy."""
        self._of.setdefault(serial, []).append(copy)

    def of(self, serial: int) -> list[Copy]:
        """Give the copies of one post in order of arrival."""
        return self._of.get(serial, [])

    def expire(self, first: int) -> None:
        """Drop the copies of posts that have left the window."""
        self._of = {serial: found for serial, found in self._of.items() if serial >= first}

    def forget(self, post_ids: Sequence[str]) -> None:
        """Drop erased copies."""
        gone = set(post_ids)
        for serial, found in self._of.items():
            self._of[serial] = [copy for copy in found if copy.post_id not in gone]

    def dump(self) -> list[tuple[int, list[tuple[str, float, int]]]]:
        """Write as plain JSON values."""
        return [
            (serial, [(copy.post_id, copy.at, copy.author) for copy in found])
            for serial, found in self._of.items()
        ]

    def load(self, data: Sequence[tuple[int, list[tuple[str, float, int]]]]) -> None:
        """Read what dump() wrote."""
        self._of = {serial: [Copy(*values) for values in found] for serial, found in data}
