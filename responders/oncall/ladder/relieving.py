"""Tell whoever comes on call what the one before left: notes, and the issues that are open.

Part of the respond pass, under the same lease. Each duty that begins is a row, written together
with its message: so it is told once, and who was on call when can be read for ever, whatever is
declared later. The same person after a pause is no change.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlmodel import Session

from classifiers.store import reference
from config.database import reading
from config.ground import Ground
from config.logs import event_log
from listener.by_product import changing, each_product
from listener.tables import Product
from responders.delivery import store as outbox
from responders.delivery.inert import cut, plain, quoted
from responders.delivery.quiet import named
from responders.delivery.tables import Delivery
from responders.oncall.grouping import rank
from responders.oncall.ladder import calling, plans
from responders.oncall.ladder import store_escalation as store
from responders.oncall.ladder.declared_oncall import KEY, Plan
from responders.oncall.ladder.duty import Duty, on_call
from responders.oncall.ladder.store_escalation import Case
from responders.oncall.tables import Roster, ShiftNote

SHIFT = "shift"
"""The kind of the message."""
EVERY_S = 10.0
"""Machine seconds between two looks: shifts change by the hour."""
TITLE = 60

log = event_log(__name__)


def relieve_due(ground: Ground) -> int:
    """Note every duty that began, and tell whoever came on call; return how many began."""
    return each_product(ground, partial(_relieve, ground), log=log, of="shift")


def _relieve(ground: Ground, product: Product) -> int:
    if KEY not in product.extra:
        return 0
    product_id = product.id or 0
    now = ground.clock.now()
    with reading(ground.engine) as session:
        if _begun(session, ground, product_id, now=now) is None:
            return 0
    with changing(ground, f"oncall:{product_id}") as session:
        if session is None:
            return 0
        begun = _begun(session, ground, product_id, now=now)
        if begun is None:
            return 0
        row, plan = begun
        session.add(row)
        session.flush()
        if row.before:
            _tell(session, ground, row, plan)
        person, before = row.person, row.before or None
    log.info("duty_began", product=product_id, person=person, before=before)
    return 1


def _begun(
    session: Session, ground: Ground, product_id: int, *, now: datetime
) -> tuple[Roster, Plan] | None:
    """Return the duty that began and that no row tells of; None where nothing changed."""
    product = session.get_one(Product, product_id)
    plan = plans.plan(session, ground.settings, product, now=now)
    duty, last = on_call(plan.rota, now), store.last_duty(session, product_id)
    if duty is None or (last is not None and last.person == duty.person):
        return None
    return _row(duty, last, product_id, now=now), plan


def _row(duty: Duty, last: Roster | None, product_id: int, *, now: datetime) -> Roster:
    """Return the row of a duty; one that a swap cuts into begins now."""
    planned = last is None or duty.begins_at > last.told_at
    return Roster(
        product_id=product_id,
        number=last.number + 1 if last else 1,
        person=duty.person,
        shift=duty.shift,
        before=last.person if last else "",
        begins_at=duty.begins_at if planned else now,
        ends_at=duty.ends_at,
        told_at=now,
    )


def _tell(session: Session, ground: Ground, row: Roster, plan: Plan) -> None:
    """Queue the message, and let the notes be handed over with it."""
    product = session.get_one(Product, row.product_id)
    notes = store.notes_waiting(session, row.product_id)
    open_cases = store.cases(session, row.product_id)
    text = relief_words(row, product.name, notes, open_cases, zone=plan.zone)
    reach = plans.reach(ground.settings, plan, now=row.told_at)
    for reached in reach.about(row.person):
        message = Delivery(
            key=f"{reached.to.name}|{row.product_id}|{SHIFT}|{row.number}",
            product_id=row.product_id, channel=reached.to.channel, destination=reached.to.name,
            target=calling.rings(reached), kind=SHIFT, text=text,
            payload=calling.drawn(text, None, reached), next_try_at=row.told_at,
            created_at=row.told_at,
        )  # fmt: skip
        outbox.queue(session, message)
    for note in notes:
        note.roster_id = row.id
        session.add(note)


def relief_words(
    row: Roster, product: str, notes: Sequence[ShiftNote], cases: Sequence[Case], *, zone: str
) -> str:
    """Return what the one who comes on call is told; no words of users stand in it."""
    until = f"{row.ends_at.astimezone(named(zone)):%a %Y-%m-%d %H:%M} ({zone})"
    what = f"{row.person}, you are on call for {cut(plain(product), TITLE)} now, until {until}."
    lines = [f"{what} Before you it was {row.before}."]
    lines += [f"Note by {note.by}: {note.text}" for note in notes]
    worst = sorted(cases, key=lambda case: -rank(case.issue.severity.value))
    lines += [_line(case) for case in worst[: calling.NAMED]]
    if len(worst) > calling.NAMED:
        lines.append(f"And {len(worst) - calling.NAMED} more: groundswell issue list")
    return "\n".join(lines if cases else [*lines, "No issue waits for anybody."])


def _line(case: Case) -> str:
    """Return an open issue in a line; its title only where a person gave it one."""
    issue, handling = case.issue, case.handling
    title = f" “{quoted(issue.title, TITLE)}”" if issue.titled_by else ""
    who = "nobody knows of it yet"
    if handling is not None and handling.held_at is not None:
        who = f"{handling.held_by} has it"
    elif handling is not None and handling.acknowledged_at is not None:
        who = f"{handling.acknowledged_by} acknowledged it"
    rests = ", it rests" if case.waiting.resting else ""
    return f"{reference(issue.id or 0)}{title}: {issue.severity}, {issue.state}, {who}{rests}"
