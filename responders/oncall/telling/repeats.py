"""Tell again of open issues that nobody acknowledged: one message for all that are due.

Part of the respond pass; off unless ``[oncall] repeat_hours`` is set.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from classifiers.store import reference
from classifiers.tables import Issue, IssueKind, IssueState
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from responders.delivery import store as outbox
from responders.delivery.opening import destinations
from responders.delivery.tables import Delivery
from responders.oncall.alert import ALL_ALERTS
from responders.oncall.card import clock_time
from responders.oncall.grouping import rank
from responders.oncall.store import SILENCED
from responders.oncall.tables import Alert, Handling
from responders.oncall.telling.repeating import repeat_due

REPEAT = "repeat"
"""The kind of a delivery that tells again: our words only."""
LISTED = 20
"""So many issues get a line; the others are counted."""

log = event_log(__name__)

Due = tuple[Alert, Issue, int]
"""The newest alert of an issue, the issue, and which repetition is due."""


def repeat_alerts(ground: Ground) -> int:
    """Tell again what is due; return of how many issues."""
    every = timedelta(hours=ground.settings.oncall.repeat_hours)
    if not every:
        return 0
    now, clock = ground.clock.now(), SystemClock()
    with reading(ground.engine) as session:
        if not _due(session, now=now, every=every):
            return 0
    with leases.holding(ground.engine, ALL_ALERTS, clock=clock, holder=ground.holder) as held:
        if held is None:
            return 0
        with transaction(ground.engine) as session:
            leases.check(session, held, now=clock.now())
            return _repeat(session, ground, _due(session, now=now, every=every), now=now)


def _due(session: Session, *, now: datetime, every: timedelta) -> list[Due]:
    """Return what is open, told, not silenced, and in nobody's hands for so long; worst first."""
    newest = select(func.max(Alert.id)).group_by(col(Alert.issue_id))
    query = (
        select(Alert, Issue)
        .join(Issue, col(Issue.id) == col(Alert.issue_id))
        .join(Handling, col(Handling.issue_id) == col(Issue.id), isouter=True)
        .where(col(Alert.id).in_(newest), Alert.raised_at <= now - every)
        .where(Issue.kind == IssueKind.ISSUE, Issue.state != IssueState.RESOLVED)
        .where(col(Issue.merged_into).is_(None), col(Issue.alerted_at).is_not(None))
        .where(
            or_(
                col(Handling.issue_id).is_(None),
                (col(Handling.acknowledged_at).is_(None)) & (col(Handling.held_at).is_(None)),
            )
        )
    )
    found = [
        (alert, issue, repeat_due(alert.raised_at, now, every=every))
        for alert, issue in session.exec(query).all()
        if not SILENCED.intersection(issue.flags)
    ]
    due = [(alert, issue, number) for alert, issue, number in found if number > alert.repeats]
    return sorted(due, key=lambda one: (-rank(one[1].severity), one[1].id or 0))


def _repeat(session: Session, ground: Ground, due: Sequence[Due], *, now: datetime) -> int:
    if not due:
        return 0
    for alert, _, number in due:
        alert.repeats = number
        session.add(alert)
    for to in destinations(ground.settings):
        row = Delivery(
            key=f"{to.name}|{REPEAT}|{now.isoformat()}",
            product_id=due[0][1].product_id,
            channel=to.channel,
            destination=to.name,
            kind=REPEAT,
            text=text_of(due, console=ground.settings.console.url),
            next_try_at=now,
            created_at=now,
        )
        outbox.queue(session, row)
    log.info("alerts_repeated", issues=len(due))
    return len(due)


def text_of(due: Sequence[Due], *, console: str) -> str:
    """Say which issues wait for somebody, in our own words only."""
    issues = "1 issue is" if len(due) == 1 else f"{len(due)} issues are"
    lines = [f"{issues} still open, and nobody acknowledged:"]
    for alert, issue, _ in due[:LISTED]:
        link = f" {console.rstrip('/')}/issues/{reference(issue.id or 0)}" if console else ""
        since = clock_time(alert.raised_at)
        lines.append(f"{reference(issue.id or 0)} {issue.severity}, told {since}{link}")
    if len(due) > LISTED:
        lines.append(f"and {len(due) - LISTED} more: groundswell issue list")
    return "\n".join(lines)
