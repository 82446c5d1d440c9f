"""Why nothing of ours stands in a thread yet, in a word that scripts read and words for people.

Pure. What waits for a person comes first, for that is what a queue is for; what somebody decided to
leave alone stays visible, because people there still wait.
"""

from dataclasses import dataclass
from enum import StrEnum

from responders.delivery.tables import DeliveryState
from responders.voice.tables import DraftState


class Why(StrEnum):
    """Why a thread was not answered."""

    DRAFT = "draft"
    LEAVING = "leaving"
    BY_HAND = "by_hand"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"
    WITHHELD = "withheld"
    OPTED_OUT = "opted_out"
    SILENT = "silent"
    REJECTED = "rejected"
    LOCKED = "locked"
    STAFF = "staff"
    HUSHED = "hushed"
    NOT_PROPOSED = "not_proposed"


NEEDS_A_PERSON = (Why.DRAFT, Why.BY_HAND, Why.IN_DOUBT, Why.FAILED, Why.WITHHELD)
"""Somebody can do something there now."""
OPTED_OUT = "opted out"
"""How the reason of a draft begins that was withheld because its author asked for it."""
WORDS = {
    Why.DRAFT: "a draft waits for approval",
    Why.LEAVING: "approved, and on its way",
    Why.BY_HAND: "a person must post it",
    Why.IN_DOUBT: "it may stand there or not; somebody must look",
    Why.FAILED: "it could not be sent",
    Why.WITHHELD: "withheld",
    Why.OPTED_OUT: "the author asked not to be answered",
    Why.SILENT: "somebody chose to stay silent",
    Why.REJECTED: "the draft was rejected",
    Why.LOCKED: "the thread is closed",
    Why.STAFF: "our own people or a bot opened it",
    Why.HUSHED: "the issue is hushed",
    Why.NOT_PROPOSED: "nothing is proposed yet",
}


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a thread that was not told."""

    draft: DraftState | None = None
    """Of the one that waits there, else of the newest."""
    delivery: DeliveryState | None = None
    decided_by: str = ""
    reason: str = ""
    locked: bool = False
    ours: bool = False
    """Staff or a bot opened it."""
    hushed: bool = False


@dataclass(frozen=True)
class Reason:
    """Why, in a word and in words."""

    why: Why
    words: str


SENT_AS = {
    DeliveryState.BY_HAND: Why.BY_HAND,
    DeliveryState.IN_DOUBT: Why.IN_DOUBT,
    DeliveryState.FAILED: Why.FAILED,
    DeliveryState.CANCELLED: Why.DRAFT,
}


def why_unanswered(known: Known) -> Reason:
    """Return why nothing stands in a thread yet."""
    why = _why(known)
    told = known.reason.removeprefix(OPTED_OUT).strip(" :")
    words = WORDS[why]
    if why in {Why.SILENT, Why.REJECTED} and known.decided_by:
        words += f" ({known.decided_by})"
    if why is Why.WITHHELD and told:
        return Reason(why, told)
    says = why in {Why.SILENT, Why.REJECTED, Why.OPTED_OUT, Why.FAILED}
    return Reason(why, f"{words}: {told}" if says and told else words)


def _why(known: Known) -> Why:
    if known.draft in {DraftState.APPROVED, DraftState.QUEUED}:
        return SENT_AS.get(known.delivery, Why.LEAVING) if known.delivery else Why.LEAVING
    if known.draft is DraftState.SILENT:
        return _left_alone(known)
    if known.draft in {DraftState.PENDING, DraftState.REJECTED}:
        return Why.DRAFT if known.draft is DraftState.PENDING else Why.REJECTED
    return _undrafted(known)


def _left_alone(known: Known) -> Why:
    if known.reason.startswith(OPTED_OUT):
        return Why.OPTED_OUT
    return Why.SILENT if known.decided_by else Why.WITHHELD


def _undrafted(known: Known) -> Why:
    if known.locked:
        return Why.LOCKED
    if known.ours:
        return Why.STAFF
    return Why.HUSHED if known.hushed else Why.NOT_PROPOSED
