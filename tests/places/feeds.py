"""A place that serves feeds: the posts it holds, with validators as servers do, on many pages."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from config.clock import rfc3339
from responders.demo.formats import FeedItem, atom, rss
from tests.places.web import Asked, RawReply, Reply, Web

FeedFormat = Literal["rss", "atom", "json"]
Paging = Literal["", "next", "archive", "wordpress"]
ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
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
    onward: bool = False
    """Its pages begin with the oldest posts, and so does each page."""
    lying: bool = False
    """Its ETag never changes."""

    paging: Paging = ""
    """How it tells of older pages: by RFC 5005's words (``next_url`` in JSON), as an archive whose
    pages are numbered from the oldest, or not at all, as WordPress does."""
    names_last: bool = False
    """It says where its last page stands."""
    complete: bool = False
    """It says that it holds all there is."""
    older_at: str = ""
    """Where its older pages are said to stand, if elsewhere."""

    def __call__(self, asked: Asked) -> Reply | RawReply:
        """Answer one request."""
        parts = urlsplit(asked.path)
        query = parse_qs(parts.query)
        page = int((query.get("paged") or query.get("archive") or ["0"])[0])
        rows = self._rows(page)
        if parts.path != "/feed" or (page and not (rows and self.paging)):
            return Reply(404)
        body = self._body(rows, self._older(page))
        digest = "same" if self.lying else hashlib.sha256(body).hexdigest()[:16]
        headers = {
            "ETag": f'W/"{digest}"',
            "Last-Modified": format_datetime(NOON, usegmt=True),
            "Content-Type": f"application/{self.format}+xml; charset=utf-8",
        }
        if asked.headers.get("if-none-match") == headers["ETag"]:
            return Reply(304, headers=headers)
        return Reply(body=body, headers=headers)

    def _rows(self, page: int) -> list[FeedItem]:
        """Return the posts of a page, the newest first; 0 is the newest page."""
        newest_first = self.items if self.onward else self.items[::-1]
        if page and self.paging == "archive":
            return self.items[(page - 1) * self.shown : page * self.shown][::-1]
        first = max(page - 1, 0) * self.shown
        return newest_first[first : first + self.shown]

    def _older(self, page: int) -> str | None:
        if self.older_at:
            return self.older_at
        if self.paging == "archive":
            last = -(-len(self.items) // self.shown)  # what is in the newest page stands there too
            older = page - 1 if page else last - 1
            return f"/feed?archive={older}" if older > 0 else None
        page = max(page, 1)
        return f"/feed?paged={page + 1}" if len(self.items) > page * self.shown else None

    def _body(self, rows: list[FeedItem], older: str | None) -> bytes:
        named = older if self.paging in {"next", "archive"} or self.older_at else None
        pages = -(-len(self.items) // self.shown)
        if self.format == "json":
            return _json(rows, named)
        render = rss if self.format == "rss" else atom
        body = render(rows, title="A blog", url="http://blog.example/")
        words = f'<fh:complete xmlns:fh="{HISTORY}"/>' if self.complete else ""
        if named:
            rel = "prev-archive" if self.paging == "archive" else "next"
            words += f'<a:link xmlns:a="{ATOM}" rel="{rel}" href="{named}"/>'
        if self.names_last:
            words += f'<a:link xmlns:a="{ATOM}" rel="last" href="/feed?paged={pages}"/>'
        if self.paging == "wordpress":
            words += "<generator>https://wordpress.org/?v=6.9</generator>"
        return body.replace(b"</title>", b"</title>" + words.encode(), 1)


def _json(rows: list[FeedItem], older: str | None) -> bytes:
    items = [
        {
            "id": item.id,
            "url": item.url,
            "title": item.title,
            "content_html": item.html,
            "date_published": rfc3339(item.published_at),
        }
        for item in rows
    ]
    told = {"version": "https://jsonfeed.org/version/1.1", "title": "A blog", "items": items}
    return json.dumps(told | ({"next_url": older} if older else {})).encode()


def feed_web(*items: FeedItem) -> tuple[FeedPlace, Web]:
    """Return a feed place and the server before it."""
    place = FeedPlace(list(items))
    return place, Web(place)
