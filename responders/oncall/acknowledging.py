"""How soon on-call people acknowledged what they were told: the middle and the slow end.

Pure. It counts from the moment when the first place took the alert, since nobody can answer what
did not arrive. The middle and the ninth of ten, not the mean: one night would hide all others. What
nobody acknowledged has no time, so it is counted beside them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

ALL = "all"
SEVERITIES = ("critical", "major", "minor", "cosmetic")


@dataclass(frozen=True, kw_only=True)
class ToldOf:
    """One issue that on-call people were told of."""

    severity: str
    accepted_at: datetime
    """When the first place took its alert."""
    acknowledged_at: datetime | None = None
    """When somebody first acknowledged or took it, whatever was taken back later."""

    @property
    def took_s(self) -> float | None:
        """Seconds until it was acknowledged; what was known before it was told took none."""
        if self.acknowledged_at is None:
            return None
        return max((self.acknowledged_at - self.accepted_at).total_seconds(), 0.0)


@dataclass(frozen=True, kw_only=True)
class Acknowledging:
    """How soon some issues were acknowledged; None where none was."""

    alerts: int
    acknowledged: int
    unacknowledged: int
    acknowledged_s: float | None
    """The middle."""
    acknowledged_p90_s: float | None
    """Nine of ten took no longer."""


def acknowledgings(told: Sequence[ToldOf]) -> Mapping[str, Acknowledging]:
    """Return how soon all were acknowledged, and those of each severity there is."""
    found = {ALL: _counted(told)}
    for severity in SEVERITIES:
        own = [one for one in told if one.severity == severity]
        if own:
            found[severity] = _counted(own)
    return found


def _counted(told: Sequence[ToldOf]) -> Acknowledging:
    times = [one.took_s for one in told if one.took_s is not None]
    return Acknowledging(
        alerts=len(told),
        acknowledged=len(times),
        unacknowledged=len(told) - len(times),
        acknowledged_s=ranked(times, 0.5),
        acknowledged_p90_s=ranked(times, 0.9),
    )


def ranked(values: Iterable[float], share: float) -> float | None:
    """Return the least value that so many are not above; of 1, 2, 3, 4 the half is 2, 0.9 is 4.

    Args:
        values: in any order.
        share: above 0, at most 1.

    Source: https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method
    """
    known = sorted(values)
    return known[max(ceil(share * len(known) - 1e-9), 1) - 1] if known else None
