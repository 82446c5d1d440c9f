"""Words of the trade and numbers of ours: what people say instead.

Pure. A glossary that grows; a word that the people in the thread used themselves may stay.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from responders.voice.rules.base import BOTH, WARNING, Hit, Reading, Rule, in_any

_TICKETS: Final = re.compile(
    r"""(?x)\b[A-Z]{2,10}-\d{1,7}\b | (?<![\w&/])\#\d{2,8}\b
    | (?i:\b(?:ticket|case|incident|reference|vorgangs?)(?:\s|-)?(?:number|no\.?|id|nummer
      |nr\.?)?\s?\#?\d{2,10}\b)"""
)
_SHORT: Final = re.compile(r"(?<![\w&/.-])[A-Z]{2,5}s?(?![\w/-])")
_KNOWN: Final = frozenset((
    "UTC", "GMT", "CET", "CEST", "BST", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT",
    "IST", "JST", "ASAP", "AM", "PM", "OK", "TV", "PC", "PIN", "SMS", "PDF", "CSV", "URL", "USB",
    "GPS", "ID", "FAQ", "USA", "UK", "EU", "VAT", "CD", "DVD", "HD", "LED", "QR", "WLAN", "VPN",
    "MP", "JPG", "PNG", "GIF", "ZIP", "HTML", "IP", "SIM", "NFC", "AI", "IT", "HR", "CEO", "DIY",
    "NOT", "AND", "ALL", "NO", "YES", "PS", "AC", "DC", "LTE", "TB", "GB", "MB", "KB",
))  # fmt: skip
"""Those that people use every day, zones among them."""
_CODES: Final = re.compile(r"(?i)^(?:utf|iso|sha|aes|rfc|usb|wpa|ipv|http|cve|covid)-")
JARGON: Final[Mapping[str, str]] = {
    r"back-?ends?": "our servers",
    r"front-?ends?": "what you see",
    r"hot-?fix\w*": "a change",
    r"roll(?:ed|ing)?[- ]?backs?": "we took the last change back",
    r"deploy\w*": "put live",
    r"latenc(?:y|ies)": "slowness",
    r"regressions?": "a problem that came back",
    r"repro(?:s|duc\w+)?": "see it ourselves",
    r"root\s+cause\w*": "where it comes from",
    r"mitigat\w+": "what makes it less bad",
    r"slas?": "what we promised",
    r"(?:p[0-4]|sev-?\d)": "how bad it is",
    r"end-?points?": "a part of our service",
    r"stack\s?traces?": "the details of the error",
    r"triag\w+": "we look at it first",
    r"etas?": "when the next word comes",
    r"intermittent(?:ly)?": "now and then",
    r"degrad(?:ed|ation)(?:\s+performance)?": "slower than usual",
    r"microservices?": "a part of our service",
    r"upstreams?": "a service that we use",
    r"fail-?over\w*": "we moved to another server",
    r"post-?mortems?": "what we learned",
    r"rca": "where it comes from",
    r"wontfix": "we will not change it",
    r"engineering\s+resources?": "our team",
    r"known\s+error\s+database|kedb": "our known-issues page",
    r"customers?\s+impact\w*": "what it does to people",
    r"telemetry": "what we measure",
    r"throttl\w+": "slowed down",
    r"edge\s+cases?": "a rare case",
    r"rollouts?": "bringing it to everybody",
    r"race\s+conditions?|deadlocks?|null\s*pointers?|segfaults?": "a fault in our program",
    r"cach(?:e|es|ed|ing)": "a copy that is kept nearby",
    r"serial(?:i[sz]er|i[sz]ation|i[sz]ing)\w*|pars(?:er|ing)\w*|payloads?|schemas?": (
        "how we read the data"
    ),
    r"middleware|daemons?|cron\s*jobs?|threads?\s+pool\w*|worker\s+pools?": "a part of our program",
    r"refactor\w*|merge[ds]?\s+(?:to|into)\s+(?:main|master)|pull\s+requests?": (
        "we changed our program"
    ),
}
"""Words of ours, and what people say instead."""
_JARGON: Final = {
    re.compile(rf"\b{words}\b", re.IGNORECASE): better for words, better in JARGON.items()
}


def _jargon(reading: Reading) -> Iterator[Hit]:
    said = " ".join(reading.facts.said).casefold()
    yield from _short(reading, said)
    for pattern, better in _JARGON.items():
        for found in pattern.finditer(reading.own):
            if found[0].casefold() not in said:
                yield Hit(found[0], better)


def _short(reading: Reading, said: str) -> Iterator[Hit]:
    """Find short names in capitals that nobody in the thread used and few people know."""
    facts = reading.facts
    known = f"{said} {facts.title} {facts.product} {facts.speaker} {facts.cause}".casefold()
    for found in _SHORT.finditer(reading.own):
        if found[0] not in _KNOWN and found[0].casefold() not in known:
            yield Hit(found[0], "the words that it stands for, or what it does")


def _tickets(reading: Reading) -> Iterator[Hit]:
    for found in _TICKETS.finditer(reading.own):
        if not in_any(_CODES, found[0]):
            yield Hit(found[0], "the link to the known-issues page")


RULES: Final = (
    Rule(
        id="jargon",
        level=WARNING,
        message="Not everybody knows this word.",
        find=_jargon,
        languages=BOTH,
    ),
    Rule(
        id="ticket-number",
        level=WARNING,
        message="A number of ours says nothing to people.",
        find=_tickets,
    ),
)
