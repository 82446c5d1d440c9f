"""Tell of a higher severity where no card can be edited: a webhook, mail, the terminal.

Part of the respond pass. What people were told stands in the targets of the messages themselves, so
nothing is told twice. What rose by one look is one message for each destination, in our own words.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from classifiers.store import counts, reference
from classifiers.tables import Issue, IssueState
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from responders.delivery import store as outbox
from responders.delivery.opening import Destination, destinations
from responders.delivery.tables import Delivery
from responders.oncall.alert import ALL_ALERTS
from responders.oncall.grouping import rank
from responders.oncall.store import SILENCED
from responders.oncall.storms.store_storms import DIGEST

RISE = "rise"
"""The kind of a delivery that tells what got worse."""
LISTED = 15
"""So many get a line; the others are counted."""

log = event_log(__name__)


def tell_rises(ground: Ground) -> int:
    """Tell what got worse since it was told; return of how many issues."""
    with reading(ground.engine) as session:
        if not _due(session, ground):
            return 0
    clock = SystemClock()
    with leases.holding(ground.engine, ALL_ALERTS, clock=clock, holder=ground.holder) as held:
        if held is None:
            return 0
        with transaction(ground.engine) as session:
            leases.check(session, held, now=clock.now())
            due = _due(session, ground)
            for to, rises in due.items():
                _queue(session, ground, to, rises)
            return sum(map(len, due.values()))


Rise = tuple[Issue, str]
"""An issue, and the severity that people heard of last."""


def _due(session: Session, ground: Ground) -> Mapping[Destination, Sequence[Rise]]:
    there_are = {to.name: to for to in destinations(ground.settings) if not to.keeps_cards}
    query = (
        select(Issue)
        .where(Issue.state != IssueState.RESOLVED, col(Issue.merged_into).is_(None))
        .where(col(Issue.alerted_at).is_not(None))
    )
    issues = session.exec(query).all() if there_are else []
    if not issues:
        return {}
    told = _told(session, list(there_are), issues)
    loud = [issue for issue in issues if not SILENCED.intersection(issue.flags)]
    found = {
        there_are[name]: [
            (issue, severities[issue.id or 0])
            for issue in loud
            if rank(issue.severity) > rank(severities.get(issue.id or 0, issue.severity))
        ]
        for name, severities in told.items()
    }
    return {to: rises for to, rises in found.items() if rises}


def _told(
    session: Session, names: Sequence[str], issues: Sequence[Issue]
) -> Mapping[str, Mapping[int, str]]:
    """Return the severity of open issues that was told last, by destination and issue.

    Asked every second, so of all messages only those since the oldest of these issues are read.
    """
    since = min(issue.opened_at for issue in issues)
    query = (
        select(Delivery.id, Delivery.destination, Delivery.issue_id, Delivery.target)
        .where(col(Delivery.destination).in_(names), col(Delivery.next_try_at) >= since)
        .where(
            or_(
                (col(Delivery.kind) == outbox.ALERT)
                & col(Delivery.issue_id).in_([issue.id for issue in issues]),
                col(Delivery.kind).in_((RISE, DIGEST)),
            )
        )
    )  # put in order here: asked for it, SQLite reads the whole table instead of the index
    found: dict[str, dict[int, str]] = defaultdict(dict)
    rows = sorted(session.exec(query).all(), key=lambda row: row[0] or 0)
    for _, name, issue_id, target in rows:
        if issue_id is not None and "severity" in target:
            found[name][issue_id] = target["severity"]
        for number, severity in target.get("severities", {}).items():
            found[name][int(number)] = severity
    return found


def _queue(session: Session, ground: Ground, to: Destination, rises: Sequence[Rise]) -> None:
    now = ground.clock.now()
    order = sorted(rises, key=lambda one: (-rank(one[0].severity), one[0].id or 0))
    row = Delivery(
        key=f"{to.name}|{RISE}|{now.isoformat()}",
        product_id=order[0][0].product_id,
        channel=to.channel,
        destination=to.name,
        kind=RISE,
        target={"severities": {str(issue.id): issue.severity.value for issue, _ in order}},
        text=_text(session, ground, order, now=now),
        next_try_at=now,
        created_at=now,
    )
    if outbox.queue(session, row):
        log.info("rises_told", destination=to.name, issues=len(order))


def _text(session: Session, ground: Ground, rises: Sequence[Rise], *, now: datetime) -> str:
    people = counts(session, [issue.id or 0 for issue, _ in rises[:LISTED]])
    base = ground.settings.console.url.rstrip("/")
    lines = [f"Worse than it was told, {now:%H:%M} UTC:"]
    for issue, before in rises[:LISTED]:
        name, count = reference(issue.id or 0), people.get(issue.id or 0)
        said = f", {count.authors} people" if count and count.authors != 1 else ""
        link = f": {base}/issues/{name}" if base else ""
        lines.append(f"{name} {issue.severity} now, was {before}{said}{link}")
    if len(rises) > LISTED:
        lines.append(f"and {len(rises) - LISTED} more: groundswell issue list")
    return "\n".join(lines)
