"""Keep quiet about an issue: muted, snoozed until a time, or not an issue at all; and wake it.

The flags are what on-call and voice look at. One of the three holds at a time: the newest word.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from classifiers import store
from classifiers.corrections import store_changes
from classifiers.tables import Issue, Severity, VerdictKind
from config.database import reading
from config.ground import Ground
from responders.decisions import store_drafts
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.issues.growing import Stand, far_grown, grown
from responders.decisions.recording import record, take_back
from responders.decisions.refusing import AlreadyDone, NotValid
from responders.decisions.tracking import change, hold_issue, ref, tell, when
from responders.decisions.wording import at_time, one_line

MUTED, SNOOZED, NOT_AN_ISSUE = "muted", "snoozed", "not-an-issue"
GREW = "it grew while it rested"
QUIET = (MUTED, SNOOZED, NOT_AN_ISSUE)
DAY, NEVER = timedelta(days=1), datetime.max.replace(tzinfo=UTC)
CLOCK = Actor("groundswell", Role.APPROVER, "clock")
"""Ends a quiet time that a person set."""


def mute(
    ground: Ground, actor: Actor, issue_id: int, reason: str, *, until: datetime | None = None
) -> None:
    """Tell nobody of an issue and propose nothing; what was proposed goes.

    Args:
        ground: what the act stands on.
        actor: who says so.
        issue_id: the issue.
        reason: why, in a line.
        until: when it ends by itself; None: not before a person says so.

    Raises:
        AlreadyDone: it is muted already; it says by whom and when.
        NotAllowed: the role is too low, no reason is given, or the time has passed.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        why = one_line(reason, "the reason")
        issue = hold_issue(act, issue_id)
        _quieten(act, issue, MUTED, why=why, until=until)
        _drop_drafts(act, issue, f"{actor.name} muted {ref(issue)}: {why}")


def snooze(ground: Ground, actor: Actor, issue_id: int, until: datetime) -> None:
    """Propose nothing more about an issue until a time, or until it grows (growing.py).

    What is proposed stays.

    Raises:
        AlreadyDone: it is snoozed already; it says by whom and when.
        NotAllowed: the role is too low, or the time has passed.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        issue = hold_issue(act, issue_id)
        _quieten(act, issue, SNOOZED, why="", until=until, stand=_stand(act, issue).as_json())


def not_an_issue(ground: Ground, actor: Actor, issue_id: int, reason: str) -> None:
    """Say that what was noticed is no problem of ours; what was proposed goes.

    Raises:
        AlreadyDone: that was said already; it says by whom and when.
        NotAllowed: the role is too low, or no reason is given.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        why = one_line(reason, "the reason")
        issue = hold_issue(act, issue_id)
        stood = _stand(act, issue).as_json()
        _quieten(act, issue, NOT_AN_ISSUE, why=why, until=None, stand=stood)
        _drop_drafts(act, issue, f"{actor.name} said that {ref(issue)} is not an issue: {why}")


def wake(ground: Ground, actor: Actor, issue_id: int) -> None:
    """End the quiet about an issue.

    Raises:
        AlreadyDone: nothing keeps it quiet.
        NotAllowed: the role is too low.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        issue = hold_issue(act, issue_id)
        if not set(QUIET).intersection(issue.flags):
            last = store_changes.last_event(act.session, issue_id, ["woken"])
            by = f": {last.by} woke it {when(last)}" if last else ""
            raise AlreadyDone(f"nothing keeps {ref(issue)} quiet{by}")
        _wake(act, issue, text="tracked as any other again")


def wake_due(ground: Ground) -> int:
    """End every quiet time that is over; return how many. For the pass, not for a person."""
    now = ground.clock.now()
    with reading(ground.engine) as session:
        due = store_changes.hushed(session, by=now)
        resting = [*store_changes.hushed(session, by=NEVER), *store_changes.called_none(session)]
    over = sum([_wake_if_due(ground, issue_id) for issue_id in due])
    return over + sum([_wake_if_grown(ground, issue_id) for issue_id in resting])


def _wake_if_grown(ground: Ground, issue_id: int) -> bool:
    """Wake an issue that rests, or was called none, if it grew; people are told again."""
    with reading(ground.engine) as session:
        seen = session.get(Issue, issue_id)
        if seen is None or _growth(session, seen, now=ground.clock.now()) is None:
            return False
    with acting(ground, CLOCK, Role.APPROVER) as act:
        issue = store_changes.hold(act.session, issue_id)
        how = None if issue is None else _growth(act.session, issue, now=act.now)
        if issue is None or how is None:
            return False
        what = "far more than what was called no issue" if _is_none(issue) else GREW
        _wake(act, issue, text=f"{what}: {how}", bursts=issue.bursts + 1)
        return True


def _growth(session: Session, issue: Issue, *, now: datetime) -> str | None:
    flag = NOT_AN_ISSUE if _is_none(issue) else SNOOZED
    last = store_changes.last_event(session, issue.id or 0, [flag])
    if flag not in issue.flags or last is None or "stand" not in last.data:
        return None
    before, after = Stand.from_json(last.data["stand"]), stand(session, issue, now=now)
    if flag == NOT_AN_ISSUE:
        return far_grown(before, after)
    return grown(before, after, ranks=[one.value for one in Severity])


def _is_none(issue: Issue) -> bool:
    return NOT_AN_ISSUE in issue.flags


def rest_on(act: Act, issue: Issue) -> None:
    """Let an issue that rests go on resting as it stands now: a person let others become part."""
    last = store_changes.last_event(act.session, issue.id or 0, [SNOOZED])
    if SNOOZED in issue.flags and last is not None:
        data = {**last.data, "stand": _stand(act, issue).as_json()}
        tell(act, issue, kind=SNOOZED, text="it rests on, with what joined it", data=data)


def _stand(act: Act, issue: Issue) -> Stand:
    return stand(act.session, issue, now=act.now)


def stand(session: Session, issue: Issue, *, now: datetime) -> Stand:
    """Return how an issue stands."""
    issue_id = issue.id or 0
    return Stand(
        posts_a_day=store.count_heard(session, issue_id, since=now - DAY, until=now),
        places=store.count_places(session, issue_id),
        severity=issue.severity.value,
    )


def _wake_if_due(ground: Ground, issue_id: int) -> bool:
    with acting(ground, CLOCK, Role.APPROVER) as act:
        issue = store_changes.hold(act.session, issue_id)
        if issue is None or issue.hushed_until is None or issue.hushed_until > act.now:
            return False
        _wake(act, issue, text=f"quiet until {at_time(issue.hushed_until)}, and that is over")
        return True


def _quieten(
    act: Act, issue: Issue, flag: str, *, why: str, until: datetime | None, **more: Any
) -> None:
    if until is not None and until <= act.now:
        raise NotValid(f"{at_time(until)} has passed; name a time to come")
    if flag in issue.flags and issue.hushed_until == until:
        last = store_changes.last_event(act.session, issue.id or 0, [flag])
        by = f": {last.by} said so {when(last)}" if last else ""
        raise AlreadyDone(f"{ref(issue)} is {flag} already{by}")
    end = f" until {at_time(until)}" if until else ""
    data = {"reason": why, "until": until.isoformat() if until else None, **more}
    text = f"{flag.replace('-', ' ')}{end}{f': {why}' if why else ''}"
    flags = [*_others(issue.flags), flag]
    change(act, issue, kind=flag, text=text, data=data, flags=flags, hushed_until=until)
    act.note(f"issue {flag}", ref(issue), **data)
    _learn(act, issue, flag, why)


def _learn(act: Act, issue: Issue, flag: str, why: str) -> None:
    """Leave the verdict that a quiet flag is; to rest for a while is none."""
    take_back(act, VerdictKind.MUTED, VerdictKind.NOT_AN_ISSUE, issue_id=issue.id)
    if flag == NOT_AN_ISSUE:
        take_back(act, VerdictKind.REAL, issue_id=issue.id)
    if flag != SNOOZED:
        what = VerdictKind(flag)
        record(act, what, product_id=issue.product_id, said=why, issue_id=issue.id)


def _wake(act: Act, issue: Issue, *, text: str, **values: Any) -> None:
    data = {"from": [flag for flag in issue.flags if flag in QUIET]}
    flags = _others(issue.flags)
    change(act, issue, kind="woken", text=text, data=data, flags=flags, hushed_until=None, **values)
    act.note("issue woken", ref(issue), **data)
    if act.actor is not CLOCK:  # a mute that ran out was not wrong
        take_back(act, VerdictKind.MUTED, VerdictKind.NOT_AN_ISSUE, issue_id=issue.id)


def _others(flags: Iterable[str]) -> list[str]:
    return [flag for flag in flags if flag not in QUIET]


def _drop_drafts(act: Act, issue: Issue, reason: str) -> None:
    store_drafts.stale(act.session, issue.id or 0, reason=reason)
