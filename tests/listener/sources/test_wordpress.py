"""A WordPress is followed without holes, whatever stands in the way of its interface."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from config.settings import Credential
from listener.diagnoses import DiagnosedError
from listener.platforms.wordpress_memory import EDITS_EVERY
from listener.platforms.wordpress_roots import site_base
from listener.sources.base import Batch, RawPost
from listener.sources.wordpress import CLOSED_FOR, WordPressSource, build
from listener.tables import SourceState
from tests.listener.sources.fetching import Clock, loopback_client, place_at
from tests.places.web import Reply, Web
from tests.places.wordpress import BOM, NOTICE, START, Written, blog_web, said, written

LOGIN = Credential.model_validate({"username": "ann", "password": "abcd efgh"})


def source_at(url: str, **more: Any) -> WordPressSource:
    return build(place_at(url, **more), loopback_client())


def caught_up(
    url: str, cursor: Mapping[str, Any], **more: Any
) -> tuple[list[RawPost], list[Batch]]:
    """Fetch until there is no more, a new source for each page as after a kill."""
    posts: list[RawPost] = []
    batches: list[Batch] = []
    while not batches or batches[-1].more:
        batch = source_at(url, **more).fetch(json.loads(json.dumps(dict(cursor))))
        batches.append(batch)
        posts += batch.posts
        cursor = batch.cursor
        assert len(batches) < 50, "it never ends"
    return posts, batches


def ids(posts: list[RawPost], kind: str = "comment") -> set[int]:
    named = [post.remote_id.partition("-") for post in posts]
    return {int(number) for what, _, number in named if what == kind}


def test_a_burst_of_sixteen_comments_gives_sixteen() -> None:
    blog, web = blog_web(written(1))
    with web:
        _, first = caught_up(web.url(), {})
        blog.comments += [said(number) for number in range(1, 17)]
        posts, _ = caught_up(web.url(), first[-1].cursor)
    assert ids(posts) == set(range(1, 17))


@pytest.mark.parametrize("headers", [True, False])
@pytest.mark.parametrize("zone", [timedelta(), timedelta(hours=9), timedelta(hours=-8)])
def test_a_stop_of_days_is_caught_up(zone: timedelta, headers: bool) -> None:
    blog, web = blog_web(written(1), said(1), zone=zone, headers=headers)
    with web:
        _, first = caught_up(web.url(), {})
        blog.articles += [written(number) for number in range(2, 60)]
        late = timedelta(days=3)
        blog.comments += [said(n, at=START + late + timedelta(seconds=n)) for n in range(2, 502)]
        clock = Clock(START + timedelta(days=4))
        posts, batches = caught_up(web.url(), first[-1].cursor, clock=clock)
        again, after = caught_up(web.url(), batches[-1].cursor, clock=clock)
    assert ids(posts) >= set(range(2, 502))
    assert ids(posts, "post") >= set(range(2, 60))
    assert [batch.loss for batch in batches if batch.loss] == []
    assert (len(after), ids(again) <= ids(posts)) == (1, True)


def test_more_comments_in_one_second_than_a_page_holds_all_come() -> None:
    blog, web = blog_web(written(1), said(1))
    with web:
        _, first = caught_up(web.url(), {})
        at = START + timedelta(hours=5)
        blog.comments += [said(number, at=at) for number in range(2, 353)]
        blog.comments.append(said(400, at=at + timedelta(seconds=1)))
        posts, _ = caught_up(web.url(), first[-1].cursor)
    assert ids(posts) >= {*range(2, 353), 400}


def test_a_second_that_went_on_after_the_look_is_heard_to_its_end() -> None:
    blog, web = blog_web(written(1))
    with web:
        _, first = caught_up(web.url(), {})
        at = START + timedelta(hours=5)
        blog.comments += [said(number, at=at) for number in range(1, 17)]
        _, known = caught_up(web.url(), first[-1].cursor)
        blog.comments += [said(number, at=at) for number in range(17, 57)]
        blog.comments += [said(n, at=at + timedelta(seconds=n)) for n in range(57, 147)]
        posts, _ = caught_up(web.url(), known[-1].cursor)
    assert ids(posts) >= set(range(17, 147))


def test_a_newest_comment_that_was_deleted_loses_none() -> None:
    blog, web = blog_web(written(1), *(said(number) for number in range(1, 151)))
    with web:
        _, first = caught_up(web.url(), {})
        del blog.comments[-3:]
        blog.comments += [said(number) for number in range(151, 401)]
        posts, _ = caught_up(web.url(), first[-1].cursor)
    assert ids(posts) >= set(range(151, 401))


def test_the_first_look_takes_the_newest_thousand_comments() -> None:
    _, web = blog_web(written(1), *(said(number) for number in range(1, 1301)))
    with web:
        posts, batches = caught_up(web.url(), {})
    assert ids(posts) >= set(range(301, 1301))
    assert len(posts) < 1400 + 200
    assert batches[-1].loss is None


def test_a_comment_that_was_held_comes_when_it_is_let_through() -> None:
    blog, web = blog_web(written(1), said(1, held=True), *(said(n) for n in range(2, 60)))
    with web:
        posts, batches = caught_up(web.url(), {})
        assert 1 not in ids(posts)
        blog.comments[0] = said(1)
        posts, _ = caught_up(web.url(), batches[-1].cursor)
    assert 1 in ids(posts)


@pytest.mark.parametrize("knows", [True, False])
def test_an_old_article_that_is_edited_shows_within_the_hour(knows: bool) -> None:
    blog, web = blog_web(*(written(n) for n in range(1, 90)), knows_modified_after=knows)
    clock = Clock(START + timedelta(days=1))
    with web:
        _, first = caught_up(web.url(), {}, clock=clock)
        blog.edit(3, "It is fixed.", at=START + timedelta(days=1))
        posts, quiet = caught_up(web.url(), first[-1].cursor, clock=clock)
        assert 3 not in ids(posts, "post")
        clock.at += EDITS_EVERY
        posts, _ = caught_up(web.url(), quiet[-1].cursor, clock=clock)
    (changed,) = [post for post in posts if post.remote_id == "post-3"]
    assert "It is fixed." in changed.body


def test_one_dated_in_the_future_does_not_hide_what_comes_after() -> None:
    blog, web = blog_web(written(1), said(1), said(9999, at=START + timedelta(days=900)))
    clock = Clock(START + timedelta(hours=1))
    with web:
        _, first = caught_up(web.url(), {}, clock=clock)
        blog.comments += [said(number) for number in range(2, 252)]
        posts, _ = caught_up(web.url(), first[-1].cursor, clock=clock)
    assert ids(posts) >= set(range(2, 252))


@pytest.mark.parametrize("before", [BOM, NOTICE, BOM + NOTICE, b"<!-- cached -->\n[x] "])
def test_what_php_prints_before_the_json_does_not_silence_the_site(before: bytes) -> None:
    blog, web = blog_web(written(1), said(1), before=before)
    with web:
        posts, _ = caught_up(web.url(), {})
        assert all("feed" not in asked.path for asked in web.log)
        blog.closed = True
        by_feed, _ = caught_up(web.url(), {})
    assert [post.remote_id for post in posts] == ["comment-1", "post-1"]
    assert len(by_feed) == 2


@pytest.mark.parametrize("more", [{"plain": True}, {"moved": "/api/"}])
def test_an_interface_that_was_moved_is_found_and_remembered(more: dict[str, Any]) -> None:
    _, web = blog_web(written(1), said(1), **more)
    with web:
        posts, batches = caught_up(web.url(), {})
        asked = len(web.log)
        caught_up(web.url(), batches[-1].cursor)
    assert [post.remote_id for post in posts] == ["comment-1", "post-1"]
    assert len(web.log) - asked == 2


def test_a_page_cannot_send_our_credential_to_another_host() -> None:
    _, elsewhere = blog_web(written(1))
    with elsewhere:
        link = {"Link": f'<{elsewhere.url("/wp-json/")}>; rel="https://api.w.org/"'}
        page = Reply(200, b"<html><p>hi</html>", link)
        with (
            Web(lambda asked: page if asked.path == "/" else Reply(404)) as web,
            pytest.raises(DiagnosedError, match="no WordPress site"),
        ):
            source_at(web.url(), credential=LOGIN).fetch({})
    assert elsewhere.log == []


def test_a_closed_interface_is_replaced_by_the_feeds_and_tried_again_each_day() -> None:
    blog, web = blog_web(written(1), said(1), closed=True)
    clock = Clock(START + timedelta(hours=1))
    with web:
        posts, first = caught_up(web.url(), {}, clock=clock)
        assert [post.remote_id for post in posts] == ["comment-1", "post-1"]
        assert posts[0].thread_url == posts[1].url
        blog.closed = False
        asked = len(web.log)
        caught_up(web.url(), first[-1].cursor, clock=clock)
        assert ["feed" in one.path for one in web.log[asked:]] == [True, True]
        blog.comments += [said(number) for number in range(2, 40)]
        clock.at += CLOSED_FOR
        posts, _ = caught_up(web.url(), first[-1].cursor, clock=clock)
    assert ids(posts) == set(range(1, 40))


def test_posts_keep_their_identity_when_the_interface_closes() -> None:
    blog, web = blog_web(written(1), said(1))
    with web:
        told, first = caught_up(web.url(), {})
        blog.closed = True
        posts, _ = caught_up(web.url(), first[-1].cursor)
    assert {post.remote_id: post.thread_id for post in posts} == {
        post.remote_id: post.thread_id for post in told
    }


def test_what_the_feed_no_longer_shows_is_told_as_lost() -> None:
    blog, web = blog_web(written(1), said(1))
    clock = Clock(START + timedelta(hours=1))
    with web:
        _, first = caught_up(web.url(), {}, clock=clock)
        blog.closed = True
        blog.comments += [said(number) for number in range(2, 18)]
        _, batches = caught_up(web.url(), first[-1].cursor, clock=clock)
    loss = batches[-1].loss
    assert loss is not None
    assert (loss.after_at, loss.before_at) == (said(1).at, said(8).at)


def test_a_site_whose_comments_are_switched_off_gives_its_articles() -> None:
    _, web = blog_web(written(1), no_comments=True)
    with web:
        posts, batches = caught_up(web.url(), {})
        again, _ = caught_up(web.url(), batches[-1].cursor)
    assert [post.remote_id for post in [*posts, *again]] == ["post-1", "post-1"]


def test_an_application_password_opens_what_is_closed() -> None:
    _, web = blog_web(written(1), said(1), closed=True, password="abcd efgh")
    with web:
        posts, _ = caught_up(web.url(), {}, credential=LOGIN)
    assert len(posts) == 2
    assert all("feed" not in asked.path for asked in web.log)


def test_a_credential_that_is_not_taken_is_told() -> None:
    _, web = blog_web(written(1), closed=True, password="other")
    with web, pytest.raises(DiagnosedError, match="application password") as caught:
        source_at(web.url(), credential=LOGIN).fetch({})
    assert caught.value.state is SourceState.NEEDS_LOGIN


def test_a_comment_says_where_it_stands() -> None:
    first, second = said(5), said(6, answers=5, author="O'Neil & <b>")
    _, web = blog_web(written(1, title="Sync & <hang>"), first, second)
    with web:
        posts, _ = caught_up(web.url("/2026/article-1/"), {})
    comment = next(post for post in posts if post.remote_id == "comment-6")
    about = web.url("/2026/article-1/")
    assert (comment.thread_id, comment.thread_url, comment.thread_title) == (
        "post-1",
        about,
        "Sync & <hang>",
    )
    assert (comment.url, comment.reply_to) == (f"{about}#comment-6", f"{about}#comment-5")
    assert (comment.author_name, comment.title) == ("O'Neil & <b>", None)
    assert (comment.body, comment.is_html) == ("<p>Same here.</p>\n", True)
    article = next(post for post in posts if post.remote_id == "post-1")
    assert (article.author_name, article.title) == ("ann", "Sync & <hang>")


def test_titles_are_asked_for_once() -> None:
    rows = [written(number) for number in range(1, 60)]
    blog, web = blog_web(*rows, *(said(number, under=number) for number in range(1, 60)))
    with web:
        posts, batches = caught_up(web.url(), {})
        assert {p.thread_title for p in posts if ids([p])} == {f"Article {n}" for n in range(1, 60)}
        blog.comments.append(said(99, under=7))
        asked = len(web.log)
        caught_up(web.url(), batches[-1].cursor)
    assert len(web.log) - asked == 2


def test_one_odd_post_does_not_silence_the_site() -> None:
    told = [{"id": "?"}, {"id": 2, "date": "2026-05-12T08:00:00", "date_gmt": None, "title": None}]
    pings = [{"id": 3, "date": "2026-05-12T08:00:00", "post": 2, "type": "pingback"}]
    with Web(
        lambda asked: Reply(
            body=json.dumps(pings if "comments" in asked.path else told).encode(),
        )
    ) as web:
        posts, _ = caught_up(web.url(), {})
    assert [post.remote_id for post in posts] == ["post-2"]


@pytest.mark.parametrize("body", [b"<html><p>hi", b"[]]", b"", b"[" * 90_000, b"nonsense"])
def test_what_is_no_wordpress_is_told(body: bytes) -> None:
    with (
        Web(lambda asked: Reply(body=body) if asked.path == "/" else Reply(404)) as web,
        pytest.raises(DiagnosedError) as caught,
    ):
        source_at(web.url()).fetch({})
    assert caught.value.state in {SourceState.NOT_A_FEED, SourceState.NOT_FOUND}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_trouble_of_the_moment_sends_nobody_to_the_feeds(status: int) -> None:
    blog, web = blog_web(written(1))
    with web:
        _, first = caught_up(web.url(), {})
        web.script = lambda asked: Reply(status) if "wp-json" in asked.path else blog(asked)
        with pytest.raises(DiagnosedError, match=str(status)):
            source_at(web.url()).fetch(first[-1].cursor)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://b.org", "https://b.org"),
        ("https://b.org/feed/", "https://b.org"),
        ("https://b.org/comments/feed", "https://b.org"),
        ("https://b.org/blog/wp-json/wp/v2/posts?per_page=3", "https://b.org/blog"),
        ("https://b.org/blog/?p=3", "https://b.org/blog"),
        ("https://b.org/wp-login.php", "https://b.org"),
    ],
)
def test_any_part_of_a_site_names_it(url: str, base: str) -> None:
    assert site_base(url, None) == base


def test_a_thread_is_its_article_and_every_comment() -> None:
    rows: list[Written] = [written(1), written(2), *(said(n, under=2) for n in range(1, 251))]
    _, web = blog_web(*rows, said(900, under=1))
    with web:
        posts = source_at(web.url()).thread(web.url("/2026/article-2/#comment-7"))
        assert source_at(web.url()).thread(web.url("/2026/nothing/")) == []
    assert posts[0].remote_id == "post-2"
    assert ids(list(posts)) == set(range(1, 251))
    assert {post.thread_title for post in posts} == {"Article 2"}


def test_what_was_deleted_is_told_apart_from_what_is_held() -> None:
    blog, web = blog_web(written(1), written(2), *(said(number) for number in range(1, 5)))
    with web:
        source = source_at(web.url())
        assert source.capabilities.detects_deletions
        asked = [
            "post-1",
            "post-2",
            *(f"comment-{number}" for number in range(1, 5)),
            "x",
            "post-x",
        ]
        assert len(source.recheck(asked).posts) == 6
        del blog.articles[1], blog.comments[0]
        blog.comments[0] = said(2, held=True)
        blog.comments[1] = said(3, "It is fixed.")
        found = source.recheck(asked)
        blog.closed = True
        closed = source.recheck(asked)
    assert found.deleted == ("post-2", "comment-1")
    assert {post.remote_id for post in found.posts} == {"post-1", "comment-3", "comment-4"}
    assert any("It is fixed." in post.body for post in found.posts)
    assert (closed.posts, closed.deleted) == ((), ())


def test_a_route_that_a_plug_in_took_away_deletes_nothing() -> None:
    blog, web = blog_web(written(1), said(1))
    nothing = Reply(404, b'{"code":"rest_no_route","message":"No route","data":{"status":404}}')
    with web:
        web.script = lambda asked: nothing if "/comments/" in asked.path else blog(asked)
        found = source_at(web.url()).recheck(["comment-1", "comment-2"])
    assert ([post.remote_id for post in found.posts], found.deleted) == (["comment-1"], ())
