"""Every query on the register of releases, and on what is read to fill it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from classifiers.tables import Issue, IssueState, Membership, Release, ReleaseFeed
from listener.tables import Post


def releases(session: Session, product_id: int | None = None) -> Sequence[Release]:
    """Return the releases of a product, or of all, the newest first."""
    query = select(Release).order_by(col(Release.released_at).desc(), col(Release.id).desc())
    if product_id is not None:
        query = query.where(Release.product_id == product_id)
    return session.exec(query).all()


def release_named(session: Session, product_id: int, version: str) -> Release | None:
    """Return the release of that version."""
    query = select(Release).where(Release.product_id == product_id, Release.version == version)
    return session.exec(query).first()


def keep_release(session: Session, row: Release) -> bool:
    """Add a release or bring it up to what is told now; return whether that changed anything."""
    known = release_named(session, row.product_id, row.version)
    if known is None:
        session.add(row)
        session.flush()
        return True
    told: dict[str, Any] = {
        "released_at": row.released_at,
        "url": row.url or known.url,
        "source": row.source,
        "names": row.names or known.names,
    }
    different = {name: value for name, value in told.items() if getattr(known, name) != value}
    for name, value in different.items():
        setattr(known, name, value)
    session.add(known)
    return bool(different.keys() - {"source"})


def remove_release(session: Session, row: Release) -> None:
    """Take a release out of the register."""
    session.delete(row)
    session.flush()


def feed_of(session: Session, product_id: int) -> ReleaseFeed | None:
    """Return how far a product's declared releases are read."""
    return session.get(ReleaseFeed, product_id)


def keep_feed(session: Session, row: ReleaseFeed) -> None:
    """Keep how far a product's declared releases are read."""
    session.merge(row)
    session.flush()


def issues_that_began(
    session: Session, product_id: int, after: datetime, before: datetime
) -> Sequence[Issue]:
    """Return the open issues that began between two moments, oldest first."""
    query = (
        select(Issue)
        .where(Issue.product_id == product_id, Issue.state != IssueState.RESOLVED)
        .where(Issue.first_seen_at >= after, Issue.first_seen_at <= before)
        .where(col(Issue.merged_into).is_(None))
        .order_by(col(Issue.id))
    )
    return session.exec(query).all()


def first_reports(session: Session, issue_id: int, *, limit: int) -> Sequence[datetime]:
    """Return when the earliest posts of an issue were written."""
    query = (
        select(Post.published_at)
        .join(Membership, col(Membership.post_id) == Post.id)
        .where(Membership.issue_id == issue_id, col(Post.erased_at).is_(None))
        .order_by(col(Post.published_at), col(Post.id))
    )
    return session.exec(query.limit(limit)).all()


def issues_until(session: Session, issue: Issue) -> int:
    """Return how many whole issues of its product began before this one."""
    query = (
        select(func.count())
        .select_from(Issue)
        .where(Issue.product_id == issue.product_id, Issue.kind == "issue")
        .where(col(Issue.merged_into).is_(None), Issue.first_seen_at < issue.first_seen_at)
        .where(Issue.id != issue.id)
    )
    return int(session.exec(query).one())


def listening_since(session: Session, product_id: int) -> datetime | None:
    """Return when the earliest post that was not there before us was heard."""
    query = select(func.min(Post.seen_at)).where(Post.product_id == product_id)
    return session.exec(query.where(~col(Post.backfill))).one()
