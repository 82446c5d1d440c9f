"""Where "now" comes from, apart so that every rule can be given it and every test can choose it.

The demo plays a day faster than it passed; a restart must not jump back. So a paced clock is plain
arithmetic on the machine's own clock and can be handed to a child process as a short text.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

ENVIRONMENT_KEY = "GROUNDSWELL_CLOCK"
CLOCK_FILE = "played-clock.txt"
"""Stands beside the settings of a workspace whose day is played, such as the demo's, so that every
command sees the time that its posts and promises were written by."""


class Clock(Protocol):
    """Tells the time of the house."""

    def now(self) -> datetime:
        """Return the time as aware UTC."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the machine's time as aware UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still, for tests and for ``run --once --now``."""

    at: datetime

    def now(self) -> datetime:
        """Return the fixed time."""
        return self.at


@dataclass(frozen=True)
class PacedClock:
    """A clock that runs ``speed`` times as fast until ``fast_until``, then at the usual pace.

    At ``started`` (machine time) it showed ``shown``.
    """

    started: datetime
    shown: datetime
    speed: float
    fast_until: datetime

    def now(self) -> datetime:
        """Return the paced time."""
        return self.at(datetime.now(UTC))

    def at(self, machine_time: datetime) -> datetime:
        """Return what the clock shows at ``machine_time``.

        Started at 12:00 showing 07:00 with speed 60 and fast until 07:30, it shows 07:10 at
        12:00:10 and 07:31 at 12:01:30.
        """
        fast_for = max(self.fast_until - self.shown, timedelta())
        passed = max(machine_time - self.started, timedelta())
        fast = min(passed * self.speed, fast_for)
        return self.shown + fast + (passed - fast / self.speed)

    def as_text(self) -> str:
        """Return the clock as one line that ``clock_from`` reads back."""
        moments = (self.started, self.shown, self.fast_until)
        return "/".join([*(moment.isoformat() for moment in moments), str(self.speed)])


def clock_from(environ: Mapping[str, str] = os.environ) -> Clock:
    """Return the clock that the environment asks for, by default the machine's.

    Raises:
        ValueError: the text was not written by ``as_text`` or ``FixedClock``'s ISO time.
    """
    text = environ.get(ENVIRONMENT_KEY)
    if not text:
        return SystemClock()
    if "/" not in text:
        return FixedClock(parse_time(text))
    started, shown, fast_until, speed = text.split("/")
    return PacedClock(
        started=parse_time(started),
        shown=parse_time(shown),
        speed=float(speed),
        fast_until=parse_time(fast_until),
    )


def clock_of(folder: Path, environ: Mapping[str, str] = os.environ) -> Clock:
    """Return the clock of a workspace: the environment's, else the one that was left in its folder.

    Raises:
        ValueError: the text is no clock.
    """
    file = folder / CLOCK_FILE
    if environ.get(ENVIRONMENT_KEY) or not file.is_file():
        return clock_from(environ)
    return clock_from({ENVIRONMENT_KEY: file.read_text(encoding="utf-8").strip()})


def parse_time(text: str) -> datetime:
    """Return an ISO 8601 time as aware UTC; a time without a zone is taken as UTC.

    Raises:
        ValueError: the text is no time.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def rfc3339(moment: datetime) -> str:
    """Return the time as people's scripts read it, such as ``2026-05-12T07:00:00Z``."""
    utc = moment.astimezone(UTC)
    precision = "milliseconds" if utc.microsecond else "seconds"
    return utc.isoformat(timespec=precision).replace("+00:00", "Z")
