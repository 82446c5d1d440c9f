"""What changed between two texts, word by word, and how much of a text it was.

Pure. For people who read an edit before they say yes, and for what edits teach the templates.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|\d+(?:[.:,/-]\d+)+|\w+|\s+|[^\w\s]")
"""A word, a number such as 18:00, a blank, a sign; in scripts without blanks each sign is one."""
LINE = re.compile(r"[^\n]*\n|[^\n]+")
MOST_PAIRS = 1_000_000
"""Pairs of words compared at the most: 1,000 words each. Longer texts are compared by lines, and
what is longer still counts as another text: a hostile one must not keep the console busy."""


class Change(StrEnum):
    """What became of a piece."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """Some of a text."""

    change: Change
    text: str


def word_diff(before: str, after: str) -> Sequence[Piece]:
    """Return how one text became another.

    What is the same and what was removed make the first text, what is the same and what was added
    the second; of a change what was removed comes first. Blanks alone do not part two changes.
    """
    pieces: list[Piece] = []
    for old, new in _blocks(before, after):
        if old == new:
            pieces.append(Piece(Change.SAME, old))
            continue
        pieces += [Piece(Change.REMOVED, old)] if old else []
        pieces += [Piece(Change.ADDED, new)] if new else []
    return pieces


def distance(before: str, after: str) -> float:
    """Return how far apart two texts are, from 0 (the same words) to 1 (no word is left).

    Words removed and added over the words of both: "we know of it" to "we know it" is 1 of 7,
    about 0.14.
    """
    words = len(_words(before)) + len(_words(after))
    changed = sum(
        len(_words(piece.text))
        for piece in word_diff(before, after)
        if piece.change is not Change.SAME
    )
    return changed / words if words else 0.0


def marked(pieces: Sequence[Piece]) -> str:
    """Return a diff as plain text, such as ``We [-know-]{+see+} it``."""
    signs = {Change.SAME: "{}", Change.REMOVED: "[-{}-]", Change.ADDED: "{{+{}+}}"}
    return "".join(signs[piece.change].format(piece.text) for piece in pieces)


def _words(text: str) -> Sequence[str]:
    return [word for word in WORD.findall(text) if word.isalnum() or "_" in word]


def _blocks(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield stretches of both texts in order; those that are the same are equal."""
    old, new = _tokens(before, after)
    held: tuple[str, str] | None = None  # a change that blanks may still join to the next
    blank = ""
    for tag, i1, i2, j1, j2 in _opcodes(old, new):
        left, right = "".join(old[i1:i2]), "".join(new[j1:j2])
        if tag != "equal":
            past = held or ("", "")
            held = (past[0] + blank + left, past[1] + blank + right)
            blank = ""
        elif held is not None and not left.strip() and i2 < len(old) and j2 < len(new):
            blank = left
        else:
            yield from [held] if held else []
            yield blank + left, blank + left
            held, blank = None, ""
    yield from [held] if held else []


def _tokens(before: str, after: str) -> tuple[Sequence[str], Sequence[str]]:
    for unit in (WORD, LINE):
        old, new = unit.findall(before), unit.findall(after)
        if len(old) * len(new) <= MOST_PAIRS:
            return old, new
    return [before], [after]


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
