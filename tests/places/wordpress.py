"""A small WordPress: the REST interface and the feeds of a site, with the oddities of real ones.

Written after answers of WordPress 6.1; ``tests/journeys/test_peers.py`` asks a real one.
"""

import base64
import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from responders.demo.formats import FeedItem, rss
from tests.places.web import Asked, RawReply, Reply, Web

START = datetime(2026, 5, 12, 6, tzinfo=UTC)
JSON = {"Content-Type": "application/json; charset=UTF-8"}
HTML = {"Content-Type": "text/html; charset=UTF-8"}
NOTICE = (
    b"<br />\n<b>Notice</b>:  Undefined index: [x] in <b>/srv/p.php</b> on line <b>3</b><br />\n"
)
BOM = b"\xef\xbb\xbf"
PAGE_NUMBER = "rest_post_invalid_page_number"
FEED_SHOWS = 10
GENERATOR = b"<generator>https://wordpress.org/?v=6.9</generator>"


@dataclass(frozen=True)
class Written:
    """An article, or a comment if it stands under one."""

    id: int
    html: str
    at: datetime
    title: str = ""
    author: str = "ann"
    under: int | None = None
    answers: int = 0
    held: bool = False
    user: int = 0
    """The account that wrote it; 0: nobody's."""
    status: str = ""
    """Where it is neither shown nor held: ``spam`` or ``trash``."""
    modified: datetime | None = None


def written(number: int, text: str = "It crashes.", **more: Any) -> Written:
    """Return an article; a larger number is a later one."""
    given: dict[str, Any] = {"title": f"Article {number}", "at": START + timedelta(minutes=number)}
    return Written(id=number, html=f"<p>{text}</p>\n", **(given | more))


def said(number: int, text: str = "Same here.", *, under: int = 1, **more: Any) -> Written:
    """Return a comment."""
    given: dict[str, Any] = {"author": f"user{number}", "at": START + timedelta(seconds=number)}
    return Written(id=number, html=f"<p>{text}</p>\n", under=under, **(given | more))


@dataclass
class Blog:
    """Holds articles and comments; put it before a ``Web``."""

    articles: list[Written] = field(default_factory=list)
    comments: list[Written] = field(default_factory=list)
    closed: bool = False
    """The interface is for members only, as a security plug-in makes it."""
    no_comments: bool = False
    """Comments are switched off: their route and their feed are not there."""
    plain: bool = False
    """Addresses are not pretty: the interface is at ``?rest_route=``."""
    moved: str = "/wp-json/"
    """Where the interface stands."""
    before: bytes = b""
    """What stands before each JSON."""
    zone: timedelta = timedelta()
    """How far the site's clock is ahead of UTC."""
    knows_modified_after: bool = True
    password: str | None = None
    """The application password of ``ann`` that opens what is closed."""
    headers: bool = True
    """A proxy lets the headers with the totals through."""
    guard: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    role: str = "editor"
    """Of ``ann``; a ``subscriber`` may neither ask for what is held nor change comments."""
    moderated: bool = False
    """Every comment waits for a moderator."""
    comments_closed: bool = False
    floods: int = 0
    """So many comments more are refused as coming too fast."""
    takes_again: bool = False
    """The same words are taken a second time, as where a plug-in lets them."""

    def edit(self, number: int, text: str, *, at: datetime | None = None) -> None:
        """Change an article."""
        self.articles = [
            replace(row, html=f"<p>{text}</p>", modified=at or row.at) if row.id == number else row
            for row in self.articles
        ]

    def __call__(self, asked: Asked) -> Reply | RawReply:
        """Answer one request."""
        parts = urlsplit(asked.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        site = f"http://{asked.headers['host']}"
        route = self._route(parts.path, query)
        if route is not None:
            return self._rest(route, query, asked, site)
        if parts.path in {"/feed/", "/comments/feed/"} or (parts.path == "/" and "feed" in query):
            return self._feed(parts.path + query.get("feed", ""), site, query.get("paged", "1"))
        return self._html(parts.path, site)

    def _route(self, path: str, query: dict[str, str]) -> str | None:
        if "rest_route" in query and path in {"/", "/index.php"}:
            return query["rest_route"]
        pretty = not self.plain and path.startswith(self.moved)
        return f"/{path.removeprefix(self.moved)}" if pretty else None

    def _rest(self, route: str, query: dict[str, str], asked: Asked, site: str) -> Reply:
        if route == "/wp/v2/users/me":
            return self._me(asked)
        return self._rows(route, query, asked, site)

    def _rows(self, route: str, query: dict[str, str], asked: Asked, site: str) -> Reply:
        if self.closed and not self._is_member(asked):
            return self._no(401, "rest_forbidden", "Only members can use the REST API.")
        one = re.fullmatch(r"/wp/v2/(post|comment)s/(\d+)", route)
        if asked.method != "GET":
            with self.guard:
                return self._write(asked, int(one[2]) if one else None, site)
        if one:
            return self._one(one[1], int(one[2]), site, asked)
        if route == "/wp/v2/posts":
            found = [row for row in self.articles if self._is_wanted(row, query)]
            return self._list(found, query, site)
        if route == "/wp/v2/comments" and not self.no_comments:
            return self._comments(query, asked, site)
        return self._no(404, "rest_no_route", "No route was found matching the URL and method.")

    def _comments(self, query: dict[str, str], asked: Asked, site: str) -> Reply:
        if {"status", "author"} & set(query) and not self._may(asked, "editor"):
            return self._no(401, "rest_forbidden_param", "Query parameter not permitted.")
        every = query.get("status") == "any"
        found = [
            row
            for row in self.comments
            if (every or not (row.held or row.status)) and self._is_wanted(row, query)
        ]
        return self._list(found, query, site)

    def _me(self, asked: Asked) -> Reply:
        if not self._is_member(asked):
            return self._no(401, "rest_not_logged_in", "You are not currently logged in.")
        return Reply(200, self.before + b'{"id": 7, "name": "ann"}', JSON)

    def _may(self, asked: Asked, role: str) -> bool:
        return self._is_member(asked) and self.role == role

    def _write(self, asked: Asked, number: int | None, site: str) -> Reply:
        """Take a comment, another text for one, or one away, as WordPress does."""
        if not self._is_member(asked):
            return self._no(401, "rest_comment_login_required", "You must be logged in.")
        if number is not None:
            return self._change(asked, number, site)
        told = json.loads(asked.body)
        article, parent, html = int(told["post"]), int(told["parent"]), str(told["content"])
        if (why := self._objection(article)) is not None:
            return why
        row = Written(
            id=max([one.id for one in self.comments], default=0) + 1, html=_shown(html),
            at=START + timedelta(hours=1), under=article, answers=parent, held=self.moderated,
            user=7,
        )  # fmt: skip
        if not self.takes_again and any(
            (one.html, one.under, one.answers, one.user) == (row.html, article, parent, 7)
            and one.status != "trash"
            for one in self.comments
        ):
            return self._no(409, "comment_duplicate", "Duplicate comment detected.")
        self.comments.append(row)
        return Reply(201, self.before + json.dumps(self._told(row, site)).encode(), JSON)

    def _objection(self, article: int) -> Reply | None:
        if not any(row.id == article for row in self.articles):
            return self._no(403, "rest_comment_invalid_post_id", "Not without a post.")
        if self.comments_closed:
            return self._no(403, "rest_comment_closed", "Sorry, comments are closed.")
        if self.floods:
            self.floods -= 1
            return self._no(400, "comment_flood", "You are posting comments too quickly.")
        return None

    def _change(self, asked: Asked, number: int, site: str) -> Reply:
        found = [row for row in self.comments if row.id == number]
        if not found:
            return self._no(404, "rest_comment_invalid_id", "Invalid comment ID.")
        if self.role != "editor":
            what = "delete" if asked.method == "DELETE" else "edit"
            return self._no(403, f"rest_cannot_{what}", f"Sorry, you may not {what} this comment.")
        if asked.method == "DELETE" and found[0].status == "trash":
            return self._no(410, "rest_already_trashed", "The comment is in the trash already.")
        if asked.method == "DELETE":
            changed = replace(found[0], status="trash")
        else:
            changed = replace(found[0], html=_shown(str(json.loads(asked.body)["content"])))
        self.comments[self.comments.index(found[0])] = changed
        return Reply(200, self.before + json.dumps(self._told(changed, site)).encode(), JSON)

    def _one(self, what: str, number: int, site: str, asked: Asked) -> Reply:
        rows = self.articles if what == "post" else self.comments
        found = [row for row in rows if row.id == number]
        if not found:
            return self._no(404, f"rest_{what}_invalid_id", "Invalid ID.")
        if (found[0].held or found[0].status) and not self._is_member(asked):
            return self._no(401, "rest_cannot_read", "You are not allowed to read this comment.")
        return Reply(200, self.before + json.dumps(self._told(found[0], site)).encode(), JSON)

    def _is_member(self, asked: Asked) -> bool:
        if self.password is None:
            return False
        pair = base64.b64encode(f"ann:{self.password}".encode()).decode()
        return asked.headers.get("authorization") == f"Basic {pair}"

    def _is_wanted(self, row: Written, query: dict[str, str]) -> bool:
        if "include" in query and str(row.id) not in query["include"].split(","):
            return False
        if "author" in query and str(row.user) != query["author"]:
            return False
        if "post" in query and str(row.under) not in query["post"].split(","):
            return False
        if "slug" in query and query["slug"] != f"article-{row.id}":
            return False
        if "modified_after" in query and self.knows_modified_after:
            return self._local(row.modified or row.at) > query["modified_after"]
        return "after" not in query or self._local(row.at) > query["after"]

    def _list(self, rows: Sequence[Written], query: dict[str, str], site: str) -> Reply:
        size, page = int(query.get("per_page", "10")), int(query.get("page", "1"))
        if not 1 <= size <= 100:
            return self._no(400, "rest_invalid_param", "Invalid parameter(s): per_page")
        by_change = query.get("orderby") == "modified"
        ordered = sorted(
            rows,
            key=lambda row: ((row.modified or row.at) if by_change else row.at, row.id),
            reverse=query.get("order", "desc") == "desc",
        )
        pages = -(-len(rows) // size)
        if page > max(pages, 1) and rows and rows[0].under is None:
            return self._no(400, PAGE_NUMBER, "The page number requested is larger than …")
        told = [self._told(row, site) for row in ordered[(page - 1) * size : page * size]]
        totals = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
        body = self.before + json.dumps(told).encode()
        return Reply(200, body, JSON | (totals if self.headers else {}))

    def _no(self, status: int, code: str, message: str) -> Reply:
        told = {"code": code, "message": message, "data": {"status": status}}
        return Reply(status, self.before + json.dumps(told).encode(), JSON)

    def _local(self, at: datetime) -> str:
        return (at + self.zone).strftime("%Y-%m-%dT%H:%M:%S")

    def _told(self, row: Written, site: str) -> dict[str, Any]:
        times = {"date": self._local(row.at), "date_gmt": row.at.strftime("%Y-%m-%dT%H:%M:%S")}
        common = {"id": row.id, **times, "link": link_of(row, site)}
        if row.under is not None:
            return {
                **common,
                "post": row.under,
                "parent": row.answers,
                "author": row.user,
                "author_name": escape(row.author),
                "content": {"rendered": row.html},
                "status": row.status or ("hold" if row.held else "approved"),
                "type": "comment",
            }
        return {
            **common,
            "modified": self._local(row.modified or row.at),
            "modified_gmt": (row.modified or row.at).strftime("%Y-%m-%dT%H:%M:%S"),
            "title": {"rendered": escape(row.title).replace("'", "&#8217;")},
            "content": {"rendered": row.html, "protected": False},
            "author": 1,
            "status": "publish",
            "type": "post",
            "comment_status": "open",
            "_embedded": {"author": [{"id": 1, "name": row.author}]},
        }

    def _feed(self, which: str, site: str, page: str) -> Reply:
        of_comments = "comments" in which
        if of_comments and self.no_comments:
            return Reply(404, b"<html>", HTML)
        rows = [row for row in (self.comments if of_comments else self.articles) if not row.held]
        # Articles have pages; the feed of comments is the same whatever page is asked for.
        first = 0 if of_comments else (int(page) - 1) * FEED_SHOWS
        newest = sorted(rows, key=lambda row: (row.at, row.id))[::-1][first : first + FEED_SHOWS]
        if first and not newest:
            return Reply(404, b"<html>", HTML)
        body = rss([self._item(row, site) for row in newest], title="A blog", url=site)
        body = body.replace(b"</title>", b"</title>" + GENERATOR, 1)
        return Reply(200, body, {"Content-Type": "application/rss+xml; charset=UTF-8"})

    def _item(self, row: Written, site: str) -> FeedItem:
        about = next((one.title for one in self.articles if one.id == row.under), "")
        link = link_of(row, site)
        return FeedItem(
            id=link if row.under else f"{site}/?p={row.id}",
            url=link,
            title=f"Comment on {about} by {row.author}" if row.under else row.title,
            author=row.author,
            published_at=row.at,
            html=row.html,
        )

    def _html(self, path: str, site: str) -> Reply:
        number = re.search(r"/article-(\d+)/?$", path)
        known = {row.id for row in self.articles}
        if path != "/" and (number is None or int(number[1]) not in known):
            return Reply(404, b"<html><title>Page not found</title></html>", HTML)
        root = f"{site}/?rest_route=/" if self.plain else f"{site}{self.moved}"
        head = (
            f'<link rel="https://api.w.org/" href="{root}" />'
            f'<link rel="alternate" type="application/rss+xml" href="{site}/feed/" />'
            f'<link rel="alternate" type="application/rss+xml" href="{site}/comments/feed/" />'
        )
        named = {"Link": f'<{root}>; rel="https://api.w.org/"'}
        return Reply(200, f"<html><head>{head}</head><p>A blog</html>".encode(), HTML | named)


def _shown(content: str) -> str:
    """Return what a comment looks like once the site has dressed it."""
    curled = re.sub(r'"([^"]*)"', "&#8220;\\1&#8221;", content).replace("'", "&#8217;")
    dressed = curled.replace(" -- ", " &#8211; ").replace("...", "&#8230;")
    linked = re.sub(r"(https?://[^\s<]+)", '<a href="\\1" rel="nofollow ugc">\\1</a>', dressed)
    parts = linked.split("\n\n")
    return "".join("<p>" + part.replace("\n", "<br />\n") + "</p>\n" for part in parts)


def link_of(row: Written, site: str) -> str:
    """Return the address of an article, or of a comment below it."""
    about = f"{site}/2026/article-{row.under or row.id}/"
    return f"{about}#comment-{row.id}" if row.under else about


def blog_web(*rows: Written, **more: Any) -> tuple[Blog, Web]:
    """Return a blog that holds these, and the server before it."""
    blog = Blog(
        [row for row in rows if row.under is None],
        [row for row in rows if row.under is not None],
        **more,
    )
    return blog, Web(blog)
