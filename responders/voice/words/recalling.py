"""What we told people before, so that the next word in the same thread takes it up.

Pure. A follow-up says that it keeps its promise only while that is true, and says so when it comes
late.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Opening = Literal["plain", "promised", "late"]


@dataclass(frozen=True)
class Before:
    """The last text of ours in a thread."""

    told_at: datetime
    promised: datetime | None
    """By when it promised the next word; None where it promised none."""


def opening(before: Before | None, *, broken: Collection[datetime] = (), now: datetime) -> Opening:
    """Return how the next word in the thread begins.

    Args:
        before: what stands there; None where nothing does.
        broken: the promised times that passed without a word anywhere.
        now: the time.
    """
    if before is None or before.promised is None:
        return "plain"
    if now <= before.promised:
        return "promised"
    return "late" if before.promised in broken else "plain"
