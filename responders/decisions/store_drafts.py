"""What acts read and change of drafts: each change on the row as it was read.

Apart from the voice's own store, because these queries serve the acts only: they hold a draft until
the act is over, and change it by a conditional update.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from classifiers.tables import Membership
from listener.tables import Post, Source, Thread
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import Draft, DraftState, DraftVersion

LIVE = (DraftState.PENDING, DraftState.APPROVED, DraftState.QUEUED)
DECIDED = (DraftState.APPROVED, DraftState.QUEUED)
STAYED = (DeliveryState.FAILED, DeliveryState.CANCELLED)
"""Deliveries that went nowhere, for certain."""


def hold(session: Session, draft_id: int) -> Draft | None:
    """Return a draft as it is now, held until the transaction ends."""
    return session.get(Draft, draft_id, with_for_update=True, populate_existing=True)


def hold_delivery(session: Session, delivery_id: int) -> Delivery | None:
    """Return a delivery as it is now, held likewise."""
    return session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)


def change(session: Session, draft: Draft, **values: Any) -> bool:
    """Change a draft if state, version and text are still those read."""
    statement = (
        update(Draft)
        .where(col(Draft.id) == draft.id, col(Draft.state) == draft.state)
        .where(col(Draft.version) == draft.version, col(Draft.text_sha256) == draft.text_sha256)
        .values(**values)
    )
    if session.connection().execute(statement).rowcount != 1:
        return False
    session.refresh(draft)
    return True


def add(session: Session, draft: Draft) -> int:
    """Store a draft that a person wrote; return its id."""
    session.add(draft)
    session.flush()
    if draft.id is None:
        raise ValueError("the store gave the draft no id")
    return draft.id


def keep_version(session: Session, draft: Draft, *, at: datetime) -> None:
    """Keep the text of a draft as an earlier version, replaced at this moment."""
    session.add(
        DraftVersion(
            draft_id=draft.id or 0,
            version=draft.version,
            text=draft.text,
            text_sha256=draft.text_sha256,
            by=draft.edited_by,
            at=at,
        )
    )
    session.flush()


def last_rewritten_at(session: Session, draft_id: int) -> datetime | None:
    """Return when the newest text of a draft took the place of another."""
    query = select(DraftVersion.at).where(DraftVersion.draft_id == draft_id)
    return session.exec(query.order_by(col(DraftVersion.version).desc()).limit(1)).first()


def queue_delivery(session: Session, delivery: Delivery) -> int | None:
    """Put a new delivery into the outbox; None when one with its key stands there already."""
    known = select(Delivery.id).where(Delivery.key == delivery.key)
    if session.exec(known).first() is not None:
        return None
    session.add(delivery)
    session.flush()
    return delivery.id


def draft_of_delivery(session: Session, delivery_id: int) -> Draft | None:
    """Return the draft that a delivery sends, held until the transaction ends."""
    query = select(Draft.id).where(Draft.delivery_id == delivery_id)
    draft_id = session.exec(query).first()
    return hold(session, draft_id) if draft_id is not None else None


def post_was_erased(session: Session, post_id: int | None) -> bool:
    """Tell whether the post that a draft answers was erased."""
    post = session.get(Post, post_id) if post_id is not None else None
    return post is not None and post.erased_at is not None


def stale(
    session: Session, issue_id: int, *, reason: str, post_ids: Collection[int] | None = None
) -> int:
    """Take the undecided drafts of an issue away with the reason; return how many.

    Args:
        session: an open session.
        issue_id: the issue.
        reason: what the person reads who looks for them.
        post_ids: only those that answer one of these posts.
    """
    stayed = select(Delivery.id).where(col(Delivery.state).in_(STAYED))
    undecided = or_(
        col(Draft.state) == DraftState.PENDING,
        col(Draft.state).in_(DECIDED) & col(Draft.delivery_id).in_(stayed),
    )
    statement = update(Draft).where(col(Draft.issue_id) == issue_id, undecided)
    if post_ids is not None:
        statement = statement.where(col(Draft.post_id).in_(list(post_ids)))
    values = {"state": DraftState.STALE, "reason": reason}
    return session.connection().execute(statement.values(**values)).rowcount


@dataclass(frozen=True)
class Place:
    """Where a reply would go."""

    thread: Thread
    source: Source


def place_at(session: Session, url: str) -> Place | None:
    """Return the thread with an address of its own or of one of its posts."""
    by_post = select(Post.thread_id).where(Post.url == url)
    query = (
        select(Thread, Source)
        .join(Source, col(Source.id) == col(Thread.source_id))
        .where(or_(col(Thread.url) == url, col(Thread.id).in_(by_post)))
        .order_by(col(Thread.id))
    )
    found = session.exec(query).first()
    return Place(*found) if found else None


def first_post(session: Session, thread_id: int, issue_id: int) -> Post | None:
    """Return the first post of an issue in a thread that was not erased."""
    query = (
        select(Post)
        .join(Membership, col(Membership.post_id) == col(Post.id))
        .where(Post.thread_id == thread_id, Membership.issue_id == issue_id)
        .where(col(Post.erased_at).is_(None))
        .order_by(col(Post.seen_at), col(Post.id))
    )
    return session.exec(query).first()


def drafts_in(session: Session, *, thread_id: int, issue_id: int) -> Sequence[Draft]:
    """Return the drafts about an issue for a thread, oldest first."""
    query = select(Draft).where(Draft.thread_id == thread_id, Draft.issue_id == issue_id)
    return session.exec(query.order_by(col(Draft.id))).all()


@dataclass(frozen=True)
class Open:
    """A draft that waits for a decision, with where it would go."""

    draft: Draft
    delivery: Delivery | None
    thread: Thread | None
    source: Source | None


def open_drafts(session: Session, issue_id: int) -> Sequence[Open]:
    """Return the drafts of an issue that wait for a decision, the page's first, then as made."""
    stayed = col(Draft.state).in_(DECIDED) & col(Delivery.state).in_(STAYED)
    query = (
        select(Draft, Delivery, Thread, Source)
        .join(Delivery, col(Delivery.id) == col(Draft.delivery_id), isouter=True)
        .join(Thread, col(Thread.id) == col(Draft.thread_id), isouter=True)
        .join(Source, col(Source.id) == col(Thread.source_id), isouter=True)
        .where(Draft.issue_id == issue_id)
        .where(or_(col(Draft.state) == DraftState.PENDING, stayed))
        .order_by(col(Draft.thread_id).is_not(None), col(Draft.id))
    )
    return [Open(*row) for row in session.exec(query).all()]


def versions(session: Session, draft_id: int) -> Sequence[DraftVersion]:
    """Return the earlier texts of a draft, oldest first."""
    query = select(DraftVersion).where(DraftVersion.draft_id == draft_id)
    return session.exec(query.order_by(col(DraftVersion.version))).all()
