"""One suite over every kind of source: what base.py promises holds for each of them.

A new kind is found by its file; it needs an entry in ``FAKES``, and the suite says so.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, cast

import pytest

from config import plugins
from listener.diagnoses import DiagnosedError
from listener.identity import identify
from listener.sources.base import Batch, RawPost, Source, SourceOptions
from listener.sources.github import Options as GithubOptions
from responders.demo.formats import FeedItem
from tests.listener.sources.fetching import loopback_client, place_at, reddit_options
from tests.places.bluesky import HANDLE, bluesky_web, options_for, post
from tests.places.discourse import Forum, forum_post
from tests.places.feeds import FeedPlace, feed_item
from tests.places.github import GithubPlace, issue
from tests.places.mastodon import MastodonPlace, status
from tests.places.reddit import RedditPlace, submission
from tests.places.web import Web
from tests.places.wordpress import Blog, written

KINDS = plugins.names("listener.sources")
MISSING = "missing-from-every-place"


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
    options: SourceOptions | None = None
    """The settings of the kind, where it needs some."""


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
            edit=forum.edit,
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
            edit=blog.edit,
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
            edit=lambda number, text: place.edit(submission(number)["name"], text),
            options=reddit_options(web),
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
            edit=place.edit,
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
            edit=place.edit,
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
            options=options_for(web),
        )


FAKES = {
    "bluesky": _bluesky,
    "discourse": _discourse,
    "feed": _feed,
    "github": _github,
    "mastodon": _mastodon,
    "records": _records,
    "reddit": _reddit,
    "wordpress": _wordpress,
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    assert request.param in FAKES, f"give {request.param} a place in tests/places and an entry here"
    return str(request.param)


@pytest.fixture
def fake(kind: str, tmp_path: Path) -> Iterator[Fake]:
    with FAKES[kind](tmp_path) as made:
        yield made


def source_of(kind: str, url: str, options: SourceOptions | None) -> Source:
    return cast(
        "Source",
        plugins.load("listener.sources", kind).build(
            place_at(url, options=options), loopback_client()
        ),
    )


def drained(source: Source, cursor: Mapping[str, Any]) -> tuple[list[RawPost], Batch]:
    """Fetch until there is no more, as the crawler does."""
    posts: list[RawPost] = []
    for _ in range(100):
        # The cursor goes through the store between two fetches.
        batch = source.fetch(json.loads(json.dumps(dict(cursor))))
        posts += batch.posts
        cursor = batch.cursor
        if not batch.more:
            return posts, batch
    raise AssertionError("it never ends")


def test_a_kind_has_options_that_need_no_setting(kind: str) -> None:
    options = plugins.options_of("listener.sources", kind)
    assert issubclass(options, SourceOptions)
    options()


def test_posts_come_once_oldest_first_with_what_they_need(kind: str, fake: Fake) -> None:
    for number in range(1, 6):
        fake.say(number, f"crash number {number}")
    posts, batch = drained(source_of(kind, fake.url, fake.options), {})
    assert [f"crash number {number}" in post.body for number, post in enumerate(posts, 1)] == [
        True
    ] * 5
    assert len({post.remote_id for post in posts}) == 5
    assert all(post.published_at and post.published_at.tzinfo is UTC for post in posts)
    assert [post.published_at for post in posts] == sorted(
        post.published_at for post in posts if post.published_at
    )
    assert batch.loss is None


def test_a_second_look_goes_on_where_the_first_ended(kind: str, fake: Fake) -> None:
    source = source_of(kind, fake.url, fake.options)
    fake.say(1, "first")
    _, batch = drained(source, {})
    fake.say(2, "second")
    posts, batch = drained(source_of(kind, fake.url, fake.options), batch.cursor)
    assert "second" in posts[-1].body
    assert (len(posts) == 1) is not fake.reread
    assert batch.loss is None


def test_nothing_new_brings_nothing_new(kind: str, fake: Fake) -> None:
    fake.say(1, "first")
    known, batch = drained(source_of(kind, fake.url, fake.options), {})
    again, _ = drained(source_of(kind, fake.url, fake.options), batch.cursor)
    assert {post.remote_id for post in again} <= {post.remote_id for post in known}


def test_an_empty_place_is_no_error(kind: str, fake: Fake) -> None:
    assert drained(source_of(kind, fake.url, fake.options), {})[0] == []


def test_edits_show_where_the_kind_says_so(kind: str, fake: Fake) -> None:
    source = source_of(kind, fake.url, fake.options)
    assert source.capabilities.detects_edits is (fake.edit is not None)
    if fake.edit is None:
        return
    fake.say(1, "first words")
    before, batch = drained(source, {})
    fake.edit(1, "other words")
    after, _ = drained(source, batch.cursor)
    assert (before[0].remote_id, "first words" in before[0].body) == (after[0].remote_id, True)
    assert "other words" in after[0].body


def test_each_post_keeps_its_identity(kind: str, fake: Fake) -> None:
    source = source_of(kind, fake.url, fake.options)
    for number in (1, 2, 3):
        fake.say(number, "same here")
    posts, _ = drained(source, {})
    stable = source.capabilities.stable_ids
    names = [item.identity for item in identify(posts, [p.body for p in posts], stable_ids=stable)]
    again = [item.identity for item in identify(posts, [p.body for p in posts], stable_ids=stable)]
    assert len(set(names)) == 3
    assert names == again


def test_a_place_that_is_not_there_is_diagnosed(kind: str, fake: Fake) -> None:
    with pytest.raises(DiagnosedError) as caught:
        source_of(kind, fake.missing_url, fake.options).fetch({})
    assert "\n" not in str(caught.value)
    assert ":" in str(caught.value), "a diagnosis ends with a remedy"
