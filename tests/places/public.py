"""The places where replies leave by themselves: a loopback server each, one thread to answer.

with public_place("github") as place:
    place.channel().send(place.message("We know."))
    assert place.times("We know.") == 1
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, SecretStr

from config.settings import Credential, load_settings
from listener.sources.github import Options as GithubOptions
from listener.sources.reddit import Options as RedditOptions
from responders.delivery.channels import discourse, github, reddit, wordpress
from responders.delivery.channels.base import Channel, Message, Ways
from responders.delivery.likeness import says_the_same, text_of
from responders.delivery.opening import client_of
from responders.delivery.platforms.markdown_text import github_text, reddit_text
from tests.places import faults
from tests.places import github as github_place
from tests.places import reddit as reddit_place
from tests.places.discourse import Forum, forum_post
from tests.places.web import Asked, Script, Web
from tests.places.wordpress import Blog, said, written

KINDS = ("discourse", "github", "reddit", "wordpress")
APP_PASSWORD = "abcd efgh"
CREDENTIALS = {
    "discourse": Credential(api_key=SecretStr("a-key"), api_username="fernsync"),
    "wordpress": Credential(username="ann", password=SecretStr(APP_PASSWORD)),
}
_BUILT: Mapping[str, Callable[..., Channel]] = {
    "discourse": discourse.build,
    "github": github.build,
    "reddit": reddit.build,
    "wordpress": wordpress.build,
}


@dataclass(frozen=True)
class PublicPlace:
    """A place, what goes wrong before it, and how one thread of it is answered."""

    kind: str
    place: Any
    faulty: faults.Faulty
    url: str
    texts: Callable[[], list[str]]
    """What we wrote there, as the place keeps it."""

    @property
    def target(self) -> dict[str, Any]:
        """Where a reply goes."""
        return target_at(self.kind, self.url)

    def channel(self, *, deadline_s: float = 5.0) -> Channel:
        """Return our channel to it."""
        return channel_at(self.kind, self.url, deadline_s=deadline_s)

    def message(self, text: str, **target: Any) -> Message:
        """Return a reply."""
        return Message(key="thread:1|1|ack|1", text=text, target={**self.target, **target})

    def times(self, text: str) -> int:
        """Count how often a text stands there."""
        dressed = {"github": github_text, "reddit": reddit_text}.get(self.kind, str)
        return sum(says_the_same(one, dressed(text)) for one in self.texts())


def writes(asked: Asked) -> bool:
    """Match what writes, but for a log-in."""
    return asked.method != "GET" and "access_token" not in asked.path


def channel_at(kind: str, url: str, *, deadline_s: float = 5.0) -> Channel:
    """Return the channel to a place at an address."""
    environ = {
        "GROUNDSWELL__HTTP__ALLOW_HOSTS": '["127.0.0.1"]',
        "GROUNDSWELL__HTTP__SPACING_S": "0",
        "GROUNDSWELL__HTTP__DEADLINE_S": str(deadline_s),
    }
    settings = load_settings(None, environ=environ)
    ways = Ways(settings.http, client_of(settings), CREDENTIALS)
    return _BUILT[kind](options_at(kind, url), ways=ways)


def options_at(kind: str, url: str) -> BaseModel:
    """Return the section of the settings that opens a place."""
    if kind == "reddit":
        return RedditOptions(
            client_id=reddit_place.CLIENT_ID,
            client_secret=SecretStr(reddit_place.CLIENT_SECRET),
            username=reddit_place.USERNAME,
            password=SecretStr(reddit_place.PASSWORD),
            url=url,
            oauth_url=url,
        )
    if kind == "github":
        return GithubOptions(token=SecretStr(github_place.TOKEN), api_url=url)
    return discourse.Options() if kind == "discourse" else wordpress.Options()


def target_at(kind: str, url: str) -> dict[str, Any]:
    """Return the target of a reply at an address, as addressing writes it."""
    first = reddit_place.submission(1)["name"]
    threads = {
        "discourse": ("/latest", "1", "2", "/t/topic-1/1", "/t/topic-1/1/2"),
        "github": ("/fern/sync", "issues/1", "issues/1", "/fern/sync/issues/1", None),
        "reddit": ("/r/fernsync", first, first, "/r/fernsync/comments/x/", None),
        "wordpress": ("/", "post-1", "comment-3", "/2026/article-1/", None),
    }
    source, thread, post, thread_url, post_url = threads[kind]
    return {
        "source_url": f"{url}{source}",
        "credential": kind if kind in CREDENTIALS else None,
        "thread": thread,
        "post": post,
        "thread_url": f"{url}{thread_url}",
        "post_url": f"{url}{post_url}" if post_url else None,
    }


@contextmanager
def public_place(kind: str) -> Iterator[PublicPlace]:
    """Open a place that takes the same words again, so that nobody but us keeps them single."""
    place, texts = _MADE[kind]()
    faulty = faults.Faulty(place)
    with Web(faulty) as web:
        yield PublicPlace(kind, place, faulty, web.url(""), texts)


def _forum() -> tuple[Script, Callable[[], list[str]]]:
    forum = Forum([forum_post(1), forum_post(2)], takes_again=True)
    return forum, lambda: [post.raw or "" for post in forum.by("fernsync")]


def _github() -> tuple[Script, Callable[[], list[str]]]:
    place = github_place.GithubPlace([github_place.issue(1)])
    return place, lambda: [str(one["body"]) for one in place.ours]


def _reddit() -> tuple[Script, Callable[[], list[str]]]:
    place = reddit_place.RedditPlace([reddit_place.submission(1)])
    return place, lambda: [str(one["body"]) for one in place.ours]


def _blog() -> tuple[Script, Callable[[], list[str]]]:
    blog = Blog([written(1)], [said(3)], password=APP_PASSWORD, takes_again=True)
    return blog, lambda: [text_of(row.html) for row in blog.comments if row.user and not row.status]


_MADE: Mapping[str, Callable[[], tuple[Script, Callable[[], list[str]]]]] = {
    "discourse": _forum,
    "github": _github,
    "reddit": _reddit,
    "wordpress": _blog,
}
