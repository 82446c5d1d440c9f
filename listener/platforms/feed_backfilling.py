"""How far back through its older pages a feed is read: plain rules, apart from the asking.

A feed shows its newest entries only. Where none of what is known is left in it, or at the first
look, the pages behind it are read one by one until a known entry is met. Pages are strangers' words
and so are the links between them: their number, their entries, circles and other hosts are bounded,
and what was left out is told as lost. The way back stands in the cursor: a kill between two pages
loses none.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel

from config.clock import parse_time
from listener.identity import canonical_link
from listener.sources.base import Loss, RawPost

FIRST_PAGES: Final = 10
"""Pages of history taken at the first look, the newest one counted in."""
FIRST_POSTS: Final = 2_000
MAX_PAGES: Final = 200
MAX_POSTS: Final = 10_000
"""Pages and entries of one way back at the most; what is older then is told as lost."""
MAX_TRIES: Final = 3
"""How often one page is asked for in vain; between two tries the newest page is read."""
STALE: Final = timedelta(hours=24)
"""A way back without a step for so long is given up, so that it holds up no news for ever."""
NEWS_AFTER: Final = timedelta(minutes=30)
"""A way back that made no step for so long lets the newest page be read in between."""
_LENGTH: Final = 12


class Back(BaseModel):
    """The way back that is under way; part of the cursor as ``back``."""

    url: str
    """The page to be read next."""
    until: list[str] = []
    """Digests of what was known before it began; see ``anchors``."""
    newest_at: str | None = None
    """When the newest of that was written."""
    pages: int = 0
    """How many pages were read, the newest one counted in."""
    posts: int = 0
    oldest_at: str | None = None
    seen: list[str] = []
    """Digests of the pages read, by address and by content."""
    at: str
    """When its last step was done."""
    tries: int = 0
    """How often the page was asked for in vain."""
    newest_first: bool = False
    """The newest page is to be read before the next step."""
    looked_at: str | None = None
    """When it was read last while a step was due."""
    probes: bool = False
    """One page is read only to learn which way the feed runs; see ``feed_running``."""

    @property
    def is_first(self) -> bool:
        """Whether nothing was known before: history is read, and may end anywhere."""
        return not self.until and self.newest_at is None


def back_in(cursor: Mapping[str, Any]) -> Back | None:
    """Return the way back that is under way."""
    told = cursor.get("back")
    return Back.model_validate(told) if told else None


def anchors(posts: Iterable[RawPost]) -> list[str]:
    """Return short digests by which entries are known again: of id, link, and words."""
    return list(dict.fromkeys(name for names in _own_names(posts) for name in names))


def _own_names(posts: Iterable[RawPost]) -> list[tuple[str, ...]]:
    """Return the digests of each entry, without those that another one has as well.

    Some programs give all entries one id, or the address of the front page.
    """
    each = [
        tuple(
            digest(name)
            for name in (post.remote_id, canonical_link(post.url), f"{post.title}\n{post.body}")
            if name
        )
        for post in posts
    ]
    having = Counter(name for names in set(each) for name in names)
    return [tuple(name for name in names if having[name] == 1) for names in each]


def digest(name: str) -> str:
    """Return a short digest that is the same everywhere."""
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:_LENGTH]


def meets(posts: Sequence[RawPost], *, known: frozenset[str], newest_at: datetime | None) -> bool:
    """Tell whether a page goes back to what is known.

    One that is known and stands before newer ones was pinned or brought up again, and proves
    nothing: of a page "pinned, new, new, new" the older end counts. Where the entries are in no
    order, or most are known, any known one will do.

    Args:
        posts: the entries of the page in its order.
        known: digests of what is known.
        newest_at: when the newest of that was written.
    """
    ordered = list(posts)
    if _is_oldest_first(ordered):
        ordered.reverse()
    hits = [not known.isdisjoint(names) for names in _own_names(ordered)]
    # Of one second, or of one day where a feed tells no more, some may stand on the next page;
    # but not where one of them is known that stands here, nor where no name is known of any.
    at_level = not known or any(
        hit and post.published_at == newest_at for hit, post in zip(hits, ordered, strict=True)
    )
    fresh = [
        not hit and _is_newer(post.published_at, newest_at, or_equal=not at_level)
        for hit, post in zip(hits, ordered, strict=True)
    ]
    if not ordered or all(fresh):
        return False
    if not fresh[-1]:
        return True
    news = [post.published_at for post, new in zip(ordered, fresh, strict=True) if new]
    in_order = len(news) > 1 and _falls(news)
    return any(hits) and (not in_order or 2 * sum(hits) >= len(hits))


def _is_newer(at: datetime | None, known: datetime | None, *, or_equal: bool) -> bool:
    return at is None or known is None or at > known or (or_equal and at == known)


def _is_oldest_first(posts: Sequence[RawPost]) -> bool:
    times = [post.published_at for post in posts if post.published_at is not None]
    return len(times) > 1 and len(times) == len(posts) and times == sorted(times)


def _falls(times: Sequence[datetime | None]) -> bool:
    told = [at for at in times if at is not None]
    return len(told) == len(times) and told == sorted(told, reverse=True)


def begun(
    cursor: Mapping[str, Any],
    page: Sequence[RawPost],
    *,
    url: str,
    older: str | None,
    complete: bool,
    now: datetime,
) -> tuple[Back | None, Loss | None]:
    """Return the way back that the newest page makes needed, or what is lost at once.

    One that is under way goes on; what the newest page then leaves out is told as lost.

    Args:
        cursor: what is known.
        page: the entries of the newest page, in its order.
        url: where it came from.
        older: the page that it names.
        complete: it says that it holds all there is.
        now: aware UTC.
    """
    newest_at = cursor.get("newest_at")
    start = Back(
        url=url,
        until=cursor.get("anchors") or [],
        newest_at=newest_at,
        at=now.isoformat(),
    )
    under_way = back_in(cursor)
    is_known = not page or complete or (start.is_first and (older is None or under_way is not None))
    onward = "" if is_known else following(start, page, older=older, now=now)
    if isinstance(onward, str):
        return under_way, _loss_at_once(start, page, onward)
    if under_way is not None:
        return under_way, _loss_at_once(start, page, "an older gap is being filled")
    return onward, None


def following(
    back: Back, page: Sequence[RawPost], *, older: str | None, now: datetime
) -> Back | str:
    """Return the way back after a page was read, or in words why it ends there.

    An empty word: it met what is known.

    Args:
        back: as it was when the page was asked for; ``url`` is that of the page.
        page: its entries, in its order.
        older: the page that it names.
        now: aware UTC.
    """
    newest_at = None if back.newest_at is None else parse_time(back.newest_at)
    if meets(page, known=frozenset(back.until), newest_at=newest_at):
        return ""
    marks = _marks(back.url, page)
    if not marks.isdisjoint(back.seen):
        return "its older pages lead in a circle"
    posts = back.posts + len(page)
    if (why := _bounds(back, posts)) is not None:
        return why
    if older is None:
        return "it names no older page"
    older = with_scheme_of(back.url, older)
    if older is None:
        return "its older page stands on another host, where we do not follow it"
    times = [post.published_at.isoformat() for post in page if post.published_at]
    return back.model_copy(
        update={
            "url": older,
            "pages": back.pages + 1,
            "posts": posts,
            "oldest_at": min([*times, *filter(None, [back.oldest_at])], default=None),
            "seen": [*back.seen, *sorted(marks)],
            "at": now.isoformat(),
            "tries": 0,
        }
    )


def _marks(url: str, page: Sequence[RawPost]) -> frozenset[str]:
    content = "\n".join(f"{post.remote_id} {post.url} {post.title}" for post in page)
    return frozenset({digest(url), *([digest(content)] if page else [])})


def _bounds(back: Back, posts: int) -> str | None:
    pages = back.pages + 1
    if back.is_first:
        return "" if pages >= FIRST_PAGES or posts >= FIRST_POSTS else None
    if pages >= MAX_PAGES or posts >= MAX_POSTS:
        return f"{posts:,} entries on {pages} pages are new; the older ones were left out"
    return None


def with_scheme_of(url: str, older: str) -> str | None:
    """Return the address of an older page, asked for as the page that names it; None elsewhere.

    Sites behind a proxy name themselves by ``http`` although they stand at ``https``.
    """
    here, there = urlsplit(url), urlsplit(older)
    if here.netloc.lower() != there.netloc.lower():
        return None
    return there._replace(scheme=here.scheme, fragment="").geturl()


def tried_in_vain(back: Back) -> Back | None:
    """Return the way back after a page did not come; None when it was asked for often enough.

    History is asked for once: the first look would end, and what came later would pass for news.
    """
    tries = back.tries + 1
    if tries >= MAX_TRIES or back.is_first:
        return None
    return back.model_copy(update={"tries": tries, "newest_first": True})


def wants_news(back: Back, *, now: datetime) -> bool:
    """Tell whether the newest page comes before the next step.

    A host may ask us again and again to wait for an older page: news must not wait with it.
    """
    last = max(parse_time(back.at), parse_time(back.looked_at or back.at))
    return back.newest_first or not timedelta() <= now - last < NEWS_AFTER


def is_stale(back: Back, *, now: datetime) -> bool:
    """Tell whether the last step lies too far back, or in a time that is yet to come."""
    return not timedelta() <= now - parse_time(back.at) < STALE


def _loss_at_once(start: Back, page: Sequence[RawPost], why: str) -> Loss | None:
    times = [post.published_at.isoformat() for post in page if post.published_at]
    seen = {"posts": len(page), "oldest_at": min(times, default=None)}
    return loss_of(start.model_copy(update=seen), why)


def loss_of(back: Back, why: str) -> Loss | None:
    """Return what is lost where a way back ends before what is known; history loses nothing."""
    if back.is_first or not why:
        return None
    return Loss(
        f"all {back.posts:,} entries of the feed are new since the last look, and {why}; it may "
        "have had more in between",
        after_at=None if back.newest_at is None else parse_time(back.newest_at),
        before_at=None if back.oldest_at is None else parse_time(back.oldest_at),
    )
