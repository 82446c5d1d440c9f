"""What is read and written when a text was sent and when a promise falls due.

Apart from the other stores, because it follows from what left, not from what people report.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select, update

from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.addressing import PAGE
from responders.voice.tables import Draft, DraftState, Promise, PromiseState

ON_THEIR_WAY = (DraftState.APPROVED, DraftState.QUEUED)


def unrecorded(session: Session) -> Sequence[tuple[Draft, Delivery]]:
    """Return the drafts whose text was sent and not recorded yet, in the order they were sent."""
    query = (
        select(Draft, Delivery)
        .join(Delivery, col(Delivery.id) == col(Draft.delivery_id))
        .where(col(Draft.state).in_(ON_THEIR_WAY), Delivery.state == DeliveryState.SENT)
        .order_by(col(Delivery.sent_at), col(Draft.id))
    )
    return [(draft, delivery) for draft, delivery in session.exec(query).all()]


def set_sent(session: Session, draft: Draft, delivery: Delivery) -> bool:
    """Mark a draft as standing in public; False when that was done already."""
    sent = (
        select(Delivery.id)
        .where(Delivery.id == delivery.id, Delivery.state == DeliveryState.SENT)
        .exists()
    )
    statement = (
        update(Draft)
        .where(col(Draft.id) == draft.id, col(Draft.state).in_(ON_THEIR_WAY), sent)
        .values(state=DraftState.SENT)
    )
    return session.connection().execute(statement).rowcount == 1


def has_entry(session: Session, issue_id: int) -> bool:
    """Tell whether an issue has an entry of its own on the page."""
    query = select(Draft.id).where(
        Draft.issue_id == issue_id, Draft.channel == PAGE, Draft.state == DraftState.SENT
    )
    return session.exec(query.limit(1)).first() is not None


def settle(
    session: Session, issues: Collection[int], *, at: datetime, but: datetime | None
) -> None:
    """Note that the word came at ``at`` which was promised before then for some issues.

    In time keeps a promise, also one that was called broken in between; late leaves it broken.

    Args:
        session: a transaction.
        issues: whose promises.
        at: when the word came.
        but: a promise that the same word repeats, which therefore stays open.
    """
    query = select(Promise).where(
        col(Promise.issue_id).in_(list(issues)), col(Promise.settled_at).is_(None)
    )
    for row in session.exec(query.with_for_update()).all():
        if row.due_at != but and row.made_at <= at:
            row.settled_at = at
            row.state = PromiseState.KEPT if at <= row.due_at else PromiseState.BROKEN
            session.add(row)


def promise(session: Session, draft: Draft, *, due: datetime, at: datetime) -> None:
    """Note that the next word on an issue was promised by ``due``; many texts make one promise.

    A promise that a word kept before is open again: somebody reads it now.
    """
    query = select(Promise).where(Promise.issue_id == draft.issue_id, Promise.due_at == due)
    row = session.exec(query.with_for_update()).first()
    if row is None:
        row = Promise(product_id=draft.product_id, issue_id=draft.issue_id, due_at=due, made_at=at)
    elif row.settled_at is not None and row.settled_at < at:
        row.state, row.made_at = PromiseState.OPEN, at
        row.settled_at = row.reminded_at = None
    session.add(row)


def open_promises(session: Session, product_id: int) -> Sequence[Promise]:
    """Return the promises of a product that may still be kept, the soonest due first."""
    query = select(Promise).where(
        Promise.product_id == product_id,
        Promise.state == PromiseState.OPEN,
        col(Promise.settled_at).is_(None),
    )
    return session.exec(query.order_by(col(Promise.due_at), col(Promise.id))).all()


def set_reminded(session: Session, row: Promise, *, at: datetime) -> bool:
    """Note that people were reminded; False when they were, or when the word came."""
    return _change(session, row, col(Promise.reminded_at).is_(None), reminded_at=at)


def set_broken(session: Session, row: Promise) -> bool:
    """Note that the time passed without the word; False when it came, or was noted."""
    return _change(session, row, col(Promise.due_at) == row.due_at, state=PromiseState.BROKEN)


def _change(session: Session, row: Promise, also: ColumnElement[bool], **values: object) -> bool:
    statement = (
        update(Promise)
        .where(col(Promise.id) == row.id, col(Promise.state) == PromiseState.OPEN, also)
        .where(col(Promise.settled_at).is_(None))
        .values(**values)
    )
    return session.connection().execute(statement).rowcount == 1


def count_waiting(session: Session, issues: Collection[int]) -> int:
    """Return how many drafts of some issues wait for a decision."""
    query = select(func.count(col(Draft.id))).where(
        col(Draft.issue_id).in_(list(issues)), Draft.state == DraftState.PENDING
    )
    return int(session.exec(query).one())


@dataclass(frozen=True)
class Kept:
    """How many promises there are of each kind."""

    open: int = 0
    kept: int = 0
    broken: int = 0
    """Those that were made good late too."""
    overdue: int = 0
    """Broken, and the word is still owed."""


def counted(rows: Iterable[Promise]) -> Kept:
    """Count promises by what became of them."""
    states = [(row.state, row.settled_at is None) for row in rows]
    return Kept(
        open=sum(state is PromiseState.OPEN for state, _ in states),
        kept=sum(state is PromiseState.KEPT for state, _ in states),
        broken=sum(state is PromiseState.BROKEN for state, _ in states),
        overdue=sum(state is PromiseState.BROKEN and owed for state, owed in states),
    )


def promises(session: Session, issue_id: int | None = None) -> Sequence[Promise]:
    """Return promises, the soonest due first; of one issue if it is named."""
    query = select(Promise).order_by(col(Promise.due_at), col(Promise.id))
    if issue_id is not None:
        query = query.where(Promise.issue_id == issue_id)
    return session.exec(query).all()
