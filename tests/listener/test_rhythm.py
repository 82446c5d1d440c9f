"""Each place finds its own pace, a burst hurries it and its neighbours, and none is starved."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.database import reading, transaction
from config.ground import Ground
from config.settings import Credential
from listener import crawl as crawling
from listener import store
from listener.pacing import store_pacing
from listener.tables import Quota, SourceState
from responders.workspace import open_client
from tests.conftest import NOON
from tests.listener.installation import at, crawl, declare, posts, rows, source, watch
from tests.places.feeds import FeedPlace, feed_item, feed_web
from tests.places.web import Asked, RawReply, Reply, Web

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RSS = b"<rss version='2.0'><channel><title>x</title>%s<item><guid>1</guid></item></channel></rss>"


def wait(ground: Ground, now: datetime, name: str = "blog") -> float:
    """Return after how many minutes a source is due, its own tenth left out."""
    due_at = source(ground, name).next_due_at
    assert due_at is not None
    return (due_at - now) / MINUTE


def about(minutes: float) -> Any:
    return pytest.approx(minutes, rel=0.11)


def test_a_place_is_asked_often_after_news_and_ever_less_in_silence(ground: Ground) -> None:
    place, web = feed_web(feed_item(1))
    with web:
        watch(ground, declare(ground), web.url("/feed"))
        crawl(ground)
        assert wait(ground, NOON) == about(5)
        for hours, minutes in ((1, 15), (2, 30), (60, 30)):
            crawl(at(ground, NOON + hours * HOUR), everything=True)
            assert wait(ground, NOON + hours * HOUR) == about(minutes)
        place.items.append(feed_item(2))
        crawl(at(ground, NOON + 61 * HOUR), everything=True)
        assert wait(ground, NOON + 61 * HOUR) == about(5)
    row = source(ground)
    assert row.last_new_at == NOON + 61 * HOUR
    assert row.usual_pause_s == 60.0


def test_a_busy_place_keeps_its_pace_between_two_posts(ground: Ground) -> None:
    hours = [f"Tue, 12 May 2026 {hour:02}:00:00 GMT" for hour in range(12)]
    items = "".join(
        f"<item><guid>{n}</guid><title>T{n}</title><pubDate>{date}</pubDate></item>"
        for n, date in enumerate(hours)
    )
    body = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    with Web(lambda asked: Reply(body=body)) as web:
        watch(ground, declare(ground), web.url("/feed"))
        crawl(ground)
        crawl(at(ground, NOON + 2 * HOUR), everything=True)
    assert source(ground).usual_pause_s == 3600.0
    assert wait(ground, NOON + 2 * HOUR) == about((60 + 12) / 4)


@pytest.mark.parametrize(
    ("head", "headers", "minutes"),
    [
        (b"<ttl>20</ttl>", {}, 20),
        (b"<ttl>600</ttl>", {}, 30),
        (b"<ttl>1</ttl>", {}, 5),
        (b"", {"Cache-Control": "max-age=720"}, 12),
        (b"<skipHours><hour>12</hour></skipHours>", {}, 30),
    ],
)
def test_what_a_publisher_asks_for_lengthens_the_pause_also_when_nothing_is_new(
    ground: Ground, head: bytes, headers: Mapping[str, str], minutes: float
) -> None:
    def script(asked: Asked) -> Reply:
        known = asked.headers.get("if-none-match") == '"a"'
        body = b"" if known else RSS % head
        return Reply(304 if known else 200, body, {**headers, "ETag": '"a"'})

    with Web(script) as web:
        watch(ground, declare(ground), web.url("/feed"))
        crawl(ground)
        assert wait(ground, NOON) == about(minutes)
        crawl(at(ground, NOON + MINUTE), everything=True)
        assert len(web.log) == 2
        assert wait(ground, NOON + MINUTE) == about(minutes)


def test_a_burst_hurries_a_place_and_its_neighbours_for_a_while(ground: Ground) -> None:
    _, web = feed_web(feed_item(1))
    with web:
        product, other = declare(ground), declare(ground, "mossnote")
        here = watch(ground, product, web.url("/feed"), "here")
        watch(ground, product, web.url("/feed?2"), "beside")
        watch(ground, other, web.url("/feed?3"), "elsewhere")
        crawl(ground)
        hurry(ground, here, NOON + MINUTE, until=NOON + 10 * MINUTE)
        looks = crawl(at(ground, NOON + MINUTE))
        assert sorted(look.source for look in looks) == ["beside", "here"]
        assert wait(ground, NOON + MINUTE, "beside") == about(2)
        crawl(at(ground, NOON + 10 * MINUTE), everything=True)
    assert wait(ground, NOON + 10 * MINUTE, "beside") >= 4.5


def test_a_later_burst_never_ends_an_earlier_one_sooner(ground: Ground) -> None:
    found = watch(ground, declare(ground), "u")
    hurry(ground, found, NOON, until=NOON + HOUR)
    hurry(ground, found, NOON, until=NOON + MINUTE)
    assert source(ground).sooner_until == NOON + HOUR


def test_a_burst_breaks_no_silence_that_was_asked_for_and_hurries_none_that_fails(
    ground: Ground,
) -> None:
    busy = Reply(429, headers={"Retry-After": "3600"})
    with Web(lambda asked: busy) as one, Web(lambda asked: Reply(500)) as other:
        product = declare(ground)
        here = watch(ground, product, one.url("/feed"), "asked")
        watch(ground, product, other.url("/feed"), "failing")
        crawl(ground)
        due_at = source(ground, "failing").next_due_at
        hurry(ground, here, NOON + MINUTE, until=NOON + HOUR)
        assert crawl(at(ground, NOON + 2 * MINUTE)) == []
        assert source(ground, "failing").next_due_at == due_at
        assert len(one.log) == len(other.log) == 1


def test_a_pass_that_has_no_time_for_all_begins_with_the_longest_overdue(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five sources of one host, and time for one look a pass: none is looked at twice before."""
    monkeypatch.setattr(crawling, "PASS_S", 0.0)
    _, web = feed_web(feed_item(1))
    seen: list[str] = []
    with web:
        product = declare(ground)
        for number in range(5):
            watch(ground, product, web.url(f"/feed?{number}"), f"s{number}")
        for turn in range(10):  # every pass finds all five due
            looks = crawl(at(ground, NOON + turn * HOUR))
            assert len(looks) == 1
            seen += [look.source for look in looks]
    assert sorted(seen[:5]) == sorted(seen[5:]) == ["s0", "s1", "s2", "s3", "s4"]


def test_a_person_who_asks_for_everything_gets_it_however_long_it_takes(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawling, "PASS_S", 0.0)
    _, web = feed_web(feed_item(1))
    with web:
        product = declare(ground)
        for number in range(3):
            watch(ground, product, web.url(f"/feed?{number}"), f"s{number}")
        assert len(crawl(ground, everything=True)) == 3


def test_each_look_counts_what_it_asked_that_day(ground: Ground) -> None:
    _, web = feed_web(feed_item(1))
    with web, Web(lambda asked: Reply(500)) as other:
        product = declare(ground)
        watch(ground, product, web.url("/feed"))
        watch(ground, product, other.url("/feed"), "failing")
        for minutes in (0, 60, 120):
            crawl(at(ground, NOON + minutes * MINUTE), everything=True)
        assert [source(ground, name).requests for name in ("blog", "failing")] == [3, 3]
        crawl(at(ground, NOON + 12 * HOUR), everything=True)
    assert [source(ground, name).requests for name in ("blog", "failing")] == [1, 1]
    assert source(ground, "failing").failing_since == NOON


def test_two_sources_of_one_credential_share_its_quota_and_another_has_its_own(
    ground: Ground,
) -> None:
    place = FeedPlace([feed_item(1)])

    def script(asked: Asked) -> Reply | RawReply:
        told = place(asked)
        assert isinstance(told, Reply)
        left = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "600"}
        return replace(told, headers={**told.headers, **left})

    keys = {name: Credential() for name in ("ours", "theirs")}
    ground = replace(ground, settings=ground.settings.model_copy(update={"credentials": keys}))
    with Web(script) as web:
        product, other = declare(ground), declare(ground, "mossnote")
        watch(ground, product, web.url("/feed?1"), "first", credential="ours")
        watch(ground, other, web.url("/feed?2"), "second", credential="ours")
        watch(ground, product, web.url("/feed?3"), "third", credential="theirs")
        crawl(ground)
        assert [asked.path for asked in web.log] == ["/feed?1", "/feed?3"]
        assert source(ground, "second").state is SourceState.RATE_LIMITED
        assert source(ground, "second").retry_after_at == NOON + 10 * MINUTE
        assert {(row.credential, row.remaining) for row in rows(ground, Quota)} == {
            ("ours", 0.0),
            ("theirs", 0.0),
        }
        crawl(at(ground, NOON + 9 * MINUTE), everything=True)
        assert len(web.log) == 2
        crawl(at(ground, NOON + 11 * MINUTE), everything=True)
        assert len(web.log) == 4
    assert len(posts(ground)) == 3  # each source gave its one


def test_a_crawl_delay_that_we_know_of_is_kept_between_the_looks_at_a_host(
    ground: Ground,
) -> None:
    waited: list[float] = []
    _, web = feed_web(feed_item(1))
    with web:
        product = declare(ground)
        for number in range(3):
            watch(ground, product, web.url(f"/feed?{number}"), f"s{number}")
        with transaction(ground.engine) as session:
            store_pacing.slow_host(session, web.host_port, 20.0)
        client = open_client(ground)
        client._pacing._sleep = waited.append  # nobody waits in a test
        crawling.crawl_due(ground, client)
    assert len(waited) == 2
    assert all(10 < seconds <= 20 for seconds in waited)


def hurry(ground: Ground, source_id: int, now: datetime, *, until: datetime) -> None:
    with transaction(ground.engine) as session:
        store.poll_sooner(session, source_id, until, now=now)
    with reading(ground.engine) as session:
        assert store.sources(session)
