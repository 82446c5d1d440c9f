"""Addresses of tickets and repositories, as people write them."""

import pytest

from config.errors import SettingsError
from responders.oncall.tickets.tracker import repository_in, ticket_in

GITHUB = "https://api.github.com"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("acme/app", "acme/app"),
        (" https://github.com/acme/app.git ", "acme/app"),
        ("https://github.com/acme/.github/", "acme/.github"),
    ],
)
def test_a_repository_is_named_in_a_word_or_by_its_address(text: str, name: str) -> None:
    assert repository_in(text) == name


@pytest.mark.parametrize("text", ["", "acme", "acme/app/x", "../app", "acme/..", "a b/c", "a/b?x#"])
def test_what_is_none_is_refused(text: str) -> None:
    if text == "a/b?x#":
        assert repository_in(text) == "a/b"
        return
    with pytest.raises(SettingsError, match="owner/name"):
        repository_in(text)


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://github.com/acme/app/issues/7", GITHUB),
        ("https://www.github.com/acme/app/issues/7/", GITHUB),
        ("https://github.com/acme/app/issues/7#issuecomment-1", GITHUB),
        ("https://git.acme.example/acme/app/issues/7", "https://git.acme.example/api/v3"),
    ],
)
def test_a_ticket_is_named_by_its_address(url: str, api: str) -> None:
    assert ticket_in(url, api) == ("acme/app", 7)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/app/pull/7",
        "https://github.com/acme/app/issues",
        "https://github.com/acme/app/issues/0",
        "https://github.com/acme/../issues/7",
        "https://evil.example/acme/app/issues/7",
        "https://github.com.evil.example/acme/app/issues/7",
        "javascript:https://github.com/acme/app/issues/7",
        "https://[github.com/acme/app/issues/7",
        "7",
    ],
)
def test_anything_else_is_no_ticket_of_that_tracker(url: str) -> None:
    with pytest.raises(SettingsError, match="is no ticket there"):
        ticket_in(url, GITHUB)
