"""Who is called next when nobody acknowledges an alert, and who is reminded when nothing moves.

Pure. Nothing is remembered but rows: when an issue was alerted, who said what since, and which
calls were made. So a restart changes nothing, and each call follows from the ones before it: after
an hour in which nobody could be called the ladder goes on where it stood, with the same time
between two steps, and never with all of them at once.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from responders.delivery.quiet import Quiet, after_quiet, named

STEP = re.compile(
    r"([0-9]{1,6}(?:\.[0-9]{1,3})?) +(channel|role|person|pager)(?: +(\S{1,100}))?", re.ASCII
)
NOBODY = "nobody"
"""The only step of a ladder that is to call nobody; an empty one may be a slip of the pen."""
REMINDER = -1
"""Stands in the place of a step's number where a call is a reminder."""
DOUBLED_AT_MOST = 6
"""Times that the wait for the next reminder is doubled."""
ALONE, LATELY = 3, timedelta(minutes=5)
"""So many messages of one step within that time; what is due beyond goes together, or later."""


class Whom(StrEnum):
    """Whom a step calls."""

    CHANNEL = "channel"
    ROLE = "role"
    PERSON = "person"
    """Whoever is on call."""
    PAGER = "pager"


@dataclass(frozen=True)
class Rung:
    """One step of a ladder."""

    after: timedelta
    """Since the ladder began, quiet hours left out."""
    whom: Whom
    place: str = ""
    """A kind of destination or one destination; empty: the usual ones."""


Ladder = Sequence[Rung]


def ladder_of(written: Sequence[str]) -> tuple[Rung, ...]:
    """Return a ladder as the settings write it: ``20 pager apprise:pager`` is one step.

    ``nobody`` alone is a ladder without any.

    Raises:
        ValueError: it says which step cannot be read, or does not come later than the one before.
    """
    if list(written) == [NOBODY]:
        return ()
    steps = tuple(_rung(line) for line in written)
    if any(step.after <= before.after for before, step in pairwise(steps)):
        raise ValueError("each step must come later than the one before it")
    return steps


def _rung(line: str) -> Rung:
    found = STEP.fullmatch(line)
    if found is None:
        raise ValueError(
            f"“{line[:60]}” is no step; write MINUTES WHOM or MINUTES WHOM PLACE, such as "
            f"“20 pager apprise:pager”; WHOM is one of {', '.join(Whom)}"
        )
    return Rung(timedelta(minutes=float(found[1])), Whom(found[2]), found[3] or "")


@dataclass(frozen=True)
class Made:
    """A call that was made."""

    began_at: datetime
    """When its ladder began; of a reminder when something moved last."""
    rung: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What the rows say of one issue; all times rise."""

    alerts: Sequence[datetime]
    """When people were told of it."""
    resets: Sequence[datetime] = ()
    """When it came to wait for somebody anew: un-acknowledged, or woken after it rested."""
    acted: Sequence[datetime] = ()
    """When a person changed its state: they know of it, whatever they pressed."""
    moved: Sequence[datetime] = ()
    """When a person did anything with it, or something was said in public."""
    acknowledged_at: datetime | None = None
    resting: bool = False
    """Nobody is to be called: muted, snoozed, no issue, part of another one, or over."""
    calls: Sequence[Made] = ()


@dataclass(frozen=True)
class Due:
    """The next call."""

    rung: int
    began_at: datetime
    at: datetime
    """When it is due."""


def next_call(
    waiting: Waiting, ladder: Ladder, *, able: Callable[[Rung], bool], quiet: Quiet | None
) -> Due | None:
    """Return the next step of an issue's ladder; None when nobody is called any more.

    A step that can call nobody is passed over, and the next one takes its time. Quiet hours do not
    count: with steps after 5 and 10 minutes and an alert two minutes before 22:00, quiet until
    07:00, they are due at 07:03 and 07:08.

    Args:
        waiting: the issue.
        ladder: of its severity as it is now.
        able: whether a step can call anybody at this moment.
        quiet: the hours that hold it up; None where its severity overrides them.
    """
    if waiting.resting or waiting.acknowledged_at is not None:
        return None
    last_able = max((place for place, rung in enumerate(ladder) if able(rung)), default=None)
    began_at = _began_at(waiting, last_able) if last_able is not None else None
    if began_at is None or any(at >= began_at for at in waiting.acted):
        return None
    last = _last(waiting, began_at)
    first = last.rung + 1 if last else 0
    for place in range(first, len(ladder)):
        if able(ladder[place]):
            since, done = (last.at, ladder[last.rung].after) if last else (began_at, timedelta())
            return Due(place, began_at, awake_after(since, ladder[first].after - done, quiet))
    return None


def _began_at(waiting: Waiting, last_able: int | None) -> datetime | None:
    """Return when the ladder that runs began; None when nobody was alerted.

    An alert begins a new one only when the one before is at its end: else an issue that comes and
    goes would never climb.
    """
    if not waiting.alerts:
        return None
    began = max([waiting.alerts[0], *waiting.resets])
    for alert in waiting.alerts:
        last = _last(waiting, began, until=alert)
        climbed = last is not None and last_able is not None and last.rung >= last_able
        if alert > began and (climbed or any(began <= at <= alert for at in waiting.acted)):
            began = alert
    return began


def _last(waiting: Waiting, began_at: datetime, *, until: datetime | None = None) -> Made | None:
    made = [
        one
        for one in waiting.calls
        if one.began_at == began_at and one.rung != REMINDER and (until is None or one.at <= until)
    ]
    return max(made, key=lambda one: one.rung, default=None)


def next_reminder(waiting: Waiting, period: timedelta, *, quiet: Quiet | None) -> Due | None:
    """Return when people are reminded of an issue that somebody acknowledged and nothing moved.

    With a period of an hour it is due 1, 3, 7, 15 hours after the last move, quiet hours left out.

    Args:
        waiting: the issue.
        period: the first wait; none: never.
        quiet: as for a call.
    """
    if waiting.resting or waiting.acknowledged_at is None or not period:
        return None
    moved_at = max([waiting.acknowledged_at, *waiting.moved])
    given = [one.at for one in waiting.calls if one.rung == REMINDER and one.began_at == moved_at]
    wait = period * 2 ** min(len(given), DOUBLED_AT_MOST)
    return Due(REMINDER, moved_at, awake_after(max([moved_at, *given]), wait, quiet))


def awake_after(start: datetime, span: timedelta, quiet: Quiet | None) -> datetime:
    """Return when so much time has passed that is not quiet; never a quiet moment itself.

    Ten minutes after 21:55, with quiet hours 22:00-07:00, is 07:05.
    """
    at, left = after_quiet(quiet, start), span
    while quiet is not None and at + left >= (begins := _next_quiet(quiet, at)):
        left -= begins - at
        at = after_quiet(quiet, begins)
    return at + left


def _next_quiet(quiet: Quiet, at: datetime) -> datetime:
    """Return when the next quiet hours begin; those that a change of the clock leaves out do not.

    ``at`` itself is not quiet.
    """
    zone = named(quiet.zone)
    day = at.astimezone(zone).date()
    while True:
        begins = datetime.combine(day, quiet.begins, tzinfo=zone).astimezone(UTC)
        if begins >= at and after_quiet(quiet, begins) > begins:
            return begins
        day += timedelta(days=1)


def may_leave(due: int, *, sent_lately: int) -> int:
    """Return in how many messages so many calls of one step leave now; 0: they wait a little.

    A few leave each by itself. In a storm, when more are due than ``ALONE`` within ``LATELY``, all
    that are due go into one message.
    """
    left = ALONE - sent_lately
    if due <= left:
        return due
    return 1 if left > 0 else 0
