"""A service that stood still for days: what was missed is had, as history, or told as a gap."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from config.ground import Ground
from listener.crawl import PAGES_A_LOOK
from listener.tables import Gap
from responders.demo.formats import FeedItem
from tests.listener.installation import at, crawl, declare, posts, rows, source, watch
from tests.listener.sources.fetching import NOON
from tests.places.feeds import FeedPlace, feed_item
from tests.places.web import Web

STOP = timedelta(days=3)
AFTER = NOON + STOP


def item(number: int, at: datetime) -> FeedItem:
    return replace(feed_item(number), published_at=at)


@pytest.fixture
def blog(ground: Ground) -> Iterator[FeedPlace]:
    """A watched blog of many pages, looked at once at noon."""
    place = FeedPlace([item(n, NOON - timedelta(hours=12 - n)) for n in range(10)], shown=10)
    place.paging = "next"
    with Web(place) as web:
        watch(ground, declare(ground), web.url("/feed"))
        crawl(ground)
        yield place


def missed(blog: FeedPlace, count: int) -> None:
    """Let so many posts be written while we stand still, evenly."""
    first = NOON + timedelta(minutes=1)
    blog.items += [
        item(100 + n, first + n * (STOP - timedelta(hours=1)) / count) for n in range(count)
    ]


def test_after_a_stop_of_days_old_posts_are_history_and_young_ones_news(
    ground: Ground, blog: FeedPlace
) -> None:
    missed(blog, 80)
    (look,) = crawl(at(ground, AFTER))

    assert look.new == 80
    assert rows(ground, Gap) == []
    late = [post for post in posts(ground) if post.published_at > NOON]
    assert len(late) == 80
    for post in late:
        assert post.backfill is (post.published_at < AFTER - timedelta(hours=24))
    assert {post.backfill for post in late} == {True, False}


def test_what_a_later_look_brings_of_the_same_stop_is_history_too(
    ground: Ground, blog: FeedPlace
) -> None:
    missed(blog, 12 * PAGES_A_LOOK)
    crawl(at(ground, AFTER))
    assert len(posts(ground)) < 12 * PAGES_A_LOOK
    crawl(at(ground, AFTER + timedelta(hours=1)))

    late = [post for post in posts(ground) if post.published_at > NOON]
    assert len(late) == 12 * PAGES_A_LOOK
    assert [
        post for post in late if post.published_at < NOON + STOP / 2 and not post.backfill
    ] == []
    assert "back" not in source(ground).cursor


def test_an_old_post_that_appears_while_we_look_each_hour_is_news(
    ground: Ground, blog: FeedPlace
) -> None:
    blog.items.append(item(100, NOON - timedelta(hours=30)))
    crawl(at(ground, NOON + timedelta(hours=1)))
    assert posts(ground)[-1].backfill is False


def test_where_no_older_page_is_to_be_had_the_gap_stands_with_its_bounds(
    ground: Ground, blog: FeedPlace
) -> None:
    blog.paging = ""
    missed(blog, 80)
    crawl(at(ground, AFTER))

    (gap,) = rows(ground, Gap)
    newest = max(post.published_at for post in posts(ground) if post.published_at <= NOON)
    assert (gap.after_at, gap.before_at) == (newest, blog.items[-10].published_at)
