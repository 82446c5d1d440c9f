"""What people change of issues and of the posts in them; the acts that call it stand above.

Apart from store.py because all of it writes, and from store_decisions.py because that is the live
pass's. An issue is held before it is changed, and changed by a conditional update on its version.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from classifiers.tables import (
    Issue,
    IssueEvent,
    IssueState,
    Membership,
    Verdict,
    VerdictKind,
)
from listener.tables import Post

OURS = "groundswell"
"""Who is named in events that no person caused."""


def hold(session: Session, issue_id: int) -> Issue | None:
    """Return an issue as it is now, held until the transaction ends."""
    return session.get(Issue, issue_id, with_for_update=True, populate_existing=True)


def hold_whole(session: Session, issue_id: int) -> Issue | None:
    """Return the issue that an issue is part of now, merges followed; held likewise."""
    issue = hold(session, issue_id)
    while issue is not None and issue.merged_into is not None:
        issue = hold(session, issue.merged_into)
    return issue


def parts_of(session: Session, issue_id: int) -> Sequence[Issue]:
    """Return the issues that were merged into one, through others too, in order of their ids."""
    found: dict[int, Issue] = {}
    news = [issue_id]
    while news:
        rows = session.exec(select(Issue).where(col(Issue.merged_into).in_(news))).all()
        news = [row.id for row in rows if row.id is not None and row.id not in found]
        found.update({row.id: row for row in rows if row.id is not None})
    return [found[number] for number in sorted(found)]


def change(session: Session, issue: Issue, **values: Any) -> bool:
    """Change an issue if its version is still the one read; the version grows by one."""
    statement = (
        update(Issue)
        .where(col(Issue.id) == issue.id, col(Issue.version) == issue.version)
        .values(version=issue.version + 1, **values)
    )
    if session.connection().execute(statement).rowcount != 1:
        return False
    session.refresh(issue)
    return True


def add_issue(session: Session, issue: Issue) -> int:
    """Store an issue that a person made; return its id."""
    session.add(issue)
    session.flush()
    if issue.id is None:
        raise ValueError("the store gave the issue no id")
    return issue.id


def add_event(session: Session, event: IssueEvent) -> None:
    """Add a line to an issue's timeline."""
    session.add(event)
    session.flush()


def last_event(session: Session, issue_id: int, kinds: Collection[str]) -> IssueEvent | None:
    """Return the newest event of these kinds."""
    query = select(IssueEvent).where(
        IssueEvent.issue_id == issue_id, col(IssueEvent.kind).in_(list(kinds))
    )
    return session.exec(query.order_by(col(IssueEvent.id).desc()).limit(1)).first()


def last_change_by_a_person(session: Session, issue_id: int) -> IssueEvent | None:
    """Return the newest event that a person caused."""
    query = select(IssueEvent).where(IssueEvent.issue_id == issue_id, IssueEvent.by != OURS)
    return session.exec(query.order_by(col(IssueEvent.id).desc()).limit(1)).first()


def move_posts(session: Session, post_ids: Collection[int], *, to: int, out_of: int | None) -> int:
    """Let posts belong to another issue, those that still belong where we think; return how many.

    Args:
        session: an open session.
        post_ids: the posts.
        to: their new issue.
        out_of: the issue they must belong to; None for posts of no issue.
    """
    moved = 0
    wanted = sorted(post_ids)
    here = (
        col(Membership.issue_id).is_(None) if out_of is None else col(Membership.issue_id) == out_of
    )
    for start in range(0, len(wanted), 500):
        statement = (
            update(Membership)
            .where(col(Membership.post_id).in_(wanted[start : start + 500]), here)
            .values(issue_id=to, recognised=False)
        )
        moved += session.connection().execute(statement).rowcount
    return moved


def take_out(session: Session, post_id: int) -> None:
    """Let a post belong to no issue."""
    statement = update(Membership).where(col(Membership.post_id) == post_id)
    session.connection().execute(statement.values(issue_id=None, recognised=False))


def issues_of_thread(session: Session, thread_id: int) -> Sequence[Issue]:
    """Return the open issues that posts of a thread belong to, oldest first."""
    inside = (
        select(Membership.issue_id)
        .join(Post, col(Post.id) == col(Membership.post_id))
        .where(Post.thread_id == thread_id)
    )
    query = (
        select(Issue)
        .where(col(Issue.id).in_(inside), col(Issue.merged_into).is_(None))
        .where(Issue.state != IssueState.RESOLVED)
        .order_by(col(Issue.id))
    )
    return session.exec(query).all()


def called_none(session: Session) -> Sequence[int]:
    """Return the ids of whole issues that a person called none, oldest first."""
    said = select(Verdict.issue_id).where(
        Verdict.what == VerdictKind.NOT_AN_ISSUE, col(Verdict.undone_at).is_(None)
    )
    query = select(Issue.id).where(col(Issue.id).in_(said), col(Issue.merged_into).is_(None))
    return [issue_id for issue_id in session.exec(query.order_by(col(Issue.id))).all() if issue_id]


def hushed(session: Session, *, by: datetime) -> Sequence[int]:
    """Return the ids of issues whose quiet time has ended by a moment, oldest first."""
    query = select(Issue.id).where(col(Issue.hushed_until) <= by).order_by(col(Issue.id))
    return [issue_id for issue_id in session.exec(query).all() if issue_id is not None]
