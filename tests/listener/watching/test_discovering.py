"""Any address leads to the best source behind it."""

import pytest

from config import plugins
from config.errors import PermanentError
from listener.watching.discovering import Offer, discover
from tests.listener.sources.fetching import loopback_client
from tests.places.discourse import Forum, forum_post
from tests.places.feeds import FeedPlace, feed_item
from tests.places.web import Asked, RawReply, Reply, Web
from tests.places.wordpress import blog_web, said, written

FORUM = b'<html><meta name="generator" content="Discourse 3.5"></html>'


def found(url: str) -> list[tuple[str, str]]:
    return [(one.kind, one.url) for one in offers(url)]


def offers(url: str) -> list[Offer]:
    return discover(loopback_client(), url, timeout_s=10.0)


def test_a_blog_is_offered_by_its_interface_first_then_its_feeds() -> None:
    _, web = blog_web(written(1), said(1))
    with web:
        assert found(web.url("/2026/article-1/")) == [
            ("wordpress", web.url("/")),
            ("feed", web.url("/feed/")),
            ("feed", web.url("/comments/feed/")),
        ]
        assert "comments" in offers(web.url("/"))[2].why


def test_a_blog_without_pretty_addresses_is_recognised() -> None:
    _, web = blog_web(written(1), plain=True)
    with web:
        assert found(web.url("/"))[0] == ("wordpress", web.url("/"))


def test_a_forum_is_recognised_by_any_page() -> None:
    forum = Forum([forum_post(1)])
    with Web(lambda a: forum(a) if ".json" in a.path else Reply(body=FORUM)) as web:
        assert found(web.url("/t/topic-1/1"))[0] == ("discourse", web.url("/"))


@pytest.mark.parametrize("part", ["/c/help/5", "/tag/sync", "/forum/c/a/help/5"])
def test_a_category_or_tag_of_a_forum_is_offered_before_the_whole(part: str) -> None:
    with Web(lambda a: Reply(body=FORUM) if a.path == f"{part}/l/top" else Reply(404)) as web:
        whole = "/forum/" if part.startswith("/forum") else "/"
        assert found(web.url(f"{part}/l/top")) == [
            ("discourse", web.url(part)),
            ("discourse", web.url(whole)),
        ]


def test_a_feed_is_its_own_source() -> None:
    with Web(FeedPlace([feed_item(1)])) as web:
        assert found(web.url("/feed")) == [("feed", web.url("/feed"))]


@pytest.mark.parametrize("scheme", ["feed:", "feed:http:"])
def test_an_address_as_browsers_hand_it_on_is_understood(scheme: str) -> None:
    with Web(FeedPlace([feed_item(1)])) as web:
        handed_on = web.url("/feed").replace("http:", scheme, 1)
        assert found(handed_on) == [("feed", web.url("/feed"))]


def test_feeds_that_no_page_names_are_found_where_they_usually_stand() -> None:
    place = FeedPlace([feed_item(1)])

    def answer(asked: Asked) -> Reply | RawReply:
        if asked.path == "/atom.xml":
            return place(Asked("GET", "/feed", asked.headers, b""))
        return Reply(body=b"<html>hi</html>") if asked.path == "/blog/" else Reply(404)

    with Web(answer) as web:
        assert found(web.url("/blog/")) == [("feed", web.url("/atom.xml"))]


def test_a_page_that_programs_may_not_read_is_left_alone_and_its_feeds_are_not() -> None:
    feed = FeedPlace([feed_item(1)])

    def answer(asked: Asked) -> Reply | RawReply:
        if asked.path == "/robots.txt":
            return Reply(body=b"User-agent: *\nDisallow: /")
        if asked.path == "/feed.xml" and with_feed:
            return feed(Asked("GET", "/feed", asked.headers, b""))
        return Reply(body=b"<html>hi</html>") if asked.path == "/blog/" else Reply(404)

    with Web(answer) as web:
        with_feed = True
        assert found(web.url("/blog/")) == [("feed", web.url("/feed.xml"))]
        with_feed = False
        with pytest.raises(PermanentError, match="give the address of its feed"):
            offers(web.url("/blog/"))
        assert all(asked.path != "/blog/" for asked in web.log)


def test_robots_are_asked_before_a_page_and_not_before_a_feed() -> None:
    with Web(FeedPlace([feed_item(1)])) as web:
        offers(web.url("/feed"))
        assert [asked.path for asked in web.log] == ["/feed"]
        web.log.clear()
        offers(web.url("/blog"))
        assert [asked.path for asked in web.log][:2] == ["/robots.txt", "/blog"]


def test_a_page_that_leads_nowhere_offers_nothing() -> None:
    with Web(lambda asked: Reply(body=b"<html>hi</html>")) as web:
        assert found(web.url("/")) == []


def test_a_kind_that_does_not_exist_is_not_offered() -> None:
    with Web(lambda asked: Reply(body=b"<html><div id=mastodon></div></html>")) as web:
        kinds = {kind for kind, _ in found(web.url("/@ann"))}
    assert kinds <= set(plugins.names("listener.sources"))


@pytest.mark.parametrize("url", ["http://[::1", "nowhere"])
def test_what_is_no_address_is_no_crash(url: str) -> None:
    with pytest.raises(Exception, match=r"."):
        offers(url)
