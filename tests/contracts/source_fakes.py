"""The places that stand for the kinds of source in their contract, and what is done to them.

Apart from the suites, which are several: what a source promises, how it takes refusals, and what it
makes of odd answers.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from config import plugins
from config.settings import Credential
from listener.sources.base import Batch, RawPost, Source, SourceOptions
from listener.sources.github import Options as GithubOptions
from responders.demo.formats import FeedItem
from tests.listener.sources.fetching import loopback_client, place_at, reddit_options
from tests.places.bluesky import HANDLE, bluesky_web, options_for, post
from tests.places.discourse import Forum, forum_post
from tests.places.feeds import FeedPlace, feed_item
from tests.places.files import FilePlace
from tests.places.github import GithubPlace, issue
from tests.places.mastodon import MastodonPlace, status
from tests.places.reddit import RedditPlace, submission
from tests.places.web import Asked, RawReply, Reply, Web
from tests.places.wordpress import Blog, written

KINDS = plugins.names("listener.sources")
MISSING = "missing-from-every-place"
Answer = Reply | RawReply


@dataclass
class Fake:
    """A place of one kind, with what the suite does to it."""

    url: str
    missing_url: str
    say: Callable[[int, str], None]
    """Let somebody write a post of that number; numbers grow."""
    reread: bool
    """A look tells the newest posts again, so that edits show."""
    edit: Callable[[int, str], None] | None = None
    delete: Callable[[int], None] | None = None
    """Let the author take a post away."""
    options: SourceOptions | None = None
    """The settings of the kind, where it needs some."""
    web: Web | None = None
    """The server before the place; a file has none."""
    spared: str = "/no-log-in"
    """The path whose answers are not changed: the log-in's."""

    def wrap(self, change: Callable[[Asked, Answer], Answer]) -> None:
        """Let answers be changed on their way, but for the log-in."""
        assert self.web is not None
        whole = self.web.script

        def changed(asked: Asked) -> Answer:
            reply = whole(asked)
            return reply if self.spared in asked.path else change(asked, reply)

        self.web.script = changed


@contextmanager
def _feed(_folder: Path) -> Iterator[Fake]:
    place = FeedPlace()

    def edit(number: int, text: str) -> None:
        place.items = [
            item if item.id != f"post-{number}" else _with(item, text) for item in place.items
        ]

    with Web(place) as web:
        yield Fake(
            url=web.url("/feed"),
            missing_url=web.url(f"/{MISSING}"),
            say=lambda number, text: place.items.append(feed_item(number, f"<p>{text}</p>")),
            reread=True,
            web=web,
            edit=edit,
        )


def _with(item: FeedItem, text: str) -> FeedItem:
    return feed_item(int(item.id.removeprefix("post-")), f"<p>{text}</p>")


@contextmanager
def _discourse(_folder: Path) -> Iterator[Fake]:
    forum = Forum()
    with Web(forum) as web:
        yield Fake(
            url=web.url("/"),
            missing_url=web.url(f"/{MISSING}"),
            say=lambda number, text: forum.posts.append(forum_post(number, text)),
            reread=True,
            web=web,
            edit=forum.edit,
            delete=forum.delete,
        )


@contextmanager
def _wordpress(_folder: Path) -> Iterator[Fake]:
    blog = Blog()
    with Web(blog) as web:
        yield Fake(
            url=web.url("/"),
            missing_url=web.url(f"/{MISSING}"),
            say=lambda number, text: blog.articles.append(written(number, text)),
            reread=True,
            web=web,
            edit=blog.edit,
            delete=lambda number: _drop(blog.articles, lambda one: one.id == number),
        )


@contextmanager
def _records(folder: Path) -> Iterator[Fake]:
    path = folder / "posts.jsonl"
    path.touch()

    def say(number: int, text: str) -> None:
        with path.open("a") as file:
            file.write(
                json.dumps({"id": number, "ts": 1_778_000_000 + number, "text": text}) + "\n"
            )

    yield Fake(str(path), str(folder / MISSING), say, reread=False)


@contextmanager
def _reddit(_folder: Path) -> Iterator[Fake]:
    place = RedditPlace()
    with Web(place) as web:
        yield Fake(
            url=web.url("/r/fernsync"),
            missing_url=web.url(f"/r/{MISSING}"),
            say=lambda number, text: place.things.append(submission(number, text)),
            reread=True,
            web=web,
            edit=lambda number, text: place.edit(submission(number)["name"], text),
            delete=lambda number: place.blank(submission(number)["name"]),
            options=reddit_options(web),
            spared="/access_token",
        )


@contextmanager
def _github(_folder: Path) -> Iterator[Fake]:
    place = GithubPlace()
    with Web(place) as web:
        yield Fake(
            url=web.url("/fern/sync"),
            missing_url=web.url(f"/fern/{MISSING}"),
            say=lambda number, text: place.issues.append(issue(number, text)),
            reread=True,
            web=web,
            edit=place.edit,
            delete=lambda number: _drop(place.issues, lambda one: one["number"] == number),
            options=GithubOptions(api_url=web.url("")),
        )


@contextmanager
def _mastodon(_folder: Path) -> Iterator[Fake]:
    place = MastodonPlace()
    with Web(place) as web:
        yield Fake(
            url=web.url("/tags/fernsync"),
            missing_url=web.url(f"/tags/{MISSING}"),
            say=lambda number, text: place.statuses.append(status(number, text)),
            reread=True,
            web=web,
            edit=place.edit,
            delete=place.delete,
        )


@contextmanager
def _bluesky(_folder: Path) -> Iterator[Fake]:
    place, web = bluesky_web()
    with web:
        yield Fake(
            url=web.url(f"/profile/{HANDLE}"),
            missing_url=web.url(f"/profile/{MISSING}.example"),
            say=lambda number, text: place.posts.append(post(number, text)),
            reread=True,
            web=web,
            delete=place.delete,
            options=options_for(web),
        )


def _drop(among: list[Any], gone: Callable[[Any], bool]) -> None:
    among[:] = [one for one in among if not gone(one)]


@contextmanager
def _records_on_the_web(_folder: Path) -> Iterator[Fake]:
    place = FilePlace()

    def say(number: int, text: str) -> None:
        told = {"id": number, "ts": 1_778_000_000 + number, "text": text}
        place.data += json.dumps(told).encode() + b"\n"

    with Web(place) as web:
        yield Fake(web.url(place.path), web.url(f"/{MISSING}"), say, reread=False, web=web)


FAKES = {
    "bluesky": _bluesky,
    "discourse": _discourse,
    "feed": _feed,
    "github": _github,
    "mastodon": _mastodon,
    "records": _records,
    "records on the web": _records_on_the_web,
    "reddit": _reddit,
    "wordpress": _wordpress,
}


def plugin_of(kind: str) -> str:
    """Return the plug-in of a kind, of which some have two places."""
    return kind.partition(" ")[0]


def source_of(
    kind: str, url: str, options: SourceOptions | None, credential: Credential | None = None
) -> Source:
    return cast(
        "Source",
        plugins.load("listener.sources", plugin_of(kind)).build(
            place_at(url, options=options, credential=credential), loopback_client()
        ),
    )


def looked(source: Source, cursor: Mapping[str, Any]) -> list[Batch]:
    """Fetch until there is no more, as the crawler does; return the batches."""
    batches: list[Batch] = []
    for _ in range(100):
        # The cursor goes through the store between two fetches.
        batches.append(source.fetch(json.loads(json.dumps(dict(cursor)))))
        cursor = batches[-1].cursor
        if not batches[-1].more:
            return batches
    raise AssertionError("it never ends")


def drained(source: Source, cursor: Mapping[str, Any]) -> tuple[list[RawPost], Batch]:
    """Fetch until there is no more; return all posts and the last batch."""
    batches = looked(source, cursor)
    return [post for batch in batches for post in batch.posts], batches[-1]
