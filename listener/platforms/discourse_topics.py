"""One category or tag of a Discourse forum: which of its topics have moved, and how far they go.

A forum lists the newest posts of all its categories only together, so a category or a tag is
followed by its list of topics, the last moved first, and by the posts of each that moved. The list
is read back to what was known, and each topic is ticked off when its posts are in: a kill loses
none. Plain rules, apart from the asking.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from config.clock import parse_time
from listener.sources.base import Loss

MAX_LISTS: Final = 50
"""Pages of the list in one sweep at the most, 30 topics each; the first look takes one."""
KNOWN: Final = 300
"""Topics that are remembered; one beyond them is told only as far as it is new."""
MAX_TRIES: Final = 3
MAX_TURNS: Final = 25
"""How often one topic that was not known is read back at the most, so many posts at a time."""
AGAIN: Final = 20
"""The last posts of a topic that are read again whenever it moved."""
LATE: Final = timedelta(hours=24)
"""How long before the last look a post may be dated that came since: moderators take their time."""
_SCOPE: Final = re.compile(
    r"(?P<base>.*?)(?P<scope>/(?:c|tag|tags)/[^?#]+?)(?:/l/[a-z_]+)?(?:\.json|\.rss)?/?"
)
_ENDINGS: Final = ("/posts.json", "/posts", "/latest", "/latest.json")
_PAGES: Final = ("/t/", "/c/", "/tag/", "/tags/", "/u/", "/top", "/new")


class Topic(BaseModel):
    """One row of the list.

    Source: https://docs.discourse.org/#tag/Categories/operation/listCategoryTopics
    """

    id: int
    bumped_at: datetime
    posts_count: int = 0
    highest_post_number: int = 0
    pinned: bool = False
    pinned_globally: bool = False

    @property
    def mark(self) -> str:
        """What changes whenever somebody writes there."""
        return f"{self.bumped_at.isoformat()} {self.posts_count} {self.highest_post_number}"

    @property
    def is_pinned(self) -> bool:
        """Whether it stands before the others, whenever it moved."""
        return self.pinned or self.pinned_globally


class Moved(BaseModel):
    """A topic whose posts are to be read."""

    id: int
    mark: str
    last_id: int = 0
    """The newest post of it that is known; 0 for none."""
    tries: int = 0
    below: int | None = None
    """Of one that was not known, the posts from this number on are in; read back from there."""
    top_id: int = 0
    """The newest post that is in then."""
    turns: int = 0


class Topics(BaseModel):
    """The cursor: how far the list is known, and what of it is still to be read."""

    until: str | None = None
    """When the last topic had moved at the beginning of the last sweep that ended."""
    top: str | None = None
    """The same of the sweep under way."""
    news_from: str | None = None
    """Until when the place was known as the sweep began whose topics are read; None at first."""
    page: int | None = None
    """The page of the list to be read next; None between two sweeps."""
    queue: list[Moved] = []
    known: dict[str, tuple[str, int]] = {}
    """Of each topic its mark when it was read, and its newest post."""

    @property
    def goes_on(self) -> bool:
        """Whether there is more to be had at once; what failed waits for the next look."""
        return self.page is not None or any(not moved.tries for moved in self.queue)

    @property
    def next_one(self) -> Moved:
        """The topic to be read next: those that failed come after the others."""
        return min(self.queue, key=lambda moved: moved.tries)


def forum_root(url: str) -> str:
    """Return the address of a forum, whatever page of it was given."""
    parts = urlsplit(url)
    within = _SCOPE.fullmatch(parts.path)
    path = within["base"] if within else parts.path
    for page in _PAGES:
        path = path.partition(page)[0] if page.endswith("/") else path.removesuffix(page)
    for ending in _ENDINGS:
        path = path.removesuffix(ending)
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}"


def scope_of(url: str) -> str | None:
    """Return the path of the category or tag that an address names; None for a whole forum.

    ``https://f.example/c/help/5/l/latest`` is about ``/c/help/5``.
    """
    found = _SCOPE.fullmatch(urlsplit(url).path)
    return found["scope"] if found else None


def read_topics(told: dict[str, Any]) -> tuple[list[Topic], bool] | None:
    """Return the rows of a list and whether it goes on; None if it is no list of topics."""
    listed = told.get("topic_list")
    rows = listed.get("topics") if isinstance(listed, dict) else None
    if not isinstance(listed, dict) or not isinstance(rows, list):
        return None
    topics = []
    for row in rows:
        try:
            topics.append(Topic.model_validate(row))
        except ValidationError:
            continue  # one odd row hides no other
    return topics, bool(listed.get("more_topics_url"))


def listed(known: Topics, topics: Sequence[Topic], *, more: bool) -> tuple[Topics, Loss | None]:
    """Return the cursor after a page of the list, and what was lost if the sweep is given up."""
    page = known.page or 0
    moving = [topic for topic in topics if not topic.is_pinned]
    newest = max((topic.bumped_at.isoformat() for topic in moving), default=known.until)
    top = newest if known.page is None else known.top
    queue = [
        Moved(id=topic.id, mark=topic.mark, last_id=_last_id(known, topic))
        for topic in topics
        if known.known.get(str(topic.id), ("", 0))[0] != topic.mark
    ]
    reached = known.until is None or any(
        topic.bumped_at < parse_time(known.until) for topic in moving
    )
    news_from = known.until if known.page is None else known.news_from
    turned = known.model_copy(
        update={"queue": [*known.queue, *queue], "top": top, "news_from": news_from}
    )
    if not reached and more and topics and page + 1 < MAX_LISTS:
        return turned.model_copy(update={"page": page + 1}), None
    ended = turned.model_copy(update={"page": None, "until": top, "top": None})
    if reached or not more or not topics:
        return ended, None
    return ended, Loss(
        f"more than {MAX_LISTS} pages of topics have moved since the last look; the older ones "
        "were left out",
        after_at=parse_time(known.until) if known.until else None,
        before_at=min((topic.bumped_at for topic in moving), default=None),
    )


def _last_id(known: Topics, topic: Topic) -> int:
    return known.known.get(str(topic.id), ("", 0))[1]


def ticked_off(known: Topics, moved: Moved, *, last_id: int) -> Topics:
    """Return the cursor after the posts of a topic are in."""
    rest = [one for one in known.queue if one.id != moved.id]
    others = {key: seen for key, seen in known.known.items() if key != str(moved.id)}
    remembered = {**others, str(moved.id): (moved.mark, max(last_id, moved.last_id))}
    return known.model_copy(update={"queue": rest, "known": dict([*remembered.items()][-KNOWN:])})


def put_off(known: Topics, moved: Moved, why: str) -> tuple[Topics, Loss | None]:
    """Return the cursor after a topic did not come; after three tries it is told as lost."""
    rest = [one for one in known.queue if one.id != moved.id]
    tries = moved.tries + 1
    if tries < MAX_TRIES:
        again = moved.model_copy(update={"tries": tries})
        return known.model_copy(update={"queue": [*rest, again]}), None
    given_up = ticked_off(known, moved, last_id=moved.last_id)
    after_at = parse_time(known.news_from) if known.news_from else None
    return given_up, Loss(f"topic {moved.id} cannot be read ({why})", after_at=after_at)


def news_begin(known: Topics, moved: Moved) -> datetime | None:
    """Return when the news of a topic begins; None where the newest known post of it says so.

    A topic of years ago that somebody answers, or that was moved here, tells its news only.
    """
    if moved.last_id or known.news_from is None:
        return None
    return parse_time(known.news_from) - LATE


@dataclass
class Turn:
    """One reading of a topic: what to ask for, and where it leaves the cursor.

    Of a topic that is known, the oldest news come first and it is read on, so that none is lost.
    Any other may be years old: its newest come first, and it is read back to where news begin.
    """

    known: Topics
    moved: Moved
    most: int
    """How many posts to ask for at the most, of those that do not come with the topic."""
    _news: list[int] = field(default_factory=list)
    """The numbers of those that are new."""

    def wanted(self, ids: Sequence[object]) -> list[int]:
        """Return which posts to ask for: what is new, and the last few again.

        For edits show nowhere else. At the first look of a place the last few are history enough.

        Args:
            ids: the numbers of the topic's posts that do not come with it, in its order.
        """
        numbers = [number for number in ids if isinstance(number, int)]
        if self.moved.below is not None:
            self._news = sorted(one for one in numbers if one < self.moved.below)
            return self._news[-self.most :]
        is_first = self.known.news_from is None and not self.moved.last_id
        new = [] if is_first else [one for one in numbers if one > self.moved.last_id]
        self._news = sorted(new)
        if self._goes_on:
            return self._news[: self.most]
        return list(dict.fromkeys([*numbers[-AGAIN:], *new[-self.most :]]))

    def ended(self, told: Mapping[int, datetime]) -> tuple[Topics, Loss | None]:
        """Return the cursor after the posts are in, and what of the topic is lost.

        Args:
            told: when each of them was written, by its number.
        """
        if self._goes_on:
            return self._again(last_id=self._news[self.most - 1]), None
        top_id = max([self.moved.top_id, *told])
        oldest = self._oldest(told)
        if oldest is None:
            return ticked_off(self.known, self.moved, last_id=top_id), None
        turns = self.moved.turns + 1
        if turns < MAX_TURNS:
            below = self._news[-self.most]
            return self._again(below=below, top_id=top_id, turns=turns), None
        return ticked_off(self.known, self.moved, last_id=top_id), self._cut(oldest)

    def _again(self, **onward: int) -> Topics:
        rest = [one for one in self.known.queue if one.id != self.moved.id]
        moved = self.moved.model_copy(update={**onward, "tries": 0})
        return self.known.model_copy(update={"queue": [moved, *rest]})

    @property
    def _goes_on(self) -> bool:
        return bool(self.moved.last_id) and len(self._news) > self.most

    def _oldest(self, told: Mapping[int, datetime]) -> datetime | None:
        """Return when the oldest post was written that was asked for, if news lie before it."""
        begin = news_begin(self.known, self.moved)
        if begin is None or len(self._news) <= self.most:
            return None
        times = [told[number] for number in self._news[-self.most :] if number in told]
        oldest = min(times, default=begin)
        return oldest if oldest >= begin else None

    def _cut(self, oldest: datetime) -> Loss:
        return Loss(
            f"topic {self.moved.id} has more than {self.most * MAX_TURNS:,} posts since the last "
            "look; the older ones were left out",
            after_at=news_begin(self.known, self.moved),
            before_at=oldest,
        )
