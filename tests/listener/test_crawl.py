"""The crawl pass over real feeds, forums and files: what is stored, and what never is."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from config.database import transaction
from config.ground import Ground
from listener.store import product_named
from listener.tables import Gap, Post, PostKey, Revision, Source, SourceState
from tests.conftest import NOON
from tests.listener.installation import at, crawl, declare, posts, rows, source, watch
from tests.places.discourse import Forum, forum_post
from tests.places.feeds import FeedPlace, feed_item, feed_web
from tests.places.web import Web

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


def test_a_look_that_takes_too_long_goes_on_in_the_next_pass(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _records(tmp_path, 5)
    ground = _with(ground, max_items=2)
    watch(ground, declare(ground), "file.jsonl", kind="records")
    monkeypatch.setattr("listener.crawl.LOOK_S", 0)

    found = [look.new for _ in range(4) for look in crawl(ground)]

    assert found == [2, 2, 1]


def test_who_asks_for_everything_at_once_gets_it_however_busy_the_machine_is(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _records(tmp_path, 50)
    ground = _with(ground, max_items=2)
    watch(ground, declare(ground), "file.jsonl", kind="records")
    monkeypatch.setattr("listener.crawl.LOOK_S", 0)

    assert [look.new for look in crawl(ground, everything=True)] == [50]


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


def test_a_forum_is_heard_to_its_first_post_and_then_only_for_what_is_new(ground: Ground) -> None:
    forum = Forum([forum_post(number, f"Number {number} hangs.") for number in range(1, 121)])
    with Web(forum) as web:
        watch(ground, declare(ground), web.url(), "forum", kind="discourse")

        assert crawl(ground)[0].new == 120
        forum.posts.append(forum_post(121, "And one more."))
        assert crawl(at(ground, LATER))[0].new == 1
        assert crawl(at(ground, LATER + HOUR))[0].new == 0

    assert len({post.thread_id for post in posts(ground)}) == 1


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
