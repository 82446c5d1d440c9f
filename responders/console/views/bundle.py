"""One text on the page that shows all texts of an issue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from responders.console.store import Proposal
from responders.console.views.beside import reader_of
from responders.console.views.desk import line_of, place_of
from responders.console.views.focus import kind_of, whom


@dataclass(frozen=True)
class Text:
    """One text as it would stand."""

    id: int
    bound: str
    """Version and hash, as its box says them."""
    whom: str
    said: str
    """What they wrote, in one line; empty for the page."""
    place: str
    kind: str
    paragraphs: Sequence[str]
    note: str
    """Why it is not ticked: it was left out, or somebody else reads it."""


def text_of(one: Proposal, me: str, *, left_out: str, now: datetime) -> Text:
    """Return a text as it would stand, for somebody who may approve it."""
    draft = one.draft
    reader = reader_of(draft, me, now=now)
    other = reader if reader is not None and not reader.mine else None
    reads = f"{other.name} is reading this since {other.since}." if other else ""
    return Text(
        id=draft.id or 0,
        bound=f"{draft.version}:{draft.text_sha256}",
        whom=whom(one),
        said=line_of(one) if one.post is not None else "",
        place=place_of(one),
        kind=kind_of(one),
        paragraphs=[part for part in draft.text.split("\n\n") if part.strip()],
        note=left_out or reads,
    )
