"""How fast people were heard and helped: the middle of the clocks, by severity and in all.

Pure. The middle and not the mean: one issue of a holiday would hide all others. An issue whose
clock still runs counts as an issue and not in the middle, so both numbers are told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from responders.voice.ledger.clocks import Clocks, median

ALL = "all"
SEVERITIES = ("critical", "major", "minor", "cosmetic")


@dataclass(frozen=True, kw_only=True)
class Speed:
    """The middle of each clock over some issues; None where none of them stopped."""

    issues: int
    acknowledged: int
    """Those of which the public heard a word."""
    acted: int
    noticed_s: float | None
    acknowledged_s: float | None
    acted_s: float | None
    resolved_s: float | None


def speeds(measured: Sequence[tuple[str, Clocks]]) -> Mapping[str, Speed]:
    """Return the speed over all issues, and over those of each severity there is.

    Args:
        measured: severity and clocks of each issue.
    """
    found = {ALL: _speed([clocks for _, clocks in measured])}
    for severity in SEVERITIES:
        own = [clocks for name, clocks in measured if name == severity]
        if own:
            found[severity] = _speed(own)
    return found


def _speed(clocks: Sequence[Clocks]) -> Speed:
    return Speed(
        issues=len(clocks),
        acknowledged=sum(one.acknowledged_at is not None for one in clocks),
        acted=sum(one.acted_at is not None for one in clocks),
        noticed_s=median(one.noticed_s for one in clocks),
        acknowledged_s=median(one.acknowledged_s for one in clocks),
        acted_s=median(one.acted_s for one in clocks),
        resolved_s=median(one.resolved_s for one in clocks),
    )
