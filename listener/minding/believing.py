"""Whether a source that says "deleted" is believed at once: a pure rule.

Apart because an erasure cannot be taken back. A place that lost its database, was restored from an
old copy or closed its doors may answer for a while that nothing was ever there.
"""

from dataclasses import dataclass
from typing import Final

MANY: Final = 10
"""So many deletions at once are more than people taking back what they wrote."""
MOST: Final = 0.5
"""Above this share of what it tells of, many deletions must be told twice."""


@dataclass(frozen=True)
class Doubt:
    """What a source told in one turn."""

    answered: int
    """Posts of which it told anything, that they stand or that they are gone."""
    gone: frozenset[int]
    """Those that it says were deleted."""
    before: frozenset[int]
    """Those of which it said so in an earlier turn."""


def believed(told: Doubt) -> frozenset[int]:
    """Return which deletions are believed now.

    Of 20 posts, 3 gone are believed at once; 15 gone only where the turn before said so.
    """
    is_many = len(told.gone) >= MANY and len(told.gone) > told.answered * MOST
    return told.gone & told.before if is_many else told.gone
