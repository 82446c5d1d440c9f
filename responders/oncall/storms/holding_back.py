"""Hold alerts back that a worse issue explains, and let go of them once it does no more.

Part of the alert pass, which asks before it tells. Each hold is a row and a line on the timelines
of both issues, so nobody has to wonder where an alert went.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from classifiers.corrections import store_changes
from classifiers.store import counts, reference
from classifiers.tables import Issue, IssueEvent, IssueKind, IssueState, Membership
from config.logs import event_log
from listener.tables import Post
from responders.oncall.storms.inhibiting import Hold, Reported, holds
from responders.oncall.tables import Alert, HeldAlert

HELD, LET_GO = "held", "let-go"
NEVER_A_PARENT = frozenset({"muted", "not-an-issue"})
"""By these a person said that it is no problem: it explains none either."""
NEVER_HELD = "human-only"
"""Somebody may be hurt: people are told at once."""

log = event_log(__name__)


@dataclass(frozen=True)
class Plan:
    """What becomes of the alerts that are due."""

    tell: Sequence[int]
    hold: Mapping[int, Hold]
    """Those to be noted; what is held as it was before is left out."""
    let_go: Sequence[HeldAlert]
    """Holds that are over."""

    def __bool__(self) -> bool:
        """Tell whether there is anything to do."""
        return bool(self.tell or self.hold or self.let_go)


def plan(session: Session, product_id: int, due: Sequence[int]) -> Plan:
    """Say which alerts that are due are told and which are held back."""
    noted = {row.issue_id: row for row in _noted(session, product_id)}
    if not due and not noted:
        return Plan((), {}, ())
    rows = session.exec(select(Issue).where(col(Issue.id).in_(due)).order_by(col(Issue.id))).all()
    over = {row.id for row in rows if row.id in noted and row.state is IssueState.RESOLVED}
    found = _holds(session, product_id, [row for row in rows if row.id not in over])
    tell = [number for number in due if number not in found and number not in over]
    fresh = {
        number: hold
        for number, hold in found.items()
        if number not in noted or noted[number].under != hold.under
    }
    let_go = [row for number, row in noted.items() if number not in found]
    quietly = {row.issue_id for row in let_go} & over
    return Plan(tell, fresh, [row for row in let_go if row.issue_id not in quietly])


def _noted(session: Session, product_id: int) -> Sequence[HeldAlert]:
    query = select(HeldAlert).where(HeldAlert.product_id == product_id)
    return session.exec(query.where(col(HeldAlert.ended_at).is_(None))).all()


def _holds(session: Session, product_id: int, due: Sequence[Issue]) -> Mapping[int, Hold]:
    able = [row for row in due if NEVER_HELD not in row.flags]
    told = _parents(session, product_id) if able else []
    numbers = [row.id or 0 for row in (*due, *told)]
    if len(numbers) < 2:
        return {}
    shared = _shared(session, [row.id or 0 for row in able], numbers)
    if not shared:
        return {}
    people = counts(session, numbers)
    known = {
        row.id: Reported(
            issue=row.id or 0, severity=row.severity.value, first_seen_at=row.first_seen_at,
            people=people[row.id or 0].authors, posts=people[row.id or 0].posts,
        )
        for row in (*due, *told)
        if row.id in people
    }  # fmt: skip
    never = [known[row.id] for row in due if row not in able and row.id in known]
    return holds(
        [known[row.id] for row in able if row.id in known],
        [*never, *(known[row.id] for row in told if row.id in known)],
        shared,
    )


def _parents(session: Session, product_id: int) -> list[Issue]:
    """Return the open issues of a product that people were told of."""
    told = select(Alert.issue_id).where(Alert.product_id == product_id)
    query = (
        select(Issue)
        .where(Issue.product_id == product_id, Issue.kind == IssueKind.ISSUE)
        .where(col(Issue.merged_into).is_(None), Issue.state != IssueState.RESOLVED)
        .where(col(Issue.id).in_(told))
    )
    return [row for row in session.exec(query).all() if not NEVER_A_PARENT.intersection(row.flags)]


def _shared(
    session: Session, children: Sequence[int], parents: Sequence[int]
) -> Mapping[tuple[int, int], int]:
    """Count the posts of issues that stand in threads of others, by both numbers.

    Each thread of another one counts once, however many of its posts stand there: this is asked
    every second while anything is held.
    """
    own, other = aliased(Membership), aliased(Membership)
    here, there = aliased(Post), aliased(Post)
    theirs = (
        select(col(other.issue_id).label("issue_id"), col(there.thread_id).label("thread_id"))
        .join(there, col(there.id) == col(other.post_id))
        .where(col(other.issue_id).in_(parents), col(there.thread_id).is_not(None))
        .distinct()
        .subquery()
    )
    query = (
        select(own.issue_id, theirs.c.issue_id, func.count(func.distinct(own.post_id)))
        .join(here, col(here.id) == col(own.post_id))
        .join(theirs, theirs.c.thread_id == col(here.thread_id))
        .where(col(own.issue_id).in_(children), col(own.issue_id) != theirs.c.issue_id)
        .group_by(col(own.issue_id), theirs.c.issue_id)
    )
    return {(int(a or 0), int(b or 0)): int(n) for a, b, n in session.exec(query).all()}


def hold(session: Session, issue_id: int, found: Hold, *, now: datetime) -> None:
    """Note that an alert is held back, on the timelines of both."""
    issue = session.get_one(Issue, issue_id)
    query = select(HeldAlert).where(HeldAlert.issue_id == issue_id)
    row = session.exec(query.where(HeldAlert.revision == issue.bursts)).first() or HeldAlert(
        product_id=issue.product_id, issue_id=issue_id, revision=issue.bursts, under=found.under,
        reason=found.reason, held_at=now,
    )  # fmt: skip
    row.under, row.reason, row.ended_at = found.under, found.reason, None
    session.add(row)
    name, up = reference(issue_id), reference(found.under)
    _write(session, issue_id, HELD, f"held under {up}: {found.reason}", now=now)
    _write(session, found.under, HELD, f"holds the alert of {name} back", now=now)
    log.info("alert_held", issue=name, under=up, reason=found.reason)


def let_go(session: Session, row: HeldAlert, *, now: datetime) -> None:
    """Note that an alert is held back no more; it is told if it still has to be."""
    held = session.get_one(HeldAlert, row.id)
    held.ended_at = now
    session.add(held)
    name, up = reference(row.issue_id), reference(row.under)
    _write(session, row.issue_id, LET_GO, f"no longer held under {up}", now=now)
    _write(session, row.under, LET_GO, f"no longer holds the alert of {name} back", now=now)
    log.info("alert_let_go", issue=name, under=up)


def _write(session: Session, issue_id: int, kind: str, text: str, *, now: datetime) -> None:
    event = IssueEvent(issue_id=issue_id, at=now, kind=kind, text=text, by=store_changes.OURS)
    store_changes.add_event(session, event)


def held_by(session: Session, issue_id: int) -> str | None:
    """Return the reference of the issue under which an issue's alert is held; None: it is not."""
    query = _open_holds().where(HeldAlert.issue_id == issue_id)
    found = session.exec(query).first()
    return reference(found.under) if found is not None else None


def holding(session: Session, issue_id: int) -> tuple[str, ...]:
    """Return the references of the issues whose alerts an issue holds back, oldest first."""
    query = _open_holds().where(HeldAlert.under == issue_id).order_by(col(HeldAlert.issue_id))
    return tuple(reference(row.issue_id) for row in session.exec(query).all())


def _open_holds() -> SelectOfScalar[HeldAlert]:
    return (
        select(HeldAlert)
        .join(Issue, col(Issue.id) == col(HeldAlert.issue_id))
        .where(col(HeldAlert.ended_at).is_(None), col(Issue.merged_into).is_(None))
        .where(Issue.state != IssueState.RESOLVED)
    )
