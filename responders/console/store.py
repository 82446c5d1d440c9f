"""Every query of the console: drafts with all that stands around them, and an issue's picture.

It reads the rows of all rooms and changes none; what a person decides goes through `decisions`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select

from classifiers.tables import Emergence, Issue, IssueEvent, Membership
from listener.tables import Post, Product, Source, Thread
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.tables import Alert
from responders.page.tables import Incident, IncidentUpdate
from responders.voice.store import stands
from responders.voice.tables import Draft, DraftState, Promise, PromiseState, Told

DECIDED_SHOWN = 100
"""Decided drafts in their list, the newest."""
THREAD_POSTS = 12
"""Posts of a thread beside its draft."""
WORTH_A_LOOK = (
    DeliveryState.QUEUED,
    DeliveryState.SENDING,
    DeliveryState.BY_HAND,
    DeliveryState.IN_DOUBT,
    DeliveryState.FAILED,
)


@dataclass(frozen=True)
class Proposal:
    """A draft with its issue, its send, and the post, thread and place that it answers."""

    draft: Draft
    issue: Issue
    delivery: Delivery | None
    thread: Thread | None
    post: Post | None
    source: Source | None


@dataclass(frozen=True)
class Voice:
    """Somebody who reports an issue, as the picture counts people."""

    at: datetime
    person: str


def waiting(session: Session) -> Sequence[Proposal]:
    """Return the drafts that wait for a person or are on their way, in the order they were made."""
    return _read(session, _proposals().where(_waits()).order_by(col(Draft.id)))


def standing_of_drafts(session: Session) -> Sequence[Proposal]:
    """Return what ``waiting`` does, without post, thread and place: enough to count them."""
    query: Any = (
        select(Draft, Issue, Delivery)
        .join(Issue, col(Issue.id) == col(Draft.issue_id))
        .join(Delivery, col(Delivery.id) == col(Draft.delivery_id), isouter=True)
        .where(_waits())
        .order_by(col(Draft.id))
    )
    found = session.exec(query).all()
    return [Proposal(draft, issue, sent, None, None, None) for draft, issue, sent in found]


def decided(session: Session) -> Sequence[Proposal]:
    """Return the drafts that need nobody any more, the newest decision first."""
    over = (DraftState.SENT, DraftState.REJECTED, DraftState.SILENT, DraftState.STALE)
    query = _proposals().where(
        or_(col(Draft.state).in_(over), col(Delivery.state) == DeliveryState.SENT)
    )
    latest = func.coalesce(Draft.decided_at, Draft.created_at).desc()
    return _read(session, query.order_by(latest, col(Draft.id).desc()).limit(DECIDED_SHOWN))


def proposal(session: Session, draft_id: int) -> Proposal | None:
    """Return one draft with all that stands around it."""
    found = _read(session, _proposals().where(col(Draft.id) == draft_id))
    return found[0] if found else None


def of_issue(session: Session, issue_id: int) -> Sequence[Proposal]:
    """Return the drafts of an issue, the newest first."""
    query = _proposals().where(col(Draft.issue_id) == issue_id)
    return _read(session, query.order_by(col(Draft.id).desc()))


def thread_posts(session: Session, thread_id: int) -> Sequence[Post]:
    """Return the first posts of a thread as far as they stand, in the order they were written."""
    query = select(Post).where(Post.thread_id == thread_id, col(Post.erased_at).is_(None))
    ordered = query.order_by(col(Post.published_at), col(Post.id)).limit(THREAD_POSTS)
    return session.exec(ordered).all()


def posts_with_places(
    session: Session, issue_id: int, *, limit: int
) -> Sequence[tuple[Post, Source, Membership]]:
    """Return the newest posts of an issue with their places and what was made of each."""
    query = (
        select(Post, Source, Membership)
        .join(Membership, col(Membership.post_id) == Post.id)
        .join(Source, col(Source.id) == Post.source_id)
        .where(Membership.issue_id == issue_id, col(Post.erased_at).is_(None))
        .order_by(col(Post.published_at).desc(), col(Post.id).desc())
        .limit(limit)
    )
    return [(post, source, member) for post, source, member in session.exec(query).all()]


def voices(session: Session, issue_ids: Collection[int]) -> Mapping[int, Sequence[Voice]]:
    """Return who reported each issue and when, oldest first; nameless posts are one person each."""
    query = (
        select(Membership.issue_id, Post.published_at, Post.author_key, Post.id)
        .join(Post, col(Post.id) == col(Membership.post_id))
        .where(col(Membership.issue_id).in_(list(issue_ids)))
        .order_by(col(Post.published_at), col(Post.id))
    )
    found: dict[int, list[Voice]] = {issue_id: [] for issue_id in issue_ids}
    for issue_id, at, author, post_id in session.exec(query).all():
        if issue_id is not None:
            found[issue_id].append(Voice(at, author or f"post {post_id}"))
    return found


def last_evidence(session: Session, issue_id: int) -> Emergence | None:
    """Return the newest evidence of an issue."""
    query = select(Emergence).where(Emergence.issue_id == issue_id)
    return session.exec(query.order_by(col(Emergence.id).desc()).limit(1)).first()


def promises(session: Session, issue_ids: Collection[int]) -> Mapping[int, Sequence[Promise]]:
    """Return the promises about each issue, the first due first."""
    query = select(Promise).where(col(Promise.issue_id).in_(list(issue_ids)))
    found: dict[int, list[Promise]] = {issue_id: [] for issue_id in issue_ids}
    for row in session.exec(query.order_by(col(Promise.due_at))).all():
        found[row.issue_id].append(row)
    return found


def overdue(session: Session) -> int:
    """Return how many promises were broken and are still not made good."""
    query = select(func.count(col(Promise.id))).where(
        Promise.state == PromiseState.BROKEN, col(Promise.settled_at).is_(None)
    )
    return int(session.exec(query).one())


def alerts(session: Session, issue_id: int) -> Sequence[Alert]:
    """Return the alerts of an issue, oldest first."""
    query = select(Alert).where(Alert.issue_id == issue_id)
    return session.exec(query.order_by(col(Alert.raised_at), col(Alert.id))).all()


def threads_told(session: Session, issue_ids: Collection[int]) -> Mapping[int, int]:
    """Return how many threads were told of each issue."""
    query = (
        select(Told.issue_id, func.count(func.distinct(Told.thread_id)))
        .where(col(Told.issue_id).in_(list(issue_ids)), stands())
        .group_by(col(Told.issue_id))
    )
    return dict(session.exec(query).all())


def incidents(session: Session, issue_ids: Collection[int]) -> Mapping[int, Incident]:
    """Return what the page shows of issues, by issue."""
    query = select(Incident).where(col(Incident.issue_id).in_(list(issue_ids)))
    return {row.issue_id: row for row in session.exec(query).all()}


def updates(session: Session, incident_id: int) -> Sequence[IncidentUpdate]:
    """Return the updates of an entry of the page, oldest first."""
    query = select(IncidentUpdate).where(IncidentUpdate.incident_id == incident_id)
    return session.exec(
        query.order_by(col(IncidentUpdate.created_at), col(IncidentUpdate.id))
    ).all()


def events(session: Session, issue_id: int, *, kind: str) -> Sequence[IssueEvent]:
    """Return the events of one kind of an issue, oldest first."""
    query = select(IssueEvent).where(IssueEvent.issue_id == issue_id, IssueEvent.kind == kind)
    return session.exec(query.order_by(col(IssueEvent.at), col(IssueEvent.id))).all()


def products(session: Session) -> Mapping[int, Product]:
    """Return all products by their id."""
    return {row.id: row for row in session.exec(select(Product)).all() if row.id is not None}


def _waits() -> Any:
    return or_(
        col(Draft.state) == DraftState.PENDING,
        and_(
            col(Draft.state).in_([DraftState.APPROVED, DraftState.QUEUED]),
            col(Delivery.state).in_(WORTH_A_LOOK),
        ),
    )


def _proposals() -> Any:
    whole: Any = select(Draft, Issue, Delivery, Thread)  # sqlmodel types four entities at the most
    return (
        whole.add_columns(Post, Source)
        .join(Issue, col(Issue.id) == col(Draft.issue_id))
        .join(Delivery, col(Delivery.id) == col(Draft.delivery_id), isouter=True)
        .join(Thread, col(Thread.id) == col(Draft.thread_id), isouter=True)
        .join(Post, col(Post.id) == col(Draft.post_id), isouter=True)
        .join(Source, col(Source.id) == col(Thread.source_id), isouter=True)
    )


def _read(session: Session, query: Any) -> Sequence[Proposal]:
    return [Proposal(*row) for row in session.exec(query).all()]
