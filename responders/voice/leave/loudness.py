"""Whether somebody comes back to one issue again and again: then a person answers them. Pure.

A prepared sentence under the fifth post of an angry person makes them louder. One loud post is no
reason: most people shout once, and want the same answer as all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

IN_A_ROW, ROW = 4, timedelta(hours=1)
"""So many posts about it within so long are loud whatever the operator's number."""
SHOUTED, LETTERS = 0.7, 20
"""The share of capitals that is shouting, in texts of at least so many letters."""
MARKS: Final = ("!!!", "?!?!", "!?!?", "???")


@dataclass(frozen=True)
class Utterance:
    """One post of the author about the issue."""

    at: datetime
    text: str


def is_loud(said: Sequence[Utterance], *, now: datetime, posts: int, days: float) -> bool:
    """Tell whether an author needs a person.

    Args:
        said: what they wrote about the issue, in any order.
        now: the time.
        posts: so many are loud; 0: never.
        days: within so many.
    """
    if posts <= 0:
        return False
    lately = sorted((one for one in said if one.at > now - timedelta(days=days)), key=_at)
    if len(lately) >= posts or _in_a_row(lately):
        return True
    return len(lately) > 1 and sum(shouts(one.text) for one in lately) > 1


def shouts(text: str) -> bool:
    """Tell whether a text is in capitals, or ends its sentences with a row of marks."""
    letters = [char for char in text if char.isalpha()]
    loud = sum(char.isupper() for char in letters)
    capitals = len(letters) >= LETTERS and loud / len(letters) >= SHOUTED
    return capitals or any(mark in text for mark in MARKS)


def _in_a_row(lately: Sequence[Utterance]) -> bool:
    firsts = lately[: max(len(lately) - IN_A_ROW + 1, 0)]
    return any(
        lately[place + IN_A_ROW - 1].at - first.at <= ROW for place, first in enumerate(firsts)
    )


def _at(one: Utterance) -> datetime:
    return one.at
