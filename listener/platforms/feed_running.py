"""Which way the pages of a feed run, and how one is followed that begins with its oldest entries.

Most feeds begin with what is new. Some begin with their first entries (``?order=asc`` of a
WordPress, collections that are numbered from the oldest): there the feed's own address tells
nothing new any more, and news stand on the last page. That page is found once, remembered, and read
instead; what comes after it is looked for from there. Plain rules, apart from the asking.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from pydantic import BaseModel

from config.clock import parse_time
from listener.platforms.feed_backfilling import MAX_PAGES, Back, anchors, with_scheme_of
from listener.sources.base import RawPost

HOME_EVERY: Final = timedelta(hours=24)
"""How often the feed's own address is read all the same: it may have been turned round."""

MAX_TIED: Final = MAX_PAGES
"""Pages of one second that are followed; an imported archive has many, a circle has no end."""


class Onward(BaseModel):
    """The last page that is known; part of the cursor as ``onward``."""

    url: str
    newest_at: str
    """When the newest entry there was written."""
    tied: int = 0
    """How many pages in a row, up to this one, end with one second."""
    validators: dict[str, str | None] = {}
    candidate: str | None = None
    """The page behind it, if there may be one."""
    turns: bool = False
    """The page behind it is to be asked for next."""
    arrived: bool = False
    """The end was met once: what comes now is news."""
    home_at: str
    """When the feed's own address was read last."""


def onward_in(cursor: Mapping[str, Any]) -> Onward | None:
    """Return how far a feed was followed that begins with its oldest entries."""
    told = cursor.get("onward")
    return Onward.model_validate(told) if told else None


def with_onward(cursor: Mapping[str, Any], onward: Onward | None) -> dict[str, Any]:
    """Return the cursor with the last page that is known, or without one."""
    kept = {name: value for name, value in cursor.items() if name != "onward"}
    return kept if onward is None else kept | {"onward": onward.model_dump()}


def newest_known(cursor: Mapping[str, Any]) -> datetime | None:
    """Return when the newest entry was written that is known."""
    told = cursor.get("newest_at")
    return parse_time(told) if told else None


def runs_onward(page: Sequence[RawPost], *, newest_at: datetime | None) -> bool:
    """Tell whether a page comes after the one before it: most of it is newer than all of that.

    Args:
        page: the second page of a feed.
        newest_at: when the newest entry of the first one was written.
    """
    times = [post.published_at.timestamp() for post in page if post.published_at]
    if newest_at is None or 2 * len(times) <= len(page):
        return False
    known = newest_at.timestamp()
    return max(times) > known and median(times) >= known


def direction(page: Sequence[RawPost], *, newest_at: datetime | None) -> dict[str, Any]:
    """Return what a page that does not run onward says for the cursor about which way a feed runs.

    Where all of it bears the second of the first page's newest entry, or no page came, nothing is
    decided, or an unlucky first look would make an oldest-first feed deaf for ever.

    Args:
        page: the last page read of the way back.
        newest_at: when the newest entry of the first one was written.
    """
    tells = any(post.published_at not in {None, newest_at} for post in page)
    dated = not page or any(post.published_at is not None for post in page)
    return {"runs_back": True} if tells or not dated else {"undecided": True}


def probing(
    cursor: Mapping[str, Any],
    page: Sequence[RawPost],
    *,
    url: str,
    older: str | None,
    now: datetime,
) -> Back | None:
    """Return what reads the second page once, where the first begins with its oldest entry.

    A feed that was short at its first look had no second page then that could have shown it.
    """
    times = [post.published_at for post in page if post.published_at is not None]
    in_order = len(times) == len(page) > 1 and times == sorted(times)
    second = with_scheme_of(url, older) if older else None
    if not in_order or second is None or cursor.get("runs_back"):
        return None
    return Back(url=second, pages=1, at=now.isoformat(), probes=True)


def is_newer(page: Sequence[RawPost], onward: Onward) -> bool:
    """Tell whether a page holds something newer than the last one that is known."""
    newest_at = _newest_of(page)
    return newest_at is not None and newest_at > parse_time(onward.newest_at)


def leads_on(page: Sequence[RawPost], onward: Onward, *, known: Iterable[str]) -> bool:
    """Tell whether a page leads on, and in no circle: to something newer, or new of one second.

    Args:
        page: the one behind the last that is known.
        onward: the last one.
        known: digests of its entries.
    """
    ties = _newest_of(page) == parse_time(onward.newest_at) and onward.tied < MAX_TIED
    return is_newer(page, onward) or (ties and set(known).isdisjoint(anchors(page)))


def after_page(
    page: Sequence[RawPost],
    *,
    url: str,
    named: str | None,
    validators: Mapping[str, str | None],
    before: Onward | None,
    now: datetime,
) -> Onward:
    """Return where a feed is followed from after one of its pages was read.

    Args:
        page: the entries of the page.
        url: its address.
        named: the page it names.
        validators: what its answer gave, by the names under which they are sent back.
        before: where we were; None where the feed has just shown which way it runs.
        now: aware UTC.
    """
    candidate = with_scheme_of(url, named) if named else None
    newest_at = _newest_of(page)
    told = newest_at.isoformat() if newest_at else None
    goes_on = candidate is not None and candidate != url
    return Onward(
        url=url,
        newest_at=max(filter(None, [told, before.newest_at if before else None])),
        tied=before.tied + 1 if before and told == before.newest_at else 0,
        validators=dict(validators),
        candidate=candidate if goes_on else None,
        turns=goes_on,
        arrived=not goes_on or (before is not None and before.arrived),
        home_at=before.home_at if before else now.isoformat(),
    )


def unchanged(onward: Onward) -> Onward:
    """Return the same after the last page told nothing new: one behind it may have come."""
    return onward.model_copy(update={"turns": onward.candidate is not None})


def stays(onward: Onward, *, ended: bool) -> Onward:
    """Return the same after the page behind it did not come.

    Args:
        onward: the last page.
        ended: nothing stands there.
    """
    return onward.model_copy(update={"turns": False, "arrived": ended or onward.arrived})


def is_due_home(onward: Onward, *, now: datetime) -> bool:
    """Tell whether the feed's own address is to be read."""
    return not timedelta() <= now - parse_time(onward.home_at) < HOME_EVERY


def _newest_of(page: Sequence[RawPost]) -> datetime | None:
    return max((post.published_at for post in page if post.published_at), default=None)
