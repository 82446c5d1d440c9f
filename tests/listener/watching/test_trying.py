"""One try of an address: pages are asked for as robots.txt allows, feeds as they are."""

from dataclasses import replace

import pytest

from config import plugins
from config.ground import Ground
from config.http_client import PoliteClient
from listener.pacing.page_manners import looks_like_feed
from listener.watching.trying import Tried, try_address
from responders.workspace import open_client
from tests.listener.sources.fetching import reddit_options
from tests.places.feeds import FeedPlace, feed_item
from tests.places.reddit import reddit_web, submission
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
    client = open_client(ground)
    return try_address(
        ground,
        client,
        url,
        kind=str(more["kind"]) if "kind" in more else None,
        follow=bool(more.get("follow")),
        is_feed=bool(more.get("is_feed")),
    )


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


def test_a_place_that_is_asked_by_more_than_fetching_is_tried(ground: Ground) -> None:
    """Reddit wants a log-in, which is posted."""
    _, web = reddit_web(submission(1), submission(2))
    with web:
        settings = ground.settings.model_copy(update={"plugins": {"reddit": reddit_options(web)}})
        here = replace(ground, settings=settings)
        outcome = try_address(here, open_client(here), web.url("/r/fernsync"), kind="reddit")
    assert (outcome.ok, outcome.recognised_as) == (True, "reddit")
    assert [post.title for post in outcome.posts] == ["Post 2", "Post 1"]


def _all_below(kind: type[PoliteClient]) -> list[type[PoliteClient]]:
    return [one for each in kind.__subclasses__() for one in [each, *_all_below(each)]]


def test_whoever_stands_for_the_client_answers_all_it_is_asked() -> None:
    """What is not handed on would ask in the name of a client that was never made."""
    plugins.load("listener.sources", "reddit")
    asked = {name for name in vars(PoliteClient) if not name.startswith("_")}
    stand_ins = [one for one in _all_below(PoliteClient) if one.__module__.startswith("listener.")]
    assert len(stand_ins) >= 3
    for stand_in in stand_ins:
        assert asked <= set(vars(stand_in)), stand_in


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
