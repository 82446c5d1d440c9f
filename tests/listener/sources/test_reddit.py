"""Reddit is followed without holes through the real praw, whatever was deleted in the meantime."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from listener.sources.base import Batch, RawPost
from tests.listener.sources.fetching import reddit_source
from tests.places.reddit import (
    always,
    comment,
    posts,
    reddit_web,
    submission,
)
from tests.places.web import Reply, Web


def caught_up(
    web: Web, cursor: Mapping[str, Any], path: str = "/r/fernsync"
) -> tuple[list[RawPost], list[Batch]]:
    """Fetch until there is no more, a new source for each page as after a kill."""
    told: list[RawPost] = []
    batches: list[Batch] = []
    while not batches or batches[-1].more:
        batch = reddit_source(web, path).fetch(json.loads(json.dumps(dict(cursor))))
        batches.append(batch)
        told += batch.posts
        cursor = batch.cursor
        assert len(batches) < 50, "it never ends"
    return told, batches


def numbers(told: list[RawPost]) -> set[int]:
    return {int((post.title or "").removeprefix("Post ")) for post in told}


def losses(batches: list[Batch]) -> list[str]:
    return [batch.loss.reason for batch in batches if batch.loss]


def test_250_posts_while_stopped_give_250() -> None:
    place, web = reddit_web(*posts(*range(1, 31)))
    with web:
        _, first = caught_up(web, {})
        place.things += posts(*range(31, 281))
        told, batches = caught_up(web, first[-1].cursor)
    assert numbers(told) >= set(range(31, 281))
    assert losses(batches) == []


@pytest.mark.parametrize("gone", [1, 5, 10, 30])
def test_deleted_anchors_lose_no_post(gone: int) -> None:
    place, web = reddit_web(*posts(*range(1, 131)))
    with web:
        _, first = caught_up(web, {})
        place.delete(*(submission(number)["name"] for number in range(131 - gone, 131)))
        place.things += posts(*range(131, 381))
        told, batches = caught_up(web, first[-1].cursor)
    assert numbers(told) >= set(range(131, 381))
    assert losses(batches) == []


def test_a_page_begins_elsewhere_when_the_post_it_begins_after_was_deleted() -> None:
    place, web = reddit_web(*posts(1))
    with web:
        _, first = caught_up(web, {})
        place.things += posts(*range(2, 252))
        newest = reddit_source(web).fetch(first[-1].cursor)
        place.delete(*newest.cursor["after"][:4])
        told, batches = caught_up(web, newest.cursor)
    assert numbers([*newest.posts, *told]) >= set(range(2, 252))
    assert losses([newest, *batches]) == []


def test_a_sweep_whose_next_page_went_out_of_reach_tells_how_far_it_came() -> None:
    place, web = reddit_web(*posts(1))
    with web:
        _, first = caught_up(web, {})
        place.things += posts(*range(2, 252))
        newest = reddit_source(web).fetch(first[-1].cursor)
        place.things += posts(*range(252, 1352))  # while we stopped between two pages
        _, batches = caught_up(web, newest.cursor)
    loss = next(batch.loss for batch in batches if batch.loss)
    assert loss.after_at is not None
    assert loss.before_at == min(post.published_at for post in newest.posts if post.published_at)


def test_more_than_reddit_shows_is_a_gap() -> None:
    place, web = reddit_web(*posts(1))
    with web:
        _, first = caught_up(web, {})
        place.things += posts(*range(2, 1202))
        told, batches = caught_up(web, first[-1].cursor)
        later, after = caught_up(web, batches[-1].cursor)
    assert numbers(told) == set(range(202, 1202))
    (loss,) = [batch.loss for batch in batches if batch.loss]
    assert "1,000" in loss.reason
    assert loss.after_at is not None
    assert loss.before_at is not None
    assert (loss.before_at - loss.after_at).total_seconds() == 201
    assert (len(later), losses(after)) == (100, [])


def test_the_first_look_takes_what_there_is_and_misses_nothing() -> None:
    _, web = reddit_web(*posts(*range(1, 251)))
    with web:
        told, batches = caught_up(web, {})
    assert numbers(told) == set(range(1, 251))
    assert losses(batches) == []
    assert "after" not in batches[-1].cursor


def test_a_place_that_lost_all_its_old_posts_has_no_gap() -> None:
    place, web = reddit_web(*posts(1, 2, 3))
    with web:
        _, first = caught_up(web, {})
        place.things = posts(4, 5)
        told, batches = caught_up(web, first[-1].cursor)
    assert numbers(told) == {4, 5}
    assert losses(batches) == []


def test_another_post_of_the_same_second_is_not_passed_over() -> None:
    place, web = reddit_web(*posts(*range(1, 41)))
    with web:
        _, first = caught_up(web, {})
        at = submission(40)["created_utc"]
        place.delete(*(submission(number)["name"] for number in range(25, 41)))
        place.things += [submission(number, created_utc=at) for number in range(41, 201)]
        told, batches = caught_up(web, first[-1].cursor)
    assert numbers(told) >= set(range(41, 201))
    assert losses(batches) == []


def test_comments_name_their_thread_and_what_they_answer() -> None:
    first = comment(10, "It *crashes* &amp; burns")
    answer = comment(11, "Same", parent=first["name"])
    _, web = reddit_web(submission(1), first, answer)
    with web:
        told = reddit_source(web, "/r/fernsync/comments").fetch({}).posts
    top, below = told
    assert [post.remote_id for post in told] == [first["name"], answer["name"]]
    assert top.thread_id == below.thread_id == submission(1)["name"]
    assert top.thread_title == "Post 1"
    assert top.thread_url == web.url(submission(1)["permalink"])
    assert top.reply_to == top.thread_url
    assert below.reply_to == top.url == web.url(first["permalink"])
    assert (top.author_id, top.author_name, top.is_html) == ("t2_u3", "user3", True)


def test_a_search_asks_for_the_newest_first() -> None:
    place, web = reddit_web(submission(1, "sync broke"), submission(2, "all well"))
    with web:
        told = reddit_source(web, "/r/fernsync/search?q=sync").fetch({}).posts
    assert [post.title for post in told] == ["Post 1"]
    asked = place.asked[-1]
    assert all(part in asked for part in ("q=sync", "sort=new", "restrict_sr=on", "raw_json=1"))


def test_what_was_taken_down_is_told_as_deleted_and_never_as_text() -> None:
    own_words = submission(3, "[removed]")
    gone = [
        submission(4, "[deleted]", author=None, author_fullname=None),
        submission(5, "[removed]", author=None),
        submission(6, "words", removed_by_category="moderator"),
        submission(7, "[ Removed by Reddit ]", author="[deleted]"),
    ]
    orphan = submission(8, "the account is gone, the words are not", author=None)
    _, web = reddit_web(submission(1), own_words, *gone, orphan)
    with web:
        batch = reddit_source(web).fetch({})
    assert numbers(list(batch.posts)) == {1, 3, 8}
    assert set(batch.deleted) == {thing["name"] for thing in gone}
    assert batch.posts[-1].author_name is None


def test_posts_are_asked_for_again_a_hundred_at_a_time() -> None:
    place, web = reddit_web(*posts(*range(1, 151)))
    names = [thing["name"] for thing in place.things]
    with web:
        place.blank(names[2])
        place.edit(names[140], "solved it")
        place.delete(names[5])
        source = reddit_source(web)
        again = source.recheck(names)
    assert again.deleted == (names[2],)
    assert len(again.posts) == 148
    assert next(post for post in again.posts if post.remote_id == names[140]).body.count("solved")
    assert sum("/api/info" in path for path in place.asked) == 2
    assert source.capabilities.detects_deletions


ODD = [
    {"name": "t5_sub", "created_utc": 1.0},
    {"created_utc": 1.0},
    {"name": "t3_x", "created_utc": 1e18},
    {"name": "t3_x", "created_utc": "soon"},
    {"name": "t3_<script>", "created_utc": 1.0},
]


@pytest.mark.parametrize("odd", ODD)
def test_one_odd_post_silences_no_other(odd: dict[str, Any]) -> None:
    place, web = reddit_web(submission(1))
    children = [{"kind": "t3", "data": told} for told in (odd, submission(1))]
    body = json.dumps({"kind": "Listing", "data": {"after": None, "children": children}})
    place.faults = [always(Reply(200, body.encode()))]
    with web:
        assert numbers(list(reddit_source(web).fetch({}).posts)) == {1}
