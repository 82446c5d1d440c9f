"""What keeps a message here for good, asked in the transaction that would let it leave.

Pure, because it is the last word on "nothing is sent without a recorded approval of exactly that
text"; the outbox asks it at every claim.
"""

from dataclasses import dataclass
from hashlib import sha256

from classifiers.tables import IssueState
from responders.delivery.tables import Delivery, DeliveryState

NOT_APPROVED = "the text is not the approved one"
DELETED = "the post was deleted"
PHASES = tuple(str(state) for state in IssueState)
"""In their order; ``new`` is as good as the one after it."""


@dataclass(frozen=True)
class Bar:
    """Why a message may not leave, and what becomes of it."""

    state: DeliveryState
    reason: str


def barred(row: Delivery, *, post_erased: bool, state: IssueState | None = None) -> Bar | None:
    """Return what keeps a message here; None when it may leave.

    A public text leaves only with the hash that a person approved; an alert needs no approval. An
    approval ends when the issue goes back behind what the text says, or to its end past it.

    Args:
        row: the message.
        post_erased: whether the post that it answers was erased.
        state: how its issue stands now, where the message says a phase.
    """
    if post_erased:
        return Bar(DeliveryState.CANCELLED, DELETED)
    if row.forbidden:
        return Bar(DeliveryState.CANCELLED, row.forbidden)
    moved = _moved(row.target.get("phase"), state) if state is not None else ""
    if moved:
        return Bar(DeliveryState.CANCELLED, f"its issue is {moved}: it needs another yes")
    if row.public and row.approved_sha256 != sha256(row.text.encode()).hexdigest():
        return Bar(DeliveryState.FAILED, NOT_APPROVED)
    return None


def _moved(phase: object, state: IssueState) -> str:
    """Say where an issue is when a text must not say its phase any more; else empty."""
    if phase not in PHASES:
        return ""
    said, is_now = (max(PHASES.index(str(one)), 1) for one in (phase, state))
    if said > is_now:
        return f"{state} again"
    ended = state is IssueState.RESOLVED and said < is_now
    return f"{state} by now" if ended else ""
