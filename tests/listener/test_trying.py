"""One try of an address: pages are asked for as robots.txt allows, feeds as they are."""

import pytest

from config.ground import Ground
from listener.page_manners import looks_like_feed
from listener.trying import Tried, try_address
from responders.workspace import open_client
from tests.places.feeds import FeedPlace, feed_item
from tests.places.web import Asked, RawReply, Reply, Web

HTML = Reply(body=b"<html><title>Blog</title><p>hi</html>")
NO = Reply(body=b"User-agent: *\nDisallow: /blog\n")


def answering(robots: Reply, *, feed_at: str = "/blog/feed.php", busy: bool = False) -> Web:
    feed = FeedPlace([feed_item(1)])

    def answer(asked: Asked) -> Reply | RawReply:
        if asked.path == "/robots.txt" or busy:
            return robots
        if asked.path == feed_at:
            return feed(Asked("GET", "/feed", asked.headers, b""))
        return HTML if asked.path == "/blog" else Reply(404)

    return Web(answer)


def tried(ground: Ground, url: str, **more: bool | str) -> Tried:
    given: dict[str, object] = dict(more)
    return try_address(ground, open_client(ground), url, **given)  # type: ignore[arg-type]


def test_a_page_that_programs_may_not_read_is_not_fetched(ground: Ground) -> None:
    with answering(NO) as web:
        outcome = tried(ground, web.url("/blog"))
    assert [asked.path for asked in web.log] == ["/robots.txt"]
    assert (outcome.ok, outcome.recognised_as, outcome.status) == (False, "forbidden", None)
    assert "/robots.txt does not let programs read" in outcome.reason
    assert "--kind feed" in outcome.reason


def test_a_feed_that_does_not_look_like_one_is_read_where_its_kind_is_named(
    ground: Ground,
) -> None:
    with answering(NO) as web:
        assert not tried(ground, web.url("/blog/feed.php")).ok
        assert tried(ground, web.url("/blog/feed.php"), kind="feed").ok
        assert tried(ground, web.url("/blog/feed.php"), is_feed=True).ok
    assert [asked.path for asked in web.log].count("/robots.txt") == 1


def test_the_feed_at_a_usual_place_is_found_beside_a_page_that_may_not_be_read(
    ground: Ground,
) -> None:
    with answering(NO, feed_at="/feed.xml") as web:
        outcome = tried(ground, web.url("/blog"), follow=True)
    assert (outcome.ok, outcome.url) == (True, web.url("/feed.xml"))
    assert "/blog" not in {asked.path for asked in web.log}


def test_pages_that_may_be_read_and_hosts_without_a_word_about_it_are_read(
    ground: Ground,
) -> None:
    for robots in (Reply(404), Reply(403), Reply(body=b"User-agent: *\nAllow: /\n")):
        with answering(robots) as web:
            assert tried(ground, web.url("/blog")).recognised_as == "html"


@pytest.mark.parametrize(
    ("robots", "state"),
    [
        (Reply(429, headers={"Retry-After": "120"}), "rate_limited"),
        (Reply(500), "failing"),
        (Reply(503), "failing"),
    ],
)
def test_a_host_that_is_busy_is_said_to_be_so(ground: Ground, robots: Reply, state: str) -> None:
    with answering(robots, busy=True) as web:
        outcome = tried(ground, web.url("/blog"))
    assert (outcome.recognised_as, outcome.status) == (state, robots.status)
    assert [asked.path for asked in web.log] == ["/robots.txt"]


@pytest.mark.parametrize(
    ("url", "is_feed"),
    [
        ("http://a.example/feed/", True),
        ("http://a.example/blog/index.xml", True),
        ("http://a.example/?feed=rss2", True),
        ("http://a.example/index.php?option=com_content&format=feed&type=rss", True),
        ("http://a.example/viewforum.php?f=2&mode=atom", True),
        ("http://a.example/?feedback=1", False),
        ("http://a.example/?sort=rss", False),
        ("http://a.example/feedback", False),
        ("http://[::1", False),
    ],
)
def test_the_address_of_a_feed_is_known_by_its_words(url: str, is_feed: bool) -> None:
    assert looks_like_feed(url) is is_feed
