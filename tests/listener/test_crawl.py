"""The crawl pass over real feeds, forums and files: what is stored, and what never is."""

import json
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
from listener.sources.feed import READER
from listener.store import product_named
from listener.tables import Gap, HostState, Post, PostKey, Revision, Source, SourceState
from tests.conftest import NOON
from tests.listener.installation import at, crawl, declare, posts, rows, source, watch
from tests.places.discourse import Forum, forum_post
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


def test_a_first_look_stores_posts_cursor_and_state(ground: Ground, blog: FeedPlace) -> None:
    (look,) = crawl(ground)

    assert (look.new, look.revised, look.state) == (2, 0, SourceState.OK)
    assert [post.text for post in posts(ground)] == ["Sync hangs.", "Works for me."]
    row = source(ground)
    assert row.cursor["etag"]
    assert row.state is SourceState.OK
    assert row.first_heard_at == row.last_heard_at == NOON
    assert row.next_due_at is not None
    assert timedelta(minutes=4.5) <= row.next_due_at - NOON <= timedelta(minutes=5.5)


@pytest.mark.parametrize("forget", [False, True])
def test_a_second_look_at_the_same_posts_changes_nothing(
    ground: Ground, blog: FeedPlace, forget: bool
) -> None:
    crawl(ground)
    before = [post.model_dump() for post in posts(ground)]
    if forget:  # as if the feed had no validators
        _set(ground, cursor={})

    (look,) = crawl(at(ground, LATER))

    assert (look.new, look.revised) == (0, 0)
    assert [post.model_dump() for post in posts(ground)] == before
    assert rows(ground, Revision) == []


def test_what_is_not_due_is_left_alone_unless_everything_is_wanted(
    ground: Ground, blog: FeedPlace
) -> None:
    crawl(ground)

    assert crawl(ground) == []
    assert [look.source for look in crawl(ground, everything=True)] == ["blog"]
    assert crawl(ground, everything=True, only="another") == []


def test_an_edit_becomes_a_revision_and_keeps_the_old_text(ground: Ground, blog: FeedPlace) -> None:
    crawl(ground)
    blog.items[0] = replace(blog.items[0], html="Sync hangs. EDIT: solved.")

    (look,) = crawl(at(ground, LATER))

    assert (look.new, look.revised) == (0, 1)
    (old,) = rows(ground, Revision)
    assert (old.revision, old.text) == (1, "Sync hangs.")
    post = posts(ground)[0]
    assert (post.revision, post.text) == (2, "Sync hangs. EDIT: solved.")
    assert post.seen_at == NOON


def test_an_erased_post_does_not_come_back_with_an_edit(ground: Ground, blog: FeedPlace) -> None:
    crawl(ground)
    with transaction(ground.engine) as session:
        post = session.get_one(Post, posts(ground)[0].id)
        post.text, post.title, post.author, post.erased_at = "", None, None, NOON
        session.add(post)
    blog.items[0] = replace(blog.items[0], html="Sync hangs, says Ada.")

    crawl(at(ground, LATER))

    assert posts(ground)[0].text == ""
    assert rows(ground, Revision) == []


@pytest.mark.parametrize("table", ["postkey", "source"])
def test_posts_and_cursor_are_written_together_or_not_at_all(
    ground: Ground, blog: FeedPlace, table: str
) -> None:
    """Break the transaction at the keys of the posts, then at the cursor."""

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith((f"INSERT INTO {table}", f"UPDATE {table}")) and broken:
            broken.pop()
            raise RuntimeError("killed here")

    broken = [True]
    event.listen(ground.engine, "before_cursor_execute", fail)
    crawl(ground)
    event.remove(ground.engine, "before_cursor_execute", fail)

    assert broken == []
    assert posts(ground) == []
    assert rows(ground, PostKey) == []
    assert source(ground).cursor == {}
    (look,) = crawl(at(ground, LATER))
    assert look.new == 2


def test_only_old_posts_of_the_first_look_are_history(ground: Ground, blog: FeedPlace) -> None:
    old, young = NOON - timedelta(hours=25), NOON - timedelta(hours=23)
    blog.items[:] = [
        replace(feed_item(1), published_at=old),
        replace(feed_item(2), published_at=young),
    ]
    crawl(ground)
    blog.items.append(replace(feed_item(3), published_at=old))
    crawl(at(ground, LATER))

    assert [post.backfill for post in posts(ground)] == [True, False, False]


def test_a_first_look_of_many_pages_is_history_to_its_last_page(
    ground: Ground, tmp_path: Path
) -> None:
    """A kill between two pages must not turn the rest of the history into news."""
    _records(tmp_path, 6, published="2026-01-01T00:00:00Z")
    ground = _with(ground, max_items=2)
    watch(ground, declare(ground), "file.jsonl", kind="records")
    written: list[int] = []

    def stop_after_one_page(_session: object, _connection: object, instance: Source) -> None:
        written.append(1)
        if len(written) == 2:
            raise KeyboardInterrupt

    event.listen(Source, "before_update", stop_after_one_page)
    with pytest.raises(KeyboardInterrupt):
        crawl(ground)
    event.remove(Source, "before_update", stop_after_one_page)
    assert len(posts(ground)) == 2

    crawl(at(ground, LATER))

    assert [post.backfill for post in posts(ground)] == [True] * 6
    assert source(ground).first_heard_at == LATER


def test_pages_are_followed_to_their_end(ground: Ground, tmp_path: Path) -> None:
    _records(tmp_path, 7)
    ground = _with(ground, max_items=2)
    watch(ground, declare(ground), "file.jsonl", kind="records")

    (look,) = crawl(ground)

    assert look.new == 7
    assert crawl(ground, everything=True)[0].new == 0


def test_what_could_not_be_had_becomes_a_gap(ground: Ground, tmp_path: Path) -> None:
    (tmp_path / "file.jsonl").write_text('{"id": 1, "text": "a"}\nnonsense\n', encoding="utf-8")
    watch(ground, declare(ground), "file.jsonl", kind="records")

    crawl(ground)

    (gap,) = rows(ground, Gap)
    assert "line 2" in gap.reason
    assert gap.found_at == NOON
    assert len(posts(ground)) == 1


def test_a_time_that_cannot_be_believed_is_the_time_of_the_look(
    ground: Ground, blog: FeedPlace
) -> None:
    blog.items[:] = [
        replace(feed_item(1), published_at=NOON + timedelta(days=400)),
        replace(feed_item(2), published_at=NOON.replace(year=2006)),
    ]

    crawl(ground)

    assert sorted(post.published_at for post in posts(ground)) == [NOON.replace(year=2006), NOON]


def test_the_product_says_who_is_staff_who_a_bot_and_what_is_ours(
    ground: Ground, blog: FeedPlace
) -> None:
    with transaction(ground.engine) as session:
        product = product_named(session, "fernsync")
        assert product is not None
        product.staff, product.bots, product.query = ["AUTHOR1"], ["author2"], "hangs"
        session.add(product)

    crawl(ground)

    assert [post.role for post in posts(ground)] == ["staff", "bot"]
    assert [post.relevant for post in posts(ground)] == [True, False]


def test_an_author_is_counted_by_a_pseudonym_of_the_place(ground: Ground, blog: FeedPlace) -> None:
    crawl(ground)

    first = posts(ground)[0]
    assert first.author == "author1"
    assert first.author_key is not None
    assert len(first.author_key) == 32


def test_the_same_item_at_two_places_is_two_posts(ground: Ground) -> None:
    place, web = feed_web(feed_item(1))
    with web:
        product = declare(ground)
        watch(ground, product, web.url("/feed"), "one")
        watch(ground, product, web.url("/feed?two"), "two")

        assert [look.new for look in crawl(ground)] == [1, 1]
        assert [look.new for look in crawl(ground, everything=True)] == [0, 0]

    one, two = posts(ground)
    assert one.source_id != two.source_id
    assert one.author_key != two.author_key
    assert place.items


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


def test_an_empty_place_is_told_from_a_quiet_one(ground: Ground, blog: FeedPlace) -> None:
    product = rows(ground, Source)[0].product_id
    place, web = feed_web()
    with web:
        watch(ground, product, web.url("/feed"), "empty")
        crawl(ground)
        crawl(at(ground, LATER))

    assert source(ground, "empty").state is SourceState.EMPTY
    assert "no post yet" in source(ground, "empty").reason
    assert source(ground, "blog").state is SourceState.OK
    assert place.items == []


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


def test_a_forum_is_heard_to_its_first_post_and_then_only_for_what_is_new(ground: Ground) -> None:
    forum = Forum([forum_post(number, f"Number {number} hangs.") for number in range(1, 121)])
    with Web(forum) as web:
        watch(ground, declare(ground), web.url(), "forum", kind="discourse")

        assert crawl(ground)[0].new == 120
        forum.posts.append(forum_post(121, "And one more."))
        assert crawl(at(ground, LATER))[0].new == 1
        assert crawl(at(ground, LATER + HOUR))[0].new == 0

    assert len({post.thread_id for post in posts(ground)}) == 1


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


def _records(folder: Path, count: int, published: str = "2026-05-12T11:00:00Z") -> None:
    lines = [
        json.dumps({"id": number, "ts": published, "text": f"Post number {number} hangs."})
        for number in range(count)
    ]
    (folder / "file.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
