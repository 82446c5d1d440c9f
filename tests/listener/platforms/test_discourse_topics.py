"""One category or one tag of a forum is followed by its topics, with the replies in them."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from listener.diagnoses import DiagnosedError
from listener.platforms import discourse_topics
from listener.platforms.discourse_topics import (
    AGAIN,
    KNOWN,
    MAX_LISTS,
    Moved,
    Topics,
    forum_root,
    scope_of,
)
from listener.platforms.discourse_topics import ticked_off as tick
from listener.sources.base import Batch, RawPost
from listener.sources.discourse import build
from listener.tables import SourceState
from responders.demo.formats import ForumPost
from tests.listener.sources.fetching import loopback_client, place_at
from tests.places.discourse import START, Forum, forum_post, forum_web
from tests.places.web import Asked, RawReply, Reply, Web

HELP, TAG = "/c/help/5", "/tag/sync"


def forum_of(*topics: int, posts: int = 2) -> tuple[Forum, Web]:
    """Return a forum whose even topics are in the category; each has so many posts."""
    forum, web = forum_web()
    for topic in topics:
        for _ in range(posts):
            write(forum, topic)
    forum.scopes = {HELP: {n for n in range(1, 9000) if n % 2 == 0}, TAG: {2, 3}}
    return forum, web


def write(forum: Forum, topic: int, *, days: float = 0) -> ForumPost:
    """Let somebody write in a topic; each post is later than those before it."""
    number = max((post.id for post in forum.posts), default=0) + 1
    post = forum_post(number, topic=topic)
    shifted = post.created_at + timedelta(days=days)
    forum.posts.append(
        ForumPost(**{name: getattr(post, name) for name in _FIELDS} | {"created_at": shifted})
    )
    return forum.posts[-1]


_FIELDS = ("id", "topic_id", "topic_slug", "topic_title", "post_number", "username", "created_at",
           "cooked")  # fmt: skip


def caught_up(
    web: Web, cursor: Mapping[str, Any], path: str = HELP
) -> tuple[list[RawPost], list[Batch]]:
    """Fetch until there is no more, a new source for each page as after a kill."""
    posts: list[RawPost] = []
    batches: list[Batch] = []
    while not batches or batches[-1].more:
        source = build(place_at(web.url(path)), loopback_client())
        batch = source.fetch(json.loads(json.dumps(dict(cursor))))
        batches.append(batch)
        posts += batch.posts
        cursor = batch.cursor
        assert len(batches) < 3000, "it never ends"
    return posts, batches


def topics_of(posts: list[RawPost]) -> set[str | None]:
    return {post.thread_id for post in posts}


@pytest.mark.parametrize(("path", "topics"), [(HELP, {"2", "4"}), (TAG, {"2", "3"})])
def test_only_the_topics_of_the_category_or_tag_are_heard(path: str, topics: set[str]) -> None:
    _, web = forum_of(1, 2, 3, 4)
    with web:
        posts, _ = caught_up(web, {}, path)
    assert topics_of(posts) == topics
    assert len(posts) == 4
    assert all("/posts.json?before" not in asked.path for asked in web.log)


def test_the_first_fetch_shows_posts_at_once_for_who_tries_the_address() -> None:
    _, web = forum_of(2, 4)
    with web:
        source = build(place_at(web.url(HELP)), loopback_client())
        assert topics_of(list(source.fetch({}).posts)) == {"4"}


def test_replies_in_old_topics_and_new_topics_are_heard_and_nothing_twice_asked() -> None:
    forum, web = forum_of(1, 2, 4, 6)
    with web:
        _, first = caught_up(web, {})
        asked = len(web.log)
        posts, again = caught_up(web, first[-1].cursor)
        assert (posts, len(web.log) - asked) == ([], 1)
        late = [write(forum, 2), write(forum, 8), write(forum, 1)]
        posts, _ = caught_up(web, again[-1].cursor)
    assert topics_of(posts) == {"2", "8"}
    assert {str(post.id) for post in late[:2]} <= {post.remote_id for post in posts}
    opening = next(post for post in posts if post.thread_id == "8")
    assert opening.thread_title == "Topic 8"


def test_a_stop_of_days_is_caught_up_over_many_pages_of_the_list() -> None:
    forum, web = forum_of(2)
    with web:
        _, first = caught_up(web, {})
        for topic in range(4, 300, 2):
            write(forum, topic)
        for _ in range(90):
            write(forum, 2)
        posts, batches = caught_up(web, first[-1].cursor)
    assert len({post.remote_id for post in posts}) >= 148 + 90
    assert topics_of(posts) == {str(topic) for topic in range(2, 300, 2)}
    assert [batch.loss for batch in batches if batch.loss] == []
    assert any(batch.fills for batch in batches)


def test_a_list_without_end_is_given_up_as_a_gap() -> None:
    forum, web = forum_of(2)
    with web:
        _, first = caught_up(web, {})
        for topic in range(4, 2 * 30 * (MAX_LISTS + 2), 2):
            write(forum, topic)
        cursor = dict(first[-1].cursor)
        source = build(place_at(web.url(HELP)), loopback_client())
        losses = []
        for _ in range(MAX_LISTS):
            batch = source.fetch(cursor | {"queue": []})
            cursor = dict(batch.cursor)
            losses += [batch.loss] if batch.loss else []
    (loss,) = losses
    assert loss.after_at == forum.posts[1].created_at


def test_a_topic_brought_up_from_before_our_time_tells_only_what_is_new() -> None:
    forum, web = forum_of(2, 4)
    with web:
        _, first = caught_up(web, {})
        old = [write(forum, 6, days=-400) for _ in range(3)]
        new = write(forum, 6, days=2)
        posts, _ = caught_up(web, first[-1].cursor)
    assert [post.remote_id for post in posts] == [str(new.id)]
    assert old


def test_a_pinned_topic_hides_nothing() -> None:
    forum, web = forum_of(2, 4)
    forum.pinned = {2}
    with web:
        _, first = caught_up(web, {})
        for topic in range(6, 100, 2):
            write(forum, topic)
        posts, _ = caught_up(web, first[-1].cursor)
    assert topics_of(posts) == {str(topic) for topic in range(6, 100, 2)}


def test_edits_of_the_last_posts_are_told_whenever_the_topic_moves() -> None:
    forum, web = forum_of(2, posts=60)
    with web:
        _, first = caught_up(web, {})
        forum.edit(59, "It works again.")
        late = write(forum, 2)
        posts, _ = caught_up(web, first[-1].cursor)
    told = {post.remote_id: post.body for post in posts}
    assert "It works again." in told["59"]
    assert str(late.id) in told
    assert len(told) == 20 + AGAIN


def test_a_topic_with_more_news_than_a_turn_takes_is_read_whole() -> None:
    forum, web = forum_of(2)
    with web:
        _, first = caught_up(web, {})
        late = [write(forum, 2) for _ in range(950)]
        posts, batches = caught_up(web, first[-1].cursor)
    assert {str(post.id) for post in late} <= {post.remote_id for post in posts}
    assert [batch.loss for batch in batches if batch.loss] == []


def test_a_new_topic_is_read_back_to_its_first_post() -> None:
    forum, web = forum_of(2)
    with web:
        _, first = caught_up(web, {})
        new = [write(forum, 4) for _ in range(1250)]
        posts, batches = caught_up(web, first[-1].cursor)
        assert len(batches) == 4
        assert {post.remote_id for post in posts} == {str(one.id) for one in new}
        late = write(forum, 4)
        after, _ = caught_up(web, batches[-1].cursor)
    assert [batch.loss for batch in batches if batch.loss] == []
    assert max(after, key=lambda post: int(post.remote_id)).remote_id == str(late.id)
    assert len(after) <= 41


def test_an_old_topic_that_is_met_anew_is_read_back_to_where_its_news_begin() -> None:
    forum, web = forum_of(2)
    with web:
        _, first = caught_up(web, {})
        for _ in range(1250):
            write(forum, 4, days=-400)
        new = [write(forum, 4) for _ in range(450)]
        posts, batches = caught_up(web, first[-1].cursor)
    assert {post.remote_id for post in posts} == {str(one.id) for one in new}
    assert len(batches) == 2
    assert [batch.loss for batch in batches if batch.loss] == []


def test_a_new_topic_that_is_too_long_tells_its_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discourse_topics, "MAX_TURNS", 1)
    forum, web = forum_of(2)
    with web:
        _, first = caught_up(web, {})
        new = [write(forum, 4) for _ in range(430)]
        posts, batches = caught_up(web, first[-1].cursor)
    (loss,) = [batch.loss for batch in batches if batch.loss]
    assert loss.before_at == new[30].created_at
    assert {post.remote_id for post in posts} == {str(one.id) for one in [*new[:20], *new[30:]]}


@pytest.mark.parametrize("gone", ["deleted", "private"])
def test_a_topic_that_went_away_hides_no_other(gone: str) -> None:
    forum, web = forum_of(2, 4)
    with web:
        _, first = caught_up(web, {})
        write(forum, 2), write(forum, 4)
        source = build(place_at(web.url(HELP)), loopback_client())
        underway = source.fetch(first[-1].cursor)
        getattr(forum, gone).add(2)
        posts, batches = caught_up(web, underway.cursor)
    assert posts == []
    assert batches[-1].loss is None
    assert "queue" not in batches[-1].cursor


@pytest.mark.parametrize("whole", [False, True])
def test_a_topic_that_fails_is_asked_for_three_times_and_told_as_lost(whole: bool) -> None:
    forum, web = forum_of(2, 4)
    broken = [False]

    def script(asked: Asked) -> Reply | RawReply:
        if broken[0] and (whole or asked.path.startswith("/t/2.json")):
            return Reply(500)
        return forum(asked)

    with web:
        web.script = script
        _, first = caught_up(web, {})
        late = [write(forum, 4), write(forum, 2)]
        cursor: Mapping[str, Any] = first[-1].cursor
        broken[0] = True
        if whole:  # the forum itself is in trouble, and that is said
            with pytest.raises(DiagnosedError) as caught:
                caught_up(web, cursor)
            assert caught.value.state is SourceState.FAILING
            return
        heard, losses = [], []
        for _ in range(4):
            late.append(write(forum, 6))
            posts, batches = caught_up(web, cursor)
            assert str(late[-1].id) in {post.remote_id for post in posts}
            heard += posts
            losses += [batch.loss for batch in batches if batch.loss]
            cursor = batches[-1].cursor
    assert topics_of(heard) == {"4", "6"}
    (loss,) = losses
    assert "topic 2 cannot be read" in loss.reason


def test_a_category_that_is_not_there_is_told() -> None:
    _, web = forum_of(2)
    with web, pytest.raises(DiagnosedError) as caught:
        caught_up(web, {}, "/c/nothing/99")
    assert caught.value.state is SourceState.NOT_FOUND


@pytest.mark.parametrize(
    ("url", "root", "scope"),
    [
        ("https://f.org/c/help/5", "https://f.org", "/c/help/5"),
        ("https://f.org/c/help/5/l/latest.json?page=2", "https://f.org", "/c/help/5"),
        ("https://f.org/forum/c/a/b/7/none/", "https://f.org/forum", "/c/a/b/7/none"),
        ("https://f.org/c/help/5.rss", "https://f.org", "/c/help/5"),
        ("https://f.org/tag/sync", "https://f.org", "/tag/sync"),
        ("https://f.org/tags/c/help/5/sync/l/top", "https://f.org", "/tags/c/help/5/sync"),
        ("https://f.org/", "https://f.org", None),
        ("https://f.org/t/a-topic/12", "https://f.org", None),
        ("https://f.org/latest", "https://f.org", None),
        ("https://f.org/c/", "https://f.org", None),
        ("https://f.org/categories", "https://f.org/categories", None),
    ],
)
def test_an_address_names_its_forum_and_its_part_of_it(
    url: str, root: str, scope: str | None
) -> None:
    assert (forum_root(url), scope_of(url)) == (root, scope)


def test_what_is_remembered_is_bounded() -> None:
    known = Topics(until=START.isoformat())
    for number in range(KNOWN + 50):
        known = tick(known, Moved(id=number, mark="m"), last_id=number)
    assert len(known.known) == KNOWN
    assert str(KNOWN + 49) in known.known
