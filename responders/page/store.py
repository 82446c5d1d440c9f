"""Every query on the page's tables, and what the page asks of the floors below.

Publishing writes here once for each delivery key; all else only reads.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Engine, and_, func, or_
from sqlmodel import Session, col, select

from classifiers import store as issues_store
from classifiers.tables import Issue, IssueKind, Membership
from config.database import reading
from listener.tables import Post
from responders.delivery.tables import Delivery
from responders.page.snapshot import Entry, Heading, Impact, Status, Word
from responders.page.tables import Incident, IncidentUpdate

REPORTING = ("problem",)
"""Kinds of posts that report something, also outside any issue."""


@contextmanager
def one_moment(engine: Engine) -> Iterator[Session]:
    """Open a session whose every answer is of the same moment, on both databases."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with reading(engine) as session:
        yield session


# Publishing -------------------------------------------------------------------------------------


def update_with_key(session: Session, key: str) -> tuple[IncidentUpdate, Incident] | None:
    """Return the update that a delivery published, with its incident."""
    query = (
        select(IncidentUpdate, Incident)
        .join(Incident, col(Incident.id) == IncidentUpdate.incident_id)
        .where(IncidentUpdate.delivery_key == key)
    )
    return session.exec(query).one_or_none()


def incident_to_change(session: Session, issue_id: int) -> Incident | None:
    """Return the incident of an issue as it stands, locked until the end of the transaction."""
    query = select(Incident).where(Incident.issue_id == issue_id).with_for_update()
    return session.exec(query).one_or_none()


def add_incident(session: Session, incident: Incident) -> None:
    """Keep a new incident, so that updates can point to it."""
    session.add(incident)
    session.flush()


def add_update(session: Session, incident: Incident, update: IncidentUpdate) -> None:
    """Keep an update and what it makes of its incident."""
    session.add(incident)
    session.add(update)
    session.flush()


def outdated_updates(session: Session) -> Sequence[tuple[IncidentUpdate, Delivery]]:
    """Return the updates whose delivery lost words since they were taken over from it."""
    query = (
        select(IncidentUpdate, Delivery)
        .join(Delivery, col(Delivery.key) == col(IncidentUpdate.delivery_key))
        .where(col(IncidentUpdate.erasures) != col(Delivery.erasures))
        .order_by(col(IncidentUpdate.id))
    )
    return [(update, delivery) for update, delivery in session.exec(query).all()]


def bodies(session: Session, incident_id: int) -> Sequence[str]:
    """Return what the updates of an incident say, each with its title."""
    query = select(IncidentUpdate.name, IncidentUpdate.body).where(
        IncidentUpdate.incident_id == incident_id
    )
    return [
        f"{name}\n{body}" for name, body in session.exec(query.order_by(col(IncidentUpdate.id)))
    ]


def newest_update(session: Session, incident_id: int) -> IncidentUpdate | None:
    """Return the update that an incident shows first."""
    query = select(IncidentUpdate).where(IncidentUpdate.incident_id == incident_id)
    return session.exec(query.order_by(col(IncidentUpdate.id).desc()).limit(1)).first()


# What there is ----------------------------------------------------------------------------------


def marks(session: Session, *, now: datetime) -> list[Any]:
    """Return what differs as soon as a row was published or a promise fell due; plain JSON."""
    updates, newest = session.exec(select(func.count(), func.max(IncidentUpdate.id))).one()
    changed = session.exec(select(func.max(Incident.updated_at))).one()
    erasures = session.exec(select(func.sum(IncidentUpdate.erasures))).one() or 0
    overdue = select(Incident.id).where(
        col(Incident.status) != "resolved", col(Incident.next_update_by) < now
    )
    late = sorted(session.exec(overdue).all(), key=str)
    return [updates, newest, int(erasures), str(changed), late]


def headings(session: Session) -> list[Heading]:
    """Return every incident as one line, the newest first."""
    columns = (
        Incident.public_id, Incident.name, Incident.status, Incident.impact, Incident.started_at,
        Incident.created_at, Incident.updated_at, Incident.resolved_at,
    )  # fmt: skip
    query: Any = select(*columns)  # type: ignore[call-overload]  # typed for four columns at most
    query = query.order_by(col(Incident.created_at).desc(), col(Incident.id).desc())
    return [
        Heading(
            public_id=row[0], name=row[1], status=row[2], impact=row[3], started_at=row[4],
            created_at=row[5], updated_at=row[6], resolved_at=row[7],
        )
        for row in session.exec(query).all()
    ]  # fmt: skip


def entries(session: Session, *, newest: int, also: Iterable[str] = ()) -> list[Entry]:
    """Return what is open, so many of the newest and those named, the newest first.

    Args:
        session: an open session.
        newest: how many of the newest, open or not.
        also: public ids.
    """
    order = (col(Incident.created_at).desc(), col(Incident.id).desc())
    lately = session.exec(select(Incident.id).order_by(*order).limit(newest)).all()
    wanted = or_(
        col(Incident.status) != "resolved",
        col(Incident.id).in_(list(lately)),
        col(Incident.public_id).in_(list(also)),
    )
    query = (
        select(Incident, Issue.product_id)
        .join(Issue, col(Issue.id) == Incident.issue_id)
        .where(wanted)
        .order_by(*order)
    )
    rows = session.exec(query).all()
    said = _words_of(session, [row.id for row, _ in rows if row.id is not None])
    counts = issues_store.counts(session, [row.issue_id for row, _ in rows])
    return [
        _entry(row, part, said[row.id or 0], counts.get(row.issue_id, issues_store.Counts()))
        for row, part in rows
        if said[row.id or 0]
    ]


def _entry(row: Incident, part: int, words: Sequence[Word], counts: issues_store.Counts) -> Entry:
    return Entry(
        public_id=row.public_id,
        part=part,
        name=row.name,
        status=cast("Status", row.status),
        impact=cast("Impact", row.impact),
        started_at=row.started_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        monitoring_at=row.monitoring_at,
        resolved_at=row.resolved_at,
        next_update_by=row.next_update_by,
        known=row.known or {},
        words=words,
        reports=counts.posts,
        people=counts.authors,
        places=counts.sources,
    )


def _words_of(session: Session, incident_ids: Sequence[int]) -> Mapping[int, list[Word]]:
    found: defaultdict[int, list[Word]] = defaultdict(list)
    for start in range(0, len(incident_ids), 500):
        part = list(incident_ids[start : start + 500])
        where = col(IncidentUpdate.incident_id).in_(part)
        for word, incident_id in _words(session, where, limit=None):
            found[incident_id].append(word)
    return found


def newest_words(session: Session, limit: int) -> list[Word]:
    """Return the newest updates of all incidents, the newest first."""
    return [word for word, _ in _words(session, None, limit=limit)]


def _words(session: Session, where: Any, *, limit: int | None) -> Iterator[tuple[Word, int]]:
    query = select(IncidentUpdate, Incident.public_id).join(
        Incident, col(Incident.id) == IncidentUpdate.incident_id
    )
    if where is not None:
        query = query.where(where)
    query = query.order_by(col(IncidentUpdate.created_at).desc(), col(IncidentUpdate.id).desc())
    for row, public_id in session.exec(query.limit(limit)).all():
        yield (
            Word(
                id=row.id or 0,
                incident=public_id,
                name=row.name,
                status=cast("Status", row.status),
                body=row.body,
                at=row.created_at,
            ),
            row.incident_id,
        )


# What people say --------------------------------------------------------------------------------


def reported(session: Session, *, since: datetime, until: datetime) -> list[datetime]:
    """Return when each report was written, oldest first.

    A report is a post about the product by one of its people that tells a problem or belongs to an
    issue, erased or not: it was made.
    """
    of_issue = and_(col(Membership.issue_id).is_not(None), col(Issue.kind) == IssueKind.ISSUE)
    query = (
        select(Post.published_at)
        .join(Membership, col(Membership.post_id) == Post.id)
        .join(Issue, col(Issue.id) == Membership.issue_id, isouter=True)
        .where(col(Post.relevant), col(Post.role).is_(None))
        .where(Post.seen_at > since)  # nothing is heard before it is written; this has an index
        .where(Post.published_at > since, Post.published_at <= until)
        .where(or_(col(Membership.kind).in_(REPORTING), of_issue))
        .order_by(col(Post.published_at))
    )
    return list(session.exec(query).all())


def reported_of(session: Session, public_id: str) -> list[datetime]:
    """Return when each report of an incident was written, oldest first."""
    query = (
        select(Post.published_at)
        .join(Membership, col(Membership.post_id) == Post.id)
        .join(Incident, col(Incident.issue_id) == Membership.issue_id)
        .where(Incident.public_id == public_id)
        .order_by(col(Post.published_at))
    )
    return list(session.exec(query).all())


def oldest_post_at(session: Session) -> datetime | None:
    """Return when the oldest post we know of was written."""
    return session.exec(select(func.min(Post.published_at))).one()


def newest_posts_at(session: Session, *, since: datetime) -> Mapping[int, datetime]:
    """Return when the newest post of each source came in, of those since then; no history."""
    query = (
        select(Post.source_id, func.max(Post.seen_at))
        .where(Post.seen_at >= since, ~col(Post.backfill))
        .group_by(col(Post.source_id))
    )
    return dict(session.exec(query).all())
