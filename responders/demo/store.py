"""Every query that only the demo asks: what has come about since the day began."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from classifiers.tables import Membership
from listener.tables import Post, Source
from responders.delivery.tables import Delivery
from responders.voice.tables import Draft


def first_draft(session: Session, issue_id: int) -> Draft | None:
    """Return the first draft that was written for an issue."""
    query = select(Draft).where(Draft.issue_id == issue_id).order_by(col(Draft.id)).limit(1)
    return session.exec(query).first()


def count_drafts(session: Session, issue_id: int) -> int:
    """Return how many drafts an issue has."""
    query = select(func.count(col(Draft.id))).where(Draft.issue_id == issue_id)
    return int(session.exec(query).one())


def count_history(session: Session) -> int:
    """Return how many posts were history when they were heard."""
    return int(session.exec(select(func.count(col(Post.id))).where(col(Post.backfill))).one())


def count_elsewhere(session: Session) -> int:
    """Return how many fresh posts are about something else than the product."""
    query = select(func.count(col(Post.id))).where(~col(Post.relevant), ~col(Post.backfill))
    return int(session.exec(query).one())


def count_judged(session: Session) -> int:
    """Return how many posts the classifiers have decided."""
    return int(session.exec(select(func.count(col(Membership.post_id)))).one())


def deliveries(session: Session, issue_id: int) -> Sequence[Delivery]:
    """Return what was sent, or will be, for an issue."""
    query = select(Delivery).where(Delivery.issue_id == issue_id).order_by(col(Delivery.id))
    return session.exec(query).all()


def members(session: Session, issue_id: int) -> Sequence[tuple[str, str]]:
    """Return the source's name and the remote id of each post of an issue."""
    query = (
        select(Source.name, Post.remote_id)
        .join(Post, col(Post.source_id) == Source.id)
        .join(Membership, col(Membership.post_id) == Post.id)
        .where(Membership.issue_id == issue_id)
    )
    return [(name, remote_id) for name, remote_id in session.exec(query).all()]
