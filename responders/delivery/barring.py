"""What keeps a message here for good, asked in the transaction that would let it leave.

Pure, because it is the last word on "nothing is sent without a recorded approval of exactly that
text"; the outbox asks it at every claim.
"""

from dataclasses import dataclass
from hashlib import sha256

from responders.delivery.tables import Delivery, DeliveryState

NOT_APPROVED = "the text is not the approved one"
DELETED = "the post was deleted"


@dataclass(frozen=True)
class Bar:
    """Why a message may not leave, and what becomes of it."""

    state: DeliveryState
    reason: str


def barred(row: Delivery, *, post_erased: bool) -> Bar | None:
    """Return what keeps a message here; None when it may leave.

    A public text leaves only with the hash that a person approved; an alert needs no approval.
    """
    if post_erased:
        return Bar(DeliveryState.CANCELLED, DELETED)
    if row.public and row.approved_sha256 != sha256(row.text.encode()).hexdigest():
        return Bar(DeliveryState.FAILED, NOT_APPROVED)
    return None
