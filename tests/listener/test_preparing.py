"""Who counts as staff, what is history and what is ours: the rules before anything is written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.preparing import (
    LATEST_FUTURE,
    LONGEST_ID,
    Rules,
    believed,
    is_caught_up,
    language_code,
    prepare,
    storable_text,
    thread_of,
)
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
    ("first", "last", "caught_up"),
    [
        (None, None, True),
        (NOW - DAY * 9, NOW - DAY, False),
        (NOW - DAY * 9, NOW - DAY - timedelta(seconds=1), True),
        (NOW - DAY, NOW + DAY, False),
    ],
)
def test_a_look_after_a_stop_as_long_as_history_catches_up(
    first: datetime | None, last: datetime | None, caught_up: bool
) -> None:
    assert is_caught_up(first, last, history=DAY, now=NOW) is caught_up


@pytest.mark.parametrize("published_at", [None, NOW + timedelta(days=3650)])
@pytest.mark.parametrize("first_fetch", [True, False])
def test_a_post_without_a_time_that_holds_is_history_at_the_first_look(
    published_at: datetime | None, first_fetch: bool
) -> None:
    post = raw(published_at=published_at)

    (ready,) = prepare([post], ["x"], rules(first_fetch=first_fetch), now=NOW)

    assert ready.backfill is first_fetch


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("de", "de"),
        ("en-US", "en"),
        ("PT_br", "pt"),
        (" zh-Hans-CN ", "zh"),
        ("fil", "fil"),
        ("English", None),
        ("x", None),
        ("ſs", None),
        ("-", None),
        ("", None),
        (None, None),
    ],
)
def test_of_a_language_tag_the_language_is_kept(told: str | None, code: str | None) -> None:
    assert language_code(told) == code


def test_a_language_that_is_none_is_found_out() -> None:
    odd, plain = prepare(
        [raw("1", lang="klingon"), raw("2", lang="de-DE")], ["x", "y"], rules(), now=NOW
    )

    assert (odd.lang, plain.lang) == ("en", "de")


@pytest.mark.parametrize("field", ["remote_id", "thread_id", "url"])
def test_a_thread_of_any_length_has_a_short_id_of_its_own(field: str) -> None:
    def thread_id(told: str) -> str:
        return thread_of(replace(raw(""), **values(told))).remote_id

    def values(told: str) -> dict[str, Any]:
        return {field: told}

    longest = "i" * LONGEST_ID

    assert thread_id(longest) == longest
    assert len(thread_id(longest + "1")) < 100
    assert thread_id(longest + "1") == thread_id(longest + "1") != thread_id(longest + "2")


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
    url = f"https://x.example/{poison}"
    bad = raw(poison, title=poison, url=url, author_name=poison, thread_id=poison)

    (post,) = prepare([bad], [poison], rules(), now=NOW)

    stored = (post.title, post.author, post.item.text, post.thread.remote_id)
    assert set(stored) == {"a?"}
    assert post.item.raw.url == "https://x.example/a?"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/posts/7", "7", "https://[", "", None])
def test_a_link_that_leads_nowhere_on_the_web_is_none(url: str | None) -> None:
    (post,) = prepare([raw("1", url=url, thread_url=url)], ["x"], rules(), now=NOW)

    assert (post.item.raw.url, post.thread.url) == (None, None)
