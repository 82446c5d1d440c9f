"""What is erased goes from every row of the listener's, and nothing brings it back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.database import transaction
from config.ground import Ground
from listener.minding.erasing import erase_posts, erased_name, unlink_author
from listener.minding.store_minding import watch as watch_posts
from listener.tables import Post, PostKey, Revision, Source, Thread, Watch
from responders.demo.formats import FeedItem
from tests.conftest import NOON
from tests.listener.installation import at, crawl, declare, posts, rows, source, watch
from tests.places.feeds import feed_item, feed_web
from tests.places.wordpress import Written, blog_web, said, written

HOUR = timedelta(hours=1)
SECRET = "marzipan"


def erase(ground: Ground, *post_ids: int) -> int:
    with transaction(ground.engine) as session:
        return erase_posts(session, post_ids, now=NOON)


def everything(ground: Ground) -> str:
    """Return all that the listener's rows hold."""
    tables = (Post, Revision, Thread, Source, Watch, PostKey)
    return str([row.model_dump() for table in tables for row in rows(ground, table)]).casefold()


def test_a_post_its_earlier_texts_and_its_watch_go_and_the_count_stays(ground: Ground) -> None:
    item = feed_item(1, f"I say {SECRET}.", title=f"{SECRET} one")
    item = replace(item, author=f"Ann {SECRET}")
    place, web = feed_web(item, feed_item(2, "Works for me."))
    with web:
        watch(ground, declare(ground), web.url("/feed"))
        crawl(ground)
        place.items[0] = replace(place.items[0], html=f"I said {SECRET}.")
        crawl(at(ground, NOON + HOUR), everything=True)
        with transaction(ground.engine) as session:
            watch_posts(session, [1], NOON + HOUR)
        assert SECRET in everything(ground)
        assert erase(ground, 1, 1) == 1
        assert erase(ground, 1) == 0

        assert SECRET not in everything(ground)
        first, second = posts(ground)
        assert (first.erased_at, first.url, first.remote_id, first.revision) == (NOON, None, "", 2)
        assert first.author_key
        assert second.text == "Works for me."
        assert rows(ground, Watch) == []

        crawl(at(ground, NOON + 2 * HOUR), everything=True)  # the feed still shows it
        place.items[0] = replace(place.items[0], html=f"Once more {SECRET}.")
        crawl(at(ground, NOON + 3 * HOUR), everything=True)
    assert SECRET not in everything(ground)
    assert len(posts(ground)) == 2


def test_the_title_of_a_thread_goes_with_the_post_that_brought_it(ground: Ground) -> None:
    blog, web = blog_web(written(1, title=f"About {SECRET} here", at=NOON - HOUR), said(1, at=NOON))
    with web:
        watch(ground, declare(ground), web.url(), kind="wordpress")
        crawl(ground)
        assert SECRET in str(source(ground).cursor)
        erase(ground, next(post.id or 0 for post in posts(ground) if post.title))
        assert SECRET not in everything(ground)
        (thread,) = rows(ground, Thread)
        assert thread.url  # somebody else's words still stand there

        blog.comments.append(said(2, at=NOON + HOUR))
        crawl(at(ground, NOON + 2 * HOUR), everything=True)
    assert len(posts(ground)) == 3
    (thread,) = rows(ground, Thread)
    assert (thread.title, thread.erased_at) == (None, NOON)


@pytest.mark.parametrize("comments", [(), (said(1, at=NOON),)])
def test_what_a_site_still_shows_of_an_erased_article_is_not_remembered_again(
    ground: Ground, comments: tuple[Written, ...]
) -> None:
    blog, web = blog_web(
        written(1, title=f"About {SECRET} here", at=NOON - HOUR),
        written(2, title="Release 4.2", at=NOON - HOUR),
        *comments,
    )
    with web:
        watch(ground, declare(ground), web.url(), kind="wordpress")
        crawl(ground)
        erase(ground, next(post.id or 0 for post in posts(ground) if SECRET in (post.title or "")))
        for hour in (1, 2):
            blog.comments.append(said(5 + hour, at=NOON + hour * HOUR))
            crawl(at(ground, NOON + hour * HOUR), everything=True)
            assert SECRET not in everything(ground)
    known = source(ground).cursor["known"]
    assert (known["1"]["title"], known["1"]["link"]) == ("", "")
    assert known["2"]["title"] == "Release 4.2"
    assert known["2"]["link"]
    assert len(posts(ground)) == 4 + len(comments)


def test_what_a_reply_repeats_of_the_title_goes_too_and_its_own_words_stay(ground: Ground) -> None:
    _thread_with(ground, ("The opener", f"Is {SECRET} broken"), ("Mine", f"Re: Is {SECRET} broken"))
    erase(ground, 1)
    assert SECRET not in everything(ground)
    assert [(post.title, post.text) for post in posts(ground)] == [(None, ""), (None, "Mine")]


@pytest.mark.parametrize(
    ("other", "stays"),
    [
        ("Syncing hangs since Monday", True),
        ("I hate sync", True),
        ("Re: sync", False),
        ("SYNC (3 comments)", False),
        ("Aw: Re: Sync", False),
    ],
)
def test_a_short_title_that_is_erased_takes_only_its_like_along(
    ground: Ground, other: str, stays: bool
) -> None:
    _thread_with(ground, ("The opener", "Sync"), ("Mine", other))
    with transaction(ground.engine) as session:
        session.add(Revision(post_id=2, revision=1, title=other, text="Mine", seen_at=NOON))
    erase(ground, 1)
    assert posts(ground)[1].title == (other if stays else None)
    assert [row.title for row in rows(ground, Revision)] == [other if stays else None]


def test_a_reply_takes_no_title_away(ground: Ground) -> None:
    _thread_with(ground, ("The opener", "It hangs"), ("Mine", None))
    erase(ground, 2)
    (thread,) = rows(ground, Thread)
    assert (thread.title, thread.erased_at) == ("It hangs", None)
    assert posts(ground)[0].title == "It hangs"


def test_the_address_of_a_thread_goes_with_its_last_post(ground: Ground) -> None:
    _thread_with(ground, ("The opener", f"Is {SECRET} broken"), ("Mine", None))
    erase(ground, 1)
    assert rows(ground, Thread)[0].url is not None
    erase(ground, 2)
    (thread,) = rows(ground, Thread)
    assert (thread.url, thread.title) == (None, None)
    assert "t1" not in thread.remote_id


def test_somebody_who_writes_in_an_emptied_thread_brings_its_title_back_to_nobody(
    ground: Ground,
) -> None:
    place, web = feed_web(feed_item(1, "One", title=f"Is {SECRET} broken"))
    with web:
        watch(ground, declare(ground), web.url("/feed"))
        crawl(ground)
        erase(ground, 1)
        (name,) = [row.remote_id for row in rows(ground, Thread)]
        with transaction(ground.engine) as session:
            thread = session.get_one(Thread, 1)
            thread.remote_id = erased_name("http://blog.example/2")
        place.items = [replace(feed_item(2, "Two"), title=f"Re: Is {SECRET} broken", id="")]
        crawl(at(ground, NOON + HOUR), everything=True)
    assert name.startswith("erased:")
    (thread,) = rows(ground, Thread)
    assert (thread.remote_id, thread.title) == ("http://blog.example/2", None)
    assert [post.title for post in posts(ground)] == [None, None]


def test_a_feed_of_titles_alone_goes_on_with_the_words_of_others(ground: Ground) -> None:
    """Items without an id and a link have no thread, so nobody's title is theirs."""
    place, web = feed_web(_bare(1, "It hangs since the update"), _bare(2, f"Is {SECRET} broken"))
    with web:
        watch(ground, declare(ground), web.url("/feed"))
        crawl(ground)
        erase(ground, next(post.id or 0 for post in posts(ground) if SECRET in (post.title or "")))
        assert SECRET not in everything(ground)
        place.items.append(_bare(3, "Now it crashes at each start"))
        crawl(at(ground, NOON + HOUR), everything=True)
        erase(ground, *(post.id or 0 for post in posts(ground)))
        place.items.append(_bare(4, "It loses my files"))
        crawl(at(ground, NOON + 2 * HOUR), everything=True)
    told = [post.title for post in posts(ground)]
    assert told == [None, None, None, "It loses my files"]
    assert SECRET not in everything(ground)


def test_the_subjects_of_others_stay_in_a_thread_whose_title_was_erased(ground: Ground) -> None:
    place, web = feed_web(feed_item(1, "One", title=f"Is {SECRET} broken"))
    with web:
        watch(ground, declare(ground), web.url("/feed"))
        crawl(ground)
        erase(ground, 1)
        with transaction(ground.engine) as session:
            session.get_one(Thread, 1).remote_id = erased_name("http://blog.example/2")
        mine = replace(feed_item(2, "Two"), title="It hangs since the update", id="")
        place.items = [mine]
        crawl(at(ground, NOON + HOUR), everything=True)
        place.items = [replace(mine, html="Two, and more")]
        crawl(at(ground, NOON + 2 * HOUR), everything=True)
    _, second = posts(ground)
    assert (second.title, second.revision) == ("It hangs since the update", 2)


def test_a_first_post_with_a_subject_of_its_own_closes_no_thread(ground: Ground) -> None:
    _thread_with(ground, ("A comment", f"My {SECRET}"), ("Mine", "It hangs"), title="Release 4.2")
    erase(ground, 1)
    (thread,) = rows(ground, Thread)
    assert (thread.title, thread.erased_at) == ("Release 4.2", None)
    assert posts(ground)[1].title == "It hangs"


def test_what_a_source_remembers_by_chance_stays(ground: Ground) -> None:
    _thread_with(ground, ("The opener", "new"))
    kept = {"etag": '"new-1"', "seen": ["new", "older"], "link": "https://forum.example/p/0"}
    with transaction(ground.engine) as session:
        session.get_one(Source, 1).cursor = kept
    erase(ground, 1)
    assert rows(ground, Source)[0].cursor == {"etag": '"new-1"', "seen": ["", "older"], "link": ""}


def test_an_author_without_a_name_stays_one_person(ground: Ground) -> None:
    _thread_with(ground, ("One", None), ("Two", None), ("Three", None))
    with transaction(ground.engine) as session:
        unlink_author(session, [1, 2])
    first, second, third = (post.author_key for post in posts(ground))
    assert first == second
    assert first not in {"key 0", "key 1"}
    assert third == "key 2"


def _bare(number: int, title: str) -> FeedItem:
    return replace(feed_item(number, "", title=title), id="", url="")


def _thread_with(ground: Ground, *told: tuple[str, str | None], title: str | None = None) -> None:
    product = declare(ground)
    place = watch(ground, product, "https://forum.example/feed")
    with transaction(ground.engine) as session:
        thread = Thread(
            source_id=place,
            remote_id="t1",
            url="https://forum.example/t/1",
            title=title or told[0][1],
        )
        session.add(thread)
        session.flush()
        for number, (text, subject) in enumerate(told):
            session.add(
                Post(
                    product_id=product,
                    source_id=place,
                    thread_id=thread.id,
                    identity=f"p{number}",
                    remote_id=f"p{number}",
                    url=f"https://forum.example/p/{number}",
                    author=f"person {number}",
                    author_key=f"key {number}",
                    published_at=NOON,
                    seen_at=NOON,
                    title=subject,
                    text=text,
                    content_hash=f"h{number}",
                )
            )
            session.flush()
