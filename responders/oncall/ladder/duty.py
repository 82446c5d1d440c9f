"""Who is on call at a time: shifts in turns by the clock of their zone, with swapped days.

Pure. A shift begins and ends by the clock on the wall, so on the days when clocks change it is an
hour longer or shorter, and two shifts of one zone that meet on the wall meet on those days too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from responders.delivery.quiet import named

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SIGHT = timedelta(days=40)
"""So far before and after a time its duty is looked for."""
LOOKED_THROUGH = timedelta(days=400)
"""A year and a little: every change of the clock and every turn of some months."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Shift:
    """Hours of the week that some people cover in turns."""

    name: str
    people: Sequence[str]
    begins: time
    ends: time
    """Not later than ``begins``: on the next day."""
    zone: str
    since: date
    """The day on which the first one's turn begins."""
    turn_days: int = 7
    days: frozenset[int] = frozenset(range(7))
    """On which it begins, Monday is 0."""


@dataclass(frozen=True)
class Swapped:
    """Days on which somebody else takes a shift."""

    first: date
    last: date
    person: str
    shift: str = ""
    """Empty: every shift."""


@dataclass(frozen=True)
class Duty:
    """That somebody is on call from a time until another."""

    person: str
    shift: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Rota:
    """A roster: its shifts in their order, and the swapped days, the newest last."""

    shifts: Sequence[Shift]
    swaps: Sequence[Swapped] = ()


def on_call(rota: Rota, at: datetime) -> Duty | None:
    """Return who is on call at a time, from when until when; None when nobody is.

    A duty that lasts longer than can be seen is cut off there.
    """
    found = timeline(rota, at - SIGHT, at + SIGHT)
    return next((duty for duty in found if duty.begins_at <= at < duty.ends_at), None)


def next_duty(rota: Rota, at: datetime) -> Duty | None:
    """Return the first duty that begins after a time."""
    found = timeline(rota, at - SIGHT, at + SIGHT)
    return next((duty for duty in found if duty.begins_at > at), None)


def timeline(rota: Rota, since: datetime, until: datetime) -> list[Duty]:
    """Return the duties that touch a stretch of time, one after another, whole hours or not.

    Where two overlap, whoever is on call stays so until their shift ends. What follows without a
    gap for the same person is one duty.
    """
    found: list[Duty] = []
    for duty in _watches(rota, since, until):
        last = found[-1] if found else None
        if last is None or duty.begins_at > last.ends_at:
            found.append(duty)
        elif duty.ends_at <= last.ends_at:
            continue
        elif duty.person == last.person:
            found[-1] = replace(last, ends_at=duty.ends_at)
        else:
            found.append(replace(duty, begins_at=last.ends_at))
    return found


def _watches(rota: Rota, since: datetime, until: datetime) -> list[Duty]:
    """Return each day's part of each shift, by its beginning, of equals the first shift first."""
    found = [
        duty
        for shift in rota.shifts
        for duty in _of_shift(shift, rota.swaps, since, until)
        if duty.ends_at > since and duty.begins_at < until
    ]
    return sorted(found, key=lambda duty: duty.begins_at)


def _of_shift(
    shift: Shift, swaps: Sequence[Swapped], since: datetime, until: datetime
) -> Iterator[Duty]:
    zone = named(shift.zone)
    day = since.astimezone(zone).date() - DAY
    end = until.astimezone(zone).date()
    while day <= end:
        watch = _watch(shift, swaps, day)
        if watch is not None:
            yield watch
        day += DAY


def _watch(shift: Shift, swaps: Sequence[Swapped], day: date) -> Duty | None:
    if day.weekday() not in shift.days:
        return None
    zone = named(shift.zone)
    last = day + DAY if shift.ends <= shift.begins else day
    begins_at = datetime.combine(day, shift.begins, tzinfo=zone).astimezone(UTC)
    ends_at = datetime.combine(last, shift.ends, tzinfo=zone).astimezone(UTC)
    if begins_at >= ends_at:  # the clock leaves it out on this day
        return None
    return Duty(_whose(shift, swaps, day), shift.name, begins_at, ends_at)


def _whose(shift: Shift, swaps: Sequence[Swapped], day: date) -> str:
    for swap in reversed(swaps):
        if swap.first <= day <= swap.last and swap.shift in ("", shift.name):
            return swap.person
    return shift.people[(day - shift.since).days // shift.turn_days % len(shift.people)]


@dataclass(frozen=True)
class Overlap:
    """Two shifts at the same time, for the first time."""

    first: Duty
    second: Duty
    same_zone: bool
    """Of one zone it is a mistake; of two it comes with the days on which clocks change."""


def first_open_day(rota: Rota, now: datetime) -> date:
    """Return the earliest day of which a shift is not over yet, by the clock of each shift.

    At 01:00 a night shift of yesterday still runs, so yesterday's is not over.
    """
    days = [now.astimezone(named(shift.zone)).date() for shift in rota.shifts]
    running = [
        duty.begins_at.astimezone(named(shift.zone)).date()
        for shift in rota.shifts
        for duty in _of_shift(shift, (), now - DAY, now)
        if duty.begins_at <= now < duty.ends_at
    ]
    return min([*days, *running], default=now.date())


def begun_within(rota: Rota, first: date, last: date, shift: str = "") -> list[tuple[Duty, str]]:
    """Return the shifts that begin on some days by their own clocks, in order, with their zones."""
    found = [
        (watch, one.zone)
        for one in rota.shifts
        if shift in ("", one.name)
        for number in range((last - first).days + 1)
        if (watch := _watch(one, rota.swaps, first + number * DAY)) is not None
    ]
    return sorted(found, key=lambda pair: pair[0].begins_at)


def overlaps(rota: Rota, now: datetime) -> list[Overlap]:
    """Return which shifts overlap within the next year, the first time for each two of them."""
    zones = {shift.name: shift.zone for shift in rota.shifts}
    found: dict[frozenset[str], Overlap] = {}
    open_until: list[Duty] = []
    for duty in _watches(replace(rota, swaps=()), now, now + LOOKED_THROUGH):
        open_until = [one for one in open_until if one.ends_at > duty.begins_at]
        for one in open_until:
            both = frozenset({one.shift, duty.shift})
            same = zones[one.shift] == zones[duty.shift]
            found.setdefault(both, Overlap(one, duty, same))
        open_until.append(duty)
    return list(found.values())


def gaps(rota: Rota, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return when nobody is on call within the next year."""
    found = timeline(rota, now, now + LOOKED_THROUGH)
    between = [(one.ends_at, two.begins_at) for one, two in pairwise(found)]
    ahead = [(now, found[0].begins_at)] if found and found[0].begins_at > now else []
    return [(since, until) for since, until in [*ahead, *between] if since < until]
