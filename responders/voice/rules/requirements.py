"""What a first reply must say: we know, what we do, their words, when and where, who speaks.

Pure. Wide on purpose: people say the same in many ways, and a good reply that is blocked teaches
them to override. The statements are looked for in the languages we know; their words, the time and
the link need no language.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from responders.voice.rules.base import (
    BLOCK,
    BOTH,
    WARNING,
    Facts,
    Find,
    Hit,
    Reading,
    Rule,
    in_any,
    sentences,
)
from responders.voice.rules.hours import CLOCK, clocks
from responders.voice.rules.statements import (
    ACTS,
    APPROVED,
    AT_WORK,
    AUTOMATED,
    DOING,
    FEWEST,
    HEAR_FROM_US,
    KNOWS,
    NO_DEED,
    PREPARED,
    PREPARED_DE,
    SIGNATURE,
    SIGNED,
    SPEAKS,
    SPEAKS_OF_IT,
    THANKS,
)
from responders.voice.rules.stems import codes, stems

SIGNED_WORDS: Final = 5
"""A signature has no more words."""
_BETWEEN: Final = re.compile(r"[.!?,;:\n()–—]")
ENOUGH: Final = 2
"""So many of the author's own words must come back; one of what the issue is about is enough."""


def _says(pattern: re.Pattern[str], **better: str) -> Find:
    """Return a rule that wants a statement in every first reply, with a better text by language."""

    def find(reading: Reading) -> Iterator[Hit]:
        owed = reading.facts.is_first_reply and not reading.facts.handwritten
        if owed and not in_any(pattern, reading.bare):
            yield Hit("", better.get(reading.facts.language[:2].lower(), better["en"]))

    return find


def _said(reading: Reading) -> Sequence[str]:
    """Return our sentences but for the thanks, and for who speaks and said yes."""
    name = reading.facts.speaker.casefold()
    kept = [
        one
        for one in sentences(reading.bare)
        if not (in_any(SIGNATURE, one) or (name and one.casefold().startswith(name)))
    ]
    return [THANKS.sub(" ", one) for one in kept]


def _knows(reading: Reading) -> Iterator[Hit]:
    facts, said = reading.facts, _said(reading)
    about = stems(" ".join([*facts.said, facts.title, *facts.phrases]))
    known = any(
        in_any(KNOWS, one) or in_any(SPEAKS_OF_IT, one) or (about & stems(one))
        for one in (HEAR_FROM_US.sub(" ", one) for one in said)
    )
    if facts.is_first_reply and not known:
        german = facts.language.lower().startswith("de")
        yield Hit("", "Wir wissen davon." if german else "We know about the problem you describe.")


def _doing(reading: Reading) -> Iterator[Hit]:
    works = any(
        in_any(DOING, one)
        or in_any(AT_WORK, one)
        or (len(one.split()) >= FEWEST and not in_any(NO_DEED, one))
        for one in _said(reading)
    )
    if reading.facts.is_first_reply and not works:
        german = reading.facts.language.lower().startswith("de")
        yield Hit("", "Wir untersuchen es." if german else "Our team is investigating it now.")


def _pieces(reading: Reading) -> Iterator[str]:
    """Yield the short pieces of a text that may be the name of who speaks."""
    for piece in _BETWEEN.split(reading.whole):
        if len(piece.split()) <= SIGNED_WORDS:
            yield piece


def _speaker(reading: Reading) -> Iterator[Hit]:
    facts = reading.facts
    if not facts.is_first_reply:
        return
    name = facts.speaker.casefold().removeprefix("the ").strip()
    signed = any(in_any(SIGNED, one) and not in_any(ACTS, one) for one in _pieces(reading))
    if signed or (name and name in reading.whole.casefold()) or in_any(SPEAKS, reading.whole):
        return
    yield Hit("", f"{facts.speaker or 'The support team'} here.")


def _symptom(reading: Reading) -> Iterator[Hit]:
    facts = reading.facts
    sources = [*facts.said, facts.title, *facts.phrases]
    known = stems(" ".join(sources)) - stems(f"{facts.product} {facts.speaker}")
    if not (facts.is_first_reply and known):
        return
    shared = known & stems(reading.bare)
    by_phrase = shared & stems(" ".join(facts.phrases))
    by_code = codes("\n".join(sources)) & codes(CLOCK.sub(" ", reading.bare))
    if len(shared) < min(ENOUGH, len(known)) and not (by_phrase or by_code):
        first = next((words for words in [*facts.phrases, facts.title] if words.strip()), "")
        yield Hit("", f"We know about the problem you describe (“{first or 'their own words'}”).")


def _owes_a_word(facts: Facts) -> bool:
    """Tell whether a text must say when the next word comes."""
    return not facts.is_resolved and (facts.is_first_reply or facts.next_update_by is not None)


def _next_word(reading: Reading) -> Iterator[Hit]:
    facts, due = reading.facts, reading.facts.next_update_by
    if not _owes_a_word(facts):
        return
    found = list(clocks(reading.bare))
    if not found:
        when = f"{due:%H:%M} UTC" if due else "16:00 UTC"
        yield Hit("", f"You will find our next update by {when} on our known-issues page.")
    elif due is not None and not any(one.is_at(due) for one in found):
        yield Hit(found[-1].words, f"{due:%H:%M} UTC, the time that is kept as our promise")


def _link(reading: Reading) -> Iterator[Hit]:
    facts = reading.facts
    if facts.is_page:
        return
    ours = facts.page_url.rstrip("/").casefold()
    if any(_leads(link, ours) for link in reading.links):
        return
    yield Hit("", facts.page_url or "the address of the known-issues page")


def _leads(link: str, ours: str) -> bool:
    here = link.rstrip("/").casefold()
    return not ours or here == ours or here.startswith((f"{ours}/", f"{ours}#", f"{ours}?"))


def _of(find: Find, *, first: bool) -> Find:
    """Return a rule for first replies alone, or for all other texts."""

    def of(reading: Reading) -> Iterable[Hit]:
        return find(reading) if reading.facts.is_first_reply is first else ()

    return of


RULES: Final = (
    Rule(
        id="knows",
        level=BLOCK,
        message="A first reply says that we know of the problem.",
        find=_knows,
        languages=BOTH,
    ),
    Rule(
        id="doing",
        level=BLOCK,
        message="A first reply says what we do now.",
        find=_doing,
        languages=BOTH,
    ),
    Rule(
        id="symptom",
        level=BLOCK,
        message="A first reply names the problem in the author's own words.",
        find=_symptom,
    ),
    Rule(
        id="next-word",
        level=BLOCK,
        message="While it is not over, a text says when the next word comes.",
        find=_next_word,
    ),
    Rule(
        id="link",
        level=BLOCK,
        message="A first reply links the entry on the known-issues page.",
        find=_of(_link, first=True),
    ),
    Rule(
        id="link-later",
        level=WARNING,
        message="A later reply links the entry on the known-issues page, too.",
        find=_of(_link, first=False),
    ),
    Rule(
        id="speaker",
        level=BLOCK,
        message="A first reply says who speaks.",
        find=_speaker,
        languages=BOTH,
    ),
    Rule(
        id="prepared",
        level=BLOCK,
        message="A first reply says that the text was prepared automatically.",
        find=_says(AUTOMATED, en=PREPARED, de=PREPARED_DE),
        languages=BOTH,
    ),
    Rule(
        id="approved",
        level=BLOCK,
        message="A first reply says that a person approved the text.",
        find=_says(APPROVED, en=PREPARED, de=PREPARED_DE),
        languages=BOTH,
    ),
)
