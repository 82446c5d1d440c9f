"""The pass that climbs the ladder: calls when nobody acknowledged, reminds when nothing moves.

Part of the respond pass, under the same lease. What is due follows from rows alone; the call, its
messages and its line in the issue's log are written in one transaction. So neither a crash nor a
second process makes a call twice or leaves one out. While sending is paused nobody is called, and
afterwards the ladder goes on where it stood.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session

from classifiers.corrections import store_changes
from classifiers.store import reference
from classifiers.tables import Issue, IssueEvent
from config.database import reading
from config.ground import Ground
from config.logs import event_log
from listener.by_product import changing, each_product
from listener.tables import Product
from responders.delivery import store as outbox
from responders.delivery.erasures import erasures
from responders.delivery.tables import Delivery
from responders.oncall.alert import link_to
from responders.oncall.escalation import (
    LATELY,
    Due,
    Rung,
    Whom,
    may_leave,
    next_call,
    next_reminder,
)
from responders.oncall.grouping import rank
from responders.oncall.ladder import calling, plans
from responders.oncall.ladder import store_escalation as store
from responders.oncall.ladder.calling import About, Reach, Reached
from responders.oncall.ladder.declared_oncall import Plan
from responders.oncall.ladder.store_escalation import Case
from responders.oncall.tables import CallMade

EVERY_S = 2.0
"""Machine seconds between two looks: steps are minutes apart."""
CALLED, REMINDED = "called", "reminded"
CALLS = "calls"
"""In the key of a message about several issues."""

log = event_log(__name__)


def escalate_due(ground: Ground) -> int:
    """Make every call that is due; return how many."""
    act = partial(_call_product, ground)
    return each_product(ground, act, log=log, of="calls")


def _call_product(ground: Ground, product: Product) -> int:
    product_id = product.id or 0
    with reading(ground.engine) as session:
        waits = _outdated(session, product_id) or store.needless(session, product_id)
        if not (waits or _due(session, ground, product_id)):
            return 0
    with changing(ground, f"oncall:{product_id}") as session:
        if session is None:
            return 0
        for row in store.needless(session, product_id):
            _take_back(session, row)
        for row in _outdated(session, product_id):
            _redraw(session, ground, row)
        batches = _due(session, ground, product_id)
        return sum([_Call(session, ground, batch).make() for batch in batches])


@dataclass(frozen=True)
class _Wanted:
    """A call that is due."""

    case: Case
    due: Due
    rung: Rung | None
    """None: a reminder."""

    @property
    def whom(self) -> str:
        return self.rung.whom.value if self.rung else ""


@dataclass(frozen=True)
class _Batch:
    """What goes into one message for each destination."""

    wanted: Sequence[_Wanted]
    reach: Reach

    @property
    def first(self) -> _Wanted:
        return self.wanted[0]


def _due(session: Session, ground: Ground, product_id: int) -> list[_Batch]:
    """Return what is due, message by message; nothing while sending is paused."""
    if outbox.paused(session) is not None:
        return []
    now = ground.clock.now()
    product = session.get_one(Product, product_id)
    open_cases = store.cases(session, product_id)
    if not open_cases:
        return []
    plan = plans.plan(session, ground.settings, product, now=now)
    reach = plans.reach(ground.settings, plan, now=now)
    found = [one for case in open_cases for one in _wanted(ground, plan, reach, case, now)]
    return list(_batches(session, product_id, found, reach, now))


def _wanted(ground: Ground, plan: Plan, reach: Reach, case: Case, now: datetime) -> list[_Wanted]:
    """Return the call that an issue is due for, if one is."""
    severity = case.issue.severity.value
    ladder, quiet = plan.ladders[severity], plan.quiet_for(severity)
    due = next_call(case.waiting, ladder, able=lambda rung: bool(reach.of(rung)), quiet=quiet)
    if due is not None and due.at <= now:
        return [_Wanted(case, due, ladder[due.rung])]
    if not reach.about(""):
        return []
    period = plans.remind_after(ground.settings.oncall, severity)
    due = next_reminder(case.waiting, period, quiet=quiet)
    return [_Wanted(case, due, None)] if due is not None and due.at <= now else []


def _batches(
    session: Session, product_id: int, found: Sequence[_Wanted], reach: Reach, now: datetime
) -> list[_Batch]:
    """Let a few calls leave each by itself; in a storm those of one kind go together."""
    kinds: dict[tuple[str, str], list[_Wanted]] = defaultdict(list)
    for one in sorted(found, key=lambda one: -rank(one.case.issue.severity.value)):
        kinds[one.whom, one.rung.place if one.rung else ""].append(one)
    batches: list[_Batch] = []
    for (whom, _), wanted in kinds.items():
        lately = store.messages_lately(session, product_id, whom, since=now - LATELY)
        messages = may_leave(len(wanted), sent_lately=lately)
        if messages == len(wanted):
            batches += [_Batch([one], reach) for one in wanted]
        elif messages:
            batches.append(_Batch(wanted, reach))
    return batches


@dataclass(frozen=True)
class _Call:
    """One message's calls under way, in the pass's transaction."""

    session: Session
    ground: Ground
    batch: _Batch

    def make(self) -> int:
        """Write the calls, the messages and the lines in the issues' logs; return how many."""
        key, where = self._key(), self._where()
        for reached in where:
            outbox.queue(self.session, self._delivery(key, reached))
        for one in self.batch.wanted:
            self._note(one, key, where)
        return len(self.batch.wanted)

    def _key(self) -> str:
        first = self.batch.first.case
        if len(self.batch.wanted) == 1:
            return f"{first.issue.id}|{outbox.CALL}|{first.calls + 1}"
        return f"{first.issue.product_id}|{CALLS}|{first.issue.id}.{first.calls + 1}"

    def _where(self) -> list[Reached]:
        first, reach = self.batch.first, self.batch.reach
        if first.rung is not None:
            return reach.of(first.rung)
        return reach.about(_who(first.case) if len(self.batch.wanted) == 1 else "")

    def _delivery(self, key: str, reached: Reached) -> Delivery:
        first, now = self.batch.first, self.ground.clock.now()
        row = Delivery(
            key=f"{reached.to.name}|{key}",
            product_id=first.case.issue.product_id,
            channel=reached.to.channel,
            destination=reached.to.name,
            target=calling.rings(reached),
            kind=outbox.CALL,
            text="",
            next_try_at=now,
            created_at=now,
        )
        if len(self.batch.wanted) > 1:
            text, link = self._together(reached), None
        else:
            text, link = self._alone(row, reached)
        row.text = calling.as_text(text, link)
        row.payload = calling.drawn(text, link, reached)
        return row

    def _alone(self, row: Delivery, reached: Reached) -> tuple[str, str | None]:
        """Say it of one issue; the message notes what was erased when its title was read."""
        one, number = self.batch.first, self.batch.first.case.issue.id or 0
        card = store.card_at(self.session, number, reached.to.name)
        if card:
            row.target = {**row.target, "below": card}
        erased = erasures(self.session, number)
        issue = self.session.get_one(Issue, number, populate_existing=True)
        row.issue_id, row.drawn_without, row.erasures = number, erased.members, issue.erasures
        words = _words(
            _about(issue, hidden=bool(erased.unforgotten)), one, self.batch.reach.on_call,
            now=row.created_at, pressed=card is not None,
        )  # fmt: skip
        return words, link_to(self.ground.settings, number)

    def _together(self, reached: Reached) -> str:
        first, wanted = self.batch.first, self.batch.wanted
        abouts = [_about(one.case.issue, hidden=True) for one in wanted]
        if first.rung is None:
            return calling.reminders_words(abouts)
        on_call, pressed = self.batch.reach.on_call, reached.to.keeps_cards
        return calling.together_words(abouts, first.rung.whom, on_call, pressed=pressed)

    def _note(self, one: _Wanted, key: str, where: Sequence[Reached]) -> None:
        """Write the call and its line in the log."""
        now, issue = self.ground.clock.now(), one.case.issue
        person = _person(one, self.batch.reach)
        row = CallMade(
            product_id=issue.product_id, issue_id=issue.id or 0, number=one.case.calls + 1,
            began_at=one.due.began_at, rung=one.due.rung, whom=one.whom, person=person,
            due_at=one.due.at, at=now, message=key,
        )  # fmt: skip
        self.session.add(row)
        places = ", ".join(reached.to.name for reached in where)
        text = _logged(one, person, places, now=now)
        kind = CALLED if one.rung else REMINDED
        event = IssueEvent(
            issue_id=issue.id or 0, at=now, kind=kind, text=text, by=store_changes.OURS,
            data={"number": row.number, "rung": one.due.rung, "whom": one.whom, "person": person},
        )  # fmt: skip
        store_changes.add_event(self.session, event)
        log.info(f"issue_{kind}", issue=reference(issue.id or 0), reason=text)


def _about(issue: Issue, *, hidden: bool) -> About:
    title = "" if hidden else issue.title
    return About(name=reference(issue.id or 0), title=title, severity=issue.severity.value)


def _words(about: About, one: _Wanted, on_call: str, *, now: datetime, pressed: bool) -> str:
    waited = now - one.due.began_at
    if one.rung is not None:
        return calling.call_words(about, one.rung.whom, on_call, waited, pressed=pressed)
    return calling.reminder_words(about, _who(one.case), waited, held=_is_held(one.case))


def _logged(one: _Wanted, person: str, places: str, *, now: datetime) -> str:
    """Return the line of the issue's log."""
    waited = calling.span(now - one.due.began_at)
    if one.rung is None:
        return f"reminded {person or 'the channel'} at {places}: nothing has moved for {waited}"
    whom = {
        Whom.CHANNEL: "the channel",
        Whom.ROLE: "the on-call role",
        Whom.PERSON: person,
        Whom.PAGER: f"the pager of {person}" if person else "the pager",
    }[one.rung.whom]
    return f"called {whom} at {places}: nobody had acknowledged it for {waited}"


def _person(one: _Wanted, reach: Reach) -> str:
    if one.rung is None:
        return _who(one.case)
    return reach.on_call if one.rung.whom in (Whom.PERSON, Whom.PAGER) else ""


def _who(case: Case) -> str:
    """Return who has an issue, else who knows of it."""
    handling = case.handling
    return (handling.held_by or handling.acknowledged_by) if handling else ""


def _is_held(case: Case) -> bool:
    return case.handling is not None and case.handling.held_at is not None


def _take_back(session: Session, row: Delivery) -> None:
    """Keep a call here that waited until nobody needed it, as after a pause."""
    if outbox.call_back(session, row.id or 0, why="nobody has to be called any more"):
        log.info("call_taken_back", delivery=row.id, issue=reference(row.issue_id or 0))


def _outdated(session: Session, product_id: int) -> Sequence[Delivery]:
    """Return the calls that wait with a title of which a post was erased since."""
    return outbox.outdated(session, product_id, kind=outbox.CALL)


def _redraw(session: Session, ground: Ground, row: Delivery) -> None:
    """Draw a waiting call anew without any title; what it was about is said by its name."""
    number = row.issue_id or 0
    erased = erasures(session, number)
    issue = session.get_one(Issue, number, populate_existing=True)
    call = store.call_numbered(session, number, int(row.key.rpartition("|")[2]))
    text = f"{_about(issue, hidden=True)} waits for somebody since {call.began_at:%H:%M} UTC."
    reached = calling.reached_again(row.channel, row.destination, row.target)
    link = link_to(ground.settings, number)
    if outbox.redraw(
        session, row, text=calling.as_text(text, link),
        payload=calling.drawn(text, link, reached), without=erased.members,
    ):  # fmt: skip
        log.info("call_redrawn", delivery=row.id, issue=reference(number))
