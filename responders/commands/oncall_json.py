"""Rosters as scripts read them; apart from the commands, so that both shapes are seen at once."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from config.clock import rfc3339
from config.settings import Settings
from listener.tables import Product
from responders.delivery.quiet import named
from responders.oncall.escalation import Rung
from responders.oncall.ladder import plans
from responders.oncall.ladder import store_escalation as store
from responders.oncall.ladder.declared_oncall import Plan
from responders.oncall.ladder.duty import (
    DAYS,
    Duty,
    Shift,
    begun_within,
    first_open_day,
    next_duty,
    on_call,
    timeline,
)
from responders.oncall.ladder.readiness import gaps_in_words
from responders.oncall.tables import ShiftNote, Swap


def who_json(
    session: Session, settings: Settings, product: Product, *, at: datetime
) -> dict[str, Any]:
    """Return who is on call for a product at a time, who is next, and what waits for them."""
    plan = plans.plan(session, settings, product, now=at)
    duty, after = on_call(plan.rota, at), next_duty(plan.rota, at)
    return {
        "product": product.name,
        "at": rfc3339(at),
        "person": duty.person if duty else None,
        "shift": duty.shift if duty else None,
        "begins_at": rfc3339(duty.begins_at) if duty else None,
        "ends_at": rfc3339(duty.ends_at) if duty else None,
        "next_person": after.person if after else None,
        "next_at": rfc3339(after.begins_at) if after else None,
        "zone": plan.zone,
        "notes": [note_json(row) for row in store.notes_waiting(session, product.id or 0)],
    }


def note_json(row: ShiftNote) -> dict[str, Any]:
    """Return a note."""
    return {"id": str(row.id), "text": row.text, "by": row.by, "at": rfc3339(row.at)}


def swap_json(row: Swap) -> dict[str, Any]:
    """Return some swapped days."""
    return {
        "id": str(row.id),
        "first_day": row.first_day,
        "last_day": row.last_day,
        "shift": row.shift or None,
        "person": row.person,
        "by": row.by,
        "at": rfc3339(row.at),
        "ended_by": row.ended_by or None,
        "ended_at": rfc3339(row.ended_at) if row.ended_at else None,
    }


def swap_words(session: Session, settings: Settings, row: Swap, *, now: datetime) -> str:
    """Say from when until when a swap holds, by the clock of its shifts."""
    plan = plans.plan(session, settings, session.get_one(Product, row.product_id), now=now)
    first, last = date.fromisoformat(row.first_day), date.fromisoformat(row.last_day)
    found = begun_within(plan.rota, first, last, row.shift)
    days = f"on {first}" if first == last else f"from {first} to {last}"
    if not found:
        return days
    (begin, zone), (end, end_zone) = found[0], max(found, key=lambda pair: pair[0].ends_at)
    since = f"{begin.begins_at.astimezone(named(zone)):%a %H:%M}"
    until = f"{end.ends_at.astimezone(named(end_zone)):%a %H:%M}"
    zones = zone if zone == end_zone else f"{zone}, {end_zone}"
    return f"{days}: {since} to {until} ({zones}), for each shift that begins then"


def roster_json(
    session: Session, settings: Settings, product: Product, *, now: datetime, ahead: timedelta
) -> dict[str, Any]:
    """Return how the on-call people of a product are reached, and who is on call ahead."""
    plan = plans.plan(session, settings, product, now=now)
    today = first_open_day(plan.rota, now)
    return {
        "product": product.name,
        "zone": plan.zone,
        "quiet": plan.quiet.hours if plan.quiet else None,
        "quiet_override": sorted(plan.quiet_override),
        "ladder": {name: list(map(_step, steps)) for name, steps in plan.ladders.items()},
        "people": {name: one.model_dump() for name, one in plan.people.items()},
        "shifts": [_shift(one) for one in plan.rota.shifts],
        "swaps": [swap_json(row) for row in store.swaps(session, product.id or 0, since=today)],
        "coming": [_duty(one, plan) for one in timeline(plan.rota, now, now + ahead)],
        "gaps": gaps_in_words(plan, now=now),
    }


def _step(rung: Rung) -> str:
    """Return a step as the settings write it."""
    minutes = f"{rung.after / timedelta(minutes=1):g}"
    return " ".join(filter(None, [minutes, rung.whom, rung.place]))


def _shift(one: Shift) -> Mapping[str, Any]:
    return {
        "name": one.name,
        "people": list(one.people),
        "from": f"{one.begins:%H:%M}",
        "until": f"{one.ends:%H:%M}",
        "zone": one.zone,
        "since": one.since.isoformat(),
        "turn_days": one.turn_days,
        "days": [DAYS[day] for day in sorted(one.days)],
    }


def _duty(one: Duty, plan: Plan) -> Mapping[str, Any]:
    zone = named(plan.zone)
    return {
        "person": one.person,
        "shift": one.shift,
        "begins_at": rfc3339(one.begins_at),
        "ends_at": rfc3339(one.ends_at),
        "begins": f"{one.begins_at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}",
        "ends": f"{one.ends_at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}",
    }
