"""What is remembered of a WordPress between two looks: its cursor."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel

from listener.platforms.wordpress_answers import Item
from listener.platforms.wordpress_sweeping import COMMENTS, EDITS, POSTS, Stream, Sweep

EDITS_EVERY: Final = timedelta(hours=1)
"""Old articles change rarely; the newest are read at each look anyway."""


class Remembered(BaseModel):
    """What comments need to know of their article."""

    link: str | None = None
    title: str = ""
    closed: bool | None = None
    """None where only a comment was seen, which does not say it."""


class Memory(BaseModel):
    """The cursor."""

    url: str = ""
    root: str | None = None
    """Where the interface stands, if it was found at ``url``."""
    posts: Sweep = Sweep()
    edits: Sweep = Sweep()
    comments: Sweep = Sweep()
    edits_at: datetime | None = None
    known: dict[str, Remembered] = {}


def sweep_of(memory: Memory, stream: Stream) -> Sweep:
    """Return how far a list is known."""
    sweep: Sweep = getattr(memory, stream.name)
    return sweep


def holes_of(memory: Memory) -> list[Stream]:
    """Return the lists with a hole to fill, by the interface or by older pages of a feed."""
    sweeps = [(stream, sweep_of(memory, stream)) for stream in (POSTS, EDITS, COMMENTS)]
    return [stream for stream, sweep in sweeps if sweep.after or sweep.has_older_pages]


def asked_now(memory: Memory, now: datetime) -> Iterable[Stream]:
    """Return the lists to ask: those with a hole to fill, else all."""
    if holes := holes_of(memory):
        return holes
    asked = memory.edits_at
    rested = asked is None or not timedelta() <= now - asked < EDITS_EVERY
    return (POSTS, EDITS, COMMENTS) if rested else (POSTS, COMMENTS)


def remembered(item: Item) -> Remembered:
    """Return what is remembered of an article."""
    return Remembered(link=item.link, title=item.name[:150], closed=item.closed)
