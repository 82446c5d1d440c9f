"""Who counts as staff, what is history and what is ours: the rules before anything is written."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.preparing import LATEST_FUTURE, Rules, believed, prepare, storable_text
from listener.query import compile_query
from listener.sources.base import RawPost

NOW = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


def rules(**more: Any) -> Rules:
    given_rules: dict[str, Any] = {
        "query": compile_query(""),
        "staff": frozenset({"ada"}),
        "bots": frozenset({"robo"}),
        "pseudonym": lambda author: f"p:{author}",
        "detect_language": lambda _text: "en",
        "history": DAY,
        "first_fetch": True,
    }
    return Rules(**given_rules | more)


def raw(remote_id: str = "1", **more: Any) -> RawPost:
    return RawPost(remote_id=remote_id, body="", **more)


@pytest.mark.parametrize(
    ("published_at", "expected"),
    [
        (None, NOW),
        (NOW - DAY, NOW - DAY),
        (NOW + LATEST_FUTURE, NOW),
        (NOW + timedelta(days=3650), NOW),
        (datetime(9999, 12, 31, tzinfo=UTC), NOW),
        (datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_no_post_was_written_after_it_was_heard(
    published_at: datetime | None, expected: datetime
) -> None:
    assert believed(published_at, now=NOW) == expected


@pytest.mark.parametrize(
    ("age", "first_fetch", "all_history", "backfill"),
    [
        (DAY + timedelta(seconds=1), True, False, True),
        (DAY, True, False, False),
        (DAY * 300, False, False, False),
        (timedelta(), False, True, True),
        (DAY * 300, True, True, True),
    ],
)
def test_history_is_what_was_old_at_the_first_look(
    age: timedelta, first_fetch: bool, all_history: bool, backfill: bool
) -> None:
    rule = rules(first_fetch=first_fetch, all_history=all_history)

    (post,) = prepare([raw(published_at=NOW - age)], ["x"], rule, now=NOW)

    assert post.backfill is backfill


@pytest.mark.parametrize(
    ("name", "said", "role"),
    [
        ("ADA", None, "staff"),
        ("Robo", None, "bot"),
        ("Eve", None, None),
        (None, None, None),
        ("Eve", "staff", "staff"),
        ("ada", "bot", "bot"),
    ],
)
def test_the_sources_word_on_a_role_goes_before_ours(
    name: str | None, said: str | None, role: str | None
) -> None:
    (post,) = prepare([raw(author_name=name, role=said)], ["x"], rules(), now=NOW)

    assert post.role == role


def test_a_reply_is_ours_when_its_thread_names_the_product() -> None:
    query = rules(query=compile_query("fernsync"))
    about = raw("1", thread_title="FernSync hangs")
    other = raw("2", thread_title="Weather")

    ready = prepare([about, other], ["same here", "rain"], query, now=NOW)

    assert {post.item.raw.remote_id: post.relevant for post in ready} == {"1": True, "2": False}


def test_who_has_no_name_has_no_pseudonym() -> None:
    nobody, somebody = prepare(
        [raw("1"), raw("2", author_id="7", author_name="Eve")], ["x", "y"], rules(), now=NOW
    )

    assert (nobody.author, nobody.author_key) == (None, None)
    assert (somebody.author, somebody.author_key) == ("Eve", "p:7")


def test_posts_come_out_the_oldest_first() -> None:
    late, early = raw("1", published_at=NOW), raw("2", published_at=NOW - DAY)

    ready = prepare([late, early], ["x", "y"], rules(), now=NOW)

    assert [post.item.raw.remote_id for post in ready] == ["2", "1"]


@given(st.text(alphabet=st.characters()))
def test_what_is_stored_any_database_takes(text: str) -> None:
    stored = storable_text(text)

    assert "\x00" not in stored
    assert stored.encode("utf-8").decode("utf-8") == stored
    assert storable_text(stored) == stored


def test_ordinary_text_is_stored_as_it_stands() -> None:
    assert storable_text("Grüße 🎉\n\tإلى اللقاء") == "Grüße 🎉\n\tإلى اللقاء"


def test_half_a_character_spoils_no_field() -> None:
    poison = "a\x00\ud800"
    bad = raw(poison, title=poison, url=poison, author_name=poison, thread_id=poison)

    (post,) = prepare([bad], [poison], rules(), now=NOW)

    stored = (post.title, post.author, post.item.text, post.item.raw.url, post.thread.remote_id)
    assert set(stored) == {"a?"}
