"""A language that we can write in: a folder with the texts, and the words that stand in them.

Values only: packing.py reads the folders, proving.py holds them to what a text must say.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field

from responders.voice.phases import PHASES, RESOLVED

FALLBACK: Final = "en"
TEXTS: Final = (
    *(f"{kind}_{phase}" for kind in ("ack", "update", "page") for phase in PHASES
      if (kind, phase) != ("ack", RESOLVED)),
    "page_still",
    "update_ended",
    "page_ended",
)  # fmt: skip
"""The texts of a full pack. Nobody hears of a problem first when it is resolved; ``ended`` is the
last word where it was not fixed."""


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Asks(_Words):
    """How we ask for what we lack."""

    sentence: str
    """With ``{what}``: one of the three, or two of them joined by ``both``."""
    version: str
    platform: str
    steps: str


class Affects(_Words):
    """How we say who sees it; a pack without it leaves that out."""

    sentence: str
    """With ``{where}``."""
    platforms: str
    """With ``{platforms}``: one, or several joined by ``both``."""
    versions: str
    """With ``{versions}``."""
    both: str
    """With ``{platforms}`` and ``{versions}``, as the two before gave them."""


class Phrases(_Words):
    """The pieces of a text that rules put together."""

    untitled: str
    """What a problem is called whose words may not be repeated."""
    team: str
    """Who speaks, of a product without a speaker; with ``{product}``."""
    support_team: str
    one_person: str
    people: str
    in_places: str
    """With ``{who}`` (one of the two before) and ``{places}``."""
    today: str
    """A time of this day, with ``{time}`` and the zone."""
    on_day: str
    """A time of another day, with ``{time}``, ``{weekday}``, ``{day}``, ``{month}``."""
    day: str
    weekdays: list[str] = Field(min_length=7, max_length=7)
    """Monday first."""
    months: list[str] = Field(min_length=12, max_length=12)
    version: str
    both: str
    """With ``{first}`` and ``{second}``."""
    may_help: str
    """How a way around begins; what follows it are other people's words."""
    after_help: list[str]
    """How the sentences begin that may follow a way around."""
    ask_novice: Asks
    ask_expert: Asks
    affects: Affects | None = None


class About(_Words):
    """What the file of a pack says."""

    name: str
    """Of the language, in English, for people of ours."""
    reviewed: bool
    """Whether somebody who writes the language well has read every text."""
    texts: list[str] = list(TEXTS)
    phrases: Phrases


@dataclass(frozen=True)
class Pack:
    """One language."""

    code: str
    folders: Sequence[Path]
    """Where its files are looked for, the operator's own first."""
    about: About

    @property
    def name(self) -> str:
        """The language, in English."""
        return self.about.name

    @property
    def reviewed(self) -> bool:
        """Whether its texts may be approved without having read them in that language."""
        return self.about.reviewed

    @property
    def phrases(self) -> Phrases:
        """The words that rules put together."""
        return self.about.phrases

    def holds(self, text: str) -> bool:
        """Tell whether it has a text, such as ``ack_investigating``."""
        return text in self.about.texts

    def file(self, name: str) -> Path:
        """Return where a file of the pack stands, or where it should."""
        found = (folder / name for folder in self.folders if (folder / name).is_file())
        return next(found, self.folders[0] / name)

    @cached_property
    def environment(self) -> ImmutableSandboxedEnvironment:
        """What its texts are rendered in: values are never read as a template."""
        return ImmutableSandboxedEnvironment(
            loader=FileSystemLoader([str(folder) for folder in self.folders]),
            undefined=StrictUndefined,
            autoescape=False,  # plain text; every value is made harmless before
            auto_reload=False,  # only what was proved is used
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, text: str, values: Mapping[str, Any]) -> str:
        """Return a text with the values in it."""
        return self.environment.get_template(f"{text}.j2").render(values).strip()


@dataclass(frozen=True)
class Packs:
    """All languages that we can write in."""

    by_code: Mapping[str, Pack]

    def choose(self, languages: Sequence[str], text: str) -> Pack:
        """Return the pack of the first language that has a text; English has them all."""
        for language in languages:
            found = self.by_code.get(code_of(language))
            if found is not None and found.holds(text):
                return found
        return self.by_code[FALLBACK]

    def get(self, language: str) -> Pack | None:
        """Return the pack of a language, however partial."""
        return self.by_code.get(code_of(language))

    @cached_property
    def untitled(self) -> tuple[str, ...]:
        """What a problem without a name is called in any of them."""
        return tuple(pack.phrases.untitled for pack in self.by_code.values())

    def is_untitled(self, title: str) -> bool:
        """Tell whether a title says no more than that there is a problem."""
        return title.startswith(self.untitled)


def code_of(language: str) -> str:
    """Return the code of a language: "de" of "de-AT" and of "DE_de"; any other text as it is."""
    return re.split("[-_]", language.lower(), maxsplit=1)[0]
