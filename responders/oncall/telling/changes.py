"""Tell of another state where no card can be edited: a webhook, mail, the terminal.

Part of the alert pass. What people were told stands in the targets of the messages themselves, so
nothing is told twice. What changed by one look is one message for each destination, in our own
words.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from classifiers.store import reference
from classifiers.tables import Issue, IssueEvent
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from responders.delivery import store as outbox
from responders.delivery.opening import Destination, destinations
from responders.delivery.tables import Delivery
from responders.oncall.alert import ALL_ALERTS, standing_of
from responders.oncall.changing import changed_line
from responders.oncall.grouping import rank
from responders.oncall.storms.store_storms import DIGEST

CHANGE = "change"
"""The kind of a delivery that tells of other states."""
KINDS = ("state", "muted", "not-an-issue", "woken", "merged", "unmerged")
"""The events after which an issue may stand otherwise."""
NEWS = timedelta(days=1)
"""What changed longer ago is none, as after a long stop."""
LISTED = 15
"""So many get a line; the others are counted."""

log = event_log(__name__)

Change = tuple[Issue, str]
"""An issue, and how it stood when people heard of it last."""


class ChangeWatch:
    """Tells of changes, for the life of the pass; looks only once some issue changed."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._seen: object = None

    def tell_due(self) -> int:
        """Tell what changed since it was told; return of how many issues."""
        with reading(self._ground.engine) as session:
            sums = select(func.count(col(Issue.id)), func.sum(Issue.version))
            now = session.exec(sums).one()
        if now == self._seen:
            return 0
        told = tell_changes(self._ground)
        if told is not None:
            self._seen = now
        return told or 0


def tell_changes(ground: Ground) -> int | None:
    """Tell what changed since it was told; None where another process is at it."""
    with reading(ground.engine) as session:
        if not _due(session, ground):
            return 0
    clock = SystemClock()
    with leases.holding(ground.engine, ALL_ALERTS, clock=clock, holder=ground.holder) as held:
        if held is None:
            return None
        with transaction(ground.engine) as session:
            leases.check(session, held, now=clock.now())
            due = _due(session, ground)
            for to, changes in due.items():
                _queue(session, ground, to, changes)
            return sum(map(len, due.values()))


def _due(session: Session, ground: Ground) -> Mapping[Destination, Sequence[Change]]:
    there_are = {to.name: to for to in destinations(ground.settings) if not to.keeps_cards}
    issues = _changed(session, since=ground.clock.now() - NEWS) if there_are else []
    if not issues:
        return {}
    told = _told(session, list(there_are), issues)
    found = {
        there_are[name]: [
            (issue, before)
            for issue in issues
            if (before := standings.get(issue.id or 0)) and before != standing_of(issue)
        ]
        for name, standings in told.items()
    }
    return {to: changes for to, changes in found.items() if changes}


def _changed(session: Session, *, since: datetime) -> Sequence[Issue]:
    """Return the issues with an event lately after which they may stand otherwise."""
    lately = select(IssueEvent.issue_id).where(
        col(IssueEvent.kind).in_(KINDS), col(IssueEvent.at) >= since
    )
    return session.exec(select(Issue).where(col(Issue.id).in_(lately))).all()


def _told(
    session: Session, names: Sequence[str], issues: Sequence[Issue]
) -> Mapping[str, Mapping[int, str]]:
    """Return how issues stood when they were told of last, by destination and issue."""
    since, numbers = min(issue.opened_at for issue in issues), {issue.id for issue in issues}
    query = (
        select(Delivery.id, Delivery.destination, Delivery.issue_id, Delivery.target)
        .where(col(Delivery.destination).in_(names), col(Delivery.next_try_at) >= since)
        .where(col(Delivery.kind).in_((outbox.ALERT, CHANGE, DIGEST)))
    )  # put in order here: asked for it, SQLite reads the whole table instead of the index
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for _, name, issue_id, target in sorted(session.exec(query).all(), key=lambda row: row[0] or 0):
        if issue_id in numbers and "standing" in target:
            found[name][issue_id or 0] = target["standing"]
        for number, standing in target.get("standings", {}).items():
            found[name][int(number)] = standing
    return found


def _queue(session: Session, ground: Ground, to: Destination, changes: Sequence[Change]) -> None:
    now = ground.clock.now()
    order = sorted(changes, key=lambda one: (-rank(one[0].severity), one[0].id or 0))
    row = Delivery(
        key=f"{to.name}|{CHANGE}|{now.isoformat()}",
        product_id=order[0][0].product_id,
        channel=to.channel,
        destination=to.name,
        kind=CHANGE,
        target={"standings": {str(issue.id): standing_of(issue) for issue, _ in order}},
        text=_text(order, console=ground.settings.console.url, now=now),
        next_try_at=now,
        created_at=now,
    )
    if outbox.queue(session, row):
        log.info("changes_told", destination=to.name, issues=len(order))


def _text(changes: Sequence[Change], *, console: str, now: datetime) -> str:
    lines = [f"Changed, {now:%H:%M} UTC:"]
    for issue, before in changes[:LISTED]:
        name = reference(issue.id or 0)
        link = f": {console.rstrip('/')}/issues/{name}" if console else ""
        lines.append(f"{changed_line(name, before, standing_of(issue))}{link}")
    if len(changes) > LISTED:
        lines.append(f"and {len(changes) - LISTED} more: groundswell issue list --all")
    return "\n".join(lines)
