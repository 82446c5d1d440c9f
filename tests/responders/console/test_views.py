"""From rows to what the templates print."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.console.views import link_to, marked, public_name, utc


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


def test_times_are_printed_with_their_zone_and_never_as_ages() -> None:
    assert utc(datetime(2026, 5, 2, 9, 5, tzinfo=UTC)) == "09:05 UTC, 2 May 2026"


def test_a_source_named_by_its_address_shows_the_public_its_host_only() -> None:
    assert public_name("forum") == "forum"
    assert public_name("https://forum.example:8443/feed?token=hush") == "forum.example"
    assert public_name("http://[broken?token=hush") == "a place"
