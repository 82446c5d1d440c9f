"""How a draft stands when somebody comes to decide: open, or who was first, when, and what now.

Pure. A loser must learn at once that nothing happened twice, without looking anywhere else.
"""

from datetime import datetime

from responders.decisions.refusing import AlreadyDone, NotAllowed
from responders.decisions.wording import at_time
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import Draft, DraftState

WENT_NOWHERE = (DeliveryState.FAILED, DeliveryState.CANCELLED)
APPROVED = (DraftState.APPROVED, DraftState.QUEUED)


def is_open(draft: Draft, delivery: Delivery | None) -> bool:
    """Tell whether a draft waits for a decision: pending, or approved and for certain not sent."""
    if draft.state is DraftState.PENDING:
        return True
    went_nowhere = delivery is not None and delivery.state in WENT_NOWHERE
    return draft.state in APPROVED and went_nowhere


def refuse_decided(draft: Draft, delivery: Delivery | None, *, now: datetime) -> None:
    """Do nothing while a draft waits for a decision.

    Raises:
        AlreadyDone: somebody decided; it says who, when and how things stand.
        NotAllowed: nobody did, and nothing is there to decide.
    """
    if is_open(draft, delivery):
        return
    who = f"{draft.decided_by} %s at {at_time(draft.decided_at)}" if draft.decided_at else ""
    why = draft.reason.rstrip(".")
    if draft.state in (*APPROVED, DraftState.SENT):
        first = who % "approved this" if who else "this was approved"
        raise AlreadyDone(f"{first}. Nothing was sent twice. {way_of(delivery, now=now)}")
    if draft.state is DraftState.REJECTED and who:
        raise AlreadyDone(f"{who % 'rejected this'}: {why}. Nothing is sent.")
    if draft.state is DraftState.SILENT and who:
        raise AlreadyDone(f"{who % 'chose to stay silent here'}: {why}. Nothing is sent.")
    if draft.state is DraftState.SILENT:
        raise NotAllowed(
            f"no text is proposed here: {why}. A person may write one: groundswell draft add"
        )
    raise NotAllowed(
        f"draft {draft.id} is out of date: {why}. Nothing is sent; what is proposed now stands in "
        "groundswell draft list"
    )


def way_of(delivery: Delivery | None, *, now: datetime) -> str:
    """Say where an approved text is, as a sentence."""
    if delivery is None:
        return "It is on its way."
    if delivery.state is DeliveryState.QUEUED and delivery.next_try_at > now:
        return f"It leaves at {at_time(delivery.next_try_at)}."
    if delivery.state is DeliveryState.SENT and delivery.sent_at:
        return f"It was sent at {at_time(delivery.sent_at)}."
    return {
        DeliveryState.QUEUED: "It is on its way.",
        DeliveryState.SENDING: "It is being sent.",
        DeliveryState.SENT: "It was sent.",
        DeliveryState.FAILED: "It was not sent.",
        DeliveryState.IN_DOUBT: "Whether it was sent is in doubt: somebody must look.",
        DeliveryState.BY_HAND: "It waits for somebody to post it by hand.",
        DeliveryState.CANCELLED: "It was taken back.",
    }[delivery.state]


def refuse_unread(
    draft: Draft, *, version: int | None, sha256: str | None, rewritten_at: datetime | None
) -> None:
    """Do nothing while the text is the one that was read.

    Raises:
        AlreadyDone: it was rewritten since; it says by whom and when.
    """
    if version in (None, draft.version) and sha256 in (None, draft.text_sha256):
        return
    who = (
        f"{draft.edited_by} rewrote this" if draft.edited_by else "the text was brought up to date"
    )
    when = f" at {at_time(rewritten_at)}" if rewritten_at else ""
    raise AlreadyDone(
        f"{who}{when}: version {draft.version} is the newest, and not the one you read. "
        "Nothing was changed or sent; read it again"
    )
