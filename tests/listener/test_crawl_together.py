"""The crawl beside others: products side by side, an operator who changes a source meanwhile."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.database import transaction
from config.ground import Ground
from config.settings import Settings
from listener import side_by_side, store_batch
from listener.watching import declaring
from listener.watching.declaring import DeclaredSource
from tests.conftest import NOON
from tests.listener.installation import at, crawl, declare, posts, source, watch
from tests.places.feeds import FeedPlace, feed_item, feed_web
from tests.places.web import Asked, RawReply, Reply, Web

MOVED = DeclaredSource(
    name="blog", kind="discourse", url="https://new.example/", product="fernsync"
)
HEAD_START_S = 0.5
"""How long one of two writers may run alone; the other waits for a lock or has gone ahead."""


def test_products_are_heard_side_by_side(ground: Ground) -> None:
    """Each place answers only once the other is asked as well."""
    together = threading.Barrier(2, timeout=30)
    place = FeedPlace([feed_item(1)])

    def answer(asked: Asked) -> Reply | RawReply:
        try:
            together.wait()
        except threading.BrokenBarrierError:
            return Reply(500)
        return place(asked)

    with Web(answer) as one, Web(answer) as other:
        watch(ground, declare(ground, "fernsync"), one.url("/feed"), "one")
        watch(ground, declare(ground, "mossnote"), other.url("/feed"), "other")
        looks = crawl(ground)

    assert [(look.source, look.new) for look in looks] == [("one", 1), ("other", 1)]
    assert len({post.product_id for post in posts(ground)}) == 2


def test_more_hostile_places_than_workers_delay_no_other(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They answer nothing until the good place is asked, which is declared after them."""
    monkeypatch.setattr(side_by_side, "MOMENT_S", 0.05)
    monkeypatch.setattr(side_by_side, "ASKED_S", 0.05)
    ground = replace(ground, settings=_with_workers(ground, 2))
    heard, place = threading.Event(), FeedPlace([feed_item(1)])

    def drip(asked: Asked) -> Reply | RawReply:
        return place(asked) if heard.wait(timeout=30) else Reply(500)

    def good(asked: Asked) -> Reply | RawReply:
        heard.set()
        return place(asked)

    with ExitStack() as places:
        product = declare(ground)
        for number in range(5):
            web = places.enter_context(Web(drip))
            watch(ground, product, web.url("/feed"), f"slow {number}")
        watch(ground, product, places.enter_context(Web(good)).url("/feed"), "good")
        looks = crawl(ground)

    assert {look.source: look.state for look in looks}["good"] == "ok"
    assert {look.state for look in looks} == {"ok"}


def _with_workers(ground: Ground, workers: int) -> Settings:
    listen = ground.settings.listen.model_copy(update={"workers": workers})
    return ground.settings.model_copy(update={"listen": listen})


def test_an_address_changed_while_posts_are_written_has_the_last_word(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = store_batch.save_posts
    threads: list[threading.Thread] = []

    def save_slowly(*given: Any, **named: Any) -> store_batch.Stored:
        threads.append(_beside(lambda: _apply(ground)))
        return save(*given, **named)

    place, web = feed_web(feed_item(1))
    with web:
        watch(ground, declare(ground), web.url("/feed"))
        crawl(ground)
        place.items.append(feed_item(2))
        monkeypatch.setattr(store_batch, "save_posts", save_slowly)
        crawl(at(ground, NOON + timedelta(hours=1)))
        threads[0].join()

    row = source(ground)
    assert (row.url, row.cursor, row.state) == (MOVED.url, {}, "new")
    assert (row.first_heard_at, row.next_due_at) == (None, None)


def test_posts_that_come_while_an_address_is_changed_leave_no_cursor(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_anew = declaring._begin_anew  # the moment between reading and writing
    threads: list[threading.Thread] = []

    def begin_slowly(row: Any) -> None:
        threads.append(_beside(lambda: crawl(ground)))
        begin_anew(row)

    _, web = feed_web(feed_item(1))
    with web:
        watch(ground, declare(ground), web.url("/feed"))
        monkeypatch.setattr(declaring, "_begin_anew", begin_slowly)
        _apply(ground)
        threads[0].join()

    row = source(ground)
    assert (row.url, row.cursor, row.first_heard_at) == (MOVED.url, {}, None)


def _apply(ground: Ground) -> None:
    with transaction(ground.engine) as session:
        declaring.apply_source(session, MOVED, now=NOON)


def _beside(act: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=act)
    thread.start()
    thread.join(HEAD_START_S)
    return thread
