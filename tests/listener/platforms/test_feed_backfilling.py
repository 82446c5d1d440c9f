"""How far back a feed is read after a stop of days, and what holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Credential
from listener.diagnoses import DiagnosedError
from listener.platforms.feed_backfilling import (
    FIRST_PAGES,
    MAX_PAGES,
    Back,
    anchors,
    following,
    meets,
    with_scheme_of,
)
from listener.sources.base import Batch, Loss, RawPost
from listener.sources.feed import build
from tests.listener.sources.fetching import NOON, Clock, loopback_client, place_at
from tests.places.feeds import FeedFormat, FeedPlace, Paging, feed_item
from tests.places.web import Asked, RawReply, Reply, Web


@dataclass
class Reader:
    """A feed that is followed as the crawler does, with what it told."""

    url: str
    clock: Clock = field(default_factory=Clock)
    cursor: Mapping[str, Any] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    credential: Credential | None = None

    def step(self) -> Batch:
        place = place_at(self.url, clock=self.clock, credential=self.credential)
        batch = build(place, loopback_client()).fetch(self.cursor)
        self.cursor = batch.cursor
        self.heard += [post.remote_id for post in batch.posts]
        self.losses += [batch.loss] if batch.loss else []
        return batch

    def look(self, most: int = 300) -> int:
        """Read until nothing more is to be had at once; return how many pages that took."""
        for page in range(1, most + 1):
            if not self.step().more:
                return page
        raise AssertionError("it never ends")


def numbered(first: int, last: int) -> list[str]:
    return [f"post-{number}" for number in range(first, last + 1)]


def feed_of(last: int, **more: Any) -> FeedPlace:
    return FeedPlace([feed_item(number) for number in range(1, last + 1)], shown=10, **more)


WAYS: list[tuple[FeedFormat, Paging]] = [
    ("rss", "next"), ("atom", "next"), ("json", "next"), ("rss", "archive"), ("atom", "archive"),
    ("rss", "wordpress"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "paging"), WAYS)
def test_what_was_written_while_we_stopped_is_read_from_older_pages(
    kind: FeedFormat, paging: Paging
) -> None:
    place = feed_of(25, format=kind, paging=paging)
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        reader.heard.clear()
        place.items += [feed_item(number) for number in range(26, 90)]
        asked = len(web.log)
        reader.look()
        assert set(numbered(26, 89)) <= set(reader.heard)
        assert len(web.log) - asked <= 8, "it stops at the first page with a known entry"
        assert (reader.losses, "back" in reader.cursor) == ([], False)
        asked = len(web.log)
        assert reader.look() == 1
    assert len(web.log) == asked + 1


def test_the_first_look_takes_a_bounded_history_and_loses_nothing() -> None:
    place = feed_of(300, paging="next")
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        assert reader.look() == FIRST_PAGES
    assert set(reader.heard) == set(numbered(201, 300))
    assert reader.losses == []


def test_a_way_back_goes_on_where_it_was_broken_off() -> None:
    place = feed_of(10, paging="next")
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        place.items += [feed_item(number) for number in range(11, 61)]
        reader.step()
        kept = dict(reader.cursor)
        reader.step()
        reader.cursor = kept  # killed before the page was stored
        reader.look()
    assert set(numbered(11, 60)) <= set(reader.heard)
    assert reader.losses == []


def test_anchors_that_were_deleted_do_not_hide_that_we_are_back_in_what_is_known() -> None:
    place = feed_of(60, paging="next")
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        del place.items[10:60]  # all that were known by name
        place.items += [feed_item(number) for number in range(61, 90)]
        reader.heard.clear()
        pages = reader.look()
    assert set(numbered(61, 89)) <= set(reader.heard)
    assert (pages, reader.losses) == (3, [])


def test_a_complete_feed_has_nothing_older() -> None:
    place = feed_of(5, complete=True)
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        place.items = [feed_item(number) for number in range(50, 55)]
        assert reader.look() == 1
    assert reader.losses == []


def stopped_for(place: FeedPlace, web: Web, posts: int) -> Reader:
    """Return a reader that knows the first ten posts and has missed so many since."""
    reader = Reader(web.url("/feed"))
    reader.look()
    place.items += [feed_item(number) for number in range(11, 11 + posts)]
    reader.heard.clear()
    return reader


def test_a_feed_without_older_pages_tells_its_gap_with_bounds() -> None:
    place = feed_of(10)
    with Web(place) as web:
        reader = stopped_for(place, web, 40)
        reader.look()
    (loss,) = reader.losses
    assert loss.after_at == feed_item(10).published_at
    assert loss.before_at == feed_item(41).published_at
    assert "names no older page" in loss.reason


@pytest.mark.parametrize(
    ("elsewhere", "word"),
    [
        ("http://other.example/feed?paged=2", "another host"),
        ("http://127.0.0.1:1/feed?paged=2", "another host"),
        ("/feed", "circle"),
        ("/feed?paged=1", "circle"),
        ("/nothing", "cannot be read"),
        ("javascript:alert(1)", "names no older page"),
    ],
)
def test_a_link_that_leads_astray_is_a_gap(elsewhere: str, word: str) -> None:
    place = feed_of(10, paging="next")
    with Web(place) as web:
        reader = stopped_for(place, web, 40)
        place.older_at = elsewhere
        reader.look()
    (loss,) = reader.losses
    assert word in loss.reason
    assert loss.before_at == feed_item(41).published_at
    assert "back" not in reader.cursor


def test_pages_without_end_are_bounded() -> None:
    place = feed_of(10)
    endless = [10_000]

    def script(asked: Asked) -> Reply | RawReply:
        endless[0] += 1
        turned = replace(
            place,
            items=[feed_item(endless[0], title=f"Page {endless[0]}")],
            older_at=f"/feed?x={endless[0]}",
        )
        return turned(asked)

    with Web(place) as web:
        reader = stopped_for(place, web, 40)
        web.script = script
        reader.cursor = dict(reader.cursor) | {"newest_at": "2026-05-11T00:00:00+00:00"}
        assert reader.look() == MAX_PAGES
    (loss,) = reader.losses
    assert f"{MAX_PAGES} pages" in loss.reason


@pytest.mark.parametrize("times", [1, 3])
def test_an_older_page_that_fails_is_asked_for_again_and_then_given_up(times: int) -> None:
    place = feed_of(10, paging="next")
    failing = [times]

    def script(asked: Asked) -> Reply | RawReply:
        if "paged=3" in asked.path and failing[0]:
            failing[0] -= 1
            return Reply(500)
        return place(asked)

    with Web(script) as web:
        reader = stopped_for(place, web, 40)
        for _ in range(times + 1):
            place.items.append(feed_item(place.items[-1].published_at.minute + 1))
            reader.look()
    newest = place.items[-1].id
    assert newest in reader.heard, "the newest page is read between two tries"
    if times == 1:
        assert set(numbered(11, 50)) <= set(reader.heard)
        assert reader.losses == []
    else:
        (loss,) = reader.losses
        assert loss.after_at == feed_item(10).published_at
        assert "answers 500" in loss.reason


def test_a_host_that_asks_us_to_wait_is_obeyed_and_the_way_back_kept() -> None:
    place = feed_of(10, paging="next")
    busy = [True]

    def script(asked: Asked) -> Reply | RawReply:
        limited = Reply(429, headers={"Retry-After": "60"})
        return limited if "paged=3" in asked.path and busy[0] else place(asked)

    with Web(script) as web:
        reader = stopped_for(place, web, 40)
        with pytest.raises(DiagnosedError) as caught:
            reader.look()
        assert caught.value.retry_after_s == 60
        busy[0] = False
        reader.look()
    assert set(numbered(11, 50)) <= set(reader.heard)
    assert reader.losses == []


def test_a_host_that_asks_us_to_wait_for_older_pages_only_holds_up_no_news() -> None:
    place = feed_of(10, paging="next")

    def script(asked: Asked) -> Reply | RawReply:
        limited = Reply(429, headers={"Retry-After": "60"})
        return limited if "paged=3" in asked.path else place(asked)

    with Web(script) as web:
        reader = stopped_for(place, web, 40)
        for _ in range(2):
            with pytest.raises(DiagnosedError):
                reader.look()
            reader.clock.at += timedelta(minutes=31)
            place.items.append(feed_item(len(place.items) + 1))
        with pytest.raises(DiagnosedError):
            reader.look()
    assert {"post-51", "post-52"} <= set(reader.heard)


def test_a_way_back_that_stood_still_for_a_day_holds_up_no_news() -> None:
    place = feed_of(10, paging="next")
    with Web(place) as web:
        reader = stopped_for(place, web, 40)
        reader.step()
        reader.clock.at += timedelta(hours=25)
        place.items.append(feed_item(51))
        reader.look()
    (loss,) = reader.losses
    assert (loss.after_at, loss.before_at) == (
        feed_item(10).published_at,
        feed_item(41).published_at,
    )
    assert "post-51" in reader.heard
    assert "back" not in reader.cursor


def test_one_id_for_all_entries_hides_no_gap() -> None:
    place = feed_of(10)
    place.items = [replace(item, id="same", html=f"No. {item.title}") for item in place.items]
    with Web(place) as web:
        reader = Reader(web.url("/feed"))
        reader.look()
        place.items += [replace(feed_item(n), id="same", html=f"No. {n}") for n in range(11, 51)]
        reader.look()
        assert len(reader.losses) == 1
        place.items += [replace(feed_item(51), id="same")] * 2
        reader.look()
    assert len(reader.losses) == 1


def test_an_answer_that_was_cut_short_is_no_gap_and_hides_none() -> None:
    """Its end is missing, and with it perhaps what is known; the next answer is judged."""
    place = feed_of(10)

    def cut_short(asked: Asked) -> Reply | RawReply:
        told = place(asked)
        assert isinstance(told, Reply)
        return replace(told, body=told.body[: told.body.index(b"post-12")])

    with Web(place) as web:
        reader = stopped_for(place, web, 5)
        web.script = cut_short
        reader.look()
        assert reader.losses == []
        place.items += [feed_item(number) for number in range(16, 40)]
        web.script = place
        reader.look()
    (loss,) = reader.losses
    assert loss.after_at == feed_item(10).published_at


def test_a_log_in_goes_to_older_pages_of_its_own_host_only() -> None:
    place = feed_of(10, paging="next")
    with Web(place) as web:
        reader = stopped_for(place, web, 15)
        reader.credential = Credential.model_validate({"username": "me", "password": "secret"})
        reader.look()
        assert all("authorization" in asked.headers for asked in web.log[-2:])
        with Web(lambda asked: Reply(302, headers={"Location": web.url(asked.path)})) as before:
            del web.log[:]
            elsewhere = Reader(before.url("/feed"), credential=reader.credential)
            elsewhere.look()
    assert [asked.path for asked in web.log] == ["/feed", "/feed?paged=2", "/feed?paged=3"]
    assert all("authorization" not in asked.headers for asked in web.log)


def entry(name: str, minutes: int | None) -> RawPost:
    at = None if minutes is None else NOON + timedelta(minutes=minutes)
    return RawPost(remote_id=name, body=name, published_at=at)


KNOWN = [entry("a", -10), entry("b", 0)]
ORDERS: list[tuple[str, list[RawPost], bool]] = [
    ("the last one is known", [entry("d", 2), entry("c", 1), entry("b", 0)], True),
    ("oldest first", [entry("b", 0), entry("c", 1), entry("d", 2)], True),
    ("none is known", [entry("d", 2), entry("c", 1)], False),
    ("a pinned one", [entry("a", -10), entry("e", 9), entry("d", 8), entry("c", 7)], False),
    ("one brought up again", [entry("e", 9), entry("a", -10), entry("d", 8), entry("c", 7)], False),
    ("older than all", [entry("d", 2), entry("z", -20)], True),
    ("no times", [entry("d", None), entry("a", None), entry("c", None)], True),
    ("no times, none known", [entry("d", None), entry("c", None)], False),
    ("in no order", [entry("c", 1), entry("a", -10), entry("e", 9), entry("d", 5)], True),
    ("most are known", [entry("a", -10), entry("b", 0), entry("c", 3)], True),
    ("all of the second that is known", [entry("d", 0), entry("c", 0)], False),
    ("most of the day that is known", [entry("d", 0), entry("b", 0), entry("x", 0)], True),
    ("nothing", [], False),
]


@pytest.mark.parametrize(
    ("page", "met"), [case[1:] for case in ORDERS], ids=[case[0] for case in ORDERS]
)
def test_a_page_meets_what_is_known_at_its_older_end(page: list[RawPost], met: bool) -> None:
    assert meets(page, known=frozenset(anchors(KNOWN)), newest_at=NOON) is met


def test_where_only_a_time_is_known_what_was_written_then_is_known_too() -> None:
    """A place's own interface was read before it closed; its feed names entries otherwise."""
    page = [entry("under another name", 0)]
    assert meets(page, known=frozenset(), newest_at=NOON)
    assert not meets([entry("new", 1)], known=frozenset(), newest_at=NOON)


@given(st.lists(st.lists(st.integers(0, 60), max_size=4), max_size=30), st.booleans())
def test_no_chain_of_pages_is_followed_for_ever(pages: list[list[int]], first: bool) -> None:
    back: Back | str = Back(
        url="http://a.example/f",
        until=[] if first else ["known"],
        at=NOON.isoformat(),
    )
    steps = 0
    while not isinstance(back, str):
        page = pages[steps % len(pages)] if pages else []
        told = [entry(str(number), None) for number in page]
        back = following(back, told, older=f"http://a.example/{steps}", now=NOON)
        steps += 1
    assert steps <= MAX_PAGES


def test_a_page_is_asked_for_as_the_one_that_names_it() -> None:
    assert with_scheme_of("https://a.org/f", "http://A.org/f?p=2#x") == "https://A.org/f?p=2"
    assert with_scheme_of("https://a.org/f", "https://a.org:444/f") is None
