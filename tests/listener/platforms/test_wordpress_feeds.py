"""A WordPress whose interface is closed: its articles are read from the pages of its feed."""

from datetime import timedelta

from listener.sources.wordpress import CLOSED_FOR
from tests.listener.sources.fetching import Clock
from tests.listener.sources.test_wordpress import caught_up, source_at
from tests.places.wordpress import START, blog_web, said, written


def test_older_articles_are_read_from_the_pages_of_the_feed() -> None:
    blog, web = blog_web(*[written(number) for number in range(1, 6)], closed=True)
    clock = Clock(START + timedelta(hours=1))
    with web:
        _, first = caught_up(web.url(), {}, clock=clock)
        blog.articles += [written(number) for number in range(6, 40)]
        blog.comments += [said(number, under=9) for number in range(1, 4)]
        clock.at += timedelta(hours=3)
        posts, batches = caught_up(web.url(), first[-1].cursor, clock=clock)
        assert {post.remote_id for post in posts} >= {f"post-{n}" for n in range(6, 40)}
        assert not any(batch.loss for batch in batches)
        blog.articles += [written(number) for number in range(40, 60)]
        clock.at += CLOSED_FOR
        posts, batches = caught_up(web.url(), batches[-1].cursor, clock=clock)
    assert {post.remote_id for post in posts} >= {f"post-{n}" for n in range(40, 60)}
    assert not any(batch.loss for batch in batches)


def test_what_was_written_before_the_interface_closed_is_met_in_the_feed() -> None:
    blog, web = blog_web(*[written(number) for number in range(1, 20)])
    clock = Clock(START + timedelta(hours=1))
    with web:
        _, first = caught_up(web.url(), {}, clock=clock)
        blog.closed = True
        blog.articles += [written(number) for number in range(20, 55)]
        posts, batches = caught_up(web.url(), first[-1].cursor, clock=clock)
    assert {post.remote_id for post in posts} >= {f"post-{n}" for n in range(20, 55)}
    assert not any(batch.loss for batch in batches)


def test_an_interface_that_opens_while_the_feed_is_read_back_ends_that() -> None:
    blog, web = blog_web(*[written(number) for number in range(1, 6)], closed=True)
    clock = Clock(START + timedelta(hours=1))
    with web:
        _, first = caught_up(web.url(), {}, clock=clock)
        blog.articles += [written(number) for number in range(6, 40)]
        underway = source_at(web.url(), clock=clock).fetch(first[-1].cursor)
        assert underway.more
        blog.closed = False
        clock.at += CLOSED_FOR
        posts, _ = caught_up(web.url(), underway.cursor, clock=clock)
    assert {post.remote_id for post in posts} >= {f"post-{n}" for n in range(6, 40)}
