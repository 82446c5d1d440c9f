"""The text of a draft: a template of ours, filled with facts and a few of the author's words.

Pure: the same values give the same text, to the letter. Templates run in a sandbox and fail on a
name they do not know; the words of a post go in as a value and are never read as a template.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from responders.delivery.inert import plain
from responders.voice.phases import RESOLVED
from responders.voice.promises import told_time
from responders.voice.wording import noted, since_when

FOLDER = Path(__file__).parent / "templates"
FALLBACK = "en"


Kind = Literal["ack", "update", "page"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a text is made from."""

    kind: Kind
    """The first reply in a thread, a later one there, or an update of the page."""
    phase: str
    symptom: str
    """The author's words, as ``symptoms.symptom`` gave them; empty where none can be repeated."""
    language: str | None
    """The post's, or its source's where the post is too short to tell; None when nobody knows."""
    next_update_by: datetime | None
    """None when all is resolved: then nothing more is promised."""
    now: datetime
    page_url: str
    product: str
    speaker: str = ""
    title: str = ""
    """The page's only, as ``wording.title_from`` gave it."""
    note: str = ""
    """What a person of ours said of this phase; the only source of a cause."""
    since: datetime | None = None
    """When this phase began."""
    again: bool = False
    """Whether people were told of a later phase before."""
    still: bool = False
    """Whether the page said the same phase before: the promised word, and nothing new."""
    heard: str = ""
    """How many told us, in words."""
    workaround: str = ""
    """What a person verified to help until it is fixed."""


@dataclass(frozen=True)
class Text:
    """A text ready to be shown to the person who decides."""

    text: str
    language: str
    note: str = ""
    """What that person should know, such as that it is not in the post's language."""

    @property
    def sha256(self) -> str:
        """The hash that an approval binds to."""
        return digest(self.text)


def draft(asked: Asked) -> Text:
    """Return the text for one thread or for the page; of the page the first line is the title."""
    language, note = _language(asked.language)
    nothing_new = asked.still and asked.kind == "page" and asked.phase != RESOLVED
    what = "still" if nothing_new else asked.phase
    due = asked.next_update_by
    text = _template(language, f"{asked.kind}_{what}").render(
        phase=asked.phase,
        title=asked.title,
        symptom=isolated(asked.symptom),
        next_word=told_time(due, now=asked.now) if due else "",
        page_url=asked.page_url,
        speaker=speaker_name(asked.speaker, asked.product),
        note=noted(asked.note),
        since=since_when(asked.since) if asked.since else "",
        again=asked.again,
        heard=asked.heard,
        workaround=noted(asked.workaround),
        clock=f"{asked.now:%H:%M} UTC",
    )
    return Text(text.strip(), language, note)


def isolated(words: str) -> str:
    """Keep words that run from right to left from reordering ours around them."""
    if any(unicodedata.bidirectional(char) in {"R", "AL"} for char in words):
        return f"\u2068{words}\u2069"
    return words


def digest(text: str) -> str:
    """Return the SHA-256 of a text as hexadecimal."""
    return sha256(text.encode()).hexdigest()


def speaker_name(speaker: str, product: str) -> str:
    """Return who speaks: the product's speaker, else its team."""
    named = plain(speaker)
    if named:
        return named
    return "The support team" if product in {"", "default"} else f"The {plain(product)} team"


def _language(wanted: str | None) -> tuple[str, str]:
    """Return the language we can write in, and what to say if it is not the one wanted.

    What a stranger's post calls its language may be anything; only a code becomes a path.
    """
    code = re.split("[-_]", (wanted or FALLBACK).lower(), maxsplit=1)[0]
    known = re.fullmatch("[a-z]{2,3}", code) is not None
    if known and (FOLDER / code / "ack_investigating.j2").is_file():
        return code, ""
    named = f"“{code}”" if known else "another language"
    return FALLBACK, f"written in English: the post is in {named} and we have no text for that"


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # plain text; every value is made harmless before
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template(language: str, name: str) -> Template:
    return _environment().get_template(f"{language}/{name}.j2")
