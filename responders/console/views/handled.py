"""Who of us knows of an issue, who has it, and what may be said of a post."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from responders.console.views.words import clock, initials, one_line
from responders.decisions.issues.judging import WORDS
from responders.oncall.tables import Handling

SAYINGS: Final = {
    "problem": "a problem", "question": "a question", "request": "a wish", "praise": "praise",
    "off_topic": "beside the point", "brigade": "a brigade", "spam": "spam",
    "not_ours": "not about us", "other": "something else",
}  # fmt: skip


@dataclass(frozen=True)
class Handled:
    """How an issue is handled."""

    known_by: str
    known_at: str
    held_by: str
    held_at: str
    initials: str
    mine: bool


def handled(row: Handling | None, me: str, *, now: datetime) -> Handled:
    """Return who knows of an issue and who has it, as somebody sees that."""
    known = row is not None and row.acknowledged_at is not None
    held = row is not None and row.held_at is not None
    return Handled(
        known_by=one_line(row.acknowledged_by) if row and known else "",
        known_at=clock(row.acknowledged_at, now) if row and row.acknowledged_at else "",
        held_by=one_line(row.held_by) if row and held else "",
        held_at=clock(row.held_at, now) if row and row.held_at else "",
        initials=initials(row.held_by) if row and held else "",
        mine=bool(row and held and row.held_by == me),
    )


def sayings() -> Sequence[tuple[str, str]]:
    """Return what a post may be said to be, as the act takes it and as people read it."""
    return [(word, SAYINGS.get(word, word.replace("_", " "))) for word in WORDS]
