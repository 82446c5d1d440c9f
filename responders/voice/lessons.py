"""What people's edits teach our templates.

How often a text went out as it was drawn, and if not, how much was changed and which words went.

Pure: it counts what was approved, text beside text.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from responders.voice.rewording import Change, distance, word_diff

LONGEST = 8
"""Words of a phrase; a longer stretch is a rewriting and no habit."""
SHOWN = 5
"""Phrases and rules of a template, the most frequent."""
EDGES = " \n\t.,;:!?()[]“”\"'–-"


@dataclass(frozen=True)
class Sample:
    """One text that was approved, beside what the template drew."""

    kind: str
    """``ack``, ``update`` or ``page``."""
    phase: str
    language: str
    drawn: str
    approved: str
    """Both empty where their words were erased since."""
    edited: bool
    rules: Sequence[str] = ()
    """What the linter still found in the approved text."""


@dataclass(frozen=True)
class Lesson:
    """What the edits of one template come to."""

    kind: str
    phase: str
    language: str
    approved: int
    unedited: int
    distance: float | None
    """Of the edited ones that we still have, the mean, from 0 to 1; None without one."""
    rules: Mapping[str, int]
    removed: Mapping[str, int]
    """Phrases that people took out most often, with in how many texts."""
    added: Mapping[str, int]

    @property
    def unedited_share(self) -> float:
        """Which share went out as it was drawn: 3 of 4 is 0.75."""
        return self.unedited / self.approved


def lessons(samples: Iterable[Sample]) -> Sequence[Lesson]:
    """Return what was learned of each template, the least often left as it was first."""
    found: dict[tuple[str, str, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        found[sample.kind, sample.phase, sample.language].append(sample)
    learned = [_lesson(key, some) for key, some in found.items()]
    return sorted(learned, key=lambda one: (one.unedited_share, -one.approved, *_name(one)))


def _name(one: Lesson) -> tuple[str, str, str]:
    return one.kind, one.phase, one.language


def _lesson(key: tuple[str, str, str], some: Sequence[Sample]) -> Lesson:
    edited = [one for one in some if one.edited]
    known = [one for one in edited if one.drawn and one.approved]
    apart = [distance(one.drawn, one.approved) for one in known]
    return Lesson(
        *key,
        approved=len(some),
        unedited=len(some) - len(edited),
        distance=sum(apart) / len(apart) if apart else None,
        rules=_most(rule for one in some for rule in set(one.rules)),
        removed=_most(word for one in known for word in _phrases(one, Change.REMOVED)),
        added=_most(word for one in known for word in _phrases(one, Change.ADDED)),
    )


def _phrases(one: Sample, change: Change) -> set[str]:
    """Return the phrases that went or came in a text, each once."""
    pieces = (piece.text for piece in word_diff(one.drawn, one.approved) if piece.change is change)
    found = {" ".join(text.split()).strip(EDGES).casefold() for text in pieces}
    return {text for text in found if text and len(text.split()) <= LONGEST}


def _most(found: Iterable[str]) -> Mapping[str, int]:
    counted = Counter(found)
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:SHOWN])
