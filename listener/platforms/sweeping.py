"""Go back through a list whose newest is first until what is known: the pure part of a sweep.

A sweep stands in the cursor, so a kill between two pages loses none. What is known is told by a key
that grows with time, not by one post that may be deleted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from config.clock import parse_time
from listener.sources.base import Loss


class Sweep(BaseModel):
    """What is known without a hole, and the sweep back to it that is under way."""

    last: str | None = None
    """Everything below this key is known or told as lost; None before the first sweep ended."""
    last_at: str | None = None
    top: str | None = None
    """The highest key when the sweep began."""
    top_at: str | None = None
    turn: str | None = None
    """What asks for the next page; None when no sweep is under way."""
    pages: int = 0

    @property
    def ended(self) -> "Sweep":
        """Return what is known once the sweep is over."""
        return Sweep(last=self.top or self.last, last_at=self.top_at or self.last_at)


@dataclass(frozen=True)
class Seen:
    """One post of a page, as far as a sweep cares."""

    key: str
    at: datetime


@dataclass(frozen=True)
class Bounds:
    """How many pages a sweep may turn."""

    first: int
    """At the first look, which is history."""
    later: int


def advance(
    sweep: Sweep, page: Sequence[Seen], turn: str | None, bounds: Bounds
) -> tuple[Sweep, Loss | None]:
    """Return where the sweep stands after a page, and what was lost if it was given up.

    Args:
        sweep: where it stood.
        page: what the page told.
        turn: what asks for the next page; None when there is none.
        bounds: how many pages it may turn.
    """
    if sweep.turn is None:
        newest = max(page, key=lambda seen: seen.key, default=None)
        sweep = Sweep(
            last=sweep.last,
            last_at=sweep.last_at,
            top=max(newest.key, sweep.last or "") if newest else None,
            top_at=newest.at.isoformat() if newest else None,
        )
    reached = sweep.last is not None and any(seen.key < sweep.last for seen in page)
    if reached or turn is None or not page:
        return sweep.ended, None
    pages = sweep.pages + 1
    if pages < (bounds.first if sweep.last is None else bounds.later):
        return sweep.model_copy(update={"turn": turn, "pages": pages}), None
    if sweep.last is None:
        return sweep.ended, None
    return sweep.ended, Loss(
        f"more than {bounds.later} pages of posts since the last look; the older ones were left "
        "out",
        after_at=parse_time(sweep.last_at) if sweep.last_at else None,
        before_at=min(seen.at for seen in page),
    )
