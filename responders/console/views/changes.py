"""What became of a reply of ours since it was sent: corrected, taken away, or neither."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from responders.console.views.words import clock
from responders.decisions.drafts.correct import text_now
from responders.decisions.drafts.second_change import is_waiting
from responders.delivery.changing import CORRECTION, OPEN
from responders.delivery.reaching import BY_HAND, may_change
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.rewording import Piece, word_diff
from responders.voice.words.drafting import digest

PAGE: Final = "page"
NOT_FROM_HERE: Final = {
    PAGE: "What the page said stays in its history. Say what is right now in another update.",
    BY_HAND: "A person posted this. Change it there yourself.",
}


@dataclass(frozen=True)
class ChangeRow:
    """One change."""

    words: str
    reason: str
    in_doubt: int | None
    """Its delivery, where only a person can tell whether it was done."""
    waits: bool = False
    """It waits for another person's yes."""
    undo: bool = False
    """It can be taken back still."""
    text: str = ""
    """What the reply would say, where that waits."""


@dataclass(frozen=True)
class Changes:
    """How a reply stands now, and what may be done about it."""

    delivery_id: int
    rows: Sequence[ChangeRow]
    whole: str
    sha256: str
    corrected: bool
    removed_at: str
    url: str
    open: bool
    """It may be corrected and deleted from here, now."""
    why_not: str

    @property
    def paragraphs(self) -> Sequence[str]:
        """What it says now."""
        return [part for part in self.whole.split("\n\n") if part.strip()]


@dataclass(frozen=True)
class Correcting:
    """A new text of a reply, as somebody wrote it."""

    text: str
    pieces: Sequence[Piece] = ()
    """What it changes, word by word, where they asked to see that."""
    sha256: str = ""
    """Of the text that the pieces were made from: what was read is what the yes binds to."""


def changes(reply: Delivery | None, rows: Sequence[Delivery], *, now: datetime) -> Changes | None:
    """Return how a reply that was sent stands now; None for what was not sent."""
    if reply is None or reply.state is not DeliveryState.SENT or not reply.public:
        return None
    whole = text_now(list(rows), reply)
    waits = any(row.state in OPEN for row in rows)
    from_here = reply.remote_id is not None and may_change(reply.channel)
    why_not = NOT_FROM_HERE.get(reply.channel, "")
    if not why_not and not from_here:
        why_not = "We do not know its number there. Change it there yourself."
    return Changes(
        delivery_id=reply.id or 0,
        rows=[_row(one, now=now) for one in rows],
        whole=whole,
        sha256=digest(whole),
        corrected=whole != reply.text,
        removed_at=clock(reply.removed_at, now) if reply.removed_at else "",
        url=reply.url or "",
        open=not why_not and not waits and reply.removed_at is None,
        why_not=why_not if reply.removed_at is None else "",
    )


def difference(before: str, after: str) -> Correcting:
    """Return a new text with what it changes."""
    return Correcting(after, word_diff(before, after), digest(before))


def _row(one: Delivery, *, now: datetime) -> ChangeRow:
    what = "Correction" if one.kind == CORRECTION else "Deletion"
    done = "Corrected" if one.kind == CORRECTION else "Deleted"
    at = clock(one.sent_at or one.created_at, now)
    words = {
        DeliveryState.SENT: f"{done} there at {at}.",
        DeliveryState.FAILED: f"{what} failed.",
        DeliveryState.CANCELLED: f"{what} was called back.",
        DeliveryState.IN_DOUBT: f"{what} may be done or not.",
    }.get(one.state, f"{what} is on its way since {at}.")
    doubt = one.id if one.state is DeliveryState.IN_DOUBT else None
    if is_waiting(one):
        return ChangeRow(
            f"{what} waits for the yes of another person.", "", None, True, True, one.text
        )
    reason = one.reason if one.state is not DeliveryState.SENT else ""
    undo = one.state is DeliveryState.QUEUED and one.next_try_at > now
    return ChangeRow(words, reason, doubt, undo=undo)
