"""A small Discourse: the JSON of a forum, as anonymous readers and keys get it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from responders.demo.formats import (
    ForumPost,
    discourse_about,
    discourse_latest,
    discourse_posts,
    discourse_site,
    discourse_topic,
)
from tests.places.web import Asked, RawReply, Reply, Web

PAGE = 50
START = datetime(2026, 5, 12, 6, tzinfo=UTC)
JSON = {"Content-Type": "application/json; charset=utf-8"}
MEMBERS_ONLY = b'{"errors":["You need to be logged in"],"error_type":"not_logged_in"}'


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

    def edit(self, post_id: int, text: str) -> None:
        """Change a post's text as its author would."""
        for index, post in enumerate(self.posts):
            if post.id == post_id:
                self.posts[index] = replace(
                    post, cooked=f"<p>{text}</p>", version=post.version + 1, raw=None
                )

    def __call__(self, asked: Asked) -> Reply | RawReply:
        """Answer one request."""
        if self.api_key is not None and asked.headers.get("api-key") != self.api_key:
            return Reply(403, MEMBERS_ONLY, JSON)
        parts = urlsplit(asked.path)
        body = self._body(parts.path, parse_qs(parts.query))
        return (
            Reply(404, b'{"error_type":"not_found"}', JSON)
            if body is None
            else Reply(200, body, JSON)
        )

    def _body(self, path: str, query: dict[str, list[str]]) -> bytes | None:
        if path == "/posts.json":
            return discourse_posts(self._page(int(query["before"][0]) if "before" in query else 0))
        if path == "/about.json":
            return discourse_about(title="A forum")
        if path == "/site.json":
            return discourse_site()
        topics: dict[int, list[ForumPost]] = {}
        for post in self.posts:
            topics.setdefault(post.topic_id, []).append(post)
        if path == "/latest.json":
            return discourse_latest(list(topics.values())[::-1])
        number = path.removeprefix("/t/").removesuffix(".json")
        return (
            discourse_topic(topics[int(number)])
            if number.isdigit() and int(number) in topics
            else None
        )

    def _page(self, before: int) -> list[ForumPost]:
        newest_first = sorted(self.posts, key=lambda post: -post.id)
        if before:
            lowest = before - PAGE if self.windowed else 0
            newest_first = [post for post in newest_first if lowest < post.id <= before]
        return newest_first[:PAGE]


def forum_web(*posts: ForumPost) -> tuple[Forum, Web]:
    """Return a forum and the server before it."""
    forum = Forum(list(posts))
    return forum, Web(forum)
