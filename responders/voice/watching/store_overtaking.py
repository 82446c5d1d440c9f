"""What the respond pass reads and changes of replies that were overtaken before they left.

Apart from store_respond.py, because these queries also look at what was approved already.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import Session, col, select, update

from classifiers.tables import IssueEvent
from listener.tables import Post, Thread
from responders.delivery import store as outbox
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.store import LIVE
from responders.voice.tables import Draft, DraftState, DraftVersion
from responders.voice.watching.overtaking import OurWord

STAFF = "staff"
NOT_GONE = (DeliveryState.QUEUED, DeliveryState.FAILED, DeliveryState.CANCELLED)
"""Nothing stands at the place, and nothing is on its way at this moment. What is in a person's
hands is left to them: what we hear of ours there may be that very text."""


@dataclass(frozen=True)
class NotLeft:
    """A reply with its thread, its post and its message."""

    draft: Draft
    thread: Thread
    post: Post | None
    message: Delivery | None


def not_left(session: Session, product_id: int) -> Sequence[NotLeft]:
    """Return the replies that have not left."""
    query = (
        select(Draft, Thread, Post, Delivery)
        .join(Thread, col(Thread.id) == col(Draft.thread_id))
        .join(Post, col(Post.id) == col(Draft.post_id), isouter=True)
        .join(Delivery, col(Delivery.id) == col(Draft.delivery_id), isouter=True)
        .where(Draft.product_id == product_id, col(Draft.state).in_(LIVE))
        .where(
            or_(
                col(Draft.state) == DraftState.PENDING,
                col(Delivery.id).is_(None),
                col(Delivery.state).in_(NOT_GONE),
            )
        )
        .order_by(col(Draft.id))
    )
    return [NotLeft(*row) for row in session.exec(query).all()]


def our_words(session: Session, thread_ids: Collection[int]) -> Mapping[int, Sequence[OurWord]]:
    """Return what people of ours wrote in each thread with their own accounts, oldest first.

    Not the texts that we sent and heard back.
    """
    query = (
        select(Post.thread_id, Post.published_at, Post.seen_at)
        .where(col(Post.thread_id).in_(list(thread_ids)), Post.role == STAFF)
        .where(col(Post.erased_at).is_(None), ~col(Post.ours))
        .order_by(col(Post.published_at), col(Post.id))
    )
    found: dict[int, list[OurWord]] = {number: [] for number in thread_ids}
    for thread_id, written_at, heard_at in session.exec(query).all():
        if thread_id is not None:
            found[thread_id].append(OurWord(written_at, heard_at))
    return found


def phases_began(session: Session, issue_ids: Collection[int]) -> Mapping[int, datetime]:
    """Return when each issue came into its present state, those that never changed left out."""
    query = (
        select(IssueEvent.issue_id, func.max(IssueEvent.at))
        .where(col(IssueEvent.issue_id).in_(list(issue_ids)), IssueEvent.kind == "state")
        .group_by(col(IssueEvent.issue_id))
    )
    return dict(session.exec(query).all())


def worded_at(session: Session, draft: Draft) -> datetime:
    """Return when the newest text of a draft took its place."""
    query = select(func.max(DraftVersion.at)).where(DraftVersion.draft_id == draft.id)
    return session.exec(query).one() or draft.created_at


def call_back(session: Session, draft: Draft, *, reason: str) -> bool:
    """Make a reply stale and take its message back; False when it left, or changed, meanwhile."""
    message = draft.delivery_id if draft.state is not DraftState.PENDING else None
    row = session.get(Delivery, message, populate_existing=True) if message else None
    went_nowhere = row is None or row.state in (DeliveryState.FAILED, DeliveryState.CANCELLED)
    if row is not None and not went_nowhere and not outbox.cancel(session, row.id or 0):
        return False
    at = col(Draft.decided_at)
    statement = (
        update(Draft)
        .where(col(Draft.id) == draft.id, col(Draft.state) == draft.state)
        .where(col(Draft.version) == draft.version)
        .where(at.is_(None) if draft.decided_at is None else at == draft.decided_at)
        .values(state=DraftState.STALE, reason=reason)
    )
    if session.connection().execute(statement).rowcount != 1:
        raise Overtaken
    return True


class Overtaken(Exception):
    """A person was faster: nothing of the change may stay."""
