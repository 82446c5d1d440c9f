"""Posts are asked for again in their source's own turn: edits are revisions, deletions erasures."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config import plugins
from config.database import reading, transaction
from config.errors import PermanentError
from config.ground import Ground
from listener.minding import store_minding
from listener.pacing.store_pacing import quotas_used_up
from listener.sources.base import Recheck
from listener.sources.reddit import RedditSource
from listener.tables import Revision, Watch
from tests.conftest import NOON
from tests.listener.installation import at, crawl, declare, posts, rows, source, watch
from tests.listener.sources.fetching import reddit_options
from tests.listener.test_crawl_platforms import configured
from tests.places.discourse import forum_post, forum_web
from tests.places.reddit import RedditPlace, reddit_web, refusal, submission
from tests.places.reddit import posts as submissions
from tests.places.wordpress import blog_web, said, written

HOUR = timedelta(hours=1)
LATER = NOON + HOUR


@contextmanager
def reddit(ground: Ground, *things: dict[str, Any]) -> Iterator[tuple[RedditPlace, Ground]]:
    """Watch a Reddit that was heard once at noon."""
    place, web = reddit_web(*things)
    with web:
        ground = configured(ground, reddit=reddit_options(web))
        watch(ground, declare(ground), web.url("/r/fernsync"), kind="reddit")
        crawl(ground)
        yield place, ground


def infos(place: RedditPlace) -> list[str]:
    """Return what was asked for by its ids."""
    return [path for path in place.asked if path.startswith("/api/info")]


def push_out(place: RedditPlace) -> None:
    """Let newer posts come, so many that a look does not reach the old ones."""
    place.things += submissions(*range(500, 700))


def test_fresh_posts_of_reddit_are_asked_for_again_unwatched(ground: Ground) -> None:
    with reddit(ground, submission(1), submission(2)) as (place, here):
        push_out(place)
        crawl(at(here, LATER), everything=True)
        place.blank(submission(1)["name"])
        place.edit(submission(2)["name"], "It crashes since 4.2.")
        place.asked.clear()
        (look,) = crawl(at(here, LATER + HOUR), everything=True)
        assert len(infos(place)) == 1
    first, second = (post for post in posts(ground) if post.id in {1, 2})
    assert (first.erased_at, first.text, first.title, first.author) == (
        LATER + HOUR,
        "",
        None,
        None,
    )
    assert (second.text, second.revision) == ("It crashes since 4.2.", 2)
    assert look.revised >= 1


def test_nothing_is_asked_for_twice_within_the_hour(ground: Ground) -> None:
    with reddit(ground, submission(1)) as (place, here):
        crawl(at(here, NOON + timedelta(minutes=59)), everything=True)
        assert infos(place) == []
        crawl(at(here, LATER), everything=True)
        crawl(at(here, LATER + timedelta(minutes=59)), everything=True)
        assert len(infos(place)) == 1


def test_a_turn_is_bounded_and_the_longest_unasked_come_first(ground: Ground) -> None:
    with reddit(ground, *submissions(*range(1, 151))) as (place, here):
        crawl(at(here, LATER), everything=True)
        (asked,) = infos(place)
        assert asked.count("t3_") == 100
        left = {post.id for post in posts(ground) if post.rechecked_at is None}
        assert len(left) == 50
        crawl(at(here, LATER), everything=True)
        assert len(infos(place)) == 2
    assert all(post.rechecked_at == LATER for post in posts(ground))


@pytest.mark.parametrize("watched", [False, True])
def test_an_old_post_is_asked_for_only_while_it_is_watched(ground: Ground, watched: bool) -> None:
    with reddit(ground, submission(1)) as (place, here):
        if watched:
            with transaction(ground.engine) as session:
                store_minding.watch(session, [1], NOON + 48 * HOUR)
        crawl(at(here, NOON + 25 * HOUR), everything=True)
        assert bool(infos(place)) is watched
        crawl(at(here, NOON + 49 * HOUR), everything=True)
        assert len(infos(place)) == watched


def test_a_watch_is_made_longer_and_never_shorter(ground: Ground) -> None:
    with reddit(ground, submission(1)), transaction(ground.engine) as session:
        for hours in (2, 5, 3):
            store_minding.watch(session, [1, 1], NOON + hours * HOUR)
    assert [row.until for row in rows(ground, Watch)] == [NOON + 5 * HOUR]


def test_a_recheck_that_fails_loses_nothing_of_the_look(ground: Ground) -> None:
    with reddit(ground, submission(1)) as (place, here):
        place.things.append(submission(2))

        def fail_infos(asked: Any) -> Any:
            place.faults.append(fail_infos)
            if asked.path.startswith("/api/info"):
                return refusal(429, "Too Many Requests", retry_after="300")
            place.faults.clear()
            answer = place(asked)
            place.faults.append(fail_infos)
            return answer

        place.faults = [fail_infos]
        (look,) = crawl(at(here, LATER), everything=True)
    assert (look.new, source(ground).state) == (1, "ok")
    assert posts(ground)[0].rechecked_at is None
    with reading(ground.engine) as session:
        assert quotas_used_up(session, "", now=LATER)


def test_what_a_source_stumbles_over_does_not_stand_before_the_others(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_self: object, _ids: object) -> Recheck:
        raise PermanentError("this id is none")

    with reddit(ground, submission(1)) as (_, here):
        monkeypatch.setattr(RedditSource, "recheck", stumble)
        (look,) = crawl(at(here, LATER), everything=True)
    assert look.state == "ok"
    assert posts(ground)[0].rechecked_at == LATER


def test_what_the_answer_leaves_out_stays(ground: Ground) -> None:
    with reddit(ground, submission(1)) as (place, here):
        place.delete(submission(1)["name"])
        crawl(at(here, LATER), everything=True)
    (kept,) = posts(ground)
    assert (kept.erased_at, kept.rechecked_at) == (None, LATER)


def test_a_place_that_calls_nearly_all_deleted_must_say_so_twice(ground: Ground) -> None:
    with reddit(ground, *submissions(*range(1, 21))) as (place, here):
        push_out(place)
        crawl(at(here, NOON), everything=True)
        for number in range(1, 16):
            place.blank(submission(number)["name"])
        place.things = place.things[:20]  # as after a restored backup
        _erased_after(at(here, LATER), 0)
        assert {post.gone_at for post in posts(ground)[:15]} == {LATER}
        _erased_after(at(here, LATER + HOUR), 15)


def _erased_after(ground: Ground, count: int) -> None:
    for _ in range(3):
        crawl(ground, everything=True)
    assert sum(post.erased_at is not None for post in posts(ground)) == count


def test_what_a_look_tells_to_be_deleted_is_erased(ground: Ground) -> None:
    with reddit(ground, submission(1), submission(2)) as (place, here):
        place.blank(submission(1)["name"])
        crawl(at(here, NOON + timedelta(minutes=5)), everything=True)
        assert infos(place) == []
    assert [post.erased_at is None for post in posts(ground)] == [False, True]
    assert posts(ground)[0].author_key  # so that people are still counted right


def test_comments_of_a_blog_that_read_as_before_are_no_revision(ground: Ground) -> None:
    blog, web = blog_web(written(1, at=NOON - HOUR), said(1, at=NOON), said(2, at=NOON))
    with web:
        watch(ground, declare(ground), web.url(), kind="wordpress")
        crawl(ground)
        with transaction(ground.engine) as session:
            store_minding.watch(session, [post.id or 0 for post in posts(ground)], NOON + 9 * HOUR)
        crawl(at(ground, LATER), everything=True)
        assert {post.rechecked_at for post in posts(ground)} == {LATER}
        assert {post.revision for post in posts(ground)} == {1}
        blog.comments = [replace(blog.comments[0], html="<p>It is gone now.</p>")]
        crawl(at(ground, LATER + HOUR), everything=True)
    found = {post.remote_id: post for post in posts(ground)}
    assert (found["comment-1"].text, found["comment-1"].revision) == ("It is gone now.", 2)
    assert "comment-2" not in found
    assert sum(post.erased_at is not None for post in posts(ground)) == 1
    assert [row.text for row in rows(ground, Revision)] == ["Same here."]


def test_a_reply_in_a_forum_that_is_edited_stays_about_the_title_of_its_topic(
    ground: Ground,
) -> None:
    forum, web = forum_web(*(forum_post(number, "Same here.") for number in (1, 2, 3)))
    with web:
        product = declare(ground, query='"topic 1"')
        watch(ground, product, web.url(), kind="discourse")
        crawl(ground)
        with transaction(ground.engine) as session:
            store_minding.watch(session, [post.id or 0 for post in posts(ground)], NOON + 9 * HOUR)
        # So many newer posts that the list does not reach these.
        forum.posts += [forum_post(number, "Other words.", topic=2) for number in range(10, 80)]
        crawl(at(ground, LATER), everything=True)
        assert {post.revision for post in posts(ground)} == {1}
        forum.edit(2, "Same here too.")
        forum.delete(3)
        crawl(at(ground, LATER + HOUR), everything=True)
    first, edited, gone = posts(ground)[:3]
    assert (first.title, first.revision, first.relevant) == ("Topic 1", 1, True)
    assert (edited.text, edited.revision, edited.relevant) == ("Same here too.", 2, True)
    assert (gone.text, gone.erased_at) == ("", LATER + HOUR)


@pytest.mark.parametrize("kind", plugins.names("listener.sources"))
def test_a_kind_that_can_be_asked_again_says_how_much_and_no_other_does(kind: str) -> None:
    module = plugins.load("listener.sources", kind)
    made_here = [one for one in vars(module).values() if isinstance(one, type)]
    for reader in (one for one in made_here if hasattr(one, "capabilities")):
        assert hasattr(reader, "recheck") is (reader.capabilities.recheck_at_once > 0)
