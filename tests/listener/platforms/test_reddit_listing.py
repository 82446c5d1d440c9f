"""Which addresses are listings of Reddit's."""

import pytest

from listener.platforms.reddit_listing import listing_of
from listener.sources.reddit import recognises


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://www.reddit.com/r/fernsync", "r/fernsync/new"),
        ("https://www.reddit.com/r/fernsync/", "r/fernsync/new"),
        ("https://old.reddit.com/r/a+b/new/", "r/a+b/new"),
        ("https://reddit.com/r/fernsync/comments/", "r/fernsync/comments"),
        ("https://www.reddit.com/r/fernsync/search?q=x", "r/fernsync/search"),
        ("https://www.reddit.com/search/?q=fernsync", "search"),
        ("https://www.reddit.com/user/some_one-else", "user/some_one-else/overview"),
    ],
)
def test_addresses_of_listings_are_recognised(url: str, path: str) -> None:
    assert listing_of(url)[0] == path
    assert recognises(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.reddit.com/",
        "https://www.reddit.com/search",
        "https://www.reddit.com/r/fernsync/comments/abc/a_post/",
        "https://www.reddit.com/r/fernsync/new/.rss",
        "https://reddit.com.evil.example/r/fernsync",
        "https://blog.example/r/fernsync",
        "not an address",
    ],
)
def test_other_addresses_are_not(url: str) -> None:
    assert not recognises(url)
