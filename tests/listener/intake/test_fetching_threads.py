"""A thread is had through the best source for its host, and a page only where programs may."""

from dataclasses import replace

import pytest

from config.errors import GroundswellError
from config.ground import Ground
from listener.intake.fetching_threads import Thread, fetch_thread
from listener.sources.base import RawPost
from listener.tables import HostState
from responders.workspace import open_client
from tests.listener.installation import declare, rows, watch
from tests.places.discourse import Forum, forum_post
from tests.places.feeds import FeedPlace, feed_item
from tests.places.web import Asked, RawReply, Reply, Web
from tests.places.wordpress import blog_web, said, written

FORUM = b'<html><meta name="generator" content="Discourse 3.5"></html>'
PAGE = b"<html><title>T</title><article><p>The sync hangs for everybody.</p></article></html>"


def thread(ground: Ground, url: str) -> Thread:
    return fetch_thread(ground, open_client(ground), url)


def bodies(posts: tuple[RawPost, ...]) -> list[str]:
    return [post.body for post in posts]


def forum_of(posts: int) -> Forum:
    first = [forum_post(number, f"number {number}", topic=7) for number in range(1, posts + 1)]
    return Forum([*first, replace(forum_post(900, topic=8), post_number=1)])


def forum_page(forum: Forum) -> Web:
    return Web(lambda a: forum(a) if ".json" in a.path else Reply(body=FORUM))


def test_a_topic_comes_whole_through_the_declared_forum(ground: Ground) -> None:
    with forum_page(forum_of(65)) as web:
        watch(ground, declare(ground), web.url("/"), kind="discourse")
        found = thread(ground, web.url("/t/topic-7/7/12"))
    assert found.source is not None
    assert [post.remote_id for post in found.posts] == [str(n) for n in range(1, 66)]
    assert {post.thread_id for post in found.posts} == {"7"}
    assert {post.thread_title for post in found.posts} == {"Topic 7"}
    assert all("robots" not in asked.path for asked in web.log)


def test_a_topic_of_a_forum_that_nobody_watches_is_found_by_its_page(ground: Ground) -> None:
    declare(ground)
    with forum_page(forum_of(3)) as web:
        found = thread(ground, web.url("/t/topic-7/7"))
        about = web.url("/t/topic-7/7")
    assert found.source is None
    assert [post.remote_id for post in found.posts] == [f"{about}/{n}" for n in (1, 2, 3)]
    assert {post.thread_id for post in found.posts} == {about}


def test_an_article_comes_with_every_comment(ground: Ground) -> None:
    declare(ground)
    _, web = blog_web(written(1), *(said(number) for number in range(1, 121)), said(900, under=2))
    with web:
        found = thread(ground, web.url("/2026/article-1/"))
    assert len(found.posts) == 121
    assert found.posts[0].title == "Article 1"


def test_an_article_of_a_closed_interface_comes_by_its_page_and_feed(ground: Ground) -> None:
    declare(ground)
    _, web = blog_web(written(1), said(1), said(2, under=2), closed=True)
    with web:
        found = thread(ground, web.url("/2026/article-1/"))
    assert [post.url for post in found.posts] == [
        web.url("/2026/article-1/"),
        web.url("/2026/article-1/#comment-1"),
    ]


def test_a_post_of_a_declared_feed_is_the_same_post(ground: Ground) -> None:
    place = FeedPlace([feed_item(1, "<p>one</p>"), feed_item(2, "<p>two</p>")])
    with Web(place) as web:
        place.items = [replace(item, url=web.url(f"/{item.id}")) for item in place.items]
        watch(ground, declare(ground), web.url("/feed"))
        found = thread(ground, web.url("/post-2?utm_source=x"))
    assert found.source is not None
    assert bodies(found.posts) == ["<p>two</p>"]


def test_a_plain_page_comes_with_the_comments_that_its_feed_gives(ground: Ground) -> None:
    declare(ground)
    comments = FeedPlace([])

    def answer(asked: Asked) -> Reply | RawReply:
        if asked.path == "/robots.txt":
            return Reply(404)
        if asked.path == "/a/feed":
            return comments(Asked("GET", "/feed", asked.headers, b""))
        link = b'<link rel="alternate" type="application/rss+xml" href="/a/feed">'
        return Reply(body=PAGE.replace(b"<title>", link + b"<title>"))

    with Web(answer) as web:
        comments.items = [
            replace(feed_item(n, f"<p>c{n}</p>"), url=web.url(f"/a#comment-{n}")) for n in (1, 2)
        ]
        found = thread(ground, web.url("/a"))
    assert bodies(found.posts) == ["The sync hangs for everybody.", "<p>c1</p>", "<p>c2</p>"]
    assert found.posts[0].published_at == ground.clock.now()


def test_a_page_that_leads_to_one_that_programs_may_not_read_is_not_taken(ground: Ground) -> None:
    declare(ground)
    robots = Reply(body=b"User-agent: *\nDisallow: /b")
    moved = Reply(302, headers={"Location": "/b"})

    def answer(asked: Asked) -> Reply:
        return {"/robots.txt": robots, "/a": moved}.get(asked.path, Reply(body=PAGE))

    with Web(answer) as web, pytest.raises(GroundswellError, match="programs read"):
        thread(ground, web.url("/a"))


@pytest.mark.parametrize(
    ("robots", "words"),
    [
        (Reply(body=b"User-agent: *\nDisallow: /a"), "does not let programs read"),
        (Reply(body=b"User-agent: Groundswell\nDisallow: /"), "does not let programs read"),
        (Reply(503), "answers 503: try again later"),
    ],
)
def test_robots_are_obeyed_for_pages(ground: Ground, robots: Reply, words: str) -> None:
    declare(ground)
    with (
        Web(lambda a: robots if a.path == "/robots.txt" else Reply(body=PAGE)) as web,
        pytest.raises(GroundswellError, match=words) as caught,
    ):
        thread(ground, web.url("/a"))
    assert [asked.path for asked in web.log] == ["/robots.txt"]
    assert "--text" in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(404), "answers 404"),
        (Reply(body=b"<title>Just a moment</title>"), "challenge page"),
        (Reply(body=b"<html></html>"), "no text"),
    ],
)
def test_a_page_that_cannot_be_read_is_told(ground: Ground, reply: Reply, words: str) -> None:
    declare(ground)
    with (
        Web(lambda a: Reply(404) if a.path == "/robots.txt" else reply) as web,
        pytest.raises(GroundswellError, match=words) as caught,
    ):
        thread(ground, web.url("/a"))
    assert "paste the text with --text" in str(caught.value)


def test_a_page_s_crawl_delay_is_kept_and_remembered_for_its_host(ground: Ground) -> None:
    waited: list[float] = []
    robots = Reply(body=b"User-agent: *\nCrawl-delay: 12")
    with Web(lambda a: robots if a.path == "/robots.txt" else Reply(body=PAGE)) as web:
        client = open_client(ground)
        client._pacing._sleep = waited.append  # nobody waits in a test
        fetch_thread(ground, client, web.url("/page"))
        fetch_thread(ground, client, web.url("/other"))
        (host,) = rows(ground, HostState)
        assert (host.host, host.crawl_delay_s) == (web.host_port, 12.0)
        web.script = lambda a: Reply(404) if a.path == "/robots.txt" else Reply(body=PAGE)
        fetch_thread(ground, client, web.url("/page"))
        (host,) = rows(ground, HostState)
    assert host.crawl_delay_s is None
    # From the answer on that follows robots.txt; the last pause began before it was lifted.
    assert len(waited) == 4
    assert all(6 < seconds <= 12 for seconds in waited)
