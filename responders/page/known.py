"""What an entry tells beside its text: symptoms, who is affected and who not, what it is fixed in.

Pure. Nothing reaches the page without an approval, so all of it is read out of the approved text:
a version that people named counts as affected only once a text of ours names it, too. Who edits a
draft can say it outright: a line "Affected: 5.2, Windows" or "Not affected: iOS".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from responders.delivery.inert import plain

SYMPTOMS, VERSIONS, PLATFORMS = "symptoms", "affected_versions", "platforms"
NOT_AFFECTED, FIXED_IN, LANGUAGE = "not_affected", "fixed_in", "language"
LISTS: Final = (SYMPTOMS, VERSIONS, PLATFORMS, NOT_AFFECTED)
MOST, LONGEST = 8, 120
"""Values of a list, and characters of one."""

_SENTENCE: Final = re.compile(r"(?<=[.!?。])\s+|\n+")
_QUOTED: Final = re.compile(r"[“„«「]\s*([^“”„«»「」]{3,200}?)\s*[”“»」]")
_VERSION: Final = re.compile(r"\d{1,4}(?:\.\d{1,5}){1,3}(?:[-.]?(?:beta|alpha|rc|b)\.?\d{0,3})?")
_LISTED: Final = re.compile(
    r"^(?P<none>not affected|nicht betroffen)\s*:\s*(?P<not>.+)$"
    r"|^(?:affected|betroffen(?:\s+sind)?)\s*:\s*(?P<yes>.+)$",
    re.IGNORECASE,
)
_SPARED: Final = re.compile(
    r"^(?:.*:\s)?(?P<who>[^:;]{2,100}?),?\s+(?:is|are|ist|sind)\s+(?:(?:davon|also|auch)\s+)?"
    r"(?:not\s+affected|unaffected|nicht\s+(?:davon\s+)?betroffen)\b",
    re.IGNORECASE,
)
_AND: Final = re.compile(r"\s*,\s*|\s+(?:and|und|or|oder)\s+", re.IGNORECASE)
_NONE: Final = re.compile(r"(?:you|we|sie|wir|no ?one|others?|it|this|that)", re.IGNORECASE)
_FIXED: Final = re.compile(
    r"\b(?:fixed|solved|repaired|corrected|gone|behoben|gelöst|repariert)\s+"
    r"(?:in|with|by|as of|from|mit|ab)\s+(?:the\s+|der\s+)?(?:new\s+)?"
    r"(?:version|release|update|app|build|v)?\s*(?P<in>\d{1,4}(?:\.\d{1,5}){1,3})(?!\d|\.\d)"
    r"|\b(?:update|upgrade)\s+to\s+(?:version\s+|v)?(?P<to>\d{1,4}(?:\.\d{1,5}){1,3})(?!\d|\.\d)"
    r"|\b(?:version|release|update)\s+(?P<does>\d{1,4}(?:\.\d{1,5}){1,3})\s+"
    r"(?:fixes|solves|behebt|repairs)\b",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(
    r"\b(?:go(?:ing)? back|roll(?:ing|ed)? back|downgrad\w+|re-?install\w*|uninstall\w*|install"
    r"|until then|bis dahin|zurück\w*|installier\w*)\b",
    re.IGNORECASE,
)
"""Such a sentence names a version that is right, not one that is broken."""


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What people told of an issue."""

    versions: Sequence[str] = ()
    platforms: Sequence[str] = ()
    releases: Sequence[str] = ()
    """Versions that came out since it began."""


def read(
    name: str, body: str, phase: str, reported: Reported, *, helps: str = ""
) -> dict[str, Any]:
    """Return what an approved text tells; what it does not tell is left out.

    Args:
        name: its title.
        body: its text.
        phase: of the update; only what watches or ends an issue can say what it is fixed in.
        reported: what people told.
        helps: the way around, whose versions are none that are affected.
    """
    text = body.replace("\u2068", "").replace("\u2069", "")
    found: dict[str, list[str]] = {name: [] for name in LISTS}
    if quote := _QUOTED.search(text.split("\n\n", 1)[0]):
        found[SYMPTOMS].append(quote[1])
    fixed = ""
    for sentence in _sentences(f"{name}\n{_without(text, helps)}"):
        spared = list(_spared(sentence))
        found[NOT_AFFECTED] += spared
        fixed = fixed or _fixed(sentence, phase, reported)
        if not spared and not _ELSEWHERE.search(sentence):
            _affected(sentence, reported, found)
    told: dict[str, Any] = {name: _tidy(values) for name, values in found.items()}
    told[VERSIONS] = [value for value in told[VERSIONS] if value != fixed]
    return {name: value for name, value in (told | {FIXED_IN: fixed}).items() if value}


def merged(known: Mapping[str, Any], told: Mapping[str, Any], *, phase: str) -> dict[str, Any]:
    """Return what an entry tells once another text was published.

    Lists grow; what is said to be spared is affected no more, and the other way round. What it is
    fixed in falls away once we say that it is not over.
    """
    kept = dict(known)
    for name in LISTS:
        kept[name] = _tidy([*_lines(known.get(name)), *_lines(told.get(name))])
    _strike(kept, told.get(NOT_AFFECTED, ()), (VERSIONS, PLATFORMS))
    _strike(kept, (*told.get(VERSIONS, ()), *told.get(PLATFORMS, ())), (NOT_AFFECTED,))
    if FIXED_IN in told:
        kept[FIXED_IN] = told[FIXED_IN]
    elif phase in {"investigating", "identified"}:
        kept.pop(FIXED_IN, None)
    return {name: value for name, value in kept.items() if value}


def still(known: Mapping[str, Any], texts: Sequence[str]) -> dict[str, Any]:
    """Return what an entry still tells after words were erased: what some text still says."""
    said = [plain(text).casefold() for text in texts]

    def stands(value: str) -> bool:
        return any(value.casefold() in text for text in said)

    kept = {name: [one for one in _lines(known.get(name)) if stands(one)] for name in LISTS}
    fixed = [one for one in _lines(known.get(FIXED_IN)) if stands(one)]
    told: dict[str, Any] = {**kept, FIXED_IN: fixed[0] if fixed else ""}
    rest = {name: value for name, value in known.items() if name not in told}
    return rest | {name: value for name, value in told.items() if value}


def _sentences(text: str) -> Iterator[str]:
    for part in _SENTENCE.split(text):
        if sentence := part.strip():
            yield sentence


def _without(text: str, helps: str) -> str:
    words = " ".join(text.split()) if helps and helps not in text else text
    return words.replace(helps, " ") if helps else text


def _spared(sentence: str) -> Iterator[str]:
    line = _LISTED.match(sentence)
    who = line["not"] if line and line["not"] else None
    if who is None and (found := _SPARED.match(sentence)):
        who = found["who"]
    for one in _AND.split(who or ""):
        value = one.strip(" .!")
        if value and not _NONE.fullmatch(value):
            yield value


def _fixed(sentence: str, phase: str, reported: Reported) -> str:
    if phase not in {"monitoring", "resolved"}:
        return ""
    if found := _FIXED.search(sentence):
        return str(found["in"] or found["to"] or found["does"])
    return next((one for one in reported.releases if _names(sentence, one)), "")


def _affected(sentence: str, reported: Reported, found: dict[str, list[str]]) -> None:
    line = _LISTED.match(sentence)
    if line and line["yes"]:
        for one in _AND.split(line["yes"]):
            value = one.strip(" .!")
            found[VERSIONS if _VERSION.search(value) else PLATFORMS].append(value)
        return
    found[VERSIONS] += [one for one in reported.versions if _names(sentence, one)]
    found[PLATFORMS] += [one for one in reported.platforms if _names(sentence, one)]


def _names(sentence: str, value: str) -> bool:
    pattern = rf"(?<![\w.]){re.escape(value)}(?!\w|\.\d)"
    return re.search(pattern, sentence, re.IGNORECASE) is not None


def _tidy(values: Iterable[str]) -> list[str]:
    """Return the values as lines of their own, each once, the first ones said."""
    kept: dict[str, str] = {}
    for value in values:
        line = plain(value)[:LONGEST].strip()
        if line:
            kept.setdefault(line.casefold(), line)
    return list(kept.values())[:MOST]


def _lines(value: object) -> list[str]:
    listed = value if isinstance(value, list | tuple) else [value]
    return [one for one in listed if isinstance(one, str)]


def _strike(kept: dict[str, Any], said: Iterable[str], names: Sequence[str]) -> None:
    gone = {one.casefold() for one in said}
    for name in names:
        kept[name] = [one for one in kept.get(name, ()) if one.casefold() not in gone]
