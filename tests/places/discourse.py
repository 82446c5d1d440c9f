"""A small Discourse: the JSON of a forum, as anonymous readers and keys get it, and its replies."""

import json
import re
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from responders.demo.formats import (
    ForumPost,
    discourse_about,
    discourse_latest,
    discourse_post,
    discourse_posts,
    discourse_site,
    discourse_topic,
    discourse_topic_posts,
)
from tests.places.web import Asked, RawReply, Reply, Web

PAGE = 50
SHOWN_WHOLE = 20
TOPICS = 30
SHORTEST = 20
"""Characters that a post must have, as in a new forum."""
START = datetime(2026, 5, 12, 6, tzinfo=UTC)
JSON = {"Content-Type": "application/json; charset=utf-8"}
MEMBERS_ONLY = b'{"errors":["You need to be logged in"],"error_type":"not_logged_in"}'
NO_RIGHT = (
    b'{"errors":["You are not permitted to view the requested resource."],'
    b'"error_type":"invalid_access"}'
)
NOT_FOUND = (
    b'{"errors":["The requested URL or resource could not be found."],"error_type":"not_found"}'
)


def forum_post(number: int, text: str = "It crashes.", *, topic: int = 1) -> ForumPost:
    """Return a post; the first of a topic has the topic's own number as id."""
    return ForumPost(
        id=number,
        topic_id=topic,
        topic_slug=f"topic-{topic}",
        topic_title=f"Topic {topic}",
        post_number=number,
        username=f"user{number % 7}",
        created_at=START + timedelta(seconds=number),
        cooked=f"<p>{text}</p>",
    )


@dataclass
class Forum:
    """Holds posts, the newest last; put it before a ``Web``."""

    posts: list[ForumPost] = field(default_factory=list)
    api_key: str | None = None
    """Without it nothing is shown, if there is one."""
    windowed: bool = False
    """Pages are the 50 ids below ``before``, as in older releases."""
    closed: set[int] = field(default_factory=set)
    """Topics that take no reply any more."""
    deleted: set[int] = field(default_factory=set)
    """Topics that are not there any more."""
    private: set[int] = field(default_factory=set)
    """Topics of a category that is not shown to everybody."""
    marks: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What a post tells of itself besides, by its id: ``user_deleted``, ``hidden`` and the like."""
    scopes: dict[str, set[int]] = field(default_factory=dict)
    """The topics of a category or a tag, by its path: ``/c/help/5``, ``/tag/sync``."""
    pinned: set[int] = field(default_factory=set)
    """Topics that stand before the others, whenever they moved."""
    bumped: dict[int, datetime] = field(default_factory=dict)
    """When a topic was brought up again without a new post."""
    asked: list[str] = field(default_factory=list)
    moderated: bool = False
    """Every reply waits for a moderator."""
    tells_raw: bool = True
    """Topics show how posts were written, to who asks for it."""
    allowed: int | None = None
    """So many replies, then silence is asked for."""
    wait_s: int = 37
    takes_again: bool = False
    """The same words are taken a second time, as after a while everywhere."""
    shadowed: set[int] = field(default_factory=set)
    """Posts that only their author still sees, as a filter leaves them."""
    pending: list[dict[str, Any]] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def edit(self, post_id: int, text: str) -> None:
        """Change a post's text as its author would."""
        for index, post in enumerate(self.posts):
            if post.id == post_id:
                self.posts[index] = replace(
                    post, cooked=f"<p>{text}</p>", version=post.version + 1, raw=None
                )

    def delete(self, post_id: int) -> None:
        """Take a post away as a moderator would."""
        self.posts = [post for post in self.posts if post.id != post_id]

    def by(self, username: str) -> list[ForumPost]:
        """Return what somebody wrote here."""
        return [post for post in self.posts if post.username == username]

    def __call__(self, asked: Asked) -> Reply | RawReply:
        """Answer one request."""
        self.asked.append(asked.path)
        if self.api_key is not None and asked.headers.get("api-key") != self.api_key:
            return Reply(403, MEMBERS_ONLY, JSON)
        parts = urlsplit(asked.path)
        if asked.method == "POST" and parts.path == "/posts.json":
            with self.guard:
                return self._written(asked)
        if asked.method in {"PUT", "DELETE"}:
            with self.guard:
                return self._changed(asked, parts.path)
        if "api-key" not in asked.headers and self._is_shadowed(parts.path):
            return _no(404, NOT_FOUND)
        body = self._body(parts.path, parse_qs(parts.query))
        if body == NO_RIGHT:
            return _no(403, NO_RIGHT)
        return _no(404, NOT_FOUND) if body is None else Reply(200, body, JSON)

    def _written(self, asked: Asked) -> Reply:
        """Take a reply, or refuse it as Discourse does."""
        username = asked.headers.get("api-username")
        if "api-key" not in asked.headers or not username:
            return _no(403, MEMBERS_ONLY)
        told = json.loads(asked.body)
        raw, topic = str(told["raw"]).rstrip(), int(told["topic_id"])
        thread = self._topics().get(topic)
        if thread is None:
            return _no(404, NOT_FOUND)
        if (why := self._objection(topic, raw, username)) is not None:
            return _refused(why)
        if self.allowed is not None:
            if self.allowed == 0:
                return rate_limited(self.wait_s)
            self.allowed -= 1
        if self.moderated:
            self.pending.append({"topic_id": topic, "raw_text": raw, "username": username})
            made = {"action": "enqueued", "success": True, "pending_count": len(self.pending)}
            return Reply(200, json.dumps(made).encode(), JSON)
        post = self._reply(thread, raw, username, told.get("reply_to_post_number"))
        self.posts.append(post)
        return Reply(200, discourse_post(post), JSON)

    def _is_shadowed(self, path: str) -> bool:
        return any(path == f"/posts/{number}.json" for number in self.shadowed)

    def _changed(self, asked: Asked, path: str) -> Reply:
        """Let somebody change or delete a post of theirs."""
        wanted = re.fullmatch(r"/posts/(\d+)\.json", path)
        found = [post for post in self.posts if wanted and str(post.id) == wanted[1]]
        if not found:
            return _no(404, NOT_FOUND)
        if found[0].username != asked.headers.get("api-username"):
            return _no(403, MEMBERS_ONLY)
        if asked.method == "DELETE":
            self.posts.remove(found[0])
            return Reply(200, b"{}", JSON)
        raw = str(json.loads(asked.body)["post"]["raw"])
        changed = replace(
            found[0], raw=raw, cooked=f"<p>{escape(raw)}</p>", version=found[0].version + 1
        )
        self.posts[self.posts.index(found[0])] = changed
        return Reply(200, b'{"post":' + discourse_post(changed) + b"}", JSON)

    def _objection(self, topic: int, raw: str, username: str) -> str | None:
        if topic in self.closed:
            return "This topic is closed; it no longer accepts new replies."
        if len(raw) < SHORTEST:
            return f"Body is too short (minimum is {SHORTEST} characters)"
        if not self.takes_again and any(raw == post.raw for post in self.by(username)):
            return "Body is too similar to what you recently posted"
        return None

    def _reply(
        self, thread: list[ForumPost], raw: str, username: str, answers: int | None
    ) -> ForumPost:
        number = max(post.id for post in self.posts) + 1
        return replace(
            thread[0],
            id=number,
            post_number=max(post.post_number for post in thread) + 1,
            username=username,
            created_at=START + timedelta(seconds=number),
            cooked=f"<p>{escape(raw)}</p>",
            raw=raw,
            version=1,
            reply_to_post_number=answers,
        )

    def _topics(self) -> dict[int, list[ForumPost]]:
        topics: dict[int, list[ForumPost]] = {}
        for post in self.posts:
            if post.topic_id not in self.deleted:
                topics.setdefault(post.topic_id, []).append(post)
        return topics

    def _body(self, path: str, query: dict[str, list[str]]) -> bytes | None:
        if path == "/posts.json":
            page = self._page(int(query["before"][0]) if "before" in query else 0)
            return self._marked(discourse_posts(page))
        if path in {"/about.json", "/site.json"}:
            return discourse_site() if "site" in path else discourse_about(title="A forum")
        if path == "/latest.json":
            return discourse_latest(list(self._topics().values())[::-1])
        if path.endswith("/l/latest.json"):
            return self._listed(path, int(query.get("page", ["0"])[0]))
        if path.startswith("/posts/"):
            return self._one(unquote(path.removeprefix("/posts/").removesuffix(".json")))
        return self._topic(path, query)

    def _listed(self, path: str, page: int) -> bytes | None:
        """Return the topics of a category or a tag, the last moved first, 30 a page."""
        scope = path.removesuffix("/l/latest.json")
        if scope not in self.scopes:
            return None
        moved = [
            {
                **_row(posts, self.bumped.get(number)),
                "pinned": number in self.pinned,
            }
            for number, posts in self._topics().items()
            if number in self.scopes[scope] and number not in self.private
        ]
        moved.sort(key=lambda row: (row["pinned"], row["bumped_at"]), reverse=True)
        rows = moved[page * TOPICS : (page + 1) * TOPICS]
        further = {"more_topics_url": f"{scope}/l/latest?page={page + 1}"}
        told = {"per_page": TOPICS, "topics": rows}
        more = further if len(moved) > (page + 1) * TOPICS else {}
        return json.dumps({"topic_list": told | more}).encode()

    def _one(self, what: str) -> bytes | None:
        """Return one post with its Markdown, or what of somebody's waits for the moderators."""
        username, _, waiting = what.partition("/")
        if waiting == "pending":
            own = [entry for entry in self.pending if entry["username"] == username]
            return json.dumps({"pending_posts": own}).encode()
        found = [
            post for topic in self._topics().values() for post in topic if str(post.id) == what
        ]
        if found and found[0].topic_id in self.private:
            return NO_RIGHT
        return self._marked(discourse_post(_with_raw(found[0]))) if found else None

    def _marked(self, body: bytes) -> bytes:
        """Return an answer with what posts tell of themselves besides."""
        told = json.loads(body)
        for post in told.get("latest_posts", [told]):
            post.update(self.marks.get(post["id"], {}))
        return json.dumps(told).encode()

    def _topic(self, path: str, query: dict[str, list[str]]) -> bytes | None:
        match = re.fullmatch(r"/t/(\d+)(/posts)?\.json", path)
        thread = self._topics().get(int(match[1])) if match else None
        if match is None or thread is None:
            return None
        if int(match[1]) in self.private:
            return NO_RIGHT
        shown = [self._shown(post, query) for post in thread]
        if match[2]:
            wanted = query.get("post_ids[]", [])
            told = [post for post in shown if str(post.id) in wanted][:SHOWN_WHOLE]
            return discourse_topic_posts(told, topic_id=int(match[1]))
        return discourse_topic(shown, closed=int(match[1]) in self.closed, whole=SHOWN_WHOLE)

    def _shown(self, post: ForumPost, query: dict[str, list[str]]) -> ForumPost:
        asked = query.get("include_raw") == ["true"]
        return _with_raw(post) if asked and self.tells_raw else replace(post, raw=None)

    def _page(self, before: int) -> list[ForumPost]:
        hidden = self.deleted | self.private
        shown = [post for post in self.posts if post.topic_id not in hidden]
        newest_first = sorted(shown, key=lambda post: -post.id)
        if before:
            lowest = before - PAGE if self.windowed else 0
            newest_first = [post for post in newest_first if lowest < post.id <= before]
        return newest_first[:PAGE]


def _row(posts: list[ForumPost], bumped_at: datetime | None) -> dict[str, Any]:
    last = posts[-1]
    moved = bumped_at or last.created_at
    return {
        "id": last.topic_id,
        "title": last.topic_title,
        "posts_count": len(posts),
        "highest_post_number": last.post_number,
        "bumped_at": moved.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }


def _with_raw(post: ForumPost) -> ForumPost:
    plain = unescape(re.sub("<[^>]*>", "", post.cooked))
    return post if post.raw is not None else replace(post, raw=plain)


def _no(status: int, body: bytes) -> Reply:
    return Reply(status, body, JSON)


def _refused(why: str) -> Reply:
    told = {"action": "create_post", "errors": [why], "success": False}
    return Reply(422, json.dumps(told).encode(), JSON)


def rate_limited(wait_s: int) -> Reply:
    """Ask for silence as Discourse does: in the header and in the body."""
    told = {
        "errors": ["You’ve performed this action too many times, please try again later."],
        "error_type": "rate_limit",
        "extras": {"wait_seconds": wait_s, "time_left": f"{wait_s} seconds"},
    }
    return Reply(429, json.dumps(told).encode(), {**JSON, "Retry-After": str(wait_s)})


def forum_web(*posts: ForumPost) -> tuple[Forum, Web]:
    """Return a forum and the server before it."""
    forum = Forum(list(posts))
    return forum, Web(forum)
