"""The two clocks of an issue: how long until people were heard, and how long until we acted.

Pure. Both begin with the first post, for that is when people began to wait. A reply acknowledges;
only a step that changes something for them is an act: a cause that was found, a way around that
somebody verified, a change, an end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """When what happened of one issue; None: not yet."""

    began_at: datetime
    alerted_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acted_at: datetime | None = None
    resolved_at: datetime | None = None

    @property
    def noticed_s(self) -> float | None:
        """Seconds until the on-call people were told."""
        return self._since(self.alerted_at)

    @property
    def acknowledged_s(self) -> float | None:
        """Seconds until the first public word."""
        return self._since(self.acknowledged_at)

    @property
    def acted_s(self) -> float | None:
        """Seconds until something was done for the people who report it."""
        return self._since(self.acted_at)

    @property
    def resolved_s(self) -> float | None:
        """Seconds until it was over; of one that is open again, None."""
        return self._since(self.resolved_at)

    def _since(self, moment: datetime | None) -> float | None:
        """Return the seconds since it began; what came before the first post took none."""
        return None if moment is None else max((moment - self.began_at).total_seconds(), 0.0)


def first(moments: Iterable[datetime | None]) -> datetime | None:
    """Return the earliest moment that is known."""
    return min((moment for moment in moments if moment is not None), default=None)


def median(values: Iterable[float | None]) -> float | None:
    """Return the middle of what is known: of an even number the lower of the two."""
    known = sorted(value for value in values if value is not None)
    return known[(len(known) - 1) // 2] if known else None


def lasted(seconds: float) -> str:
    """Say a length of time: 59 is "1 min", 5,400 is "1 h 30 min", 200,000 is "2 days 7 h"."""
    minutes = max(round(seconds / 60), 1)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h" if hours else f"{days} days"
