"""Each word brings something: not the text of the last time, and not nothing in other words.

Pure. Needs no language: texts are compared with the ones before.
"""

import re
from collections.abc import Iterator
from typing import Final

from responders.voice.rules.base import (
    BLOCK,
    BOTH,
    URL,
    WARNING,
    Hit,
    Reading,
    Rule,
    sentences,
    undisguised,
)
from responders.voice.rules.hours import CLOCK

_DAY: Final = re.compile(
    r"(?i)\b(?:(?:on|am)\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:\s+\d{1,2}\s+\w+)?\b"
    r"|\b\d{1,2}\.?\s+(?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember)\b"
)
_LETTERS: Final = re.compile(r"[\W_]+")
_EMPTY: Final = re.compile(
    r"""(?ix)^(?:(?:we|our\s+team|the\s+team|engineers?|it|this|the\s+\w+|our\s+\w+)\s*(?:'re
      |are|is|continues?|continue|remains?|have|has|will)?\s+
      (?:still\s+|currently\s+|actively\s+|continu\w+\s+|to\s+|now\s+|be\s+)*(?:investigat\w+
      |work\w*(?:\s+on)?|monitor\w*|look\w*(?:\s+into)?|aware(?:\s+of)?)
      (?:\s+(?:this|it|the|issue|problem|incident|again|and|matter|situation|closely|on|of|into
      |hard|fix|resolve|to))*
    |(?:vielen\s+dank|danke\w*|wir\s+danken|wir\s+bitten)\b.{0,80}
    |(?:thanks?|thank\s+you|sorry|apolog\w+|we\s+apolog\w+|we\s+appreciate)\b.{0,80}
    |.{0,40}\b(?:next|more|further)\s+(?:updates?|information|details?|news)\b.{0,60}
    |(?:this\s+)?(?:incident|issue)\s+is\s+(?:ongoing|under\s+investigation)
      |investigation\s+is\s+ongoing
    |(?:wir|unser\s+team|das\s+team|die\s+\w+)\s+(?:arbeite\w*|untersuch\w*|prüf\w*|beobacht\w*|kümmer\w*|such\w*)
      (?:\s+(?:uns|weiter(?:hin)?|noch|daran|das|es|den|die|problem|fehler|vorfall|an|dem|der|nach|lösung|einer|intensiv|mit
      |hochdruck|sich|darum))*
    |.{0,40}\bnächste\w*\s+(?:nachricht|meldung|stand|update)\b.{0,60}|no\s+update\w*.{0,40})$"""
)
SHORTEST: Final = 3


def _same(reading: Reading) -> Iterator[Hit]:
    before = reading.facts.previous
    if before and _letters(before) == _letters(reading.raw):
        first = next(iter(sentences(reading.bare)), "")
        yield Hit(
            first, "Say what is new since then, or that nothing is and what we did meanwhile."
        )


def _nothing_new(reading: Reading) -> Iterator[Hit]:
    before, better = reading.facts.previous, "Say what was tried, found or ruled out since then."
    if not before or reading.facts.is_resolved or _letters(before) == _letters(reading.raw):
        return
    told = {_letters(_timeless(one)) for one in sentences(undisguised(before))}
    new = [one for one in sentences(reading.whole) if _letters(_timeless(one)) not in told]
    if not any(_letters(_timeless(one)) for one in new):
        yield Hit(next(iter(sentences(reading.bare)), ""), better)


def _says_nothing(reading: Reading) -> Iterator[Hit]:
    facts = reading.facts
    if facts.is_first_reply or facts.is_resolved:
        return
    lines = reading.whole.split("\n")[1:] if facts.is_page else [reading.whole]
    found = [one.strip(" .!?…") for line in lines for one in sentences(URL.sub(" ", line))]
    said = [one for one in found if len(one.split()) >= SHORTEST]
    if said and all(len(one) < 200 and _EMPTY.match(one) for one in said):
        yield Hit(said[0], "Say what was tried, found or ruled out, and for whom it is so.")


def _timeless(text: str) -> str:
    return _DAY.sub(" ", CLOCK.sub(" ", URL.sub(" ", text)))


def _letters(text: str) -> str:
    """Return a text without case, blanks and punctuation."""
    return _LETTERS.sub(" ", text.casefold()).strip()


RULES: Final = (
    Rule(
        id="same-again",
        level=BLOCK,
        message="This says the same as the last time, to the letter.",
        find=_same,
    ),
    Rule(
        id="nothing-new",
        level=WARNING,
        message="This says nothing new but the time.",
        find=_nothing_new,
    ),
    Rule(
        id="says-nothing",
        level=WARNING,
        message="This says only that it goes on.",
        find=_says_nothing,
        languages=BOTH,
    ),
)
