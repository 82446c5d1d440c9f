"""A place that serves feeds: RSS or Atom of the posts it holds, with validators as servers do."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal

from responders.demo.formats import FeedItem, atom, rss
from tests.places.web import Asked, RawReply, Reply, Web

FeedFormat = Literal["rss", "atom"]
NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


def feed_item(number: int, html: str = "It crashes.", *, title: str | None = None) -> FeedItem:
    """Return a post for a feed; a larger number is a later one."""
    return FeedItem(
        id=f"post-{number}",
        url=f"http://blog.example/{number}",
        title=title or f"Post {number}",
        author=f"author{number}",
        published_at=NOON.replace(hour=number // 60 % 12, minute=number % 60),
        html=html,
    )


@dataclass
class FeedPlace:
    """Holds posts, the newest last, and shows the newest few; put it before a ``Web``."""

    items: list[FeedItem] = field(default_factory=list)
    shown: int = 50
    format: FeedFormat = "rss"
    lying: bool = False
    """Its ETag never changes."""

    def __call__(self, asked: Asked) -> Reply | RawReply:
        """Answer one request."""
        if asked.path.split("?")[0] != "/feed":
            return Reply(404)
        render = rss if self.format == "rss" else atom
        body = render(self.items[::-1][: self.shown], title="A blog", url="http://blog.example/")
        digest = "same" if self.lying else hashlib.sha256(body).hexdigest()[:16]
        headers = {
            "ETag": f'W/"{digest}"',
            "Last-Modified": format_datetime(NOON, usegmt=True),
            "Content-Type": f"application/{self.format}+xml; charset=utf-8",
        }
        if asked.headers.get("if-none-match") == headers["ETag"]:
            return Reply(304, headers=headers)
        return Reply(body=body, headers=headers)


def feed_web(*items: FeedItem) -> tuple[FeedPlace, Web]:
    """Return a feed place and the server before it."""
    place = FeedPlace(list(items))
    return place, Web(place)
