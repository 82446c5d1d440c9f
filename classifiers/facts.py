"""What the posts of an issue tell engineers: versions, platforms, error texts, what was tried.

Pure rules over plain texts. Nothing is concluded: each fact is what people wrote, counted by
people, with the words it was found in. What users found to help one another is a fact too, for a
person to verify before anybody repeats it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from classifiers.naming import LONGEST_TEXT, Quote, Told, shortened

MOST: Final = 6
"""So many values of a kind are told, those of most people first."""
QUOTED: Final = 3
"""So many quotes stand beside a value."""
QUOTE_MAX: Final = 160
VALUE_MAX: Final = 80

KINDS: Final[Mapping[str, str]] = {
    "versions": "Versions",
    "platforms": "Platforms",
    "errors": "Messages",
    "tried": "Already tried",
    "fixes": "Helped somebody, not verified",
}
"""The kinds of facts in their order, as people read them."""

_CODE: Final = re.compile(r"https?://\S+|^[ \t]*>.*$", re.MULTILINE)
_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+|\n+")

_VERSION: Final = re.compile(
    r"(?<![\w.,:/$€£-])(?:v|ver\.?|version|build|release|update|app)?\s?"
    r"(?P<value>\d{1,4}(?:\.\d{1,5}){1,3}(?:[-.]?(?:beta|alpha|rc|b)\.?\d{0,3})?)"
    r"(?![\w%€£$:/-]|\.\d|\s?(?:%|gb|mb|kb|tb|ghz|mhz|km|kg|cm|mm|euros?|eur|usd|dollars?|pounds?"
    r"|stars?|hours?|hrs?|min|minutes|seconds|secs?|am|pm|uhr|stunden|millionen|million)\b)",
    re.IGNORECASE,
)
_NAMES_VERSION: Final = re.compile(
    r"\b(?:v|version|update[ds]?|updat(?:ed|ing)|upgrade[ds]?|upgrading|release|build|firmware|app"
    r"|since|on|running|patch|beta|seit|auf|aktualisier\w*)\W{0,3}(?:\w+\W{1,3}){0,3}$",
    re.IGNORECASE,
)

_NAME: Final = re.compile(r"\b[A-Z]\w+\s$")
_MINUTES: Final = re.compile(r"(?:[01]?\d|2[0-4])\.[0-5]\d")
_SINCE: Final = re.compile(r"\b(?:since|on|at|seit|auf|um)\s$", re.IGNORECASE)
"""After these words "7.30" is a time of day."""

_PLATFORM: Final = re.compile(
    r"\b(?P<value>windows(?:\s?(?:xp|vista|7|8|10|11))?|win\s?(?:7|8|10|11)|mac\s?os(?:\s?1\d)?"
    r"|macbook(?:\s(?:air|pro))?|imac|linux|ubuntu(?:\s\d\d\.\d\d)?|debian|fedora|arch linux"
    r"|android(?:\s?(?:[5-9]|1\d))?|ios(?:\s?1\d|\s?2\d)?|ipados|iphone(?:\s?\d\d?)?(?:\s(?:pro|mini"
    r"|se))?|ipad|apple watch|wear os|pixel\s\d\w?|galaxy\s?[a-z]\d\d?|samsung|xiaomi|oneplus"
    r"|chromebook|chrome\s?os|chrome|firefox|safari|edge|opera|steam deck|playstation\s?\d|ps[45]"
    r"|xbox|nintendo switch|apple tv|android tv|fire tv|chromecast|raspberry pi|synology|docker)\b",
    re.IGNORECASE,
)

_ERROR: Final = (
    re.compile(r"\b(?P<value>0x[0-9a-f]{4,16})\b", re.IGNORECASE),
    re.compile(r"\b(?P<value>(?:ERR|E|EC|SSL|DNS|NET)_[A-Z][A-Z_]{2,40})\b"),
    re.compile(
        r"\b(?P<value>(?:http|error|fehler|code|status|err)\s?(?:code\s?|no\.?\s?|nr\.?\s?)?#?\s?"
        r"\d{2,6})\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<value>[A-Z]{1,5}-\d{2,6})\b"),
    re.compile(r"\b(?P<value>[A-Z][a-zA-Z]{2,40}(?:Exception|Error))\b"),
    re.compile(
        r"\b(?:says?|said|saying|shows?|showing|errors?|message|reads?|get|gets|getting|popup"
        r"|pop-up|meldung|sagt|zeigt|steht|fehler)\b[^\"“„\n]{0,40}"
        r"[\"“„](?P<value>[^\"“”„\n]{4,80})[\"”“]",
        re.IGNORECASE,
    ),
)

_NO_ERRORS: Final = re.compile(r"(?:sha|aes|utf|iso|rfc|wpa|usb)-\d+", re.IGNORECASE)

_TRIED: Final = re.compile(
    r"\b(?:tried|re-?installed|re-?installing|re-?started|re-?starting|re-?booted|re-?booting"
    r"|cleared|clearing (?:the )?(?:cache|data)|logged (?:out|off)|signed out|re-?paired"
    r"|factory reset|turned (?:it|that|\w+) off|switched (?:it|\w+) off|rolled back|downgraded"
    r"|power.?cycled|unplugged|neu installiert|neu gestartet|neugestartet|zurückgesetzt"
    r"|abgemeldet|schon probiert)\b",
    re.IGNORECASE,
)
_HELPED: Final = re.compile(
    r"\b(?:fixed (?:it|this|that) (?:for me|by)|that fixed it|this fixed it|worked for me|works"
    r" again (?:after|if|when|once)|work-?around|solved (?:it|this) by|what (?:helped|worked)"
    r"|did the trick|helped (?:me|here|in my case)|(?:goes|went) away (?:if|when|after|once) "
    r"(?:you|i|we)|hat geholfen|hat bei mir geholfen|umgehung|abhilfe|bei mir hilft)\b",
    re.IGNORECASE,
)
_NOT: Final = re.compile(
    r"\b(?:no|not|nothing|none|never|neither|didn.?t|doesn.?t|don.?t|hasn.?t|won.?t|without|any"
    r"|is there|anyone|kein\w*|nicht|nichts)\b|\?\s*$",
    re.IGNORECASE,
)


@dataclass
class Fact:
    """One value that people gave."""

    value: str
    people: set[str] = field(default_factory=set)
    quotes: list[Quote] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return {value, people, quotes: [{post_id, text, url}]}."""
        return {
            "value": self.value,
            "people": len(self.people),
            "quotes": [quote.as_json() for quote in self.quotes],
        }


@dataclass(frozen=True)
class Reported:
    """A fact as it is kept with its issue."""

    value: str
    people: int
    quotes: Sequence[Quote]


Found = Iterator[tuple[str, str]]
"""Values with the sentence each stands in."""


def facts_of(told: Sequence[Told]) -> dict[str, list[dict[str, Any]]]:
    """Return what the posts tell, by ``KINDS``; a kind that nobody told of is left out.

    Args:
        told: the posts, earliest first; each person counts once for a value.
    """
    facts: dict[str, list[dict[str, Any]]] = {}
    for name, find in _FINDERS.items():
        found = _gathered(told, find)
        if found:
            facts[name] = [fact.as_json() for fact in found]
    return facts


def reported(facts: Mapping[str, Any], kind: str) -> list[Reported]:
    """Return the facts of a kind as they were stored, those of most people first."""
    return [
        Reported(
            value=str(one["value"]),
            people=int(one["people"]),
            quotes=[Quote(str(q["post_id"]), str(q["text"]), q.get("url")) for q in one["quotes"]],
        )
        for one in facts.get(kind, ())
    ]


def error_texts(text: str) -> list[str]:
    """Return the messages and codes that a text names, in any language that writes them so."""
    return [value for value, _ in _errors([text])]


def _gathered(told: Sequence[Told], find: Callable[[Sequence[str]], Found]) -> list[Fact]:
    facts: dict[str, Fact] = {}
    for post in told:
        seen: set[str] = set()
        for value, sentence in find(_sentences(post)):
            key = " ".join(value.casefold().split())
            if key in seen:
                continue
            seen.add(key)
            fact = facts.setdefault(key, Fact(shortened(" ".join(value.split()), VALUE_MAX)))
            fact.people.add(post.author or f"post {post.post_id}")
            if len(fact.quotes) < QUOTED:
                words = shortened(" ".join(sentence.split()), QUOTE_MAX)
                fact.quotes.append(Quote(post.post_id, words, post.url))
    ranked = sorted(facts.values(), key=lambda fact: -len(fact.people))
    return ranked[:MOST]


def _sentences(post: Told) -> list[str]:
    """The post's own sentences: no quotes of others, no addresses."""
    text = f"{post.title}\n{post.text}" if post.title else post.text
    return [part for part in _SENTENCE.split(_CODE.sub(" ", text[:LONGEST_TEXT])) if part.strip()]


def _versions(sentences: Sequence[str]) -> Found:
    """Numbers with points that something beside them calls a version, or that have two points."""
    for sentence in sentences:
        for match in _VERSION.finditer(sentence):
            value, before = match["value"], sentence[: match.start("value")]
            named = _NAMES_VERSION.search(before[-60:]) or _NAME.search(before[-30:])
            is_time = _MINUTES.fullmatch(value) and _SINCE.search(before[-10:])
            if value.count(".") > 1 or (named and not is_time):
                yield value, sentence


def _platforms(sentences: Sequence[str]) -> Found:
    for sentence in sentences:
        for match in _PLATFORM.finditer(sentence):
            yield _spelled(match["value"]), sentence


def _errors(sentences: Sequence[str]) -> Found:
    for sentence in sentences:
        for pattern in _ERROR:
            for match in pattern.finditer(sentence):
                if not _NO_ERRORS.fullmatch(match["value"]):
                    yield match["value"].strip(), sentence


def _tried(sentences: Sequence[str]) -> Found:
    for sentence in sentences:
        if _TRIED.search(sentence) and not sentence.rstrip().endswith("?"):
            yield sentence, sentence


def _fixes(sentences: Sequence[str]) -> Found:
    for sentence in sentences:
        if _HELPED.search(sentence) and not _NOT.search(sentence):
            yield sentence, sentence


_FINDERS: Final[Mapping[str, Callable[[Sequence[str]], Found]]] = {
    "versions": _versions,
    "platforms": _platforms,
    "errors": _errors,
    "tried": _tried,
    "fixes": _fixes,
}

_SPELLINGS: Final = {
    "ios": "iOS",
    "ipados": "iPadOS",
    "iphone": "iPhone",
    "ipad": "iPad",
    "imac": "iMac",
    "macos": "macOS",
    "mac": "mac",
    "os": "OS",
    "chromeos": "ChromeOS",
    "tv": "TV",
    "xp": "XP",
    "se": "SE",
}


def _spelled(name: str) -> str:
    """Write a platform as its maker does: "win11" and "Windows 11" are one."""
    name = re.sub(r"(?i)^win(?:dows)?\s?(?=\d)", "windows ", name.casefold())
    name = re.sub(r"^mac\s?os", "macos", name)
    name = re.sub(r"^(android|ios|iphone|macos|ps|playstation)\s?(?=\d)", r"\1 ", name)
    return " ".join(_SPELLINGS.get(word, word.capitalize()) for word in name.split())
