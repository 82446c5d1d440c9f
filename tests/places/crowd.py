"""Five hundred blogs on one loopback server, which misbehave by a script: `python -m` runs it.

What each has written by when, and how it answers its n-th request, is arithmetic on its number: the
server and whoever checks what was heard work it out apart, and a run can be repeated. Which blog is
asked stands in the Host header, so that each counts as a host of its own.
"""

import hashlib
import random
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from config.clock import Clock, clock_from, parse_time
from responders.demo.formats import FeedItem, rss
from tests.places.faults import lost_before, reset_before
from tests.places.web import Asked, RawReply, Reply, Web, raw

BLOGS = 500
HISTORY = 5
"""Posts of each blog before the run begins."""
SHOWN = 60
"""Entries of a feed: what a busy blog writes in six hours, the longest wait after failures."""
PAUSES = (6, 6, 30, 30, 30, 30, 240, 240, 240, 240)
"""Minutes between two posts of a blog, by the last digit of its number."""
FAULTS = (
    "too_many", "too_many_until", "unavailable", "broken", "reset", "hung_up", "slow", "malformed",
    "truncated", "challenge",
)  # fmt: skip
FAULTY = 0.2
"""The share of requests that go wrong."""
SLOW_S = 0.5


@dataclass(frozen=True)
class Written:
    """One post of a blog."""

    id: str
    at: datetime
    text: str


def written(blog: int, since: datetime, until: datetime) -> list[Written]:
    """Return what a blog has written by ``until`` and before ``since``; oldest first."""
    return _newest(blog, since, until, most=sys.maxsize)


def _newest(blog: int, since: datetime, until: datetime, *, most: int) -> list[Written]:
    pause = timedelta(minutes=PAUSES[blog % len(PAUSES)])
    first = since + pause * (random.Random(blog).random() - HISTORY)
    count = int((until - first) / pause) + 1
    return [
        # Whole seconds: a feed tells no smaller ones.
        Written(
            f"blog{blog}-post{number}",
            (first + pause * number).replace(microsecond=0),
            _words(blog, number),
        )
        for number in range(max(count - most, 0), count)
    ]


def fault_of(blog: int, request: int) -> str | None:
    """Return what goes wrong at a blog's n-th request; None where it is answered well."""
    lot = random.Random(f"{blog}:{request}")
    return lot.choice(FAULTS) if lot.random() < FAULTY else None


@dataclass
class Crowd:
    """The script of all blogs; put it before a ``Web``.

    Attributes:
        clock: the time of the house.
        since: when the run began.
        until: from then on all answer well.
        faults: how often which fault happened.
    """

    clock: Clock
    since: datetime
    until: datetime
    faults: Counter[str] = field(default_factory=Counter)
    _asked: Counter[int] = field(default_factory=Counter)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, asked: Asked) -> Reply | RawReply:
        """Answer one request."""
        blog, now = blog_of(asked), self.clock.now()
        with self._guard:
            self._asked[blog] += 1
            fault = fault_of(blog, self._asked[blog]) if now < self.until else None
            self.faults.update([fault] if fault else [])
        reply = self.feed(blog, known=asked.headers.get("if-none-match"))
        return self._spoilt(fault, reply, asked) if fault else reply

    def feed(self, blog: int, *, known: str | None = None) -> Reply:
        """Return what a blog shows now; nothing new to who knows it by its ETag."""
        posts = _newest(blog, self.since, min(self.clock.now(), self.until), most=SHOWN)
        items = [
            FeedItem(
                id=post.id,
                url=f"http://blog{blog}.example/{post.id}",
                title=f"Post {post.id}",
                author=f"author of {post.id}",
                published_at=post.at,
                html=post.text,
            )
            for post in reversed(posts)
        ]
        body = rss(items, title=f"Blog {blog}", url=f"http://blog{blog}.example/")
        headers = {
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
            "Content-Type": "application/rss+xml; charset=utf-8",
        }
        if known == headers["ETag"]:
            return Reply(304, headers=headers)
        return Reply(body=body, headers=headers)

    def _spoilt(self, fault: str, reply: Reply, asked: Asked) -> Reply | RawReply:
        if fault == "slow":
            threading.Event().wait(SLOW_S)
            return reply
        half = reply.body[: len(reply.body) * 2 // 3]
        length = f"Content-Length: {len(reply.body) + 1}\r\n\r\n".encode()
        later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
        challenge = b"<html><title>Just a moment...</title></html>"
        spoilt: dict[str, Reply | RawReply] = {
            "too_many": Reply(429, headers={"Retry-After": "120"}),
            "too_many_until": Reply(429, headers={"Retry-After": later}),
            "unavailable": Reply(503, b"Back soon", {"Retry-After": "60"}),
            "broken": Reply(500, b"upstream error"),
            "malformed": Reply(200, half, {"Content-Type": "application/rss+xml"}),
            "truncated": raw(b"HTTP/1.1 200 OK\r\n" + length + half),
            "challenge": Reply(403, challenge, {"Content-Type": "text/html"}),
        }
        if fault in spoilt:
            return spoilt[fault]
        return (reset_before if fault == "reset" else lost_before)(self, asked)


def blog_of(asked: Asked) -> int:
    """Return the number of the blog that a request is for."""
    return int(asked.headers["host"].partition(".")[0].removeprefix("blog"))


def _words(blog: int, number: int) -> str:
    words = [
        "sync",
        "note",
        "page",
        "photo",
        "login",
        "update",
        "phone",
        "search",
        "export",
        "menu",
    ]
    lot = random.Random(f"{blog}/{number}")
    told = " ".join(lot.choice(words) for _ in range(lot.randint(5, 60)))
    return f"<p>This is what {blog} says for the {number}th time: {told}.</p>"


def main() -> None:
    """Serve until standard input ends; the arguments are the beginning and the end of the run."""
    since, until = (parse_time(text) for text in sys.argv[1:3])
    crowd = Crowd(clock_from(), since, until)
    with Web(crowd) as web:
        print(web.port, flush=True)  # noqa: T201 - read by who started it
        for _ in sys.stdin:
            web.log.clear()  # asked for now and then, or hours of requests would be kept
    print(" ".join(f"{name}={count}" for name, count in sorted(crowd.faults.items())))  # noqa: T201


if __name__ == "__main__":
    main()
