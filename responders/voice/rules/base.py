"""What every rule stands on: the facts of an issue, a text as it is read, and what a rule finds.

Pure. A rule gets a text twice: as it stands, and as our own words alone. Whoever repeats what an
author wrote claims nothing, so the author's words are left out where only claims count.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, Literal

Level = Literal["block", "warning"]
BLOCK: Final = "block"
WARNING: Final = "warning"
ENGLISH: Final = frozenset({"en"})
GERMAN: Final = frozenset({"de"})
BOTH: Final = ENGLISH | GERMAN
SHOWN: Final = 80
"""Characters of the words meant that a finding shows; they only have to be found again."""
CLAUSE: Final = 120
"""Characters before a word that may turn its meaning."""
GAP: Final = " … "

URL: Final = re.compile(r"https?://[^\s<>\"“”]{1,500}", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"(?<=[.!?…。！？])\s+|\n+|(?<=[。！？])")
_QUOTED: Final = re.compile(r"[“„\"«]([^“”„\"«»\n]{2,400})[”“\"»]")
_SPACE: Final = re.compile(r"\s+")
_MARKS: Final = re.compile(
    "[\u0300-\u0307\u0309-\u036f\u20d0-\u20ff\ufe00-\ufe0f\u115f\u1160\u3164\uffa0]"
)
"""Marks over a Latin letter but for the two dots, and letters that nobody sees."""
_BLANK: Final = "\u2800"
_TWINS: Final = str.maketrans(
    "аеорсхуіјѕԁһАВЕКМНОРСТХІЈЅоαοιρνυκΑΒΕΗΙΚΜΝΟΡΤΧΥΖ",
    "aeopcxyijsdhABEKMHOPCTXIJSoaoipvukABEHIKMNOPTXYZ",
)
"""Cyrillic and Greek letters that look like a Latin one."""
_MIXED: Final = re.compile(r"(?=\w*[a-zA-Z])\w*[\u0370-\u03ff\u0400-\u052f]\w*")
"""A word of two scripts."""
_EDGES: Final = re.compile(r"(?<![^\W_])_+(?=\w)|(?<=[^\W_])_+(?!\w)|\*{1,3}|~~")
"""Marks of emphasis; those inside a word would part it."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of the issue behind a text; nothing else may be claimed."""

    kind: str
    """``ack`` for the first reply in a thread, else ``update``."""
    channel: str = ""
    phase: str
    language: str = "en"
    now: datetime
    next_update_by: datetime | None = None
    page_url: str = ""
    """The address that the text leads to; empty where it is not known."""
    product: str = ""
    speaker: str = ""
    handwritten: bool = False
    """A person wrote it for a place without bots, and posts it by hand: nothing was prepared."""
    title: str = ""
    """What the issue is called; on the page that is the first line."""
    said: Sequence[str] = ()
    """The posts that the text answers, of the page all of the issue, as they were written."""
    phrases: Sequence[str] = ()
    """What the issue is about, in users' words."""
    authors: Sequence[str] = ()
    """The names that people write under."""
    numbers: frozenset[str] = frozenset()
    """Numbers that may be named, beside those people wrote themselves."""
    counted: int = 0
    """How many posts the issue has; so many people may be named, and fewer."""
    cause: str = ""
    """What a person of ours said was found or done; the only approved cause."""
    eta: str = ""
    """When it will be fixed, as a person of ours said; empty while nobody did."""
    workaround: str = ""
    """What a person verified to help."""
    affected: Sequence[str] = ()
    """Platforms and versions that people named."""
    clear: Sequence[str] = ()
    """Those of them that so many named that a text may say where people see it."""
    given: frozenset[str] = frozenset()
    """What they told already: ``version``, ``platform``, ``error``, ``tried``."""
    previous: str = ""
    """What we said in the same place the last time."""
    dead_links: Mapping[str, str] = field(default_factory=dict)
    """Addresses that did not answer, with what came instead."""
    unsure_links: Mapping[str, str] = field(default_factory=dict)
    """Addresses of which asking told nothing, with why."""

    @property
    def is_page(self) -> bool:
        """Whether the text goes to the known-issues page."""
        return self.channel == "page"

    @property
    def is_first_reply(self) -> bool:
        """Whether a person hears of us for the first time here."""
        return self.kind == "ack" and not self.is_page

    @property
    def is_resolved(self) -> bool:
        """Whether nothing more is promised."""
        return self.phase == "resolved"


@dataclass(frozen=True)
class Hit:
    """The words that a rule means, and what would be better."""

    words: str
    better: str


@dataclass(frozen=True)
class Finding:
    """What a rule says of a text."""

    rule: str
    level: Level
    message: str
    words: str
    """Those meant; empty where something is missing."""
    suggestion: str

    def as_json(self) -> dict[str, str]:
        """Return the finding with the keys of the drafts' JSON."""
        return {
            "rule": self.rule,
            "level": self.level,
            "message": self.message,
            "words": self.words,
            "suggestion": self.suggestion,
        }


@dataclass(frozen=True)
class Reading:
    """A text as the rules read it."""

    raw: str
    facts: Facts

    @cached_property
    def whole(self) -> str:
        """The text without disguises: one form of each letter, nothing that cannot be seen."""
        return undisguised(self.raw)

    @cached_property
    def links(self) -> Sequence[str]:
        """The addresses in the text, as they stand."""
        return links_in(self.raw)

    @cached_property
    def bare(self) -> str:
        """The text without its links."""
        return URL.sub(" ", self.whole)

    @cached_property
    def own(self) -> str:
        """Our words: without links, without what people wrote and what a person verified to help.

        What stands in quotation marks is somebody's only when somebody wrote it.
        """
        known = [self.facts.title, self.facts.workaround, *self.facts.phrases]
        text = _EDGES.sub("", self.bare)
        for words in known[:2]:
            text = _without(text, undisguised(words))
        said = "\n".join(undisguised(words) for words in (*self.facts.said, *known)).casefold()
        said = _SPACE.sub(" ", said)
        return _QUOTED.sub(lambda found: GAP if _is_in(found[1], said) else found[0], text)

    @cached_property
    def claims(self) -> str:
        """Our words without what a person of ours said was found or done."""
        return _without(self.own, undisguised(self.facts.cause))

    @cached_property
    def told(self) -> str:
        """What people wrote and what the issue is called, in small letters."""
        said = (*self.facts.said, self.facts.title, *self.facts.phrases)
        return undisguised("\n".join(said)).casefold()

    @cached_property
    def sentences(self) -> Sequence[str]:
        """The sentences of our own words."""
        return sentences(self.own)

    @cached_property
    def claimed(self) -> Sequence[str]:
        """The sentences of our claims."""
        return sentences(self.claims)


Find = Callable[[Reading], Iterable[Hit]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: what it is called, how grave it is, what it says and how it finds."""

    id: str
    level: Level
    message: str
    """What is wrong, as a person reads it."""
    find: Find
    languages: frozenset[str] | None = None
    """Those it knows; None where it needs to know none."""

    def knows(self, language: str) -> bool:
        """Tell whether the rule may judge a text in a language."""
        return self.languages is None or language.lower()[:2] in self.languages


def links_in(text: str) -> list[str]:
    """Return the addresses in a text in order, without the punctuation after them."""
    return [found.rstrip(".,;:!?)]}'’") for found in URL.findall(text)]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, line ends between them, in order."""
    return [one.strip() for one in _SENTENCE.split(text) if one.strip()]


def undisguised(text: str) -> str:
    """Return a text with one form of each letter, nothing invisible and one sort of apostrophe."""
    plain = text if text.isascii() else _MARKS.sub("", text.replace(_BLANK, " "))
    folded = unicodedata.normalize("NFKC", plain)
    kept = "".join(char for char in folded if unicodedata.category(char) not in {"Cf", "Cs"})
    if not kept.isascii():
        kept = _MIXED.sub(lambda found: found[0].translate(_TWINS), kept)
    return kept.replace("’", "'").replace("‘", "'").replace("...", "…")


def hits(pattern: re.Pattern[str], text: str, better: str) -> Iterator[Hit]:
    """Yield every place of a pattern with the same better phrase."""
    for found in pattern.finditer(text):
        yield Hit(found[0].strip(), better)


def before(text: str, place: int) -> str:
    """Return what stands right before a place: no more than a clause, so that it stays cheap."""
    return text[max(place - CLAUSE, 0) : place]


def in_any(pattern: re.Pattern[str], text: str) -> bool:
    """Tell whether a pattern stands in a text."""
    return pattern.search(text) is not None


def _is_in(words: str, said: str) -> bool:
    wanted = _SPACE.sub(" ", words.casefold()).strip(" .,:;!?…")
    return bool(wanted) and wanted in said


def _without(text: str, words: str) -> str:
    """Return a text without some known words, wherever they stand in it."""
    wanted = words.strip().rstrip("….")
    if len(wanted) < 3:
        return text
    return re.sub(re.escape(wanted), GAP, text, flags=re.IGNORECASE)
