"""No number that is not in the issue's facts.

Pure. Needs no language. What people wrote is a fact of theirs; how many they are may be said up to
the count; times and links are other rules' concern.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from responders.voice.rules.base import BLOCK, Hit, Reading, Rule, undisguised
from responders.voice.rules.hours import CLOCK

_NUMBER: Final = re.compile(r"(?<![\w.,-])\d+(?:[.,:]\d+)*(?:\s?(?:%|percent\b|prozent\b))?(?!\w)")
_DATE: Final = re.compile(
    r"""(?ix)\b\d{4}-\d\d-\d\d\b | (?<![\d.,])\d{1,2}[./]\d{1,2}[./]\d{4}\b
    | \b(?:am|vom|bis|zum|seit|dem)\s+\d{1,2}\.\d{1,2}\.(?!\d)
    | \b\d{1,2}(?:st|nd|rd|th|er|\.)?\s+(?:of\s+|de\s+)?(?:jan|feb|fév|fev|mar|mär|apr|avr|abr
      |may|mai|jun|juin|jul|juil|aug|aoû|ago|sep|oct|okt|out|nov|dec|déc|dez|dic
      |ene)\w*(?:\s+(?:de\s+)?\d{4})?\b
    | \b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\s+\d{1,2}(?:st|nd|rd
      |th)?(?:,?\s+\d{4})?\b"""
)
MANY: Final = 100
"""From here on a number in words is a claim, whatever is counted."""
_LIST: Final = re.compile(r"(?m)^\s{0,4}\(?\d{1,2}[.)]\s")
_COUNTED: Final = re.compile(
    r"^\s+(?:(?:weitere|andere|other|more)\s+\w+|(?:\w+\s+)?(?:people|persons?|users?|customers?|reports?|posts?|threads?|places?|of\s+you"
    r"|others?|comments?|replies|menschen|personen|leute|meldungen|orte[n]?|beiträge\w*))\b",
    re.IGNORECASE,
)
_IN_WORDS: Final[Mapping[str, int]] = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozens": 24,
    "hundred": 100, "hundreds": 200, "thousand": 1000, "thousands": 2000, "million": 1_000_000,
    "millions": 2_000_000, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7,
    "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "zwanzig": 20, "dreißig": 30,
    "vierzig": 40, "fünfzig": 50, "dutzende": 24, "hundert": 100, "hunderte": 200,
    "tausend": 1000, "tausende": 2000, "millionen": 2_000_000,
}  # fmt: skip
"""Numbers that people write as words, with what they claim at least."""
_WORDS: Final = re.compile(rf"(?i)\b(?:{'|'.join(_IN_WORDS)})\b(?!-)")
_SHARE: Final = re.compile(
    r"""(?ix)\b(?:half|(?:a|one|two)[ ](?:third|quarter|fifth|tenth)s?|three[ ]quarters
      |one[ ]in[ ]\w+)
      \s+(?:of\s+)?(?:all|our(?!\s+(?:test|own|lab|internal))|the|your|every)\b
    | \b(?:die\s+hälfte|ein\s+(?:drittel|viertel|fünftel|zehntel)|zwei\s+drittel|jeder\s+\w+te)
      \s+(?:aller|der|unserer|von|\w+er)\b"""
)
_ANY: Final = "|".join(("one", "ein", *_IN_WORDS))
_OF_WHOLE: Final = re.compile(
    rf"""(?ix)\b(?:{_ANY})\s+(?:percent|per\s+cent|prozent
      |(?:out\s+of|in|von)\s+(?:every\s+|je\s+)?(?:{_ANY}|\d+))\b
    | \bjede[rsmn]?\s+(?:zweite|dritte|vierte|fünfte|sechste|siebte|achte|neunte|\w*zehnte
      |\w+zigste|hundertste|tausendste)[rsmn]?\b
    | \bevery\s+(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\w+ieth
      |hundredth)\b"""
)
"""A share in words: nobody counted the whole."""
_DIGITS: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_NAMED: Final = re.compile(r"\b([^\W\d]{1,20})\s?$")
"""The word that a number follows."""


def _unknown(reading: Reading) -> Iterator[Hit]:
    facts = reading.facts
    text = _LIST.sub(" ", _DATE.sub(" ", CLOCK.sub(" ", reading.bare)))
    known = set(facts.numbers)
    sources = (*facts.said, *facts.phrases, facts.title, facts.cause, facts.eta, facts.workaround)
    for source in (*sources, facts.product, facts.speaker, *facts.affected):
        known.update(_DIGITS.findall(undisguised(source)))
    for found in _NUMBER.finditer(text):
        number = _DIGITS.match(found[0])
        if (
            number is None
            or number[0] in {*known, str(facts.counted)}
            or _is_counted(found, text, facts.counted)
            or _is_major(found, text, facts.said)
        ):
            continue
        yield Hit(found[0].strip(), "Name only numbers that we know; say “several” otherwise.")


def _in_words(reading: Reading) -> Iterator[Hit]:
    """Find people counted in words beyond what we counted, and shares that nobody counted."""
    facts, text = reading.facts, reading.own
    said = undisguised(" ".join((*facts.said, facts.title, facts.cause))).casefold()
    for found in _WORDS.finditer(text):
        word = found[0].casefold()
        known = _IN_WORDS[word] <= facts.counted or word in said
        if not known and (_IN_WORDS[word] >= MANY or _COUNTED.match(text[found.end() :][:40])):
            yield Hit(found[0], "Name only numbers that we know; say “several” otherwise.")
    for found in _OF_WHOLE.finditer(text):
        if found[0].casefold() not in said:
            yield Hit(found[0], "Say how many told us, if at all.")
    for found in _SHARE.finditer(text):
        if found[0].casefold().rsplit(" ", 1)[0].removesuffix(" of") not in said:
            yield Hit(found[0], "Say how many told us, if at all.")


def _any(reading: Reading) -> Iterator[Hit]:
    yield from _unknown(reading)
    yield from _in_words(reading)


def _is_major(found: re.Match[str], text: str, said: Iterable[str]) -> bool:
    """Tell whether it is the front of what people wrote: "iOS 17" of "iOS 17.2", not 17 alone."""
    named = _NAMED.search(text, 0, found.start())
    if named is None or not found[0].isdecimal():
        return False
    written = re.compile(rf"(?i)\b{re.escape(named[1])}\s?{found[0]}\.\d")
    return any(written.search(undisguised(one)) for one in said)


def _is_counted(found: re.Match[str], text: str, most: int) -> bool:
    told = _COUNTED.match(text[found.end() : found.end() + 40])
    return told is not None and found[0].isdecimal() and len(found[0]) < 8 and int(found[0]) <= most


RULES: Final = (
    Rule(
        id="number",
        level=BLOCK,
        message="This number is not in the issue's facts.",
        find=_any,
    ),
)
