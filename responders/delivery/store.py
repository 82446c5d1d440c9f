"""The queries on the outbox that others ask: fill it, hold it, take back, settle a doubt.

What the sender asks stands in ``store_sending``. Each act of a person is one conditional change;
who may do it, and its audit, are the decisions' concern.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select, update

from responders.delivery.erasures import erased_members
from responders.delivery.store_pause import make_pause, paused, set_paused
from responders.delivery.tables import Delivery, DeliveryState

__all__ = ("make_pause", "paused", "set_paused")

ALERT, REMINDER, TICKET, CALL = "alert", "reminder", "ticket", "call"
"""The kinds of delivery whose words come from the posts of their issue."""
MAY_BE_QUEUED_AGAIN = (DeliveryState.CANCELLED, DeliveryState.FAILED)
"""Certainly not out, and in nobody's hands."""
QUEUED_ANEW = (
    "product_id", "issue_id", "post_id", "channel", "destination", "target", "kind", "public",
    "approved_sha256", "text", "payload", "drawn_without", "erasures", "next_try_at", "forbidden",
)  # fmt: skip


def queue(session: Session, delivery: Delivery) -> bool:
    """Put a message into the outbox; returns False when its key stands there already."""
    known = select(Delivery.id).where(Delivery.key == delivery.key)
    if session.exec(known).first() is not None:
        return False
    session.add(delivery)
    return True


def outdated(session: Session, product_id: int, *, kind: str = ALERT) -> Sequence[Delivery]:
    """Return the queued messages of a kind that must be drawn anew before they may leave."""
    query = (
        select(Delivery)
        .where(Delivery.product_id == product_id, Delivery.state == DeliveryState.QUEUED)
        .where(col(Delivery.kind) == kind, is_outdated())
        .order_by(col(Delivery.id))
    )
    return session.exec(query).all()


def is_outdated() -> ColumnElement[bool]:
    """Tell whether a post of the issue was erased since what tells of them all was drawn."""
    without = erased_members(col(Delivery.issue_id))
    kinds = (ALERT, REMINDER, TICKET, CALL)
    return and_(col(Delivery.kind).in_(kinds), col(Delivery.drawn_without) != without)


def redraw(
    session: Session, row: Delivery, *, text: str, payload: Mapping[str, Any], without: int
) -> bool:
    """Exchange the words of a queued message; False when it is queued no more."""
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.id, col(Delivery.state) == DeliveryState.QUEUED)
        .values(text=text, payload=dict(payload), drawn_without=without)
    )
    return session.connection().execute(statement).rowcount == 1


def counts(session: Session) -> Mapping[str, int]:
    """Return how many messages are in which state."""
    rows = session.exec(select(Delivery.state, func.count()).group_by(col(Delivery.state))).all()
    return {str(state): count for state, count in rows}


def cancel(session: Session, delivery_id: int) -> bool:
    """Take a message back before it left, or out of a person's hands; False when it is too late."""
    state = col(Delivery.state)
    untried = and_(state == DeliveryState.QUEUED, col(Delivery.tries) == 0)
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, or_(untried, state == DeliveryState.BY_HAND))
        .values(state=DeliveryState.CANCELLED, reason="taken back")
    )
    return session.connection().execute(statement).rowcount == 1


def call_back(session: Session, delivery_id: int, *, why: str) -> bool:
    """Take a message back that certainly did not go out, however often it was tried.

    False when it is leaving, in doubt, or out.
    """
    here = (DeliveryState.QUEUED, DeliveryState.BY_HAND)
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state).in_(here))
        .values(state=DeliveryState.CANCELLED, reason=f"taken back: {why}")
    )
    return session.connection().execute(statement).rowcount == 1


def requeue(session: Session, delivery: Delivery) -> int | None:
    """Queue again, as given, what was taken back or failed under the same key; return its id.

    None when there is no such row, or when it is on its way, in doubt or sent.
    """
    values: dict[str, Any] = {name: getattr(delivery, name) for name in QUEUED_ANEW}
    statement = (
        update(Delivery)
        .where(col(Delivery.key) == delivery.key, col(Delivery.state).in_(MAY_BE_QUEUED_AGAIN))
        .values(state=DeliveryState.QUEUED, reason="", tries=0, **values)
    )
    if session.connection().execute(statement).rowcount != 1:
        return None
    return session.exec(select(Delivery.id).where(Delivery.key == delivery.key)).one()


def settle_sent(session: Session, delivery_id: int, *, url: str, now: datetime) -> bool:
    """Record that a person saw it stand at ``url``; False when nobody has to say so."""
    asked = (DeliveryState.IN_DOUBT, DeliveryState.BY_HAND, DeliveryState.FAILED)
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state).in_(asked))
        .values(state=DeliveryState.SENT, sent_at=now, url=url, reason="")
    )
    return session.connection().execute(statement).rowcount == 1


def settle_not_sent(session: Session, delivery_id: int, *, now: datetime) -> DeliveryState | None:
    """Record that a person looked and it does not stand there; return what it is now.

    What was in doubt is queued again, as if never tried; what a person was to post is cancelled,
    and so is what failed, now that somebody knows. None when nobody has to say so.
    """
    again: dict[str, Any] = {
        "state": DeliveryState.QUEUED, "tries": 0, "next_try_at": now,
        "reason": "it was in doubt, and a person saw that it was not sent",
    }  # fmt: skip
    dropped = {"state": DeliveryState.CANCELLED, "reason": "it was not posted by hand"}
    seen = {"state": DeliveryState.CANCELLED, "reason": "it failed, and a person took note"}
    ends = {
        DeliveryState.IN_DOUBT: again,
        DeliveryState.BY_HAND: dropped,
        DeliveryState.FAILED: seen,
    }
    for before, values in ends.items():
        statement = (
            update(Delivery)
            .where(col(Delivery.id) == delivery_id, col(Delivery.state) == before)
            .values(**values)
        )
        if session.connection().execute(statement).rowcount == 1:
            return DeliveryState(values["state"])
    return None


def next_to_leave(session: Session, *, limit: int) -> Sequence[Delivery]:
    """Return what would leave first if nothing held it back."""
    query = (
        select(Delivery)
        .where(Delivery.state == DeliveryState.QUEUED)
        .order_by(col(Delivery.next_try_at), col(Delivery.id))
        .limit(limit)
    )
    return session.exec(query).all()


def doubt_unsent(session: Session, *, reason: str, found: str) -> int:
    """Put in doubt whatever may have left since these rows were copied; return how many.

    What stands in doubt with the reason ``found`` already gets the better reason. Names no column
    that an older version of the table lacks.
    """
    statement = (
        update(Delivery)
        .where(
            or_(
                col(Delivery.state).in_((DeliveryState.QUEUED, DeliveryState.SENDING)),
                and_(col(Delivery.state) == DeliveryState.IN_DOUBT, col(Delivery.reason) == found),
            )
        )
        .values(state=DeliveryState.IN_DOUBT, reason=reason, lease_holder=None, lease_until=None)
    )
    return session.connection().execute(statement).rowcount
