"""No number that is not in the issue's facts.

Pure. Needs no language. What people wrote is a fact of theirs; how many they are may be said up to
the count; times and links are other rules' concern.
"""

import re
from collections.abc import Iterator
from typing import Final

from responders.voice.rules.base import BLOCK, Hit, Reading, Rule, undisguised
from responders.voice.rules.hours import CLOCK

_NUMBER: Final = re.compile(r"(?<![\w.,-])\d+(?:[.,:]\d+)*(?:\s?(?:%|percent\b|prozent\b))?(?!\w)")
_DATE: Final = re.compile(
    r"""(?ix)\b\d{4}-\d\d-\d\d\b | (?<![\d.,])\d{1,2}[./]\d{1,2}[./]\d{4}\b
    | \b(?:am|vom|bis|zum|seit|dem)\s+\d{1,2}\.\d{1,2}\.(?!\d)
    | \b\d{1,2}(?:st|nd|rd|th|er|\.)?\s+(?:of\s+|de\s+)?(?:jan|feb|fév|fev|mar|mär|apr|avr|abr
      |may|mai|jun|juin|jul|juil|aug|aoû|ago|sep|oct|okt|out|nov|dec|déc|dez|dic|ene)\w*(?:\s+(?:de\s+)?\d{4})?\b
    | \b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\s+\d{1,2}(?:st|nd|rd
      |th)?(?:,?\s+\d{4})?\b"""
)
_LIST: Final = re.compile(r"(?m)^\s{0,4}\(?\d{1,2}[.)]\s")
_COUNTED: Final = re.compile(
    r"^\s+(?:\w+\s+)?(?:people|persons?|users?|customers?|reports?|posts?|threads?|places?|of\s+you"
    r"|others?|comments?|replies|menschen|personen|leute|meldungen|orte[n]?|beiträge\w*)\b",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile(r"\d+(?:[.,:]\d+)*")


def _unknown(reading: Reading) -> Iterator[Hit]:
    facts = reading.facts
    text = _LIST.sub(" ", _DATE.sub(" ", CLOCK.sub(" ", reading.bare)))
    known = set(facts.numbers)
    sources = (*facts.said, *facts.phrases, facts.title, facts.cause, facts.eta, facts.workaround)
    for source in (*sources, facts.product, facts.speaker, *facts.affected):
        known.update(_DIGITS.findall(undisguised(source)))
    for found in _NUMBER.finditer(text):
        number = _DIGITS.match(found[0])
        if number is None or number[0] in known or _is_counted(found, text, facts.counted):
            continue
        yield Hit(found[0].strip(), "Name only numbers that we know; say “several” otherwise.")


def _is_counted(found: re.Match[str], text: str, most: int) -> bool:
    told = _COUNTED.match(text[found.end() : found.end() + 40])
    return told is not None and found[0].isdecimal() and len(found[0]) < 8 and int(found[0]) <= most


RULES: Final = (
    Rule(
        id="number",
        level=BLOCK,
        message="This number is not in the issue's facts.",
        find=_unknown,
    ),
)
