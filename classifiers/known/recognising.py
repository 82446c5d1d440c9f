"""What is known already: which issue a burst comes back to, and which one a single post is about.

Apart from emergence because an emergence ends with its burst, while an issue stays known until a
person resolves it and is remembered after that. All likeness here is measured against the posts
themselves, never against a fixed cosine, which would not hold from one product to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from classifiers.embedding import Matrix
from classifiers.emergence import cohesion, unit

RETURN_SLACK: Final = 0.05
"""How much further from an issue's middle than from one another a burst may lie and still be it.

Measured over bursts of three labelled streams, each held against those of the others: 95 % of those
on one subject are recognised, and 95 % of what is recognised is on one subject. See docs.
"""


@dataclass(frozen=True)
class Known:
    """An issue, or a burst that is over, that bursts and posts are held against.

    Attributes:
        key: what names it.
        rows: (m, d) centred unit vectors of some of its posts, m at least 1.
        ended_at: when a person called it resolved; what is written later is not it but its return.
    """

    key: int
    rows: Matrix
    ended_at: datetime | None = None

    @property
    def centre(self) -> Matrix:
        """(d,) unit vector in the middle of its posts."""
        return unit(self.rows.sum(axis=0))


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
        level: similarity to an issue's middle that is near enough, as the stream has it.
        written: when the post was.
    """
    open_then = [item for item in known if item.ended_at is None or written <= item.ended_at]
    near = [(float(item.centre @ post), -place) for place, item in enumerate(open_then)]
    if not near:
        return None
    best, place = max(near)
    return open_then[-place] if best >= level else None
