"""What recognising asks of the store: known issues, when they were resolved, what stands for them.

Apart from store_decisions.py, which writes decisions, because this only reads.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from classifiers.corrections.store_changes import last_event
from classifiers.corrections.store_verdicts import standing
from classifiers.tables import Emergence, Issue, IssueKind, IssueState, Membership, VerdictKind
from listener.tables import Post

STATE_EVENT = "state"


def known_issues(
    session: Session, product_id: int, *, since: datetime, limit: int
) -> Sequence[Issue]:
    """Return the whole issues of a product that are open or were heard of since; newest first."""
    query = (
        select(Issue)
        .where(Issue.product_id == product_id, Issue.kind == IssueKind.ISSUE)
        .where(col(Issue.merged_into).is_(None))
        .where(or_(Issue.state != IssueState.RESOLVED, Issue.last_seen_at >= since))
        .order_by(col(Issue.last_seen_at).desc(), col(Issue.id).desc())
    )
    return session.exec(query.limit(limit)).all()


def resolved_at(session: Session, issue: Issue) -> datetime | None:
    """Return when an issue was resolved; None while it is open."""
    if issue.state is not IssueState.RESOLVED:
        return None
    event = last_event(session, issue.id or 0, [STATE_EVENT])
    return issue.last_seen_at if event is None else event.at


def own_posts(session: Session, issue_id: int) -> Sequence[int]:
    """Return the ids of the posts that are an issue, without those it was recognised by."""
    query = (
        select(Membership.post_id)
        .where(Membership.issue_id == issue_id, col(Membership.recognised).is_(False))
        .where(Membership.text_hash != "")
        .order_by(col(Membership.post_id))
    )
    return session.exec(query).all()


def without_bursts(
    session: Session, issue_ids: Sequence[int], numbers: Collection[int]
) -> set[int]:
    """Return those issues that none of these bursts belongs to.

    A person declared them or split them off; or the burst they had is remembered no more, because
    it stands in another one that was put elsewhere.

    Args:
        session: an open session.
        issue_ids: the issues.
        numbers: of the bursts that the judge knows, open or over.
    """
    query = select(Emergence.issue_id, Emergence.number).where(
        col(Emergence.issue_id).in_(list(issue_ids))
    )
    known = {issue_id for issue_id, number in session.exec(query).all() if number in numbers}
    return set(issue_ids) - known


def last_told_at(session: Session, issue_id: int) -> datetime | None:
    """Return when the newest post of an issue's bursts was written; None without one."""
    query = (
        select(func.max(Post.published_at))
        .join(Membership, col(Membership.post_id) == Post.id)
        .where(Membership.issue_id == issue_id, col(Membership.recognised).is_(False))
    )
    return session.exec(query).one()


def resolved_emergences(
    session: Session, product_id: int, numbers: Iterable[int]
) -> dict[int, datetime]:
    """Return when a person called the issues of these emergences resolved, of those that are.

    Merges are followed, and so are the parts that people split off: what is said of a resolved part
    must be able to come back.
    """
    query = select(Emergence.number, Emergence.issue_id).where(
        Emergence.product_id == product_id, col(Emergence.number).in_(list(numbers))
    )
    found = {}
    for number, issue_id in session.exec(query).all():
        ends = [_ended_at(session, one) for one in (issue_id, *_split_off(session, issue_id))]
        known = [at for at in ends if at is not None]
        if known:
            found[number] = min(known)
    return found


def _split_off(session: Session, issue_id: int) -> list[int]:
    verdicts = standing(session, [VerdictKind.SPLIT], issue_id=issue_id)
    return [int(verdict.data["into"]) for verdict in verdicts]


def _ended_at(session: Session, issue_id: int) -> datetime | None:
    issue = session.get(Issue, issue_id)
    while issue is not None and issue.merged_into is not None:
        issue = session.get(Issue, issue.merged_into)
    return None if issue is None else resolved_at(session, issue)
