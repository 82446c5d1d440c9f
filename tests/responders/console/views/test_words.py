"""The words, times and links of every page."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.console.views.words import (
    age,
    clock,
    duration,
    initials,
    left,
    link_to,
    marked,
    one_line,
    public_name,
    utc,
)

NOW = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "phrases", "pieces"),
    [
        ("plain", [], [("plain", False)]),
        ("The tray stays locked", ["stays locked"], [("The tray ", False), ("stays locked", True)]),
        ("GREY and grey", ["grey"], [("GREY", True), (" and ", False), ("grey", True)]),
        ("stay grey", ["grey", "stay grey"], [("stay grey", True)]),
        ("greyer", ["grey"], [("greyer", False)]),
        ("a.b", ["."], [("a.b", False)]),
        ("none", [" ", ""], [("none", False)]),
    ],
)
def test_the_words_an_issue_is_about_are_marked(
    text: str, phrases: list[str], pieces: list[tuple[str, bool]]
) -> None:
    assert marked(text, phrases) == pieces


@given(st.text(), st.lists(st.text(), max_size=4))
def test_marking_never_changes_what_was_said(text: str, phrases: list[str]) -> None:
    assert "".join(piece for piece, _ in marked(text, phrases)) == text


@pytest.mark.parametrize(
    "url", [None, "", "javascript:alert(1)", "data:text/html,x", "//host", "http://", "http://[::1"]
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert link_to(url) is None


def test_a_link_is_named_by_its_host() -> None:
    link = link_to("https://user:pw@Forum.example:8443/t/1?a=<b>")
    assert link is not None
    assert link.host == "forum.example"


def test_a_time_in_full_has_its_zone_and_its_day() -> None:
    assert utc(datetime(2026, 5, 2, 9, 5, tzinfo=UTC)) == "09:05 UTC, 2 May 2026"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW - timedelta(hours=3), "09:00 UTC"),
        (NOW + timedelta(days=1), "Wed 13 May, 12:00 UTC"),
        (NOW - timedelta(days=365), "Mon 12 May 2025, 12:00 UTC"),
    ],
)
def test_a_time_names_its_day_only_where_it_is_another_one(moment: datetime, words: str) -> None:
    assert clock(moment, NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (-5, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (11_700, "3 h"),
        (172_800, "2 d"),
    ],
)
def test_a_length_of_time_is_told_in_its_largest_unit(seconds: int, words: str) -> None:
    assert duration(timedelta(seconds=seconds)) == words


def test_a_promise_says_what_is_left_or_how_late_it_is() -> None:
    assert left(NOW + timedelta(minutes=48), NOW) == "in 48 min"
    assert left(NOW - timedelta(minutes=6), NOW) == "overdue by 6 min"
    assert age(NOW - timedelta(seconds=20), NOW) == "now"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("ines okafor", "IO"), ("ruth", "RU"), ("", "?"), ("a.b_c", "AC"), ("***", "?")],
)
def test_a_person_is_two_letters(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_row_is_one_line() -> None:
    assert one_line("a\n b\t c") == "a b c"
    assert len(one_line("x" * 1000)) == 160


def test_a_source_named_by_its_address_shows_the_public_its_host_only() -> None:
    assert public_name("forum") == "forum"
    assert public_name("https://forum.example:8443/feed?token=hush") == "forum.example"
    assert public_name("http://[broken?token=hush") == "a place"
