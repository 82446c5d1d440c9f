"""Strangers' words made harmless."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from responders.delivery.inert import (
    MARK,
    MAX_MARKS_IN_A_ROW,
    cut,
    discord_text,
    plain,
    quoted,
    redacted,
    web_link,
)

unhurried = settings(deadline=None)  # a busy machine is no reason to fail

FAMILY = "👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\r\nc\td", "a b c d"),
        ("fixed \u202egnp.exe\u202c \u2066x\u2069", "fixed gnp.exe x"),
        ("pass\u200bword\ufeff", "password"),
        ("a\x00b\x1b[31m", "a b [31m"),
        ("bad \ud800 half", "bad \ufffd half"),
        ("whole \ud83d\ude21 pair", "whole 😡 pair"),
        ("\ufffe\uffff", "\ufffd\ufffd"),
        ("c" + "\u0300" * 50, "c" + "\u0300" * MAX_MARKS_IN_A_ROW),
        (FAMILY, FAMILY),
        ("\u06cc\u200c\u06a9", "\u06cc\u200c\u06a9"),
        ("e\u0301", "é"),
    ],
)
def test_only_characters_that_show_themselves_are_left(text: str, shown: str) -> None:
    assert plain(text).startswith(unicodedata.normalize("NFC", shown)[:4])
    assert len(plain(text)) <= len(shown) + 3


@unhurried
@given(text=st.text())
def test_plain_text_is_one_line_and_stays_as_it_is(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert len(once.splitlines()) <= 1
    assert once.encode().decode() == once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mail jo.doe@example.com now", "mail [address] now"),
        ("call +1 202-555-0143 now", "call [number] now"),
        ("card 4111 1111 1111 1111", "card [number]"),
        ("since 2026-11-28 15:30 UTC", "since 2026-11-28 15:30 UTC"),
        ("call 2026-555-0143-99 now", "call [number] now"),
        ("key sk_live_0000000000000000", "key [key]"),
        ("see https://evil.example/x?y=1 now", "see [link] now"),
        ("see www.evil.example now", "see [link] now"),
        ("x javascript:alert(1)", "x [link]"),
        ("href=//evil.example/x.css now", "href=[link] now"),
        ("since 6.2.0 at 12:30, 40 routes, 2026", "since 6.2.0 at 12:30, 40 routes, 2026"),
    ],
)
def test_private_data_and_links_do_not_travel(text: str, shown: str) -> None:
    assert redacted(text) == shown


@unhurried
@given(text=st.text(max_size=200), limit=st.integers(1, 100))
def test_a_cut_text_fits_and_begins_like_the_whole(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert text.startswith(short.removesuffix(MARK)) or short == text


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abcd ef", 5, "abcd…"),
        ("abc", 3, "abc"),
        ("the app hangs", 10, "the app…"),
        ("cafe\u0301 open", 5, "caf…"),
        ("ab" + FAMILY, 5, "ab…"),
        ("ab🇩🇪🇫🇷", 4, "ab…"),
    ],
)
def test_a_text_is_cut_between_characters_as_people_see_them(
    text: str, limit: int, shown: str
) -> None:
    assert cut(text, limit) == shown


@unhurried
@given(text=st.text(max_size=200))
def test_no_mention_survives_and_no_text_doubles_more_than_once(text: str) -> None:
    made = discord_text(f"@everyone {text} <@1>")
    assert "@everyone" not in made
    assert "<@1>" not in made
    assert len(discord_text(text)) <= 2 * len(text)


def test_a_quote_is_cut_after_private_data_went() -> None:
    assert quoted("mail jo.doe@example.com " + "x" * 100, 20) == "mail [address]…"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://forum.example/t/1?p=2#3", "https://forum.example/t/1?p=2#3"),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"),
        ("https://forum.example/a<b>)", "https://forum.example/a%3Cb%3E%29"),
        ("https://forum.example/ü", "https://forum.example/%C3%BC"),
        ("javascript:alert(1)", None),
        ("https://ok.example@evil.example/", None),
        ("https://ok.example/\r\nx", None),
        ("https://[::1", None),
        ("https://" + "x" * 500, None),
        (None, None),
    ],
)
def test_only_honest_addresses_are_links(url: str | None, link: str | None) -> None:
    assert web_link(url) == link
