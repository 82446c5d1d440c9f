"""A pack is proved before it is used: every file there, every name known, every must said.

Apart from the reading, because people who write a pack read these sentences: each names the file,
the line where there is one, and what is wrong.
"""

import re
import string
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.meta import find_referenced_templates, find_undeclared_variables

from classifiers.corrections.resolutions import Resolution
from config.errors import SettingsError
from responders.voice.phases import PHASES, RESOLVED
from responders.voice.words.packs import TEXTS, Pack

VALUES: Final[Mapping[str, Any]] = {
    "phase": "investigating",
    "title": "Notes hang",
    "symptom": "notes hang since noon",
    "next_word": "16:00 UTC",
    "page_url": "https://status.example/",
    "speaker": "Ines of Fernsync",
    "note": "a full disk.",
    "avoid": "keep a gigabyte free.",
    "since": "12:00 UTC",
    "again": False,
    "heard": "12 people",
    "helps": "",
    "affects": "We have heard of it on Windows.",
    "clock": "13:00 UTC",
    "thanks": True,
    "more": True,
    "given": "Android 14",
    "asks": "Which version do you use?",
    "expert": False,
    "told_day": "12 May",
    "opening": "plain",
    "ended": "fixed",
}
"""Every name that a text may use, with a value as a draft would give it."""
SWITCHES: Final = ("thanks", "more", "again")
OPENINGS: Final = ("plain", "promised", "late")
SLOTS: Final[Mapping[str, frozenset[str]]] = {
    "team": frozenset({"product"}),
    "people": frozenset({"people"}),
    "in_places": frozenset({"who", "places"}),
    "today": frozenset({"time"}),
    "on_day": frozenset({"time", "weekday", "day", "month"}),
    "day": frozenset({"weekday", "day", "month"}),
    "version": frozenset({"version"}),
    "both": frozenset({"first", "second"}),
}
"""What each phrase must have a place for; the others have none."""
ASK_SLOTS: Final = {"sentence": frozenset({"what"})}
AFFECT_SLOTS: Final = {
    "sentence": frozenset({"where"}),
    "platforms": frozenset({"platforms"}),
    "versions": frozenset({"versions"}),
    "both": frozenset({"platforms", "versions"}),
}
ZONED: Final = ("today", "on_day")
WAY: Final = "restart it twice."


def prove(pack: Pack) -> None:
    """Do nothing with a pack that can be used.

    Raises:
        SettingsError: it cannot; the message names the file and the line.
    """
    for text in pack.about.texts:
        if text not in TEXTS:
            known = ", ".join(TEXTS)
            raise _broken(
                pack, "pack.toml", 0, f"texts: {text} is no text of ours; those are {known}"
            )
    _prove_phrases(pack)
    for text in pack.about.texts:
        for name in _with_its_parts(pack, f"{text}.j2"):
            _prove_names(pack, name)
        _prove_musts(pack, text)


def _prove_phrases(pack: Pack) -> None:
    told = pack.phrases.model_dump()
    asks = (told.pop("ask_novice"), told.pop("ask_expert"))
    affects = told.pop("affects") or {}
    groups = ((told, SLOTS), (affects, AFFECT_SLOTS), *((ask, ASK_SLOTS) for ask in asks))
    for words, slots in groups:
        for name, value in words.items():
            for phrase in value if isinstance(value, list) else [value]:
                _prove_phrase(pack, name, phrase, slots.get(name, frozenset()))


def _prove_phrase(pack: Pack, name: str, phrase: str, wanted: frozenset[str]) -> None:
    line = line_of(pack.file("pack.toml"), name)
    try:
        slots = {slot for _, slot, _, _ in string.Formatter().parse(phrase) if slot is not None}
    except ValueError as error:
        raise _broken(pack, "pack.toml", line, f"phrases: {name}: {error}") from error
    if slots != wanted:
        braces = ", ".join(f"{{{slot}}}" for slot in sorted(wanted)) or "no braces"
        raise _broken(pack, "pack.toml", line, f"phrases: {name}: it needs {braces}")
    if not phrase.strip() or "\n" in phrase:
        raise _broken(pack, "pack.toml", line, f"phrases: {name}: write one line")
    if name in ZONED and "UTC" not in phrase:
        raise _broken(pack, "pack.toml", line, f"phrases: {name}: a time needs its zone, UTC")


def _with_its_parts(pack: Pack, name: str) -> Iterator[str]:
    """Yield a file and every one that it includes."""
    waiting, seen = [name], {name}
    while waiting:
        one = waiting.pop()
        yield one
        for part in find_referenced_templates(_parsed(pack, one)):
            if part is None:
                raise _broken(pack, one, 0, "an include names its file in quotes")
            if part not in seen:
                seen.add(part)
                waiting.append(part)


def _parsed(pack: Pack, name: str) -> nodes.Template:
    file = pack.file(name)
    if not file.is_file():
        raise SettingsError(f"[voice] packs: {file} is missing; {pack.code} needs it")
    try:
        return pack.environment.parse(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise _broken(pack, name, 0, "it is not written in UTF-8") from error
    except TemplateSyntaxError as error:
        raise _broken(pack, name, error.lineno, error.message or "it cannot be read") from error


def _prove_names(pack: Pack, name: str) -> None:
    tree = _parsed(pack, name)
    unknown = find_undeclared_variables(tree) - set(VALUES)
    for node in tree.find_all(nodes.Name):
        if node.name in unknown:
            known = ", ".join(sorted(VALUES))
            wrong = f"{{{{ {node.name} }}}} is no name of ours; those are {known}"
            raise _broken(pack, name, node.lineno, wrong)


def _prove_musts(pack: Pack, text: str) -> None:
    """Render a text in every way that matters and see that nothing of what it must say is lost."""
    for values in _ways(pack, text):
        try:
            made = pack.render(text, values)
        except TemplateNotFound as error:
            raise _broken(pack, f"{text}.j2", 0, f"{error} is missing") from error
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            raise _broken(pack, f"{text}.j2", 0, str(error)) from error
        for must in _musts(text):
            if values[must] not in made:
                raise _broken(pack, f"{text}.j2", 0, f"it does not say {{{{ {must} }}}}")
        if values["helps"] and values["helps"] in made:
            _prove_end_of_help(pack, text, made.partition(values["helps"])[2])


def _ways(pack: Pack, text: str) -> Iterator[dict[str, Any]]:
    """Yield the values of every way in which a text may be filled: with all parts, with none."""
    ends = tuple(Resolution) if text.endswith("ended") else ("fixed",)
    parts = ("note", "avoid", "since", "heard", "given", "asks", "helps", "affects")
    nothing = dict.fromkeys(parts, "")
    everything = {"helps": f"{pack.phrases.may_help}{WAY}"}
    openings = OPENINGS if text.startswith("update") else OPENINGS[:1]
    phases = PHASES if text == "page_still" else PHASES[:1]
    choices = product((False, True), (False, True), openings, phases, ends)
    for full, expert, opening, phase, ended in choices:
        yield {
            **VALUES, **(everything if full else nothing), **dict.fromkeys(SWITCHES, full),
            "expert": expert, "opening": opening, "phase": phase, "ended": str(ended),
        }  # fmt: skip


def _musts(text: str) -> Iterator[str]:
    yield from ("page_url", "speaker", "symptom")
    if not text.endswith((RESOLVED, "ended")):
        yield "next_word"
    if text.startswith("page"):
        yield "title"


def _prove_end_of_help(pack: Pack, text: str, rest: str) -> None:
    """Hold the words of a way around to an end that can be found again when they are erased."""
    ends = ("\n", *(f" {start}" for start in pack.phrases.after_help))
    if rest and not rest.startswith(ends):
        wrong = "what follows {{ helps }} begins like none of after_help in pack.toml"
        raise _broken(pack, f"{text}.j2", 0, wrong)


def line_of(file: Path, key: str) -> int:
    """Return the line of a file of a pack in which a key stands; 0 where it does not."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if re.match(rf"\s*\[?(?:\w+\.)*{re.escape(key)}\b", line):
            return number
    return 0


def _broken(pack: Pack, name: str, line: int, wrong: str) -> SettingsError:
    where = f"{pack.file(name)}:{line}" if line else str(pack.file(name))
    return SettingsError(f"[voice] packs: {where}: {wrong}")
