"""One suite over every kind of source: what base.py promises holds for each of them.

A new kind is found by its file; it needs an entry in ``FAKES`` (source_fakes.py).
"""

from datetime import UTC
from typing import cast

import pytest

from config import plugins
from listener.diagnoses import DiagnosedError
from listener.identity import identify
from listener.sources.base import Loss, Rechecking, SourceOptions
from tests.contracts.source_fakes import Fake, drained, looked, plugin_of, source_of


def test_a_kind_has_options_that_need_no_setting(kind: str) -> None:
    options = plugins.options_of("listener.sources", plugin_of(kind))
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


def test_what_was_deleted_is_told_where_the_kind_says_so(kind: str, fake: Fake) -> None:
    source = source_of(kind, fake.url, fake.options)
    assert source.capabilities.detects_deletions is (fake.delete is not None)
    assert source.capabilities.detects_deletions is hasattr(source, "recheck")
    if fake.delete is None:
        return
    for number in (1, 2, 3):
        fake.say(number, f"crash number {number}")
    posts, _ = drained(source, {})
    ids = [post.remote_id for post in posts]
    fake.delete(2)
    told = cast("Rechecking", source).recheck(ids)
    assert told.deleted == (ids[1],)
    assert {post.remote_id for post in told.posts} == {ids[0], ids[2]}
    assert all("crash number" in post.body for post in told.posts)


BURST = 250
"""More than two pages of any place but a feed, which has one."""


def test_a_burst_beyond_a_page_is_whole_or_what_it_lost_is_told(kind: str, fake: Fake) -> None:
    fake.say(1, "the first")
    _, before = drained(source_of(kind, fake.url, fake.options), {})
    for number in range(2, 2 + BURST):
        fake.say(number, f"crash number {number}")
    batches = looked(source_of(kind, fake.url, fake.options), before.cursor)
    came = {post.remote_id for batch in batches for post in batch.posts if "crash" in post.body}
    losses: list[Loss] = [batch.loss for batch in batches if batch.loss is not None]
    assert (len(came) == BURST) is not bool(losses)
    assert all(loss.reason and loss.before_at for loss in losses)
    again, _ = drained(source_of(kind, fake.url, fake.options), batches[-1].cursor)
    assert {post.remote_id for post in again if "crash" in post.body} <= came


def test_the_first_look_gives_no_more_than_the_kind_says(kind: str, fake: Fake) -> None:
    source = source_of(kind, fake.url, fake.options)
    for number in range(1, 120):
        fake.say(number, "history")
    posts, batch = drained(source, {})
    most = source.capabilities.max_backfill
    assert posts
    assert most is None or len(posts) <= most
    assert batch.loss is None, "nothing is missing of what was never known"


def test_a_cut_between_two_pages_loses_nothing(kind: str, fake: Fake) -> None:
    """What each page left in the cursor is enough for another process to go on."""
    fake.say(1, "the first")
    _, before = drained(source_of(kind, fake.url, fake.options), {})
    for number in range(2, 42):
        fake.say(number, f"crash number {number}")
    cursor, came = before.cursor, set()
    for _ in range(20):
        batch = source_of(kind, fake.url, fake.options).fetch(cursor)
        came |= {post.remote_id for post in batch.posts if "crash" in post.body}
        cursor = batch.cursor
        if not batch.more:
            break
    assert len(came) == 40


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
