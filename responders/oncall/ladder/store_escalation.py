"""The queries of the ladder and the roster: what is said of issues, who was called, who is on call.

Apart from the other stores, because each pass asks them for all open issues at once.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from classifiers.corrections.store_changes import OURS
from classifiers.tables import Issue, IssueEvent, IssueKind, IssueState
from responders.delivery.store import CALL
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.escalation import Made, Waiting
from responders.oncall.ladder.duty import Swapped
from responders.oncall.store import SILENCED
from responders.oncall.tables import Alert, CallMade, CardShown, Handling, Roster, ShiftNote, Swap

UNACKNOWLEDGED, WOKEN, STATE = "unacknowledged", "woken", "state"
NOT_OVER = (IssueState.NEW, IssueState.INVESTIGATING, IssueState.IDENTIFIED)
"""States in which somebody has to do something; what is being watched or done waits for nobody."""


@dataclass(frozen=True)
class Case:
    """An open issue that people were told of."""

    issue: Issue
    waiting: Waiting
    handling: Handling | None
    calls: int
    """How many were made about it so far."""


def cases(session: Session, product_id: int) -> list[Case]:
    """Return the open issues of a product that people were told of, oldest first."""
    issues = session.exec(
        select(Issue)
        .where(Issue.product_id == product_id, Issue.kind == IssueKind.ISSUE)
        .where(col(Issue.merged_into).is_(None), col(Issue.state).in_(NOT_OVER))
        .where(col(Issue.id).in_(select(Alert.issue_id).where(Alert.product_id == product_id)))
        .order_by(col(Issue.id))
        .execution_options(populate_existing=True)
    ).all()
    ids = [issue.id for issue in issues if issue.id is not None]
    rows = _Rows(
        alerts=_alerts(session, ids),
        events=_events(session, ids),
        spoken=_spoken(session, ids),
        calls=_calls(session, ids),
        handling=_handling(session, ids),
    )
    return [rows.case(issue) for issue in issues]


@dataclass(frozen=True)
class _Rows:
    alerts: Mapping[int, list[datetime]]
    events: Mapping[int, list[IssueEvent]]
    spoken: Mapping[int, datetime]
    calls: Mapping[int, list[CallMade]]
    handling: Mapping[int, Handling]

    def case(self, issue: Issue) -> Case:
        number = issue.id or 0
        events, who = self.events.get(number, []), self.handling.get(number)
        people = [one for one in events if one.by != OURS]
        moved = [one.at for one in people]
        if number in self.spoken:
            moved.append(self.spoken[number])
        calls = self.calls.get(number, [])
        waiting = Waiting(
            alerts=self.alerts.get(number, []),
            resets=[one.at for one in events if one.kind in (UNACKNOWLEDGED, WOKEN)],
            acted=[one.at for one in people if one.kind == STATE],
            moved=moved,
            acknowledged_at=who.acknowledged_at if who else None,
            resting=bool(SILENCED.intersection(issue.flags)),
            calls=[Made(one.began_at, one.rung, one.at) for one in calls],
        )
        return Case(issue, waiting, who, len(calls))


def _alerts(session: Session, ids: Collection[int]) -> Mapping[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    query = select(Alert.issue_id, Alert.raised_at).where(col(Alert.issue_id).in_(ids))
    for number, at in session.exec(query.order_by(col(Alert.raised_at))).all():
        found[number].append(at)
    return found


def _events(session: Session, ids: Collection[int]) -> Mapping[int, list[IssueEvent]]:
    """Return what people said of issues, and when one that rested woke by itself."""
    found: dict[int, list[IssueEvent]] = defaultdict(list)
    query = (
        select(IssueEvent)
        .where(col(IssueEvent.issue_id).in_(ids))
        .where((col(IssueEvent.by) != OURS) | (col(IssueEvent.kind) == WOKEN))
        .order_by(col(IssueEvent.at), col(IssueEvent.id))
    )
    for event in session.exec(query).all():
        found[event.issue_id].append(event)
    return found


def _spoken(session: Session, ids: Collection[int]) -> Mapping[int, datetime]:
    """Return when something was said in public last."""
    query = (
        select(Delivery.issue_id, func.max(Delivery.sent_at))
        .where(col(Delivery.issue_id).in_(ids), col(Delivery.public))
        .where(Delivery.state == DeliveryState.SENT, col(Delivery.sent_at).is_not(None))
        .group_by(col(Delivery.issue_id))
    )
    return {number: at for number, at in session.exec(query).all() if number and at}


def _calls(session: Session, ids: Collection[int]) -> Mapping[int, list[CallMade]]:
    found: dict[int, list[CallMade]] = defaultdict(list)
    query = select(CallMade).where(col(CallMade.issue_id).in_(ids))
    for row in session.exec(query.order_by(col(CallMade.number))).all():
        found[row.issue_id].append(row)
    return found


def _handling(session: Session, ids: Collection[int]) -> Mapping[int, Handling]:
    query = select(Handling).where(col(Handling.issue_id).in_(ids))
    rows = session.exec(query.execution_options(populate_existing=True)).all()
    return {row.issue_id: row for row in rows}


def messages_lately(session: Session, product_id: int, whom: str, *, since: datetime) -> int:
    """Return in how many messages people were called that way since then."""
    query = (
        select(func.count(func.distinct(CallMade.message)))
        .where(CallMade.product_id == product_id, CallMade.whom == whom)
        .where(col(CallMade.at) > since)
    )
    return int(session.exec(query).one())


def call_numbered(session: Session, issue_id: int, number: int) -> CallMade:
    """Return one call."""
    query = select(CallMade).where(CallMade.issue_id == issue_id, CallMade.number == number)
    return session.exec(query).one()


def needless(session: Session, product_id: int) -> list[Delivery]:
    """Return the calls that wait to leave, and that nobody needs any more.

    The issue rests, is part of another one or over; or somebody acknowledged it after the call.
    """
    query = (
        select(Delivery, Issue, Handling)
        .join(Issue, col(Issue.id) == col(Delivery.issue_id))
        .join(Handling, col(Handling.issue_id) == col(Issue.id), isouter=True)
        .where(Delivery.product_id == product_id, Delivery.kind == CALL)
        .where(Delivery.state == DeliveryState.QUEUED)
        .order_by(col(Delivery.id))
        .execution_options(populate_existing=True)
    )
    return [row for row, issue, who in session.exec(query).all() if not _is_needed(row, issue, who)]


def _is_needed(row: Delivery, issue: Issue, who: Handling | None) -> bool:
    if issue.merged_into is not None or issue.state not in NOT_OVER:
        return False
    known_at = who.acknowledged_at if who else None
    heard = known_at is not None and known_at >= row.created_at
    return not heard and not SILENCED.intersection(issue.flags)


def card_at(session: Session, issue_id: int, destination: str) -> str | None:
    """Return the message that is an issue's card at a destination, while it stands there."""
    query = select(CardShown.message_id).where(
        CardShown.issue_id == issue_id,
        CardShown.destination == destination,
        col(CardShown.gone_at).is_(None),
    )
    return session.exec(query).first()


# The roster ---------------------------------------------------------------------------------------


def swaps(session: Session, product_id: int, *, since: date | None = None) -> Sequence[Swap]:
    """Return the swapped days that hold, the newest last; since then, where that is given."""
    query = select(Swap).where(Swap.product_id == product_id, col(Swap.ended_at).is_(None))
    if since is not None:
        query = query.where(col(Swap.last_day) >= since.isoformat())
    return session.exec(query.order_by(col(Swap.id))).all()


def swapped(rows: Sequence[Swap]) -> list[Swapped]:
    """Return swapped days as the rules take them."""
    return [
        Swapped(
            date.fromisoformat(row.first_day), date.fromisoformat(row.last_day), row.person,
            row.shift,
        )
        for row in rows
    ]  # fmt: skip


def last_duty(session: Session, product_id: int) -> Roster | None:
    """Return the newest duty that began; None before the first."""
    query = select(Roster).where(Roster.product_id == product_id)
    return session.exec(query.order_by(col(Roster.number).desc()).limit(1)).first()


def notes_waiting(session: Session, product_id: int) -> Sequence[ShiftNote]:
    """Return the notes that nobody got yet, oldest first."""
    query = select(ShiftNote).where(
        ShiftNote.product_id == product_id, col(ShiftNote.roster_id).is_(None)
    )
    return session.exec(query.order_by(col(ShiftNote.id))).all()
