"""When an issue that people hear nothing of has grown so much that they must hear of it again.

Pure, because people will argue about it. A resting issue that only goes on as it was stays quiet,
and what was called no issue stays so until it is something else altogether.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TIMES = 2
"""So many times as many posts a day as before are another rate."""
LEAST = 6
"""With fewer posts a day twice as many are chance: of three expected, six or more come in 8 %."""
FAR_TIMES = 10
"""So many times as many as before are far more: nobody meant that when they called it no issue."""
FAR_LEAST = 20
"""With fewer posts a day nothing is far more."""


@dataclass(frozen=True)
class Stand:
    """How an issue stands at a moment."""

    posts_a_day: int
    """In the day before."""
    places: int
    severity: str

    def as_json(self) -> dict[str, Any]:
        """Return it as the timeline keeps it."""
        return {
            "posts_a_day": self.posts_a_day, "places": self.places, "severity": self.severity,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Stand":
        """Read what as_json() wrote."""
        return cls(int(data["posts_a_day"]), int(data["places"]), str(data["severity"]))


def grown(before: Stand, now: Stand, *, ranks: Sequence[str]) -> str | None:
    """Say how an issue grew since it was put to rest; None if it goes on as it was.

    Args:
        before: when it was put to rest.
        now: as it is.
        ranks: severities from the least to the worst.

    Example: 5 posts a day before and 11 now: "11 posts in the last day, 5 before it rested".
    """
    if ranks.index(now.severity) > ranks.index(before.severity):
        return f"it is {now.severity} now, {before.severity} before it rested"
    if now.places > before.places:
        more = "another place" if now.places == before.places + 1 else "more places"
        return f"it is told in {more}, {now.places} by now"
    if now.posts_a_day >= max(TIMES * before.posts_a_day, LEAST):
        return f"{now.posts_a_day} posts in the last day, {before.posts_a_day} before it rested"
    return None


def far_grown(before: Stand, now: Stand) -> str | None:
    """Say how far more is told than when a person called it no issue; None if it is not.

    Neither other places nor a worse severity count: the person knew what it is about.
    """
    if now.posts_a_day >= max(FAR_TIMES * before.posts_a_day, FAR_LEAST):
        return (
            f"{now.posts_a_day} posts in the last day, {before.posts_a_day} when it was called so"
        )
    return None
