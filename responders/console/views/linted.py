"""What the linter found, beside the text and in it: numbered marks on the words that are meant.

Pure. A finding about something that is missing has no words to mark; its number stands in the list
alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from responders.voice.tables import Draft, DraftState

BLOCK = "block"


@dataclass(frozen=True)
class Found:
    """One finding as a person reads it."""

    number: int
    rule: str
    block: bool
    message: str
    words: str
    better: str


@dataclass(frozen=True)
class Piece:
    """A stretch of a paragraph; marked when a finding means it."""

    text: str
    number: int = 0
    """That of the finding; 0 for text that nobody objects to."""
    block: bool = False


def found_in(findings: Iterable[Mapping[str, Any]]) -> Sequence[Found]:
    """Return what a draft keeps of its findings, numbered from 1."""
    return [
        Found(
            number=number,
            rule=str(one.get("rule", "")),
            block=one.get("level") == BLOCK,
            message=str(one.get("message", "")),
            words=str(one.get("words", "")),
            better=str(one.get("suggestion", "")),
        )
        for number, one in enumerate(findings, start=1)
    ]


def told_count(findings: Iterable[Mapping[str, Any]]) -> str:
    """Return how much was found, such as ``1 block, 2 warnings``; empty for nothing."""
    found = found_in(findings)
    blocks = sum(one.block for one in found)
    warnings = len(found) - blocks
    parts = [(blocks, "block"), (warnings, "warning")]
    return ", ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in parts if count)


def with_count(words: str, draft: Draft) -> str:
    """Return what is said of a draft, after how much was found in it while it waits."""
    found = told_count(draft.findings) if draft.state is DraftState.PENDING else ""
    return ", ".join(filter(None, (found, words)))


def marked(paragraphs: Sequence[str], found: Sequence[Found]) -> Sequence[Sequence[Piece]]:
    """Return paragraphs in pieces; each finding marks the first place where its words stand."""
    places: list[list[tuple[int, int, Found]]] = [[] for _ in paragraphs]
    for one in found:
        words = one.words.rstrip("…").strip()
        for taken, text in zip(places, paragraphs, strict=True):
            start = text.find(words) if words else -1
            if start < 0:
                continue
            end = start + len(words)
            if all(end <= first or start >= last for first, last, _ in taken):
                taken.append((start, end, one))
                break
    return [_cut(text, taken) for text, taken in zip(paragraphs, places, strict=True)]


def _cut(text: str, taken: Sequence[tuple[int, int, Found]]) -> Sequence[Piece]:
    pieces, at = [], 0
    for start, end, one in sorted(taken, key=lambda place: place[:2]):
        pieces += [Piece(text[at:start])] if start > at else []
        pieces.append(Piece(text[start:end], one.number, one.block))
        at = end
    return [*pieces, Piece(text[at:])] if at < len(text) else pieces
