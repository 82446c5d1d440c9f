"""Every query on the voice's tables: who was not answered yet, and what was proposed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import Session, col, select, update

from classifiers.tables import Issue, IssueKind, IssueState, Membership
from listener.tables import Post, Source, Thread
from responders.delivery.erasures import erased_members
from responders.voice.drafting import digest
from responders.voice.tables import Draft, DraftState

HUSHED = frozenset({"muted", "snoozed", "not-an-issue", "human-only"})
"""The flags by which a person said that nothing is to be proposed."""
ACKNOWLEDGED_IN = (IssueState.NEW, IssueState.INVESTIGATING, IssueState.IDENTIFIED)
"""Later an acknowledgement would say less than we know."""

UNSENT = (DraftState.PENDING, DraftState.APPROVED)
"""Drafts that may still leave."""


@dataclass(frozen=True)
class Unanswered:
    """A post of an issue in a thread for which nothing was proposed yet."""

    post: Post
    thread: Thread
    source: Source


def open_issues(session: Session, product_id: int) -> Sequence[Issue]:
    """Return the issues that people may be told about, oldest first."""
    query = (
        select(Issue)
        .where(Issue.product_id == product_id, Issue.kind == IssueKind.ISSUE)
        .where(col(Issue.alerted_at).is_not(None), col(Issue.merged_into).is_(None))
        .where(col(Issue.state).in_(ACKNOWLEDGED_IN))
        .order_by(col(Issue.id))
    )
    return [row for row in session.exec(query).all() if not HUSHED.intersection(row.flags)]


def unanswered(session: Session, issue_id: int) -> Sequence[Unanswered]:
    """Return the posts of an issue whose threads have no draft, in order of arrival.

    Only those of people: not of staff or bots, not history, not erased, not in a locked thread.
    """
    drafted = (
        select(Draft.id)
        .where(Draft.issue_id == issue_id, Draft.thread_id == Post.thread_id)
        .exists()
    )
    query = (
        select(Post, Thread, Source)
        .join(Membership, col(Membership.post_id) == Post.id)
        .join(Thread, col(Thread.id) == Post.thread_id)
        .join(Source, col(Source.id) == Post.source_id)
        .where(Membership.issue_id == issue_id, ~drafted, ~col(Thread.locked))
        .where(col(Post.role).is_(None), col(Post.erased_at).is_(None), ~col(Post.backfill))
        .order_by(col(Post.seen_at), col(Post.id))
    )
    return [Unanswered(*row) for row in session.exec(query).all()]


def opener_roles(session: Session, thread_ids: Collection[int]) -> Mapping[int, str | None]:
    """Return the role of the author who opened each thread, as far as we heard it."""
    query = (
        select(Post.thread_id, Post.role)
        .where(col(Post.thread_id).in_(list(thread_ids)))
        .order_by(col(Post.published_at).desc(), col(Post.id).desc())
    )
    return {thread: role for thread, role in session.exec(query).all() if thread is not None}


def unsent_with_erasures(session: Session, product_id: int) -> Sequence[tuple[Draft, Post, Issue]]:
    """Return the drafts on their way whose post, or another one of their issue, was erased."""
    query = (
        select(Draft, Post, Issue)
        .join(Post, col(Post.id) == col(Draft.post_id))
        .join(Issue, col(Issue.id) == col(Draft.issue_id))
        .where(Draft.product_id == product_id, col(Draft.state).in_(UNSENT))
        .where(or_(col(Post.erased_at).is_not(None), erased_members(col(Draft.issue_id)) > 0))
        .order_by(col(Draft.id))
    )
    return [(draft, post, issue) for draft, post, issue in session.exec(query).all()]


def withdraw(session: Session, draft_id: int, *, reason: str) -> bool:
    """Blank a draft that is still on its way; False when it is no more."""
    statement = (
        update(Draft)
        .where(col(Draft.id) == draft_id, col(Draft.state).in_(UNSENT))
        .values(state=DraftState.STALE, text="", text_sha256=digest(""), reason=reason)
    )
    return session.connection().execute(statement).rowcount == 1


def drafts_of(session: Session, issue_id: int) -> Sequence[Draft]:
    """Return the drafts of an issue in the order they were made."""
    query = select(Draft).where(Draft.issue_id == issue_id)
    return session.exec(query.order_by(col(Draft.id))).all()


def listed(
    session: Session, *, issue_id: int | None = None
) -> Sequence[tuple[Draft, Thread | None]]:
    """Return drafts with their threads: the next promise due first."""
    query = select(Draft, Thread).join(Thread, col(Thread.id) == col(Draft.thread_id), isouter=True)
    if issue_id is not None:
        query = query.where(Draft.issue_id == issue_id)
    ordered = query.order_by(col(Draft.next_update_by), col(Draft.id))
    return [(draft, thread) for draft, thread in session.exec(ordered).all()]


def one(session: Session, draft_id: int) -> tuple[Draft, Thread | None] | None:
    """Return one draft with its thread."""
    draft = session.get(Draft, draft_id)
    if draft is None:
        return None
    return draft, session.get(Thread, draft.thread_id) if draft.thread_id else None
