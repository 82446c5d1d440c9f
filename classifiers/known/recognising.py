"""What is known already: which issue a burst comes back to, and which one a single post is about.

Apart from emergence because an emergence ends with its burst, while an issue stays known until a
person resolves it and is remembered after that. All likeness here is measured against the posts
themselves, never against a fixed cosine, which would not hold from one product to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from classifiers.embedding import Matrix
from classifiers.emergence import cohesion, unit

RETURN_SLACK: Final = 0.05
"""How much further from an issue's middle than from one another a burst may lie and still be it.

Measured over bursts of three labelled streams, each held against those of the others: 95 % of those
on one subject are recognised, and 95 % of what is recognised is on one subject. See docs.
"""

FRESH: Final = timedelta(hours=6)
"""So long after an issue's newest post a burst of it goes on."""
FRESH_SLACK: Final = 0.1
"""How much further from a fresh issue's middle than its posts from one another one may still lie.

Measured on nine labelled streams of our own: of the posts of bursts that joined nothing 60 more
join the right issue and 11 a wrong one; at twelve hours and more the second number grows faster.
"""
FRESH_ROWS: Final = 3
"""Fewer posts have no likeness among one another to measure by."""


@dataclass(frozen=True)
class Known:
    """An issue, or a burst that is over, that bursts and posts are held against.

    Attributes:
        key: what names it.
        rows: (m, d) centred unit vectors of some of its posts, m at least 1.
        ended_at: when a person called it resolved; what is written later is not it but its return.
        told: when the first and the newest of its own posts were written; None where unknown.
    """

    key: int
    rows: Matrix
    ended_at: datetime | None = None
    told: tuple[datetime, datetime] | None = None

    @property
    def centre(self) -> Matrix:
        """(d,) unit vector in the middle of its posts."""
        return unit(self.rows.sum(axis=0))

    def near_enough(self, level: float, *, written: datetime) -> float:
        """Return the similarity to the middle at which a post is about it.

        While its burst goes on a post is likelier to be about it than at any other time, so it need
        only be as near as its own posts are to one another, but for the slack.

        Args:
            level: what holds at any time.
            written: when the post was.

        Example: level 0.7, its posts 0.6 alike: 0.5 during the burst, 0.7 the day after.
        """
        goes_on = self.told is not None and self.told[0] <= written <= self.told[1] + FRESH
        if not goes_on or len(self.rows) < FRESH_ROWS:
            return level
        return min(level, cohesion(self.rows) - FRESH_SLACK)


def returning(burst: Matrix, known: Sequence[Known]) -> Known | None:
    """Return the issue that a burst is about, if it is about one that is known.

    It is when its posts lie as near to the issue's middle as to one another, but for the slack. Of
    several the nearest counts.

    Args:
        burst: (n, d) centred unit vectors of its posts, n at least 2.
        known: issues.
    """
    near = [(float((burst @ item.centre).mean()), -place) for place, item in enumerate(known)]
    if not near:
        return None
    best, place = max(near)
    return known[-place] if best + RETURN_SLACK >= cohesion(burst) else None


def about(post: Matrix, known: Sequence[Known], level: float, *, written: datetime) -> Known | None:
    """Return the issue that a post is about, if one is near enough.

    Args:
        post: (d,) centred unit vector.
        known: issues; a resolved one takes only what was written before it was.
        level: similarity to an issue's middle that is near enough at any time, as the stream has
            it; an issue whose burst goes on may ask for less.
        written: when the post was.
    """
    open_then = [item for item in known if item.ended_at is None or written <= item.ended_at]
    near = [(float(item.centre @ post), -place) for place, item in enumerate(open_then)]
    if not near:
        return None
    best, place = max(near)
    nearest = open_then[-place]
    return nearest if best >= nearest.near_enough(level, written=written) else None
