"""What the rule about silence is asked with, and the silences that people were told of.

Apart from the other stores: the pass that tells of silences and the faces that show them ask it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from classifiers.tables import Issue, IssueEvent, IssueState, Membership
from listener.tables import Post
from responders.voice.ledger.casebook import hushed
from responders.voice.ledger.silence import Heard
from responders.voice.ledger.store_clocks import last_word
from responders.voice.store import family, whole
from responders.voice.store_respond import issues_to_tell_of
from responders.voice.tables import Promise, Silence

SPOKEN_OF_BY_PEOPLE = "human-only"
"""Nothing is drafted for such an issue; that makes silence worse, not better."""


def noisy(session: Session, product_id: int, *, now: datetime) -> Sequence[Issue]:
    """Return the open issues of a product that people want to hear of, oldest first."""
    return [
        issue
        for issue in issues_to_tell_of(session, product_id, now=now)
        if issue.state is not IssueState.RESOLVED and not _is_hushed(issue, now)
    ]


def _is_hushed(issue: Issue, now: datetime) -> bool:
    flags = [flag for flag in issue.flags if flag != SPOKEN_OF_BY_PEOPLE]
    return hushed(flags, issue.hushed_until, now=now)


def heard(session: Session, issue: Issue) -> Heard:
    """Return how an issue stands, with what was merged into it."""
    issues = family(session, issue.id or 0)
    owed = select(Promise.id).where(
        col(Promise.issue_id).in_(issues), col(Promise.settled_at).is_(None)
    )
    return Heard(
        severity=str(issue.severity),
        is_new=issue.state is IssueState.NEW,
        known_since=_known_since(session, issue),
        posts=_posts(session, issues),
        last_word_at=last_word(session, issues),
        promised=session.exec(owed.limit(1)).first() is not None,
    )


def _known_since(session: Session, issue: Issue) -> datetime:
    """Return when an issue came into an open state last, else when people were told of it."""
    query = select(IssueEvent).where(IssueEvent.issue_id == issue.id, IssueEvent.kind == "state")
    shut = (IssueState.NEW, IssueState.RESOLVED)
    came = [
        event.at
        for event in session.exec(query.order_by(col(IssueEvent.id))).all()
        if event.data.get("from") in shut
    ]
    return came[-1] if came else issue.alerted_at or issue.opened_at


def _posts(session: Session, issues: Collection[int]) -> int:
    query = (
        select(func.count(col(Post.id)))
        .join(Membership, col(Membership.post_id) == col(Post.id))
        .where(col(Membership.issue_id).in_(list(issues)), ~col(Post.backfill))
        .where(col(Post.role).is_(None), col(Post.erased_at).is_(None))
    )
    return int(session.exec(query).one())


def was_told(session: Session, issue: Issue, since: datetime) -> bool:
    """Tell whether people were told of the silence that began at that moment."""
    known = select(Silence.id).where(Silence.issue_id == issue.id, Silence.since == since)
    return session.exec(known).first() is not None


def add(session: Session, issue: Issue, *, since: datetime, now: datetime) -> Silence:
    """Note that people were told of a silence."""
    row = Silence(product_id=issue.product_id, issue_id=issue.id or 0, since=since, told_at=now)
    session.add(row)
    session.flush()
    return row


def lasting(session: Session, product_id: int) -> Sequence[Silence]:
    """Return the silences of a product that were told and have not ended, oldest first."""
    query = select(Silence).where(Silence.product_id == product_id, col(Silence.ended_at).is_(None))
    return session.exec(query.order_by(col(Silence.id))).all()


def end(session: Session, row: Silence, *, at: datetime) -> bool:
    """Note that a silence is over; False when that was noted."""
    statement = (
        update(Silence)
        .where(col(Silence.id) == row.id, col(Silence.ended_at).is_(None))
        .values(ended_at=at)
    )
    return session.connection().execute(statement).rowcount == 1


def silences(session: Session) -> Mapping[int, Silence]:
    """Return the silence that lasts about each issue, by the whole it is part of now."""
    query = select(Silence).where(col(Silence.ended_at).is_(None)).order_by(col(Silence.since))
    found: dict[int, Silence] = {}
    for row in session.exec(query).all():
        found.setdefault(whole(session, row.issue_id), row)
    return found
