"""What each place of the demo answers to a request: pure, a function of its posts and the request.

Apart from the server, so that a place can be asked at any moment of the day without a network.
The community speaks Discourse's JSON, the blog WordPress's comment feed (RSS 2.0), the gripes
board phpBB's feed (Atom 1.0). Real feeds show the newest 10 to 50 entries. These show everything to
who comes without a validator, so that one look at the start of the day is enough to learn two weeks
of history, and the newest 50 to who was here before.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from typing import Final
from urllib.parse import urlsplit

from responders.demo import formats
from responders.demo.bodies import html_of
from responders.demo.script import Place, Post
from responders.demo.showing import (
    board_posts,
    comments,
    forum_posts,
    mark,
    thread_path,
    topics,
)
from responders.demo.taking import NO_RIGHT, USERNAME, form_under, is_us
from responders.demo.wire import JSON, NO_JSON, NOT_FOUND, Answer, Asked

Posts = Sequence[Post]
POSTS_A_PAGE: Final = 50
"""Discourse looks at so many ids at a time."""
TOPICS_A_PAGE: Final = 30
POSTS_OF_A_TOPIC: Final = 20
"""Discourse tells the ids of a topic's posts, and so many posts whole."""
ENTRIES: Final = 50
"""Of a feed, for who has read it before."""
FIRST_PAGE: Final = 2**31
"""A number that no post has reached."""
ROBOTS: Final = Answer(200, b"User-agent: *\nDisallow: /admin/\n", "text/plain; charset=utf-8")


def answer(place: Place, posts: Posts, asked: Asked, base: str) -> Answer:
    """Return what a place answers.

    Args:
        place: which one.
        posts: all that stands there now, oldest first.
        asked: the request.
        base: the place's own address, without a slash at the end.
    """
    if asked.segments == ["robots.txt"]:
        return ROBOTS
    return _PLACES[place](posts, asked, base)


def _community(posts: Posts, asked: Asked, base: str) -> Answer:
    path = urlsplit(asked.path).path
    if path == "/posts.json":
        return _latest_posts(posts, before=asked.number("before", FIRST_PAGE))
    if path == "/latest.json":
        start = asked.number("page", 0) * TOPICS_A_PAGE
        shown = topics(posts)[start : start + TOPICS_A_PAGE]
        return Answer(200, formats.discourse_latest(shown), JSON)
    if path in _ABOUT:
        return Answer(200, _ABOUT[path], JSON)
    if asked.segments[:1] == ["posts"]:
        return _post(posts, asked)
    if asked.segments[:1] == ["t"]:
        return _topic(posts, asked, base)
    return _front(posts, base, '<meta name="generator" content="Discourse 3.4.0">', asked)


_ABOUT: Final[Mapping[str, bytes]] = {
    "/about.json": formats.discourse_about(title="Fernsync community"),
    "/site.json": formats.discourse_site(),
}


def _latest_posts(posts: Posts, *, before: int) -> Answer:
    """Return the posts with ids in (before - 50, before], the newest first.

    Source: https://github.com/discourse/discourse/blob/main/app/controllers/posts_controller.rb
    """
    before = min(before, posts[-1].number if posts else 0)
    chosen = [post for post in forum_posts(posts) if before - POSTS_A_PAGE < post.id <= before]
    return Answer(200, formats.discourse_posts(chosen[::-1]), JSON)


def _post(posts: Posts, asked: Asked) -> Answer:
    """Return ``/posts/ID.json``, which holds what was typed, or what waits for moderators."""
    path = urlsplit(asked.path).path
    if path == f"/posts/{USERNAME}/pending.json":
        return Answer(200, b'{"pending_posts":[]}', JSON) if is_us(asked.headers) else NO_RIGHT
    found = [post for post in posts if path == f"/posts/{post.number}.json"]
    shown = forum_posts(found, raw=True)
    return Answer(200, formats.discourse_post(shown[0]), JSON) if shown else NO_JSON


def _topic(posts: Posts, asked: Asked, base: str) -> Answer:
    path = urlsplit(asked.path).path
    numbers = re.findall(r"/(\d+)(?=[./]|$)", path)
    thread = [post for post in posts if numbers and post.thread_number == int(numbers[0])]
    if not path.endswith(".json"):
        return _page(thread, base) if thread else NOT_FOUND
    if not thread:
        return NO_JSON
    found = forum_posts(thread, raw=asked.values("include_raw") == ["true"])
    if path.endswith("/posts.json"):
        wanted = set(asked.values("post_ids[]"))
        told = [post for post in found if not wanted or str(post.id) in wanted][:POSTS_OF_A_TOPIC]
        return Answer(200, formats.discourse_topic_posts(told, topic_id=found[0].topic_id), JSON)
    return Answer(200, formats.discourse_topic(found, whole=POSTS_OF_A_TOPIC), JSON)


def _blog(posts: Posts, asked: Asked, base: str) -> Answer:
    parts = asked.segments
    if parts == ["comments", "feed"]:
        items = comments(_shown(posts, asked), base)
        body = formats.rss(items, title="Comments for Fernsync", url=base)
        return _feed(body, "application/rss+xml", posts, asked)
    article = [post for post in posts if parts and post.thread == parts[-1]]
    if article:
        return _page(article, base)
    link = f'{base}/comments/feed/" title="Comments for Fernsync'
    head = f'<link rel="alternate" type="application/rss+xml" href="{link}">'
    return _front(posts, base, head, asked)


def _gripes(posts: Posts, asked: Asked, base: str) -> Answer:
    parts = asked.segments
    if parts == ["app.php", "feed"]:
        items = board_posts(_shown(posts, asked), base)
        body = formats.atom(items, title="The Sync Bench", url=base)
        return _feed(body, "application/atom+xml", posts, asked)
    if parts == ["viewtopic.php"]:
        topic = [post for post in posts if post.thread_number == asked.number("t", 0)]
        return _page(topic, base) if topic else NOT_FOUND
    link = f'{base}/app.php/feed" title="The Sync Bench'
    head = f'<link rel="alternate" type="application/atom+xml" href="{link}">'
    return _front(posts, base, head, asked)


_PLACES: Final[Mapping[Place, Callable[[Posts, Asked, str], Answer]]] = {
    "community": _community,
    "blog": _blog,
    "gripes": _gripes,
}


def _shown(posts: Posts, asked: Asked) -> Posts:
    return posts[-ENTRIES:] if _was_here(asked) else posts


def _was_here(asked: Asked) -> bool:
    return bool({"if-none-match", "if-modified-since"} & set(asked.headers))


def _feed(body: bytes, kind: str, posts: Posts, asked: Asked) -> Answer:
    """Answer with a feed, or that it has not changed since its newest post."""
    newest = posts[-1] if posts else None
    tag = f'"{hashlib.sha256(newest.id.encode() if newest else b"").hexdigest()[:32]}"'
    headers = {"ETag": tag}
    if newest:
        headers["Last-Modified"] = format_datetime(newest.at, usegmt=True)
    seen = asked.headers.get("if-none-match")
    since = asked.headers.get("if-modified-since", "")
    unchanged = seen == tag if seen else newest is not None and _not_since(since, newest)
    if unchanged:
        return Answer(304, b"", f"{kind}; charset=UTF-8", headers)
    return Answer(200, body, f"{kind}; charset=UTF-8", headers)


def _not_since(header: str, newest: Post) -> bool:
    try:
        return newest.at.replace(microsecond=0) <= parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return False


def _front(posts: Posts, base: str, head: str, asked: Asked) -> Answer:
    if asked.segments:
        return NOT_FOUND
    threads = {post.thread_number: post for post in posts}
    items = "".join(
        f'<li><a href="{base}{thread_path(post)}">{escape(post.title)}</a>'
        for post in reversed(threads.values())
    )
    return Answer(
        200, f"<!doctype html><html lang=en><meta charset=utf-8>{head}<ul>{items}</ul>".encode()
    )


def _page(thread: Posts, base: str) -> Answer:
    """Return a thread for people, so that links from console and alert lead somewhere."""
    title = escape(thread[0].title)
    items = "".join(
        f'<article id="{mark(post)}"><h2>{escape(post.author)}, {post.at:%d %b %H:%M} UTC</h2>'
        f"{html_of(post)}</article>"
        for post in thread
    )
    body = f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
    body += f'<p><a href="{base}/">All threads</a><h1>{title}</h1>{items}{form_under(thread)}'
    return Answer(200, body.encode(), headers={"Content-Security-Policy": "default-src 'none'"})
