"""Every query of the on-call room: which issues nobody has been told of, and what is known."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from classifiers.tables import Emergence, Issue, IssueKind, Membership
from listener.tables import Post
from responders.oncall.tables import Alert

SILENCED = frozenset({"muted", "snoozed", "not-an-issue"})


def unalerted(session: Session, product_id: int) -> Sequence[Issue]:
    """Return the issues that passed the level and of which no alert was raised, oldest first."""
    raised = select(Alert.id).where(Alert.issue_id == Issue.id).exists()
    query = (
        select(Issue)
        .where(Issue.product_id == product_id, Issue.kind == IssueKind.ISSUE)
        .where(col(Issue.alerted_at).is_not(None), col(Issue.merged_into).is_(None), ~raised)
        .order_by(col(Issue.alerted_at), col(Issue.id))
    )
    return [row for row in session.exec(query).all() if not SILENCED.intersection(row.flags)]


def latest_emergence(session: Session, issue_id: int) -> Emergence | None:
    """Return the evidence that last passed the level."""
    query = select(Emergence).where(Emergence.issue_id == issue_id)
    return session.exec(query.order_by(col(Emergence.id).desc()).limit(1)).first()


def post_times(session: Session, issue_id: int, *, since: datetime) -> Sequence[datetime]:
    """Return when the issue's posts of late were written."""
    query = (
        select(Post.published_at)
        .join(Membership, col(Membership.post_id) == Post.id)
        .where(Membership.issue_id == issue_id, Post.published_at >= since)
        .where(col(Post.erased_at).is_(None))
    )
    return session.exec(query).all()


def erased_posts(session: Session, ids: Sequence[int]) -> set[int]:
    """Return which of these posts may no longer be quoted."""
    query = select(Post.id).where(col(Post.id).in_(list(ids)), col(Post.erased_at).is_not(None))
    return {found for found in session.exec(query).all() if found is not None}


def count_threads(session: Session, issue_id: int) -> int:
    """Return in how many threads people write about the issue."""
    query = (
        select(func.count(func.distinct(Post.thread_id)))
        .join(Membership, col(Membership.post_id) == Post.id)
        .where(Membership.issue_id == issue_id)
    )
    return int(session.exec(query).one())


def count_alerts(session: Session, product_id: int, *, now: datetime) -> int:
    """Return how many alerts of the product were raised in the last seven days."""
    query = (
        select(func.count(col(Alert.id)))
        .where(Alert.product_id == product_id)
        .where(Alert.raised_at > now - timedelta(days=7))
    )
    return int(session.exec(query).one())
