"""Every query on the classifiers' tables that people's views and later stages ask.

What the live pass writes stands in store_decisions.py, what people change in store_changes.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, func, literal
from sqlmodel import Session, col, select

from classifiers.tables import Emergence, Issue, IssueEvent, IssueState, Membership
from listener.tables import Post

REFERENCE = "GS-"
MAX_ID = 2**31 - 1
MAX_DIGITS = 10


@dataclass(frozen=True)
class Counts:
    """How many posts, people and places stand behind an issue."""

    posts: int = 0
    authors: int = 0
    sources: int = 0


def reference(issue_id: int) -> str:
    """Return the public reference of an issue, such as ``GS-7``."""
    return f"{REFERENCE}{issue_id}"


def issue_id_from(text: str) -> int | None:
    """Read a reference as people write it: ``GS-7``, ``gs-7`` or ``7``."""
    return row_id_from(text.strip().upper().removeprefix(REFERENCE))


def row_id_from(text: str) -> int | None:
    """Read the id of a row; None for what cannot be one, also a number no database holds."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if is_number and int(text) <= MAX_ID else None


def issues(session: Session, *, everything: bool = False) -> Sequence[Issue]:
    """Return issues, the newest first; without ``everything`` only open ones that alerted."""
    query = select(Issue).order_by(col(Issue.id).desc())
    if not everything:
        query = query.where(
            Issue.state != IssueState.RESOLVED,
            Issue.kind == "issue",
            col(Issue.merged_into).is_(None),
        )
    return session.exec(query).all()


def issue_with_id(session: Session, issue_id: int) -> Issue | None:
    """Return one issue."""
    return session.get(Issue, issue_id)


def issues_before(session: Session, issue: Issue, *, limit: int) -> Sequence[Issue]:
    """Return the whole issues of its product that are older than this one, the newest first."""
    query = (
        select(Issue)
        .where(Issue.product_id == issue.product_id, Issue.kind == "issue")
        .where(col(Issue.id) < issue.id, col(Issue.merged_into).is_(None))
        .order_by(col(Issue.id).desc())
    )
    return session.exec(query.limit(limit)).all()


def events(session: Session, issue_id: int) -> Sequence[IssueEvent]:
    """Return what happened to an issue, oldest first."""
    query = select(IssueEvent).where(IssueEvent.issue_id == issue_id)
    return session.exec(query.order_by(col(IssueEvent.at), col(IssueEvent.id))).all()


def emergences(session: Session, issue_id: int) -> Sequence[Emergence]:
    """Return the evidence of an issue, oldest first."""
    query = select(Emergence).where(Emergence.issue_id == issue_id)
    return session.exec(query.order_by(col(Emergence.id))).all()


def counts(session: Session, issue_ids: Iterable[int]) -> Mapping[int, Counts]:
    """Return the counts of issues; an author no source names counts as one person each."""
    person = func.coalesce(Post.author_key, literal("post").concat(cast(col(Post.id), String)))
    query = (
        select(
            Membership.issue_id,
            func.count(),
            func.count(func.distinct(person)),
            func.count(func.distinct(Post.source_id)),
        )
        .join(Post, col(Post.id) == Membership.post_id)
        .where(col(Membership.issue_id).in_(list(issue_ids)))
        .group_by(col(Membership.issue_id))
    )
    return {row[0]: Counts(*row[1:]) for row in session.exec(query).all() if row[0] is not None}


def posts_of_issue(session: Session, issue_id: int, *, newest: int | None = None) -> Sequence[Post]:
    """Return the posts of an issue in order of arrival, erased ones left out.

    Args:
        session: an open session.
        issue_id: the issue.
        newest: only so many, the latest arrivals; all when None.
    """
    query = (
        select(Post)
        .join(Membership, col(Membership.post_id) == Post.id)
        .where(Membership.issue_id == issue_id, col(Post.erased_at).is_(None))
    )
    if newest is None:
        return session.exec(query.order_by(col(Post.seen_at), col(Post.id))).all()
    latest = query.order_by(col(Post.seen_at).desc(), col(Post.id).desc()).limit(newest)
    return list(reversed(session.exec(latest).all()))


def count_usual(session: Session, product_id: int, *, before: datetime) -> int:
    """Return how many judged posts of people tell what is usual: those written by ``before``."""
    query = (
        select(func.count())
        .select_from(Membership)
        .join(Post, col(Post.id) == Membership.post_id)
        .where(Membership.product_id == product_id, Post.published_at <= before)
        .where(col(Post.role).is_(None), col(Post.relevant), col(Membership.issue_id).is_(None))
        .where(col(Membership.duplicate_of).is_(None))  # a copied text counts once
    )
    return int(session.exec(query).one())


def memberships(session: Session, post_ids: Sequence[int]) -> Mapping[int, Membership]:
    """Return what was made of posts, by post id."""
    found: dict[int, Membership] = {}
    for start in range(0, len(post_ids), 500):
        part = list(post_ids[start : start + 500])
        query = select(Membership).where(col(Membership.post_id).in_(part))
        found.update({row.post_id: row for row in session.exec(query).all()})
    return found


def count_heard(session: Session, issue_id: int, *, since: datetime, until: datetime) -> int:
    """Return how many posts of an issue were heard in a stretch of time, its begin left out.

    What was old when it was heard does not count: it is no news of today.
    """
    query = (
        select(func.count())
        .select_from(Membership)
        .join(Post, col(Post.id) == Membership.post_id)
        .where(Membership.issue_id == issue_id, Post.seen_at > since, Post.seen_at <= until)
        .where(col(Post.backfill).is_(False))
    )
    return int(session.exec(query).one())


def count_places(session: Session, issue_id: int) -> int:
    """Return in how many places an issue is told, those left out that told it only long ago."""
    query = (
        select(func.count(func.distinct(Post.source_id)))
        .select_from(Membership)
        .join(Post, col(Post.id) == Membership.post_id)
        .where(Membership.issue_id == issue_id, col(Post.backfill).is_(False))
    )
    return int(session.exec(query).one())


def languages_beyond(session: Session, issue_id: int) -> Mapping[str, int]:
    """Return how many posts of an issue are in each language that the model cannot judge."""
    query = (
        select(Membership.beyond, func.count())
        .where(Membership.issue_id == issue_id, col(Membership.beyond).is_not(None))
        .group_by(col(Membership.beyond))
    )
    return {code: count for code, count in session.exec(query).all() if code is not None}


def post_ids_of_issue(session: Session, issue_id: int) -> Sequence[int]:
    """Return the ids of an issue's posts."""
    return session.exec(select(Membership.post_id).where(Membership.issue_id == issue_id)).all()


def count_open_issues(session: Session) -> int:
    """Return how many issues are open."""
    return len(issues(session))
