"""How the people of a product are reached now: as declared, swapped and configured.

Apart from the passes, because the command line and the checks ask the same.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from config.settings import OncallKnobs, Settings
from listener.tables import Product
from responders.delivery.opening import every_destination
from responders.oncall.ladder import store_escalation as store
from responders.oncall.ladder.calling import Reach
from responders.oncall.ladder.declared_oncall import Plan, Usual, plan_or_usual
from responders.oncall.ladder.duty import on_call

ROLES: Mapping[str, str] = {"discord": "role_id", "slack": "group_id"}
"""The option that holds the account of the on-call role, by the kind of channel."""
BEFORE = timedelta(days=60)
"""Swapped days that are longer ago change nothing that is asked now."""


def usual(knobs: OncallKnobs) -> Usual:
    """Return what the settings say where a product says nothing."""
    return Usual(
        zone=knobs.zone,
        quiet=knobs.quiet,
        quiet_override=knobs.quiet_override,
        ladders={
            "critical": knobs.ladder_critical,
            "major": knobs.ladder_major,
            "minor": knobs.ladder_minor,
            "cosmetic": knobs.ladder_cosmetic,
        },
    )


def remind_after(knobs: OncallKnobs, severity: str) -> timedelta:
    """Return after how long without a move people are reminded; none: never."""
    hours = {
        "critical": knobs.remind_critical_h,
        "major": knobs.remind_major_h,
        "minor": knobs.remind_minor_h,
        "cosmetic": knobs.remind_cosmetic_h,
    }
    return timedelta(hours=hours[severity])


def plan(session: Session, settings: Settings, product: Product, *, now: datetime) -> Plan:
    """Return how the people of a product are reached, with the days that they swapped."""
    rows = store.swaps(session, product.id or 0, since=(now - BEFORE).date())
    found = plan_or_usual(product, usual(settings.oncall))
    return found.with_swaps(store.swapped(rows))


def reach(settings: Settings, found: Plan, *, now: datetime) -> Reach:
    """Return who can be reached at this moment, and where."""
    duty = on_call(found.rota, now)
    roles = {
        kind: str(number)
        for kind, option in ROLES.items()
        if (number := getattr(settings.plugins.get(kind), option, None))
    }
    return Reach(
        places=every_destination(settings),
        only_called=settings.oncall.only_called,
        roles=roles,
        people=found.people,
        on_call=duty.person if duty else "",
    )
