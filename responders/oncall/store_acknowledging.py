"""What is known of how soon alerts were acknowledged, for reports; no pass asks it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from classifiers.tables import Issue, IssueEvent
from responders.delivery.store import ALERT
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.acknowledging import ToldOf
from responders.oncall.storms.store_storms import DIGEST
from responders.oncall.tables import Alert

KNOWN = ("acknowledged", "taken")
"""The kinds of event by which somebody says that they know of an issue."""


def told_of(session: Session, *, since: datetime, until: datetime) -> Sequence[ToldOf]:
    """Return the issues whose first alert was taken in a span, each with what was merged into it.

    Args:
        session: where to look.
        since: the first moment of the span.
        until: the first moment after it.
    """
    issues = {row.id: row for row in session.exec(select(Issue)).all() if row.id is not None}
    accepted = _firsts(issues, [*_alerts(session), *_listed(session)])
    known = _firsts(issues, _acknowledged(session))
    return [
        ToldOf(
            severity=str(issues[number].severity), accepted_at=at, acknowledged_at=known.get(number)
        )
        for number, at in sorted(accepted.items())
        if since <= at < until
    ]


def _firsts(
    issues: Mapping[int, Issue], found: Iterable[tuple[int, datetime]]
) -> dict[int, datetime]:
    """Return the earliest moment of each issue as a whole."""
    first: dict[int, datetime] = {}
    for number, at in found:
        whole = _whole(issues, number)
        first[whole] = min(at, first.get(whole, at))
    return first


def _whole(issues: Mapping[int, Issue], number: int) -> int:
    seen = {number}
    while (into := issues[number].merged_into) is not None and into not in seen:
        seen.add(into)
        number = into
    return number


def _alerts(session: Session) -> Sequence[tuple[int, datetime]]:
    query = (
        select(Delivery.issue_id, func.min(Delivery.sent_at))
        .where(Delivery.kind == ALERT, Delivery.state == DeliveryState.SENT)
        .where(col(Delivery.issue_id).is_not(None), col(Delivery.sent_at).is_not(None))
        .group_by(col(Delivery.issue_id))
    )
    found = session.exec(query).all()
    return [(number, at) for number, at in found if number is not None and at is not None]


def _listed(session: Session) -> Sequence[tuple[int, datetime]]:
    """Return what digests told: when the digest was taken, or when it joined one that stood.

    Edits of a digest leave no time of their own; they follow within seconds.
    """
    query = (
        select(Delivery.target, Delivery.sent_at)
        .where(Delivery.kind == DIGEST, Delivery.state == DeliveryState.SENT)
        .where(col(Delivery.sent_at).is_not(None))
    )
    taken: dict[int, datetime] = {}
    for target, at in session.exec(query).all():
        if at is not None:
            storm = int(target["storm"])
            taken[storm] = min(at, taken.get(storm, at))
    joined = session.exec(select(Alert).where(col(Alert.storm_id).is_not(None))).all()
    return [
        (row.issue_id, max(row.raised_at, taken[row.storm_id]))
        for row in joined
        if row.storm_id in taken
    ]


def _acknowledged(session: Session) -> Sequence[tuple[int, datetime]]:
    query = (
        select(IssueEvent.issue_id, func.min(IssueEvent.at))
        .where(col(IssueEvent.kind).in_(KNOWN))
        .group_by(col(IssueEvent.issue_id))
    )
    return session.exec(query).all()
