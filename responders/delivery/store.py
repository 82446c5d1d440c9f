"""Every query on the outbox's tables.

A claim adds one to ``tries``; the number is the claim's own. Whoever comes late with an answer
writes only where the number is still theirs, so nobody writes over a later try.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import Session, col, select, update

from config.leases import holder_is_dead
from responders.delivery.erasures import erased_members
from responders.delivery.tables import Delivery, DeliveryState, Rest

SENDING = DeliveryState.SENDING
ALERT = "alert"
"""The kind of delivery that is drawn from all posts of its issue."""


def queue(session: Session, delivery: Delivery) -> bool:
    """Put a message into the outbox; returns False when its key stands there already."""
    known = select(Delivery.id).where(Delivery.key == delivery.key)
    if session.exec(known).first() is not None:
        return False
    session.add(delivery)
    return True


def due(session: Session, *, now: datetime, limit: int) -> Sequence[Delivery]:
    """Return what is to leave now, the longest due first; no alert with words since erased."""
    query = (
        select(Delivery)
        .where(Delivery.state == DeliveryState.QUEUED, Delivery.next_try_at <= now)
        .where(~_outdated())
        .order_by(col(Delivery.next_try_at), col(Delivery.id))
        .limit(limit)
    )
    return session.exec(query).all()


def outdated(session: Session, product_id: int) -> Sequence[Delivery]:
    """Return the queued alerts of a product that must be drawn anew before they may leave."""
    query = (
        select(Delivery)
        .where(Delivery.product_id == product_id, Delivery.state == DeliveryState.QUEUED)
        .where(_outdated())
        .order_by(col(Delivery.id))
    )
    return session.exec(query).all()


def _outdated() -> ColumnElement[bool]:
    """Tell whether a post of the issue was erased since the alert was drawn."""
    without = erased_members(col(Delivery.issue_id))
    return and_(col(Delivery.kind) == ALERT, col(Delivery.drawn_without) != without)


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


def claim(session: Session, delivery_id: int, *, holder: str, until: datetime) -> Delivery | None:
    """Take a queued message for sending; None when another process or an erasure was first."""
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state) == DeliveryState.QUEUED)
        .where(~_outdated())
        .values(
            state=SENDING,
            tries=col(Delivery.tries) + 1,
            lease_holder=holder,
            lease_until=until,
        )
    )
    if session.connection().execute(statement).rowcount != 1:
        return None
    return session.get_one(Delivery, delivery_id)


def abandoned(session: Session, *, now: datetime) -> Sequence[Delivery]:
    """Return what was being sent when its sender's time ran out, or its process died."""
    rows = session.exec(
        select(Delivery).where(Delivery.state == SENDING).order_by(col(Delivery.id))
    ).all()
    return [row for row in rows if lease_ran_out(row, now=now) or _is_orphan(row)]


def lease_ran_out(row: Delivery, *, now: datetime) -> bool:
    """Tell whether the sender had all the time it may take."""
    return row.lease_until is None or row.lease_until <= now


def _is_orphan(row: Delivery) -> bool:
    return row.lease_holder is None or holder_is_dead(row.lease_holder)


def take_over(session: Session, row: Delivery, *, holder: str, until: datetime) -> bool:
    """Take an abandoned message for settling; False when another process was first."""
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.id, col(Delivery.state) == SENDING)
        .where(col(Delivery.tries) == row.tries, col(Delivery.lease_until) == row.lease_until)
        .values(lease_holder=holder, lease_until=until)
    )
    return session.connection().execute(statement).rowcount == 1


def record_sent(
    session: Session, row: Delivery, *, at: datetime, remote_id: str | None, url: str | None
) -> bool:
    """Record the receipt of a try; a late one still counts while no later try began."""
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.id, col(Delivery.tries) == row.tries)
        .where(col(Delivery.state) != DeliveryState.SENT)
        .values(
            state=DeliveryState.SENT,
            sent_at=at,
            remote_id=remote_id,
            url=url,
            reason="",
            lease_holder=None,
            lease_until=None,
        )
    )
    return session.connection().execute(statement).rowcount == 1


def record_other(session: Session, row: Delivery, *, holder: str, **values: Any) -> bool:
    """Record any other end of our own try; False when it is no longer ours."""
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.id, col(Delivery.tries) == row.tries)
        .where(col(Delivery.state) == SENDING, col(Delivery.lease_holder) == holder)
        .values(lease_holder=None, lease_until=None, **values)
    )
    return session.connection().execute(statement).rowcount == 1


def rest(session: Session, destination: str, *, until: datetime) -> None:
    """Send nothing to a destination before ``until``; a longer rest already asked for stays."""
    row = session.get(Rest, destination)
    if row is None or row.until < until:
        session.merge(Rest(destination=destination, until=until))


def resting(session: Session, *, now: datetime) -> set[str]:
    """Return the destinations that want silence now."""
    return set(session.exec(select(Rest.destination).where(Rest.until > now)).all())


def counts(session: Session) -> Mapping[str, int]:
    """Return how many messages are in which state."""
    rows = session.exec(select(Delivery.state, func.count()).group_by(col(Delivery.state))).all()
    return {str(state): count for state, count in rows}


def backoff(tries: int, *, retry_s: float, longest_s: float = 3600.0) -> timedelta:
    """Return the wait before the next try: doubled each time, an hour at most.

    After the third try with ``retry_s`` 30 it is 120 s.
    """
    return timedelta(seconds=min(retry_s * 2.0 ** (tries - 1), longest_s))
