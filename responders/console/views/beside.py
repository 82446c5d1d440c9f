"""Who else is at a draft: who reads it, who said the first yes, and what people changed in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from responders.console.store import Proposal
from responders.console.views.words import clock, initials, one_line
from responders.decisions.drafts.claiming import holder
from responders.decisions.drafts.seconding import TWO, Needed
from responders.decisions.tables import FirstYes
from responders.voice.rewording import Piece, distance, word_diff
from responders.voice.tables import Draft, DraftVersion


@dataclass(frozen=True)
class Reader:
    """Who reads a draft just now."""

    name: str
    initials: str
    since: str
    mine: bool


@dataclass(frozen=True)
class Second:
    """That two people must say yes, and whether one did."""

    reason: str
    by: str
    at: str
    mine: bool


@dataclass(frozen=True)
class Reworded:
    """What people changed in the template's text."""

    pieces: Sequence[Piece]
    share: str
    """Of the words, such as ``12 %``."""


@dataclass(frozen=True)
class Beside:
    """What stands beside the text of a draft."""

    reader: Reader | None
    second: Second | None
    reworded: Reworded | None
    together: int
    """How many texts of its issue wait, this one among them."""


def reader_of(draft: Draft, me: str, *, now: datetime) -> Reader | None:
    """Return who reads a draft just now."""
    name = holder(draft, now=now)
    if not name or draft.claimed_at is None:
        return None
    shown = one_line(name)
    return Reader(shown, initials(name), clock(draft.claimed_at, now), name == me)


def second_of(need: Needed, first: FirstYes | None, me: str, *, now: datetime) -> Second | None:
    """Return that two people must say yes; None where one is enough."""
    if need.persons < TWO:
        return None
    if first is None:
        return Second(need.reason, "", "", mine=False)
    return Second(need.reason, one_line(first.by), clock(first.at, now), mine=first.by == me)


def reworded(draft: Draft, versions: Sequence[DraftVersion]) -> Reworded | None:
    """Return what people changed in the template's newest text; None where it is not there."""
    drawn = [row.text for row in versions if not row.by]
    if not draft.edited_by or not drawn or not drawn[-1] or not draft.text:
        return None
    share = f"{round(100 * distance(drawn[-1], draft.text))} %"
    return Reworded(word_diff(drawn[-1], draft.text), share)


def together(one: Proposal, waiting: Sequence[Proposal]) -> int:
    """Return how many texts of a draft's issue wait for a yes."""
    return sum(other.draft.issue_id == one.draft.issue_id for other in waiting)
