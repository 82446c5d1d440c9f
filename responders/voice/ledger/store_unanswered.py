"""The queue of threads where people report an open issue and nothing of ours stands yet.

Apart from the ledger of one issue, which shows the told ones too: this one asks over all issues.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from classifiers.issues import NOT_AN_ISSUE
from classifiers.tables import Issue, IssueKind, IssueState, Membership
from listener.tables import Post, Source, Thread
from responders.delivery.tables import Delivery
from responders.voice.ledger.casebook import hushed
from responders.voice.ledger.unanswered import Known, Reason, why_unanswered
from responders.voice.store import ThreadOfIssue, family, opener_roles, threads_of
from responders.voice.tables import Draft


@dataclass(frozen=True)
class Unanswered:
    """A thread of an open issue that was not told."""

    issue: Issue
    found: ThreadOfIssue
    since: datetime
    """When its first report was heard: people wait from then on."""
    posts: int
    """Reports in it that stand."""
    reason: Reason

    @property
    def thread(self) -> Thread:
        """The thread."""
        return self.found.thread

    @property
    def source(self) -> Source:
        """Where it stands."""
        return self.found.source


def unanswered(session: Session, *, now: datetime) -> Sequence[Unanswered]:
    """Return the threads of all open issues that nothing of ours stands in, the oldest first."""
    rows = [one for issue in _open_issues(session) for one in _of_issue(session, issue, now=now)]
    return sorted(rows, key=lambda one: (one.since, one.issue.id or 0, one.thread.id or 0))


def _open_issues(session: Session) -> Sequence[Issue]:
    query = (
        select(Issue)
        .where(Issue.kind == IssueKind.ISSUE, Issue.state != IssueState.RESOLVED)
        .where(col(Issue.merged_into).is_(None))
        .order_by(col(Issue.id))
    )
    return [row for row in session.exec(query).all() if NOT_AN_ISSUE not in row.flags]


def _of_issue(session: Session, issue: Issue, *, now: datetime) -> Sequence[Unanswered]:
    found = [one for one in threads_of(session, issue.id or 0) if one.state != "told"]
    ids = [one.thread.id or 0 for one in found]
    if not ids:
        return []
    heard = _heard(session, family(session, issue.id or 0), ids)
    drafts = _drafts(session, [one.draft_id for one in found if one.draft_id is not None])
    openers = opener_roles(session, ids)
    is_hushed = hushed(issue.flags, issue.hushed_until, now=now)
    return [
        Unanswered(
            issue,
            one,
            *heard[one.thread.id or 0],
            why_unanswered(
                _known(one, drafts, ours=bool(openers.get(one.thread.id or 0)), hushed_=is_hushed)
            ),
        )
        for one in found
        if one.thread.id in heard
    ]


def _known(
    one: ThreadOfIssue,
    drafts: Mapping[int, tuple[Draft, Delivery | None]],
    *,
    ours: bool,
    hushed_: bool,
) -> Known:
    draft, delivery = drafts.get(one.draft_id or 0, (None, None))
    return Known(
        draft=draft.state if draft else None,
        delivery=delivery.state if delivery else None,
        decided_by=draft.decided_by if draft else "",
        reason=draft.reason if draft else "",
        locked=one.thread.locked,
        ours=ours,
        hushed=hushed_,
    )


def _heard(
    session: Session, issues: Collection[int], threads: Collection[int]
) -> Mapping[int, tuple[datetime, int]]:
    """Return when the first report of each thread was heard, and how many stand."""
    query = (
        select(Post.thread_id, func.min(Post.seen_at), func.count(col(Post.id)))
        .join(Membership, col(Membership.post_id) == col(Post.id))
        .where(col(Membership.issue_id).in_(list(issues)), col(Post.thread_id).in_(list(threads)))
        .where(col(Post.role).is_(None), col(Post.erased_at).is_(None), ~col(Post.backfill))
        .group_by(col(Post.thread_id))
    )
    rows = session.exec(query).all()
    return {number: (since, posts) for number, since, posts in rows if number is not None}


def _drafts(session: Session, ids: Collection[int]) -> Mapping[int, tuple[Draft, Delivery | None]]:
    query = (
        select(Draft, Delivery)
        .join(Delivery, col(Delivery.id) == col(Draft.delivery_id), isouter=True)
        .where(col(Draft.id).in_(list(ids)))
    )
    rows = session.exec(query).all()
    return {draft.id: (draft, delivery) for draft, delivery in rows if draft.id is not None}
