"""A feed that begins with its oldest entries is followed at its other end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.platforms.feed_backfilling import anchors
from listener.platforms.feed_running import (
    MAX_TIED,
    Onward,
    leads_on,
    newest_known,
    onward_in,
    runs_onward,
)
from tests.listener.platforms.test_feed_backfilling import Reader, entry, feed_of, numbered
from tests.listener.sources.fetching import NOON
from tests.places.feeds import FeedFormat, FeedPlace, Paging, feed_item
from tests.places.web import Asked, RawReply, Reply, Web

HOUR = timedelta(hours=1)
WAYS: list[tuple[FeedFormat, Paging]] = [
    ("rss", "next"), ("atom", "next"), ("json", "next"), ("rss", "wordpress"),
]  # fmt: skip


def running(last: int, **more: object) -> FeedPlace:
    place = feed_of(last, **{"paging": "next", **more})
    place.onward = True
    return place


def write(place: FeedPlace, posts: int) -> list[str]:
    first = len(place.items) + 1
    place.items += [feed_item(number) for number in range(first, first + posts)]
    return numbered(first, first + posts - 1)


@pytest.mark.parametrize(("kind", "paging"), WAYS)
def test_what_is_written_on_the_last_page_and_behind_it_is_heard(
    kind: FeedFormat, paging: Paging
) -> None:
    place = running(25, format=kind, paging=paging)
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        assert set(reader.heard) == set(numbered(1, 25))
        for posts in (1, 4, 3, 60, 7):
            reader.heard.clear()
            written = write(place, posts)
            reader.look()
            assert set(written) <= set(reader.heard)
        asked = len(web.log)
        reader.look()
        assert len(web.log) - asked <= 2
    assert reader.losses == []


def test_a_feed_of_many_pages_is_read_to_its_end_though_history_is_bounded() -> None:
    place = running(300)
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        late = write(place, 15)
        reader.look()
    assert set(late) <= set(reader.heard)


def test_the_last_page_is_gone_to_at_once_where_it_is_named() -> None:
    place = running(300, names_last=True)
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        assert reader.look() == 3
        late = write(place, 15)
        reader.look()
    assert set(late) <= set(reader.heard)


def test_a_feed_that_had_one_page_at_first_is_followed_onto_its_second() -> None:
    place = running(5)
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        late = write(place, 30)
        reader.look()
    assert set(late) <= set(reader.heard)
    assert reader.losses == []


def test_pages_of_one_second_decide_nothing_for_ever() -> None:
    place = running(25)
    place.items = [replace(item, published_at=NOON - HOUR) for item in place.items]
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        late = [replace(feed_item(number), published_at=NOON) for number in range(26, 46)]
        place.items += late
        reader.look()
    assert {item.id for item in late} <= set(reader.heard)


@pytest.mark.parametrize(
    ("tied", "known", "leads"), [(0, (), True), (MAX_TIED, (), False), (0, (1,), False)]
)
def test_pages_of_one_second_are_followed_so_far_and_in_no_circle(
    tied: int, known: tuple[int, ...], leads: bool
) -> None:
    at = NOON.isoformat()
    onward = Onward(url="https://x.org/feed?paged=3", newest_at=at, home_at=at, tied=tied)
    names = anchors(entry(str(number), 0) for number in known)
    page = [entry(str(number), 0) for number in (1, 2)]
    assert leads_on(page, onward, known=names) is leads


def test_a_second_page_that_failed_at_the_first_look_decides_nothing_for_ever() -> None:
    place = running(25)
    failing = [True]

    def script(asked: Asked) -> Reply | RawReply:
        return Reply(500) if "paged" in asked.path and failing[0] else place(asked)

    with Web(script) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        failing[0] = False
        late = write(place, 20)
        reader.look()
    assert set(late) <= set(reader.heard)


def test_a_feed_whose_pages_run_back_is_asked_for_one_page_once_that_is_known() -> None:
    place = feed_of(25, paging="next")
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        asked = len(web.log)
        reader.look()
        assert len(web.log) - asked == 1


def test_a_walk_to_the_end_goes_on_where_it_was_broken_off() -> None:
    place = running(60)
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        for _ in range(3):
            reader.step()
        kept = dict(reader.cursor)
        reader.step()
        reader.cursor = kept  # killed before the page was stored
        reader.look()
    assert set(reader.heard) == set(numbered(1, 60))


def test_a_last_page_that_went_away_is_looked_for_anew() -> None:
    place = running(45)
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        del place.items[5:30]  # two pages less
        late = [feed_item(number) for number in range(46, 49)]
        place.items += late
        for _ in range(2):
            reader.look()
    assert {item.id for item in late} <= set(reader.heard)


def test_a_page_that_fails_for_a_while_hides_nothing() -> None:
    place = running(25)
    failing = [False]

    def script(asked: Asked) -> Reply | RawReply:
        return Reply(500) if "paged=4" in asked.path and failing[0] else place(asked)

    with Web(script) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        late, failing[0] = write(place, 20), True
        reader.look()
        failing[0] = False
        reader.look()
    assert set(late) <= set(reader.heard)


def test_history_behind_a_page_that_failed_for_a_while_is_no_news_either() -> None:
    place = running(45)
    failing = [True]

    def script(asked: Asked) -> Reply | RawReply:
        return Reply(500) if "paged=4" in asked.path and failing[0] else place(asked)

    with Web(script) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        failing[0] = False
        reader.step()
        assert reader.step().fills
        reader.look()
    assert set(reader.heard) == set(numbered(1, 45))


def test_a_feed_that_was_turned_round_is_heard_within_a_day() -> None:
    place = running(25)
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        place.onward = False
        place.items = [feed_item(number) for number in range(200, 230)]
        reader.clock.at += timedelta(hours=25)
        reader.look()
        place.items.append(feed_item(230))
        reader.look()
    assert "post-230" in reader.heard
    assert onward_in(reader.cursor) is None


def test_a_last_page_that_says_for_ever_that_nothing_is_new_is_believed_for_a_day() -> None:
    place = running(25, lying=True)
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        late = write(place, 2)
        reader.look()
        assert not set(late) & set(reader.heard)
        reader.clock.at += timedelta(hours=25)
        reader.look()
    assert set(late) <= set(reader.heard)


def test_a_page_that_leads_back_ends_the_walk() -> None:
    place = running(25)

    def script(asked: Asked) -> Reply | RawReply:
        place.older_at = "/feed?paged=1" if "paged=3" in asked.path else ""
        return place(asked)

    with Web(script) as web:
        reader = Reader(web.url("/feed"))
        reader.look(most=6)
        reader.look(most=6)
    assert set(reader.heard) == set(numbered(1, 25))


def test_history_on_the_way_to_the_end_is_no_news_and_what_comes_then_is() -> None:
    place = running(45)
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        walk = [reader.step() for _ in range(5)]
        assert not walk[-1].more
        assert all(batch.fills for batch in walk[1:-1])
        write(place, 1)
        assert not reader.step().fills


@pytest.mark.parametrize(
    ("minutes", "onward"),
    [((1, 2, 3), True), ((-3, 1, 2), True), ((0, 0, 1), True), ((0, 0), False),
     ((-1, -2, 5), False), ((None, None, 9), False), ((), False)],
)  # fmt: skip
def test_a_second_page_shows_which_way_a_feed_runs(
    minutes: tuple[int | None, ...], onward: bool
) -> None:
    page = [entry(str(number), minute) for number, minute in enumerate(minutes)]
    assert runs_onward(page, newest_at=NOON) is onward


def test_nothing_runs_onward_from_what_has_no_time() -> None:
    assert newest_known({}) is None
    assert not runs_onward([entry("a", 1)], newest_at=None)
