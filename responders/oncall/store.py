"""Every query on the on-call tables: which issues nobody was told of, and how many alerts were."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from classifiers.tables import Issue, IssueKind
from listener.standings import Trouble
from responders.oncall.tables import Alert, PlaceNotice

SILENCED = frozenset({"muted", "snoozed", "not-an-issue"})
"""The flags by which a person said that nobody is to be told."""


def unalerted(session: Session, product_id: int) -> Sequence[int]:
    """Return the ids of issues with a burst that nobody was told of yet, oldest first."""
    query = _unalerted().where(Issue.product_id == product_id)
    found = session.exec(query.order_by(col(Issue.alerted_at), col(Issue.id))).all()
    return [row.id for row in found if row.id is not None and not SILENCED.intersection(row.flags)]


def is_unalerted(session: Session, issue_id: int) -> bool:
    """Tell whether an issue is still to be told, as its row stands now."""
    query = _unalerted().where(Issue.id == issue_id).execution_options(populate_existing=True)
    found = session.exec(query).first()
    return found is not None and not SILENCED.intersection(found.flags)


def _unalerted() -> SelectOfScalar[Issue]:
    return (
        select(Issue)
        .where(Issue.kind == IssueKind.ISSUE, col(Issue.bursts) > _told())
        .where(col(Issue.alerted_at).is_not(None), col(Issue.merged_into).is_(None))
    )


def _told() -> ColumnElement[int]:
    """The newest burst of an issue that an alert was raised for; 0 before the first."""
    newest = (
        select(func.max(Alert.revision))
        .where(Alert.issue_id == Issue.id)
        .correlate(Issue)
        .scalar_subquery()
    )
    return func.coalesce(newest, 0)


def count_alerts(session: Session, product_id: int, *, now: datetime) -> int:
    """Return how many alerts of the product were raised in the seven days before ``now``."""
    query = (
        select(func.count(col(Alert.id)))
        .where(Alert.product_id == product_id)
        .where(Alert.raised_at > now - timedelta(days=7), Alert.raised_at <= now)
    )
    return int(session.exec(query).one())


def untold(session: Session, found: Sequence[Trouble]) -> list[Trouble]:
    """Return the troubles of places that nobody was told of yet, each spell by its beginning."""
    query = select(PlaceNotice.source_id, PlaceNotice.trouble, PlaceNotice.since)
    told = set(session.exec(query).all()) if found else set()
    return [one for one in found if (one.source.id, one.kind, one.since) not in told]
