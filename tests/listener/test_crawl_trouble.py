"""The crawl pass in trouble: whatever one place or one post does, the others are heard."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from config import leases
from config.clock import SystemClock
from config.database import transaction
from config.ground import Ground
from config.tables import Lease
from listener.platforms.feed_following import READER
from listener.tables import HostState, Source, SourceState
from tests.conftest import NOON
from tests.listener.installation import at, crawl, declare, posts, rows, source, watch
from tests.places.feeds import FeedPlace, feed_item, feed_web
from tests.places.web import Asked, Reply, Web

HOUR = timedelta(hours=1)
LATER = NOON + HOUR


@pytest.fixture
def blog(ground: Ground) -> Iterator[FeedPlace]:
    """A feed of two posts, watched as "blog" for the product fernsync."""
    place, web = feed_web(feed_item(1, "Sync hangs."), feed_item(2, "Works for me."))
    with web:
        watch(ground, declare(ground), web.url("/feed"))
        yield place


def test_a_source_that_breaks_leaves_the_others_alone(ground: Ground, blog: FeedPlace) -> None:
    product = rows(ground, Source)[0].product_id
    watch(ground, product, "http://127.0.0.1:1/feed", "closed")
    watch(ground, product, "http://10.0.0.1/feed", "private")
    # A cursor nobody could have written: the plug-in breaks over it in its own way.
    unreadable = {"full_at": "never", "reader": READER, "etag": "x"}
    watch(ground, product, "http://127.0.0.1:1/", "broken", cursor=unreadable)
    watch(ground, product, "http://127.0.0.1:1/", "unknown", kind="telegraph")
    watch(ground, product, "http://127.0.0.1:1/", "keyless", credential="nobody")

    looks = {look.source: look for look in crawl(ground)}

    assert looks["blog"].new == 2
    states = {name: look.state.value for name, look in looks.items()}
    assert states == {
        "blog": "ok",
        "closed": "unreachable",
        "private": "refused",
        "broken": "failing",
        "unknown": "failing",
        "keyless": "failing",
    }
    assert "the log has the details" in source(ground, "broken").reason
    assert "[credentials.nobody]" in source(ground, "keyless").reason
    assert source(ground, "closed").failures == 1
    assert source(ground, "closed").next_due_at is not None


def test_a_source_removed_during_the_look_leaves_the_others_alone(
    ground: Ground, blog: FeedPlace
) -> None:
    product = rows(ground, Source)[0].product_id
    web = Web(lambda _asked: _removing(ground, "doomed"))
    with web:
        watch(ground, product, web.url("/feed"), "doomed")

        looks = {look.source: look for look in crawl(ground)}

    assert looks["blog"].new == 2
    assert "changed or removed" in looks["doomed"].reason
    assert [row.name for row in rows(ground, Source)] == ["blog"]


def test_an_address_changed_during_the_look_gets_no_cursor_of_the_old_one(ground: Ground) -> None:
    place = FeedPlace([feed_item(1)])

    def move_and_answer(asked: Asked) -> Reply:
        _set(ground, url="http://127.0.0.1:1/elsewhere", cursor={})
        answer = place(asked)
        assert isinstance(answer, Reply)
        return answer

    with Web(move_and_answer) as web:
        watch(ground, declare(ground), web.url("/feed"))
        crawl(ground)

    assert source(ground).cursor == {}
    assert source(ground).state is SourceState.NEW
    assert posts(ground) == []


def test_a_place_that_is_gone_is_never_asked_again(ground: Ground) -> None:
    with Web(lambda _asked: Reply(410)) as web:
        watch(ground, declare(ground), web.url("/feed"))
        crawl(ground)
        crawl(at(ground, NOON + timedelta(days=30)), everything=True)

        assert len(web.log) == 1
    assert source(ground).state is SourceState.GONE
    assert not source(ground).enabled


@pytest.mark.parametrize("everything", [False, True])
def test_retry_after_holds_the_whole_host_back(ground: Ground, everything: bool) -> None:
    busy = Reply(429, headers={"Retry-After": "7200"})
    with Web(lambda _asked: busy) as web:
        product = declare(ground)
        watch(ground, product, web.url("/a"), "a")
        crawl(ground)
        watch(ground, product, web.url("/b"), "b")
        assert crawl(at(ground, NOON + timedelta(minutes=119)), everything=everything) == []
        assert len(web.log) == 1

        crawl(at(ground, NOON + timedelta(minutes=121)), everything=everything)
        assert len(web.log) == 2
    (host,) = rows(ground, HostState)
    assert host.host == web.host_port


def test_a_clock_that_was_a_year_ahead_silences_nobody_once_it_is_right(ground: Ground) -> None:
    busy, place = Reply(429, headers={"Retry-After": "3600"}), FeedPlace([feed_item(1)])
    is_busy = True
    with Web(place) as well, Web(lambda asked: busy if is_busy else place(asked)) as limited:
        product = declare(ground)
        watch(ground, product, well.url("/feed"))
        watch(ground, product, limited.url("/feed"), "limited")
        crawl(at(ground, NOON + timedelta(days=365)))
        is_busy = False
        looks = crawl(ground)
        assert {look.source: look.state.value for look in looks} == {"blog": "ok", "limited": "ok"}
        assert crawl(ground) == [], "both are due as anybody is"


def test_a_host_that_asks_for_silence_gets_it_in_the_same_pass(ground: Ground) -> None:
    ground = _with(ground, workers=1)
    busy = Reply(503, headers={"Retry-After": "600"})
    with Web(lambda _asked: busy) as web:
        product = declare(ground)
        for name in ("a", "b", "c"):
            watch(ground, product, web.url(f"/{name}"), name)

        looks = crawl(ground)

        assert len(web.log) == 1
    assert [look.state.value for look in looks] == ["rate_limited", "new", "new"]
    assert source(ground, "b").failures == 0


def test_a_host_rests_as_long_as_it_asked_however_long_a_source_of_it_fails(
    ground: Ground,
) -> None:
    place = FeedPlace([feed_item(1)])
    busy = Reply(503, headers={"Retry-After": "5"})
    with Web(lambda asked: busy if asked.path == "/bad" else place(asked)) as web:
        product = declare(ground)
        watch(ground, product, web.url("/bad"), "bad", failures=5)
        watch(ground, product, web.url("/feed"), next_due_at=NOON)
        crawl(ground)
        (look,) = crawl(at(ground, NOON + timedelta(seconds=5)))

    (host,) = rows(ground, HostState)
    bad = source(ground, "bad")
    assert (look.source, look.new) == ("blog", 1)
    assert host.retry_after_at == bad.retry_after_at == NOON + timedelta(seconds=5)
    assert bad.next_due_at is not None
    assert bad.next_due_at > NOON + HOUR


def test_failures_in_a_row_are_looked_at_less_and_less_and_a_success_ends_that(
    ground: Ground,
) -> None:
    replies = [Reply(500), Reply(500), Reply(500)]
    place = FeedPlace([feed_item(1)])
    with Web(lambda asked: replies.pop() if replies else place(asked)) as web:
        watch(ground, declare(ground), web.url("/feed"))
        waits = []
        for _ in range(3):
            crawl(ground, everything=True)
            due_at = source(ground).next_due_at
            assert due_at is not None
            waits.append(due_at - NOON)
        crawl(ground, everything=True)

    assert waits == sorted(set(waits))
    assert source(ground).failures == 0
    assert source(ground).reason == ""


def test_while_another_process_crawls_nothing_is_fetched_here(ground: Ground) -> None:
    place, web = feed_web(feed_item(1))
    with web:
        product = declare(ground)
        watch(ground, product, web.url("/feed"))
        name, clock = f"crawl:{product}", SystemClock()
        held = leases.acquire(ground.engine, name, holder="elsewhere:1:aa", clock=clock)
        assert held is not None

        assert crawl(ground) == []
        assert web.log == []

        leases.release(ground.engine, held, clock=clock)
        assert crawl(ground)[0].new == 1
    assert place.items


def test_who_lost_the_lease_during_a_look_writes_nothing(ground: Ground) -> None:
    place = FeedPlace([feed_item(1)])

    def be_overtaken(asked: Asked) -> Reply:
        with transaction(ground.engine) as session:
            lease = session.get_one(Lease, f"crawl:{product}")
            lease.holder, lease.number = "elsewhere:1:aa", lease.number + 1
            session.add(lease)
        answer = place(asked)
        assert isinstance(answer, Reply)
        return answer

    with Web(be_overtaken) as web:
        product = declare(ground)
        watch(ground, product, web.url("/feed"))
        (look,) = crawl(ground)

    assert "another process" in look.reason
    assert posts(ground) == []
    assert source(ground).cursor == {}
    assert source(ground).failures == 0


def test_poison_in_every_field_holds_up_no_other_post(ground: Ground, tmp_path: Path) -> None:
    poison = "a\x00b\ud800c\u202e"
    lines = [
        {"id": poison, "text": poison, "title": poison, "author": poison, "url": poison},
        {"id": "long", "text": "word " * 20_000, "ts": "9999-12-31T23:59:59Z"},
        {"id": "empty", "text": "x", "ts": "0001-01-01T00:00:00Z", "thread": poison},
        {"id": "fine", "text": "Sync hangs."},
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    (tmp_path / "file.jsonl").write_text(text + "\n", encoding="utf-8")
    watch(ground, declare(ground), "file.jsonl", kind="records")

    crawl(ground)

    assert "fine" in {post.remote_id for post in posts(ground)}
    assert source(ground).state is SourceState.OK


def test_a_post_with_an_endless_id_holds_up_no_other_post(ground: Ground) -> None:
    """PostgreSQL refuses long index rows; noise, for it would squeeze a plain repetition."""
    noise = random.Random(1).randbytes(3_000).hex()
    items = [{"id": "1", "content_text": "fine"}, {"id": noise, "content_text": "poison"}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": items}
    with Web(lambda _asked: Reply(body=json.dumps(feed).encode())) as web:
        watch(ground, declare(ground), web.url("/feed"))
        (look,) = crawl(ground)

    assert (look.new, look.reason) == (2, "")


def test_a_store_that_refuses_twice_is_no_end_of_the_pass(ground: Ground, blog: FeedPlace) -> None:
    """Neither the posts nor the note of the miss can be written; the next pass does it."""

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE source"):
            raise IntegrityError(statement, None, RuntimeError("disk full"))

    event.listen(ground.engine, "before_cursor_execute", fail)
    (look,) = crawl(ground)
    event.remove(ground.engine, "before_cursor_execute", fail)

    assert look.new == 0
    assert crawl(ground)[0].new == 2


def _removing(ground: Ground, name: str) -> Reply:
    with transaction(ground.engine) as session:
        session.delete(session.merge(source(ground, name)))
    return Reply(500)


def _set(ground: Ground, name: str = "blog", **values: object) -> None:
    with transaction(ground.engine) as session:
        row = session.merge(source(ground, name))
        for key, value in values.items():
            setattr(row, key, value)


def _with(ground: Ground, **listen: object) -> Ground:
    knobs = ground.settings.listen.model_copy(update=listen)
    return replace(ground, settings=ground.settings.model_copy(update={"listen": knobs}))
