"""The listener's queries: what is due, what is found, and what a removal leaves."""

from datetime import timedelta
from typing import Any

import pytest

from config.database import reading, transaction
from config.ground import Ground
from listener import store
from listener.health import Diagnosis
from listener.sources.base import Batch, Loss
from listener.store import Wanted
from listener.tables import Gap, Post, PostKey, Source, SourceState, Thread
from tests.conftest import NOON
from tests.listener.installation import declare, rows, source, watch

SECOND = timedelta(seconds=1)


def add_post(ground: Ground, source_id: int, number: int, **more: Any) -> int:
    values: dict[str, Any] = {
        "product_id": rows(ground, Source)[0].product_id,
        "source_id": source_id,
        "identity": str(number),
        "remote_id": str(number),
        "published_at": NOON + timedelta(minutes=number),
        "seen_at": NOON,
        "content_hash": "x",
        "text": f"Number {number}",
    } | more
    with transaction(ground.engine) as session:
        row = Post(**values)
        session.add(row)
        session.flush()
        return row.id or 0


def due(ground: Ground, **more: Any) -> list[str]:
    with reading(ground.engine) as session:
        return [row.name for row in store.due_sources(session, now=NOON, **more)]


def test_the_longest_overdue_come_first_and_new_ones_before_all(ground: Ground) -> None:
    product = declare(ground)
    watch(ground, product, "a", "soon", next_due_at=NOON + SECOND)
    watch(ground, product, "b", "just due", next_due_at=NOON)
    watch(ground, product, "c", "new")
    watch(ground, product, "d", "overdue", next_due_at=NOON - SECOND)
    watch(ground, product, "e", "off", enabled=False)
    watch(ground, product, "f", "asked to wait", retry_after_at=NOON + SECOND)
    watch(ground, product, "g", "waited", retry_after_at=NOON, next_due_at=NOON - 2 * SECOND)

    assert due(ground) == ["new", "waited", "overdue", "just due"]
    assert due(ground, everything=True) == ["new", "waited", "overdue", "just due", "soon"]


def test_a_name_goes_before_an_address(ground: Ground) -> None:
    product = declare(ground)
    watch(ground, product, "https://b.example/", "a")
    watch(ground, product, "https://a.example/", "https://b.example/")

    with reading(ground.engine) as session:
        by_name = store.source_known_as(session, "https://b.example/")
        by_address = store.source_known_as(session, "https://a.example/")

        assert store.source_named(session, "https://a.example/") is None
        assert store.source_known_as(session, "nothing") is None
    assert by_name is not None
    assert by_address is not None
    assert by_name.url == by_address.url == "https://a.example/"


def test_an_answer_ends_every_trouble(ground: Ground) -> None:
    trouble: dict[str, Any] = {"failures": 3, "state": SourceState.FAILING, "reason": "x"}
    found = watch(ground, declare(ground), "u", failing_since=NOON - SECOND, **trouble)

    with transaction(ground.engine) as session:
        store.heard(session, found, Batch((), {"a": 1}), now=NOON, next_due_at=NOON + SECOND)

    row = source(ground)
    assert (row.failures, row.cursor, row.state) == (0, {"a": 1}, SourceState.EMPTY)
    assert row.first_heard_at == row.last_heard_at == NOON
    assert row.failing_since is None


def test_a_miss_keeps_the_cursor_and_what_was_heard(ground: Ground) -> None:
    found = watch(ground, declare(ground), "u", cursor={"a": 1}, last_heard_at=NOON)

    with transaction(ground.engine) as session:
        slow = Diagnosis(SourceState.TIMED_OUT, "slow")
        store.missed(session, found, slow, now=NOON, next_due_at=NOON)
        store.missed(session, found, slow, now=NOON + SECOND, next_due_at=NOON)

    row = source(ground)
    assert (row.failures, row.cursor, row.state) == (2, {"a": 1}, SourceState.TIMED_OUT)
    assert (row.last_heard_at, row.retry_after_at, row.enabled) == (NOON, None, True)
    assert row.failing_since == NOON


def test_a_source_that_gave_nothing_is_removed_with_all_that_hung_on_it(ground: Ground) -> None:
    found = watch(ground, declare(ground), "u")
    with transaction(ground.engine) as session:
        store.add_gap(session, found, Loss("lost"), now=NOON)
        session.add(Thread(source_id=found, remote_id="t"))
    with transaction(ground.engine) as session:
        assert store.remove_source(session, session.get_one(Source, found))

    for table in (Source, Thread, Gap, PostKey):
        assert rows(ground, table) == []


def test_the_posts_of_a_removed_source_stay(ground: Ground) -> None:
    found = watch(ground, declare(ground), "u")
    add_post(ground, found, 1)

    with transaction(ground.engine) as session:
        assert not store.remove_source(session, session.get_one(Source, found))

    assert not source(ground).enabled
    assert len(rows(ground, Post)) == 1


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(), [1, 2, 3]),
        (Wanted(source="blog"), [1, 2, 3]),
        (Wanted(source="other"), []),
        (Wanted(text="NUMBER 2"), [2]),
        (Wanted(text="100% sure"), [3]),
        (Wanted(text="0_"), []),
        (Wanted(since=NOON + timedelta(minutes=2)), [2, 3]),
        (Wanted(ids=[]), []),
        (Wanted(text="number", since=NOON + timedelta(minutes=2)), [2]),
    ],
)
def test_posts_are_found_by_all_that_is_wanted(
    ground: Ground, wanted: Wanted, numbers: list[int]
) -> None:
    found = watch(ground, declare(ground), "u")
    add_post(ground, found, 2)
    add_post(ground, found, 1)
    add_post(ground, found, 3, text="", title="100% Sure")

    with reading(ground.engine) as session:
        listed = [int(post.remote_id) for post in store.posts(session, wanted)]
        newest = [int(post.remote_id) for post in store.posts(session, wanted, limit=2)]

        assert store.count_posts(session, wanted) == len(numbers)
    assert listed == numbers
    assert newest == numbers[-2:]


def test_languages_are_counted_without_what_was_erased(ground: Ground) -> None:
    found = watch(ground, declare(ground), "u")
    for number, lang in enumerate(["en", "en", "de", None]):
        add_post(ground, found, number, lang=lang)
    add_post(ground, found, 9, lang="de", erased_at=NOON)

    with reading(ground.engine) as session:
        assert store.languages(session) == {"en": 2, "de": 1, None: 1}
        assert store.languages(session, product_id=4711) == {}


def test_a_host_rests_until_the_moment_it_named(ground: Ground) -> None:
    with transaction(ground.engine) as session:
        store.rest_host(session, "a.example", until=NOON)
        store.rest_host(session, "a.example", until=NOON + SECOND)
    with reading(ground.engine) as session:
        assert store.hosts_resting(session, now=NOON) == {"a.example": NOON + SECOND}
        assert store.hosts_resting(session, now=NOON + SECOND) == {}
