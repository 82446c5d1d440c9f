"""What the judging core takes and what it gives: a post as it arrives, and what was decided of it.

Apart from judging because everything around the core speaks of these two and of nothing inside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from classifiers.copies.disguises import own_words, undisguised
from classifiers.emergence import Emergence


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A post as it arrives.

    Attributes:
        title: a title of its own. A reply has none: its thread's title is not what it says, and
            would make all replies alike.
        author: a pseudonym, or None where unknown.
        published_at: when it was written, as its source says.
        seen_at: when we heard it; posts are judged in this order.
        backfill: old when heard; teaches the baseline, never alerts.
        counts: False for staff, bots and ourselves: may join a cluster, is never evidence.
        relevant: False for a post that is not about the product: no cluster, no evidence.
    """

    post_id: str
    text: str
    title: str | None = None
    author: str | None = None
    source: str | None = None
    thread: str | None = None
    published_at: datetime
    seen_at: datetime
    lang: str | None = None
    backfill: bool = False
    counts: bool = True
    relevant: bool = True

    @property
    def words(self) -> str:
        """Title and text, the title not said twice: this person's own words, without disguises."""
        title, text = (self.title or "").strip(), own_words(self.text)
        return undisguised(text if not title or text.startswith(title) else f"{title}\n{text}")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What was decided about one post, for good.

    Attributes:
        cluster: number given at arrival, never changed; None for a post outside all clusters.
        kind: what sort of post it is, see relevance.
        duplicate_of: id of the post whose text it repeats.
        joins: number of an emergence opened earlier that explains it.
        brings: ids of earlier posts that join with it, because together they repeat it.
        emergence: the emergence that this post opened.
        moved: clusters now of earlier posts that were settled anew at this arrival.
    """

    post_id: str
    cluster: int | None = None
    kind: str = "other"
    duplicate_of: str | None = None
    joins: int | None = None
    brings: tuple[str, ...] = ()
    emergence: Emergence | None = None
    moved: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
