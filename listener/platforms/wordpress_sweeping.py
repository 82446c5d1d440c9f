"""What to ask a WordPress next, so that nothing is missed: plain rules over what it told.

The newest page is read at each look, for comments are edited, and held ones let through, without
any other sign. Where it does not reach back to what is known, the hole is filled forward, oldest
first, by the time at which the last page ended; a kill between two pages loses none.

Times are those of the site, sent back as it wrote them: that is the column it compares, and what
zone it is in is told nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel

from listener.platforms.feed_backfilling import back_in
from listener.platforms.wordpress_answers import Item
from listener.preparing import LATEST_FUTURE

FIRST_PAGES: Final = 10
"""Pages of history taken at the first look."""
OVERLAP: Final = timedelta(hours=2)
"""How far a hole is begun before what is known: at the end of summer time an hour comes twice."""
_SECOND: Final = timedelta(seconds=1)
_IGNORED: Final = timedelta(days=1)


@dataclass(frozen=True)
class Stream:
    """One list of the site."""

    name: str
    route: str
    order: str
    since: str
    """The parameter that asks for what is later than a time."""
    size: int

    def time_of(self, item: Item) -> str:
        """Return the time that the list is ordered by."""
        return (item.modified or item.date) if self.order == "modified" else item.date


POSTS: Final = Stream("posts", "posts", "date", "after", 20)
EDITS: Final = Stream("edits", "posts", "modified", "modified_after", 20)
"""Changed articles. ``POSTS`` is needed beside it: an article that was written on Monday and
appears on Friday by itself counts as modified on Monday. Releases before 5.7 do not know
``modified_after`` and answer as if it had not been asked."""
COMMENTS: Final = Stream("comments", "comments", "date", "after", 100)


class Sweep(BaseModel):
    """How far one list is known; part of the cursor."""

    at: str | None = None
    """Everything up to this time is known; None before the first look ended."""
    at_utc: datetime | None = None
    top: str | None = None
    """The newest time when the filling of a hole began."""
    top_utc: datetime | None = None
    after: str | None = None
    """How far the hole is filled; None when there is none."""
    page: int = 1
    closed_at: datetime | None = None
    """When the list was refused; it is read from a feed meanwhile."""
    feed: dict[str, Any] = {}

    @property
    def has_older_pages(self) -> bool:
        """Whether older pages of the feed are to be read at once."""
        back = back_in(self.feed)
        return back is not None and not back.newest_first

    def question(self, stream: Stream) -> dict[str, str]:
        """Return the parameters of the next page."""
        common = {"per_page": str(stream.size), "orderby": stream.order}
        if self.after is None:
            return {**common, "order": "desc"}
        return {**common, "order": "asc", stream.since: self.after, "page": str(self.page)}


def beginning(sweep: Sweep, stream: Stream, items: Sequence[Item], *, now: datetime) -> Sweep:
    """Return the sweep after the newest page, which held the last of its list."""
    newest = newest_of(stream, items, now=now)
    if newest is None:
        return sweep.model_copy(update={"closed_at": None})
    at, at_utc = newest
    return sweep.model_copy(update={"at": at, "at_utc": at_utc, "closed_at": None})


def hole(
    sweep: Sweep, stream: Stream, items: Sequence[Item], *, start: str, now: datetime
) -> Sweep:
    """Return the sweep that fills what lies between ``start`` and the newest page."""
    newest = newest_of(stream, items, now=now)
    if newest is None:
        return sweep
    top, top_utc = newest
    after = _shifted(start, -OVERLAP)
    return sweep.model_copy(
        update={"top": top, "top_utc": top_utc, "after": after, "page": 1, "closed_at": None}
    )


def reaches(sweep: Sweep, stream: Stream, items: Sequence[Item]) -> bool:
    """Tell whether a page goes back to before the last known second, which may have gone on."""
    oldest = oldest_of(stream, items)
    return sweep.at is not None and (oldest is None or oldest < sweep.at)


def filled(sweep: Sweep, stream: Stream, items: Sequence[Item], *, last: bool) -> Sweep:
    """Return the sweep after one page of a hole.

    Args:
        sweep: as it was when the page was asked for.
        stream: the list.
        items: what the page held.
        last: there is no further page.
    """
    after = sweep.after or ""
    times = [stream.time_of(item) for item in items]
    ignored = bool(times) and _shifted(min(times), _IGNORED) < after
    if last or not times or ignored:
        known = {"at": sweep.top, "at_utc": sweep.top_utc}
        return sweep.model_copy(
            update={**known, "top": None, "top_utc": None, "after": None, "page": 1}
        )
    onward = _shifted(max(times), -_SECOND)
    if onward > after:
        return sweep.model_copy(update={"after": onward, "page": 1})
    # More than a page in one second: time alone leads no further.
    return sweep.model_copy(update={"page": sweep.page + 1})


def newest_of(
    stream: Stream, items: Sequence[Item], *, now: datetime
) -> tuple[str, datetime | None] | None:
    """Return the newest time that has come; what is dated in the future must not hide the rest."""
    times = [
        (stream.time_of(item), item.published_at)
        for item in items
        if item.published_at is None or item.published_at <= now + LATEST_FUTURE
    ]
    return max(times, key=lambda pair: pair[0], default=None)


def oldest_of(stream: Stream, items: Sequence[Item]) -> str | None:
    """Return the oldest time of a page."""
    return min((stream.time_of(item) for item in items), default=None)


def _shifted(time: str, by: timedelta) -> str:
    try:
        return (datetime.fromisoformat(time).replace(tzinfo=None) + by).isoformat("T", "seconds")
    except (ValueError, OverflowError):
        return time
