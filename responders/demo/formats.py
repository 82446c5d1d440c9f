"""Posts in, the bytes of a real format out: RSS, Atom, Discourse's JSON.

Pure, so that the demo's places and the small loopback places of the tests show exactly the same:
what WordPress, isso and Discourse send, as far as a listener reads it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final
from xml.etree import ElementTree as Xml

from config.clock import rfc3339

CONTENT: Final = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/"
ATOM: Final = "http://www.w3.org/2005/Atom"
THREADING: Final = "http://purl.org/syndication/thread/1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One entry of a feed, as its place knows it."""

    id: str
    url: str
    title: str
    author: str
    published_at: datetime
    html: str
    updated_at: datetime | None = None
    """Of the last edit; RSS has no place for it."""
    answers: str | None = None
    """The id of the entry that it answers; only Atom can say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumPost:
    """One post of a Discourse forum."""

    id: int
    """Grows over the whole forum."""
    topic_id: int
    topic_slug: str
    topic_title: str
    post_number: int
    """1 for the post that opens the topic."""
    username: str
    created_at: datetime
    cooked: str
    """The HTML that it shows."""
    raw: str | None = None
    """The Markdown, which only some forums and log-ins are given."""
    updated_at: datetime | None = None
    version: int = 1
    """Grows with each edit."""
    reply_to_post_number: int | None = None
    admin: bool = False
    moderator: bool = False
    staff: bool = False


def rss(items: Sequence[FeedItem], *, title: str, url: str) -> bytes:
    """Return an RSS 2.0 feed as WordPress writes it; the items in the order given."""
    Xml.register_namespace("content", CONTENT)
    Xml.register_namespace("dc", DUBLIN_CORE)
    feed = Xml.Element("rss", {"version": "2.0"})
    channel = Xml.SubElement(feed, "channel")
    _add(channel, "title", title)
    _add(channel, "link", url)
    _add(channel, "description", "")
    for item in items:
        entry = Xml.SubElement(channel, "item")
        _add(entry, "title", item.title)
        _add(entry, "link", item.url)
        _add(entry, f"{{{DUBLIN_CORE}}}creator", item.author)
        _add(entry, "pubDate", format_datetime(item.published_at, usegmt=True))
        _add(entry, "guid", item.id, isPermaLink="false")
        _add(entry, "description", item.html)
        _add(entry, f"{{{CONTENT}}}encoded", item.html)
    return _document(feed)


def atom(items: Sequence[FeedItem], *, title: str, url: str) -> bytes:
    """Return an Atom feed as isso and Mastodon write it; the items in the order given."""
    Xml.register_namespace("", ATOM)
    Xml.register_namespace("thr", THREADING)
    feed = Xml.Element(f"{{{ATOM}}}feed")
    _add(feed, f"{{{ATOM}}}title", title)
    _add(feed, f"{{{ATOM}}}id", url)
    _add(feed, f"{{{ATOM}}}link", href=url)
    for item in items:
        entry = Xml.SubElement(feed, f"{{{ATOM}}}entry")
        _add(entry, f"{{{ATOM}}}id", item.id)
        _add(entry, f"{{{ATOM}}}title", item.title)
        _add(entry, f"{{{ATOM}}}published", rfc3339(item.published_at))
        _add(entry, f"{{{ATOM}}}updated", rfc3339(item.updated_at or item.published_at))
        _add(Xml.SubElement(entry, f"{{{ATOM}}}author"), f"{{{ATOM}}}name", item.author)
        _add(entry, f"{{{ATOM}}}link", rel="alternate", href=item.url)
        _add(entry, f"{{{ATOM}}}content", item.html, type="html")
        if item.answers is not None:
            _add(entry, f"{{{THREADING}}}in-reply-to", ref=item.answers)
    return _document(feed)


def discourse_posts(posts: Sequence[ForumPost]) -> bytes:
    """Return ``/posts.json``: the newest posts of the forum, in the order given (newest first)."""
    # Only this list names the topic of each.
    told = [{**_discourse_post(post), "topic_title": post.topic_title} for post in posts]
    return _json({"latest_posts": told})


def discourse_post(post: ForumPost) -> bytes:
    """Return ``/posts/ID.json``, which is also the answer to who wrote it."""
    return _json(_discourse_post(post))


def discourse_topic_posts(posts: Sequence[ForumPost], *, topic_id: int) -> bytes:
    """Return ``/t/ID/posts.json``: those posts of a topic that were asked for."""
    shown = [_discourse_post(post) for post in posts]
    return _json({"post_stream": {"posts": shown}, "id": topic_id})


def discourse_topic(
    posts: Sequence[ForumPost], *, closed: bool = False, whole: int | None = None
) -> bytes:
    """Return ``/t/ID.json``: one topic with its posts, at least one, oldest first.

    Args:
        posts: all posts of the topic.
        closed: whether nobody may answer any more.
        whole: how many of the first posts are told whole, 20 in a real forum; by default all.
    """
    first = posts[0]
    return _json(
        {
            "post_stream": {
                "posts": [_discourse_post(post) for post in posts[:whole]],
                "stream": [post.id for post in posts],
            },
            **_discourse_topic(posts),
            "closed": closed,
            "details": {"created_by": {"username": first.username}},
        }
    )


def discourse_latest(topics: Sequence[Sequence[ForumPost]]) -> bytes:
    """Return ``/latest.json``: the topics in the order given, each as its posts, oldest first."""
    people = dict.fromkeys(post.username for topic in topics for post in topic)
    return _json(
        {
            "users": [{"id": number, "username": name} for number, name in enumerate(people, 1)],
            "topic_list": {
                "per_page": 30,
                "topics": [_discourse_topic(topic) for topic in topics],
            },
        }
    )


def discourse_about(*, title: str, description: str = "", version: str = "3.4.0") -> bytes:
    """Return ``/about.json``, by which a forum is known to be Discourse."""
    about = {"title": title, "description": description, "version": version, "locale": "en"}
    return _json({"users": [], "about": about})


def discourse_site() -> bytes:
    """Return ``/site.json``, as much of it as says that this is Discourse."""
    return _json({"notification_types": {"mentioned": 1, "replied": 2}, "categories": []})


def _discourse_post(post: ForumPost) -> Mapping[str, Any]:
    path = f"/t/{post.topic_slug}/{post.topic_id}/{post.post_number}"
    shown = {
        "id": post.id,
        "name": post.username,
        "username": post.username,
        "created_at": _millis(post.created_at),
        "updated_at": _millis(post.updated_at or post.created_at),
        "cooked": post.cooked,
        "post_number": post.post_number,
        "post_type": 1,
        "post_url": path,
        "reply_to_post_number": post.reply_to_post_number,
        "topic_id": post.topic_id,
        "topic_slug": post.topic_slug,
        "version": post.version,
        "admin": post.admin,
        "moderator": post.moderator,
        "staff": post.staff or post.admin or post.moderator,
        "hidden": False,
        "deleted_at": None,
    }
    return shown if post.raw is None else {**shown, "raw": post.raw}


def _discourse_topic(posts: Sequence[ForumPost]) -> Mapping[str, Any]:
    first, last = posts[0], posts[-1]
    return {
        "id": first.topic_id,
        "title": first.topic_title,
        "fancy_title": first.topic_title,
        "slug": first.topic_slug,
        "posts_count": len(posts),
        "highest_post_number": last.post_number,
        "created_at": _millis(first.created_at),
        "last_posted_at": _millis(last.created_at),
        "closed": False,
        "archived": False,
    }


def _millis(at: datetime) -> str:
    """Write a time as Rails does: ``2026-05-12T07:00:00.000Z``."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> None:
    Xml.SubElement(parent, name, attributes).text = _xml_text(text) or None


def _xml_text(text: str) -> str:
    """Return the text without the characters that XML cannot hold."""
    return "".join(char for char in text if char >= " " or char in "\t\n\r")


def _document(root: Xml.Element) -> bytes:
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))
