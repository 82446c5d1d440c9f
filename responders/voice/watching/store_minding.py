"""What the voice asks to have minded: its texts at places, posts it speaks of, answers to it.

Apart from the other stores, because these rows are handed down or come back up between passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from classifiers.tables import Issue, IssueEvent, IssueState, Membership
from listener.tables import OwnPost, Post, Source, Thread, Watch
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.store import LIVE
from responders.voice.tables import Answer, Draft, Told

UNSAID = (DeliveryState.FAILED, DeliveryState.CANCELLED)
"""Nothing stands anywhere because of these."""
AT_ONCE = 500


@dataclass(frozen=True)
class Heard:
    """An answer to us with what it is about."""

    post: Post
    thread: Thread
    source: Source
    issue: Issue
    contradicts: bool


def unminded(session: Session) -> Sequence[tuple[Draft, Delivery, Thread]]:
    """Return the texts for threads that the listener does not know as they are now."""
    query = (
        select(Draft, Delivery, Thread)
        .join(Delivery, col(Delivery.id) == col(Draft.delivery_id))
        .join(Thread, col(Thread.id) == col(Draft.thread_id))
        .join(OwnPost, col(OwnPost.name) == col(Delivery.key), isouter=True)
        .where(col(Delivery.state).not_in(UNSAID), Delivery.text != "")
        .where(
            or_(
                col(OwnPost.name).is_(None),
                col(OwnPost.url).is_distinct_from(col(Delivery.url)),
                col(OwnPost.remote_id).is_distinct_from(col(Delivery.remote_id)),
                col(OwnPost.sent_at).is_distinct_from(col(Delivery.sent_at)),
            )
        )
        .order_by(col(Delivery.id))
        .limit(AT_ONCE)
    )
    return [(draft, delivery, thread) for draft, delivery, thread in session.exec(query).all()]


def unwatched(session: Session, *, before: datetime, told_since: datetime) -> Sequence[int]:
    """Return the posts we speak of, or spoke of lately, whose watch ends before then."""
    ends = or_(col(Watch.until).is_(None), col(Watch.until) < before)
    drafted = (
        select(Post.id)
        .join(Membership, col(Membership.post_id) == Post.id)
        .join(Draft, col(Draft.thread_id) == col(Post.thread_id))
        .join(Watch, col(Watch.post_id) == Post.id, isouter=True)
        .where(col(Draft.issue_id) == col(Membership.issue_id), col(Draft.state).in_(LIVE))
        .where(col(Post.erased_at).is_(None), ends)
    )
    told = (
        select(Post.id)
        .join(Told, col(Told.thread_id) == col(Post.thread_id))
        .join(Membership, col(Membership.post_id) == Post.id, isouter=True)
        .join(Watch, col(Watch.post_id) == Post.id, isouter=True)
        .where(or_(col(Membership.issue_id) == col(Told.issue_id), col(Post.answers_us)))
        .where(col(Told.told_at) > told_since, col(Post.erased_at).is_(None), ends)
    )
    found = {
        post_id
        for query in (drafted, told)
        for post_id in session.exec(query.distinct().limit(AT_ONCE)).all()
        if post_id is not None
    }
    return sorted(found)


def unread_answers(session: Session, product_id: int) -> Sequence[Post]:
    """Return the answers that were not read yet, or not since they were edited, as they came."""
    query = (
        select(Post)
        .join(Answer, col(Answer.post_id) == Post.id, isouter=True)
        .where(Post.product_id == product_id, col(Post.answers_us), col(Post.erased_at).is_(None))
        .where(or_(col(Answer.post_id).is_(None), col(Answer.revision) != col(Post.revision)))
        .where(col(Post.thread_id).in_(select(Told.thread_id)))
        .order_by(col(Post.seen_at), col(Post.id))
        .limit(AT_ONCE)
    )
    return session.exec(query).all()


def told_before(session: Session, post: Post) -> Told | None:
    """Return what stood in a post's thread last when it was written, else what came first there."""
    here = select(Told).where(Told.thread_id == post.thread_id)
    earlier = here.where(Told.told_at <= post.published_at)
    last = session.exec(earlier.order_by(col(Told.told_at).desc(), col(Told.id).desc())).first()
    return last or session.exec(here.order_by(col(Told.told_at), col(Told.id))).first()


def answers_waiting(session: Session, *, limit: int) -> Sequence[Heard]:
    """Return the answers to us that nobody answered since, those against a fix first.

    One goes from here when we tell its thread something later, or when somebody of ours writes
    there; thanks need no answer, and go with their issue's end.

    Args:
        session: an open session.
        limit: at the most so many.
    """
    ours = aliased(Post)
    later = (
        select(Told.id)
        .where(Told.thread_id == Answer.thread_id, col(Told.told_at) > col(Post.published_at))
        .exists()
    )
    by_hand = (
        select(ours.id)
        .where(ours.thread_id == Answer.thread_id, col(ours.role) == "staff")
        .where(col(ours.published_at) > col(Post.published_at))
        .exists()
    )
    over = and_(col(Issue.state) == IssueState.RESOLVED, ~col(Answer.contradicts))
    whole: Any = select(Post, Thread, Source, Issue)  # sqlmodel types four entities at the most
    query = (
        whole.add_columns(col(Answer.contradicts))
        .join(Answer, col(Answer.post_id) == Post.id)
        .join(Thread, col(Thread.id) == col(Answer.thread_id))
        .join(Source, col(Source.id) == col(Post.source_id))
        .join(Issue, col(Issue.id) == col(Answer.issue_id))
        .where(col(Post.erased_at).is_(None), ~later, ~by_hand, ~over)
        .order_by(col(Answer.contradicts).desc(), col(Post.published_at).desc(), col(Post.id))
    )
    return [Heard(*row) for row in session.exec(query.limit(limit)).all()]


def times_said(session: Session, issue_ids: Sequence[int]) -> int:
    """Count how often people said how far an issue is: each time it may be called fixed anew."""
    query = select(func.count(col(IssueEvent.id))).where(
        col(IssueEvent.issue_id).in_(issue_ids), IssueEvent.kind == "state"
    )
    return session.exec(query).one()


def contradicted_issues(session: Session) -> set[int]:
    """Return the issues of which an answer to us, not answered yet, says that it is not over."""
    heard = answers_waiting(session, limit=AT_ONCE)
    return {one.issue.id or 0 for one in heard if one.contradicts}


def count_answers(session: Session, thread_ids: Sequence[int]) -> dict[int, int]:
    """Return how many answers to us each thread has, erased ones left out."""
    query = (
        select(Answer.thread_id)
        .join(Post, col(Post.id) == col(Answer.post_id))
        .where(col(Answer.thread_id).in_(list(thread_ids)), col(Post.erased_at).is_(None))
    )
    found: dict[int, int] = {}
    for thread_id in session.exec(query).all():
        found[thread_id] = found.get(thread_id, 0) + 1
    return found
