"""Whether the passes truly ran lately, and what the heartbeat says of it.

Pure. A pass that hangs or fails is not well, whoever else still runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LATE = timedelta(minutes=5)
"""A pass may take so long: the first look at many slow places does, and a hung one is told soon."""


@dataclass(frozen=True)
class Beaten:
    """The last run of a pass."""

    at: datetime
    error: str = ""


def ailing(found: Mapping[str, Beaten], names: Sequence[str], *, now: datetime) -> list[str]:
    """Return in words which passes did not run well lately; empty when all did."""
    said = []
    for name in names:
        beat = found.get(name)
        if beat is None:
            said.append(f"{name} has not run yet")
        elif now - beat.at > LATE:
            said.append(f"{name} last ran {(now - beat.at).total_seconds() / 60:.0f} min ago")
        elif beat.error:
            said.append(f"{name} fails")
    return said


def is_due(last_at: datetime | None, now: datetime, *, every: timedelta) -> bool:
    """Tell whether it is time again; never where ``every`` is nothing."""
    return every > timedelta() and (last_at is None or now - last_at >= every)


def words(ails: Sequence[str], *, now: datetime, every: timedelta, pause: str = "") -> str:
    """Return the heartbeat, in our own words only, with the time by which silence means trouble.

    Args:
        ails: which passes are not well.
        now: the time.
        every: how often it beats.
        pause: that a person holds everything back, in words; empty where nobody does.
    """
    held = f" But {pause}: no alert leaves until groundswell resume." if pause else ""
    at, until = f"{now:%H:%M} UTC, {now.day} {now:%b}", now + 2 * every + LATE
    if ails:
        return f"Groundswell is not well at {at}: {'; '.join(ails)}. See groundswell status.{held}"
    return (
        f"Groundswell is listening: all passes ran lately, {at}. If this still stands here after "
        f"{until:%H:%M} UTC, {until.day} {until:%b}, it has stopped.{held}"
    )
