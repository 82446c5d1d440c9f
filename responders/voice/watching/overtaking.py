"""When a reply that has not left says nothing needed any more, and why.

Pure. Somebody of ours was faster, the post it answers says something else now, or its thread was
closed. Words of strangers overtake nothing: others say "me too" all the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

CLOSED = "its thread was closed"
EDITED = "the post it answers was edited"
SUPERSEDED = "somebody of ours wrote there {when}"


@dataclass(frozen=True)
class OurWord:
    """Something that a person of ours wrote in a thread with their own account."""

    written_at: datetime
    heard_at: datetime


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A reply that has not left."""

    since: datetime
    """When what it speaks of came up: the post it answers, or the phase that it tells."""
    worded_at: datetime | None
    """When a person wrote it; None while it is the template's own."""
    approved: bool
    edited: bool
    """The post it answers was edited since the text was drawn."""
    closed: bool


def why_overtaken(waiting: Waiting, ours: Sequence[OurWord]) -> str | None:
    """Return why a reply must not leave as it is; None while it may.

    What a person wrote stands beside what was heard before they wrote: they knew it. One that
    waits for a decision and answers an edited post is drawn anew in its place, so only an approved
    one is told here.
    """
    if waiting.closed:
        return CLOSED
    word = next((one for one in ours if is_later(one, waiting.since, waiting.worded_at)), None)
    if word is not None:
        at = word.written_at
        return SUPERSEDED.format(when=f"at {at:%H:%M} UTC, {at.day} {at:%B}")
    return EDITED if waiting.approved and waiting.edited else None


def is_later(word: OurWord, since: datetime, worded_at: datetime | None = None) -> bool:
    """Tell whether a word of ours came after what a reply speaks of, and after it was written."""
    return word.written_at > since and (worded_at is None or word.heard_at > worded_at)
