"""A small Reddit: the API as an application's account reads it, with its refusals.

Source of the forms: https://www.reddit.com/dev/api/ and answers of the real API.
"""

import base64
import itertools
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.places.web import Asked, RawReply, Reply, Web

START = datetime(2026, 5, 12, 6, tzinfo=UTC)
CAP = 1000
"""No listing shows more."""
JSON = {"Content-Type": "application/json; charset=UTF-8"}
CLIENT_ID, CLIENT_SECRET = "an-application", "its-secret"
USERNAME, PASSWORD = "reader", "correct horse"
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
TAKEN = {"author": "[deleted]", "body": "[removed]", "body_html": ""}
Fault = Callable[[Asked], Reply | RawReply]
_TOKENS = itertools.count(1)
"""No two places take one token: a port may be given out again."""


def base36(number: int) -> str:
    """Return a number as Reddit writes its ids."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = ALPHABET[rest] + digits
    return digits or "0"


def submission(number: int, text: str = "It crashes.", **more: Any) -> dict[str, Any]:
    """Return a post; a larger number is a later one."""
    short = base36(36**4 + number)
    return {
        "name": f"t3_{short}",
        "id": short,
        "subreddit": "fernsync",
        "title": f"Post {number}",
        "selftext": text,
        "selftext_html": _html(text),
        "author": f"user{number % 7}",
        "author_fullname": f"t2_u{number % 7}",
        "created_utc": START.timestamp() + number,
        "edited": False,
        "permalink": f"/r/fernsync/comments/{short}/post_{number}/",
        "url": f"https://www.reddit.com/r/fernsync/comments/{short}/post_{number}/",
        "is_self": True,
        "locked": False,
        "distinguished": None,
        "removed_by_category": None,
    } | more


def comment(number: int, text: str = "Same here.", *, parent: str = "", **more: Any) -> Any:
    """Return a comment under post 1."""
    post, short = submission(1), base36(36**4 + number)
    return {
        "name": f"t1_{short}",
        "id": short,
        "subreddit": "fernsync",
        "body": text,
        "body_html": _html(text),
        "author": f"user{number % 7}",
        "author_fullname": f"t2_u{number % 7}",
        "created_utc": START.timestamp() + number,
        "permalink": f"{post['permalink']}{short}/",
        "link_id": post["name"],
        "link_title": post["title"],
        "link_permalink": post["url"],
        "parent_id": parent or post["name"],
        "distinguished": None,
        "removed_by_category": None,
    } | more


def _html(text: str) -> str:
    return f'<!-- SC_OFF --><div class="md"><p>{escape(text)}</p>\n</div><!-- SC_ON -->'


@dataclass
class RedditPlace:
    """Holds posts and comments, the newest last; put it before a ``Web``."""

    things: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    """They answer the next requests of the API, one each."""
    private: bool = False
    banned: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    """Such as the rate limit's; they come with each answer."""
    token: str = ""
    tokens: int = 0
    asked: list[str] = field(default_factory=list)
    shadowed: set[str] = field(default_factory=set)
    """Comments that only their author still sees."""
    refusals: list[tuple[str, str]] = field(default_factory=list)
    """They answer the next writes: Reddit's word and sentence."""
    guard: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    _names: dict[str, str] = field(default_factory=dict)
    """Who each token was given to; empty for the application alone."""

    @property
    def ours(self) -> list[dict[str, Any]]:
        """What the account wrote here, oldest first."""
        return [one for one in self.things if one["author"] == USERNAME]

    def delete(self, *names: str) -> None:
        """Take things out of every listing, as when their authors delete them."""
        self.things = [thing for thing in self.things if thing["name"] not in names]

    def edit(self, name: str, text: str) -> None:
        """Change a thing's text as its author would."""
        for thing in self.things:
            if thing["name"] == name:
                field_name = "selftext" if name.startswith("t3_") else "body"
                thing |= {field_name: text, f"{field_name}_html": _html(text), "edited": 1.0}

    def blank(self, name: str) -> None:
        """Delete a thing so that its shell still shows."""
        for thing in self.things:
            if thing["name"] == name:
                field_name = "selftext" if name.startswith("t3_") else "body"
                thing |= {field_name: "[deleted]", f"{field_name}_html": _html("[deleted]")}
                thing |= {"author": None, "author_fullname": None}

    def __call__(self, asked: Asked) -> Reply | RawReply:
        """Answer one request."""
        self.asked.append(asked.path)
        parts = urlsplit(asked.path)
        if parts.path == "/api/v1/access_token":
            return self._log_in(asked)
        if self.faults:
            return self.faults.pop(0)(asked)
        token = asked.headers.get("authorization", "").removeprefix("bearer ")
        if not {token, self.token} <= self._names.keys():
            return refusal(401, "Unauthorized")
        if asked.method == "POST":
            with self.guard:
                return self._write(parts.path.rstrip("/"), asked)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return self._answer(parts.path.rstrip("/"), query, self._names[token])

    def forget_tokens(self) -> None:
        """Let every token expire."""
        self._names.clear()

    def _write(self, path: str, asked: Asked) -> Reply:
        """Take a comment, another text for one, or one away."""
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        if self.refusals:
            word, sentence = self.refusals.pop(0)
            return _json({"json": {"errors": [[word, sentence, "parent"]]}})
        if path == "/api/comment":
            made = self._comment(form["thing_id"], form["text"])
            return _json({"json": {"errors": [], "data": {"things": [_child(made)]}}})
        name = form.get("thing_id") or form["id"]
        found = [one for one in self.things if one["name"] == name and one["author"] == USERNAME]
        if not found:
            return _json({"json": {"errors": [["NOT_AUTHOR", "you can't do that", "id"]]}})
        if path == "/api/del":
            found[0].update(author="[deleted]", body="[deleted]", body_html=_html("[deleted]"))
            return _json({})
        found[0].update(body=form["text"], body_html=_html(form["text"]), edited=1.0)
        return _json({"json": {"errors": [], "data": {"things": [_child(found[0])]}}})

    def _comment(self, parent: str, text: str) -> dict[str, Any]:
        number = 5_000 + len(self.things)
        made: dict[str, Any] = comment(number, text, parent=parent)
        made |= {"author": USERNAME, "author_fullname": "t2_reader", "replies": ""}
        self.things.append(made)
        return made

    def _log_in(self, asked: Asked) -> Reply:
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if asked.method != "POST" or asked.headers.get("authorization") != f"Basic {pair}":
            return refusal(401, "Unauthorized")
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        if form["grant_type"] == "password" and form.get("password") != PASSWORD:
            # The real one refuses with 200.
            return Reply(200, b'{"error": "invalid_grant"}', JSON)
        self.tokens += 1
        self.token = f"token-{next(_TOKENS)}"
        self._names[self.token] = form.get("username", "")
        told = {"access_token": self.token, "token_type": "bearer", "expires_in": 86400}
        return Reply(200, json.dumps(told | {"scope": "*"}).encode(), JSON)

    def _seen(self, name: str, reader: str) -> list[dict[str, Any]]:
        """Return what somebody sees: what a filter took away, only its author does."""
        return [
            one if reader or one["name"] not in self.shadowed else one | TAKEN
            for one in self.things
            if one["name"] == name
        ]

    def _tree(self, path: str, reader: str) -> Reply:
        """Return a post and one of its comments, as the thread shows them."""
        short = path.rstrip("/").rpartition("/")[2]
        shown = [] if f"t1_{short}" in self.shadowed else self._seen(f"t1_{short}", reader)
        post = [one for one in self.things if one["name"].startswith("t3_")][:1]
        both = [_listing_of(post), _listing_of([one | {"replies": ""} for one in shown])]
        return Reply(200, json.dumps(both).encode(), JSON | self.headers)

    def _answer(self, path: str, query: dict[str, str], reader: str = "") -> Reply:
        if self.private:
            return refusal(403, "Forbidden", reason="private")
        if self.banned:
            return refusal(404, "Not Found", reason="banned")
        room = path.rpartition("/")[0]
        if path.startswith("/r/") and not room.startswith("/r/fernsync"):
            return Reply(302, b"", {"Location": f"/subreddits/search?q={room[3:]}"})
        return self._shown(path, query, reader)

    def _shown(self, path: str, query: dict[str, str], reader: str) -> Reply:
        room, what = path.rpartition("/")[::2]
        kinds = {"new": "t3_", "search": "t3_", "comments": "t1_", "overview": "t"}
        if path in {"/api/info", "/subreddits/search"}:
            wanted = query.get("id", "").split(",")
            return self._told([one for name in wanted for one in self._seen(name, reader)], None)
        if re.fullmatch(r"/comments/\w+/_?/?\w+/?", path) or "/comments/" in room:
            return self._tree(path, reader)
        if path == f"/user/{USERNAME}/comments":
            newest = [one for one in self.ours if one["name"].startswith("t1_")][::-1]
            return self._told(newest[: int(query.get("limit", "100"))], None)
        return self._listing(kinds[what], query) if what in kinds else refusal(404, "Not Found")

    def _listing(self, kind: str, query: dict[str, str]) -> Reply:
        newest = sorted(
            (thing for thing in self.things if thing["name"].startswith(kind)),
            key=lambda thing: -thing["created_utc"],
        )[:CAP]
        if "q" in query:
            newest = [one for one in newest if query["q"].lower() in one["selftext"].lower()]
        names = [thing["name"] for thing in newest]
        start = 0
        if "after" in query:
            # After what was deleted nothing comes, and nothing tells so.
            start = names.index(query["after"]) + 1 if query["after"] in names else len(names)
        size = int(query.get("limit", "25"))
        page = newest[start : start + size]
        goes_on = start + size < len(newest)
        return self._told(page, page[-1]["name"] if page and goes_on else None)

    def _told(self, things: list[dict[str, Any]], after: str | None) -> Reply:
        return Reply(200, json.dumps(_listing_of(things, after)).encode(), JSON | self.headers)


def _child(thing: dict[str, Any]) -> dict[str, Any]:
    return {"kind": thing["name"][:2], "data": thing}


def _listing_of(things: list[dict[str, Any]], after: str | None = None) -> dict[str, Any]:
    children = [_child(thing) for thing in things]
    listing = {"after": after, "before": None, "dist": len(children), "children": children}
    return {"kind": "Listing", "data": listing}


def _json(told: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps(told).encode(), JSON)


def refusal(status: int, message: str, *, reason: str | None = None, **headers: str) -> Reply:
    """Refuse as Reddit does."""
    told = {"message": message, "error": status} | ({"reason": reason} if reason else {})
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(told).encode(), JSON | shown)


def always(reply: Reply | RawReply) -> Fault:
    """Return a fault that answers so whatever was asked."""
    return lambda _asked: reply


def reddit_web(*things: dict[str, Any]) -> tuple[RedditPlace, Web]:
    """Return a Reddit and the server before it."""
    place = RedditPlace(list(things))
    return place, Web(place)


def posts(*numbers: int) -> list[dict[str, Any]]:
    """Return posts of these numbers."""
    return [submission(number) for number in numbers]
