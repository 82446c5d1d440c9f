"""A forum is followed without holes, whatever the length of the stop."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.settings import Credential
from listener.diagnoses import DiagnosedError
from listener.sources.base import Batch, RawPost
from listener.sources.discourse import DiscourseSource, base_address, build
from listener.tables import SourceState
from tests.listener.sources.fetching import loopback_client, place_at
from tests.places.discourse import forum_post, forum_web
from tests.places.web import Reply, Web


def source_at(url: str, credential: Credential | None = None) -> DiscourseSource:
    return build(place_at(url, credential=credential), loopback_client())


def caught_up(url: str, cursor: Mapping[str, Any]) -> tuple[list[RawPost], list[Batch]]:
    """Fetch until there is no more, a new source for each page as after a kill."""
    posts: list[RawPost] = []
    batches: list[Batch] = []
    while not batches or batches[-1].more:
        batch = source_at(url).fetch(json.loads(json.dumps(dict(cursor))))
        batches.append(batch)
        posts += batch.posts
        cursor = batch.cursor
    return posts, batches


def ids(posts: list[RawPost]) -> set[int]:
    return {int(post.remote_id) for post in posts}


@pytest.mark.parametrize("windowed", [False, True])
def test_a_stop_of_days_is_caught_up(windowed: bool) -> None:
    forum, web = forum_web(forum_post(1))
    forum.windowed = windowed
    with web:
        _, first = caught_up(web.url(), {})
        forum.posts += [forum_post(number) for number in range(2, 252)]
        posts, batches = caught_up(web.url(), first[-1].cursor)
    assert ids(posts) >= set(range(2, 252))
    assert [batch.loss for batch in batches if batch.loss] == []
    assert batches[-1].cursor["last_id"] == 251


def test_an_older_release_with_a_hole_in_its_numbers_is_caught_up() -> None:
    forum, web = forum_web(forum_post(1))
    forum.windowed = True
    with web:
        _, first = caught_up(web.url(), {})
        # Numbers 60 to 400 went to private messages.
        forum.posts += [forum_post(number) for number in (*range(2, 60), *range(400, 420))]
        posts, _ = caught_up(web.url(), first[-1].cursor)
    assert ids(posts) >= {*range(2, 60), *range(400, 420)}


def test_what_is_written_while_pages_are_turned_comes_with_the_next_look() -> None:
    forum, web = forum_web(*(forum_post(number) for number in range(1, 121)))
    with web:
        first = source_at(web.url()).fetch({"last_id": 10})
        forum.posts += [forum_post(number) for number in range(121, 125)]
        posts, batches = caught_up(web.url(), first.cursor)
        later, _ = caught_up(web.url(), batches[-1].cursor)
    assert ids([*first.posts, *posts]) >= set(range(11, 121))
    assert ids(later) >= set(range(121, 125))


def test_the_first_look_takes_a_bounded_history() -> None:
    _, web = forum_web(*(forum_post(number) for number in range(1, 801)))
    with web:
        posts, batches = caught_up(web.url(), {})
    assert ids(posts) == set(range(301, 801))
    assert [batch.loss for batch in batches if batch.loss] == []


def test_what_lies_too_far_back_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listener.sources.discourse.MAX_PAGES", 3)
    forum, web = forum_web(*(forum_post(number) for number in range(1, 11)))
    with web:
        _, first = caught_up(web.url(), {})
        forum.posts += [forum_post(number) for number in range(11, 400)]
        posts, batches = caught_up(web.url(), first[-1].cursor)
    loss = batches[-1].loss
    assert ids(posts) == set(range(250, 400))
    assert loss is not None
    assert (loss.after_at, loss.before_at) == (
        forum_post(10).created_at,
        forum_post(250).created_at,
    )
    assert batches[-1].cursor["last_id"] == 399


def test_numbers_that_went_back_are_a_gap_and_no_standstill() -> None:
    forum, web = forum_web(*(forum_post(number) for number in range(1, 101)))
    with web:
        _, known = caught_up(web.url(), {})
        late = forum_post(100).created_at + timedelta(hours=1)
        forum.posts[50:] = [replace(forum_post(51), created_at=late)]
        batch = source_at(web.url()).fetch(known[-1].cursor)
        assert batch.loss is not None
        assert "went back" in batch.loss.reason
        assert batch.loss.after_at == forum_post(100).created_at
        assert batch.cursor["last_id"] == 51
        assert source_at(web.url()).fetch(batch.cursor).loss is None


def test_a_newest_post_that_was_deleted_is_no_restored_backup() -> None:
    forum, web = forum_web(*(forum_post(number) for number in range(1, 101)))
    with web:
        _, known = caught_up(web.url(), {})
        forum.posts.pop()
        batch = source_at(web.url()).fetch(known[-1].cursor)
        assert (batch.loss, batch.more) == (None, False)
        assert batch.cursor == known[-1].cursor
        forum.posts.append(forum_post(101))
        assert ids(caught_up(web.url(), batch.cursor)[0]) >= {101}


def test_a_post_of_a_time_that_cannot_be_is_left_out() -> None:
    told = [
        {"id": 3, "topic_id": 1, "post_number": 1, "created_at": at}
        for at in ("0001-01-01T00:00:00+01:00", "2026-05-12T08:00:00+02:00")
    ]
    body = json.dumps({"latest_posts": told}).encode()
    with Web(lambda _: Reply(body=body)) as web:
        (post,) = source_at(web.url()).fetch({}).posts
    assert str(post.published_at) == "2026-05-12 06:00:00+00:00"


def test_a_post_says_where_it_stands() -> None:
    post = replace(
        forum_post(7, "Same here", topic=3), post_number=2, reply_to_post_number=1, moderator=True
    )
    _, web = forum_web(post)
    with web:
        told = source_at(web.url("/latest")).fetch({}).posts[0]
        base = web.url("/t/topic-3/3")
    assert (told.thread_id, told.thread_url, told.thread_title) == ("3", base, "Topic 3")
    assert (told.url, told.reply_to, told.role, told.title) == (
        f"{base}/2",
        f"{base}/1",
        "staff",
        None,
    )
    assert (told.body, told.is_html) == ("<p>Same here</p>", True)


def test_markdown_is_taken_where_the_forum_gives_it() -> None:
    _, web = forum_web(replace(forum_post(1), raw="It *crashes*"))
    with web:
        told = source_at(web.url()).fetch({}).posts[0]
    assert (told.body, told.is_html, told.title) == ("It *crashes*", False, "Topic 1")


def test_the_forum_s_own_voice_is_a_bot() -> None:
    _, web = forum_web(replace(forum_post(1), username="system", admin=True))
    with web:
        assert source_at(web.url()).fetch({}).posts[0].role == "bot"


def test_one_odd_post_does_not_silence_the_forum() -> None:
    common = {"topic_id": 1, "post_number": 1, "created_at": "2026-05-12T06:00:00.000Z"}
    small_action = {"id": 3, "post_type": 3, **common}
    told = [{"id": "?"}, {"id": 2, "username": None, **common}, small_action]
    body = json.dumps({"latest_posts": told}).encode()
    with Web(lambda _: Reply(body=body)) as web:
        assert [post.remote_id for post in source_at(web.url()).fetch({}).posts] == ["2"]


def test_a_key_opens_what_is_not_public() -> None:
    forum, web = forum_web(forum_post(1))
    forum.api_key = "k" * 32
    with web:
        with pytest.raises(DiagnosedError, match="members only") as caught:
            source_at(web.url()).fetch({})
        assert caught.value.state is SourceState.NEEDS_LOGIN
        credential = Credential.model_validate({"api_key": "k" * 32, "api_username": "ann"})
        assert len(source_at(web.url(), credential).fetch({}).posts) == 1
    assert web.log[1].headers["api-username"] == "ann"


def test_a_user_s_key_is_sent_under_its_own_name() -> None:
    _, web = forum_web(forum_post(1))
    with web:
        source_at(web.url(), Credential.model_validate({"user_api_key": "u" * 32})).fetch({})
    assert web.log[0].headers["user-api-key"] == "u" * 32


@pytest.mark.parametrize(
    "body", [b"<html><p>hi", b"[]", b"{}", b'{"latest_posts": 3}', b"", b"[" * 90_000]
)
def test_what_is_no_forum_is_told(body: bytes) -> None:
    with (
        Web(lambda _: Reply(body=body)) as web,
        pytest.raises(DiagnosedError, match="no Discourse") as caught,
    ):
        source_at(web.url()).fetch({})
    assert caught.value.state is SourceState.NOT_A_FEED


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://f.org", "https://f.org"),
        ("https://f.org/latest", "https://f.org"),
        ("https://f.org/sub/posts.json?before=3", "https://f.org/sub"),
        ("https://f.org/t/a-topic/12/3", "https://f.org"),
        ("https://f.org/c/support/5", "https://f.org"),
    ],
)
def test_any_page_of_a_forum_names_it(url: str, base: str) -> None:
    assert base_address(place_at(url)) == base


def test_what_was_taken_back_is_told_apart_from_what_is_hidden_or_closed_to_us() -> None:
    forum, web = forum_web(*(forum_post(number) for number in range(1, 6)))
    forum.posts.append(replace(forum_post(6), topic_id=2))
    forum.delete(2)
    forum.marks = {3: {"user_deleted": True}, 4: {"hidden": True, "cooked": ""}}
    forum.private = {2}
    with web:
        told = source_at(web.url()).recheck(["1", "2", "3", "4", "5", "6", "forum-post-7"])
    assert told.deleted == ("2", "3")
    assert [post.remote_id for post in told.posts] == ["1", "5"]


def test_every_post_of_a_deleted_topic_is_deleted() -> None:
    forum, web = forum_web(forum_post(1), forum_post(2))
    forum.deleted = {1}
    with web:
        assert source_at(web.url()).recheck(["1", "2"]).deleted == ("1", "2")


def test_a_post_that_is_asked_for_again_reads_as_in_the_list_and_follows_its_topic_s_title() -> (
    None
):
    forum, web = forum_web(*(replace(forum_post(number), raw="It *is*") for number in (1, 2)))
    with web:
        listed = source_at(web.url()).fetch({}).posts
        again = source_at(web.url()).recheck(["1", "2"]).posts
        forum.posts[0] = replace(forum.posts[0], topic_title="Mended")
        renamed = source_at(web.url()).recheck(["1"]).posts
    assert [(post.title, post.body) for post in again] == [(p.title, p.body) for p in listed]
    assert renamed[0].title == "Mended"


def test_what_the_list_shows_as_taken_back_is_told() -> None:
    forum, web = forum_web(forum_post(1), forum_post(2), forum_post(3))
    forum.marks = {2: {"user_deleted": True}, 3: {"hidden": True}}
    with web:
        batch = source_at(web.url()).fetch({})
    assert batch.deleted == ("2",)
    assert ids(list(batch.posts)) == {1}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, b"<html>Not found</html>", {"Content-Type": "text/html"}),
        Reply(404, b'{"message":"no route"}', {"Content-Type": "application/json"}),
        Reply(500, b"", {}),
    ],
)
def test_only_the_forum_itself_says_that_a_post_is_gone(reply: Reply) -> None:
    with Web(lambda _asked: reply) as web, pytest.raises(DiagnosedError):
        source_at(web.url()).recheck(["1"])


def test_one_post_that_is_refused_hides_no_other() -> None:
    forum, web = forum_web(forum_post(1), replace(forum_post(2), topic_id=2), forum_post(3))
    forum.private = {2}
    with web:
        told = source_at(web.url()).recheck(["2", "1", "3"])
    assert ([post.remote_id for post in told.posts], told.deleted) == (["1", "3"], ())
