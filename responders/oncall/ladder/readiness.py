"""What keeps people from being called: nobody on call, a place that is not configured, a mistake.

For `status`, `doctor` and the console. A product that declares no roster has nobody by choice.
"""

from datetime import datetime

from sqlmodel import Session

from config.settings import Settings
from listener.store import products
from responders.delivery.opening import every_destination
from responders.delivery.quiet import named
from responders.oncall.ladder import plans
from responders.oncall.ladder.calling import unknown_places
from responders.oncall.ladder.declared_oncall import Plan, mistaken
from responders.oncall.ladder.duty import gaps, next_duty, on_call

UNSEEN = (
    "[oncall] heartbeat_minutes shows nothing: no place has messages that can be edited; set up "
    "the bot of Discord or Slack, or use [oncall] ping_url"
)
TOLD = 3
"""Gaps that are named; the others are counted."""


def oncall_warnings(session: Session, settings: Settings, *, now: datetime) -> list[str]:
    """Return what keeps the on-call people from being called, with the remedy."""
    rows = products(session)
    found = [*_heartbeat(settings), *mistaken(rows, usual=plans.usual(settings.oncall), now=now)]
    for product in rows:
        plan = plans.plan(session, settings, product, now=now)
        found += [f"{product.name}: {line}" for line in _nobody(plan, now=now)]
        found += [f"{product.name}: {line}" for line in _nowhere(settings, plan)]
    return found


def _heartbeat(settings: Settings) -> list[str]:
    edited = any(to.keeps_cards for to in every_destination(settings))
    if not settings.oncall.heartbeat_minutes or edited:
        return []
    return [UNSEEN]


def deaf_ladders(session: Session, settings: Settings, *, now: datetime) -> list[str]:
    """Return for which products no step of a ladder can call anybody, though alerts go to a chat.

    For `doctor` alone: whoever only reads the terminal has nobody to call by choice. That a roster
    has nobody at the moment is told by ``oncall_warnings``.
    """
    found = []
    for product in products(session):
        plan = plans.plan(session, settings, product, now=now)
        reach = plans.reach(settings, plan, now=now)
        if all(to.channel == "terminal" for to in reach.places) or plan.rota.shifts:
            continue
        silent = [
            severity
            for severity, ladder in plan.ladders.items()
            if ladder and not any(reach.of(rung) for rung in ladder)
        ]
        if silent:
            found.append(
                f"{product.name}: when nobody acknowledges ({', '.join(silent)}), nobody is "
                "called: no step of the ladder can call anybody; set [discord] role_id or [slack] "
                "group_id, declare a roster, set up a pager, or write a step such as “15 channel”"
            )
    return found


def _nobody(plan: Plan, *, now: datetime) -> list[str]:
    if not plan.rota.shifts or on_call(plan.rota, now) is not None:
        return []
    ahead = next_duty(plan.rota, now)
    until = f"until {_at(ahead.begins_at, plan)}" if ahead else "and no shift is ahead"
    return [f"nobody is on call now, {until}; see groundswell oncall roster show"]


def _nowhere(settings: Settings, plan: Plan) -> list[str]:
    places = every_destination(settings)
    rungs = [rung for ladder in plan.ladders.values() for rung in ladder]
    unknown = [f"the ladder names {one}" for one in unknown_places(rungs, places)]
    known = {to.name for to in places} | {to.channel for to in places}
    unknown += [
        f"the pager of {name} is {person.pager}"
        for name, person in plan.people.items()
        if person.pager and person.pager not in known
    ]
    named_places = ", ".join(sorted(to.name for to in places)) or "none"
    return [f"{one}, and there is no such place; configured are: {named_places}" for one in unknown]


def unrung_in_words(plan: Plan) -> list[str]:
    """Return who takes turns with neither an account nor a pager, so that nothing rings for them.

    It may be meant: their name is written in the chats all the same.
    """
    turns = [name for shift in plan.rota.shifts for name in shift.people]
    turns += [swap.person for swap in plan.rota.swaps]
    return [
        f"{name} takes turns with no account and no pager, so a call writes their name and rings "
        f"nobody; give people.{name} discord, slack or pager, unless that is meant"
        for name in dict.fromkeys(turns)
        if not _can_ring(plan, name)
    ]


def _can_ring(plan: Plan, name: str) -> bool:
    person = plan.people.get(name)
    return person is not None and any((person.discord, person.slack, person.pager))


def gaps_in_words(plan: Plan, *, now: datetime) -> list[str]:
    """Return when nobody is on call within the next year, the first few by their times."""
    found = gaps(plan.rota, now)
    lines = [
        f"nobody is on call from {_at(since, plan)} until {_at(until, plan)}"
        for since, until in found[:TOLD]
    ]
    more = len(found) - TOLD
    return [*lines, f"and {more} more times within a year"] if more > 0 else lines


def _at(moment: datetime, plan: Plan) -> str:
    return f"{moment.astimezone(named(plan.zone)):%a %Y-%m-%d %H:%M} ({plan.zone})"
