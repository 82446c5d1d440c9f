"""Corrections and removals: a reply that stands in public is changed by a message of its own.

So it goes the way of every message: approved, claimed, sent once, recorded, looked for in doubt. A
change done twice is the same change, so no doubt about one ever waits for a person.
"""

from datetime import UTC, datetime

from sqlmodel import Session, col, select, update

from config.errors import PermanentError
from responders.delivery.channels.base import (
    Capabilities,
    Changing,
    Channel,
    Message,
    Receipt,
    Standing,
)
from responders.delivery.tables import Delivery, DeliveryState

CORRECTION, REMOVAL = "correction", "removal"
CHANGES = (CORRECTION, REMOVAL)
"""The kinds of delivery that change one which was sent."""
OPEN = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.IN_DOUBT)
GONE = "the reply is not there any more: there is nothing to change"
BY_HAND = "there Groundswell cannot change a reply: change it there yourself"


def way_of(row: Delivery, channel: Channel | None) -> Channel | None:
    """Return how a message leaves: its channel, or its channel's way to change a reply."""
    if channel is None or row.kind not in CHANGES:
        return channel
    return Changer(channel, row.kind)


class Changer:
    """A channel as a change sees it: to send is to change, to find is to see it changed."""

    capabilities = Capabilities(public=True, lookup=True, idempotent=True)

    def __init__(self, channel: Channel, kind: str) -> None:
        self._channel, self._kind = channel, kind

    def send(self, message: Message) -> Receipt:
        """Change the reply once; see ``Changing``."""
        if not isinstance(self._channel, Changing):
            raise PermanentError(BY_HAND)
        if self._kind == REMOVAL:
            return self._channel.remove(message)
        return self._channel.edit(message)

    def find(self, message: Message) -> Receipt | None:
        """Return a receipt if the reply stands as the change wants it."""
        if not isinstance(self._channel, Changing):
            raise PermanentError(BY_HAND)
        stands = self._channel.standing(message)
        if self._kind == CORRECTION and stands is Standing.GONE:
            raise PermanentError(GONE)
        wanted = Standing.GONE if self._kind == REMOVAL else Standing.AS_ASKED
        return receipt_of(message) if stands is wanted else None


def receipt_of(message: Message) -> Receipt:
    """Return the proof of a change: the reply keeps its id and its address."""
    target = message.target
    return Receipt(str(target["remote_id"]), target.get("url"), at=datetime.now(UTC))


def take_over(session: Session, row: Delivery, *, at: datetime) -> None:
    """Let the changed reply know, in the transaction that records the change."""
    if row.kind != REMOVAL or row.changes_id is None:
        return
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.changes_id, col(Delivery.removed_at).is_(None))
        .values(removed_at=at, hidden_at=None, hidden_why="")
    )
    session.connection().execute(statement)


def changes_of(session: Session, delivery_id: int) -> list[Delivery]:
    """Return the changes of a reply, the oldest first."""
    query = select(Delivery).where(Delivery.changes_id == delivery_id).order_by(col(Delivery.id))
    return list(session.exec(query).all())
