"""robots.txt is understood as RFC 9309 says, also by those who write it to cost time."""

import time

import pytest

from listener.pacing.robots import LONGEST_DELAY_S, read_robots

FILE = """
User-agent: Other
Disallow: /

User-agent: groundswell
User-Agent: fern
Disallow: /private   # not this
Allow: /private/faq
Disallow: /*.pdf$
Disallow: /search?

user-agent: *
disallow: /x
"""


def allowed(text: str, path: str, agent: str = "Groundswell") -> bool:
    return read_robots(text, agent=agent).allows(f"https://a.org{path}")


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/", True),
        ("/private", False),
        ("/private/faq/1", True),
        ("/%70rivate", False),
        ("/a/b.pdf", False),
        ("/a/b.pdf?x", True),
        ("/search?q=1", False),
        ("/search", True),
        ("/x", True),
    ],
)
def test_the_longest_pattern_that_fits_decides(path: str, may: bool) -> None:
    assert allowed(FILE, path) is may


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("", True),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /", False),
        ("\ufeffUser-agent: *\r\nDisallow: /p", False),
        ("Disallow: /", True),
        ("User-agent: Groundswell/2\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: *\nDisallow: /p\nAllow: /p", True),
        ("User-agent: *\nDisallow: /\nUser-agent: groundswell\nDisallow: /other", True),
        ("<html>not found</html>", True),
        ("User-agent: *\nDisallow: /p$", True),
        ("User-agent: *\nDisallow: /*e*$", False),
        ("User-agent: *\nDisallow: *", False),
    ],
)
def test_a_file_is_read_as_it_was_meant(text: str, may: bool) -> None:
    assert allowed(text, "/page") is may


def test_a_hostile_file_costs_no_time() -> None:
    text = "User-agent: *\n" + ("Disallow: /" + "*a" * 3000 + "\n") * 80
    path = "/" + "a" * 5000
    began = time.monotonic()
    assert allowed(text, path) is True
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("text", "delay_s"),
    [
        ("User-agent: *\nCrawl-delay: 5", 5),
        ("User-agent: *\ncrawl-delay: 2.5 # please\nDisallow: /x", 2.5),
        ("User-agent: *\nCrawl-delay: 86400", LONGEST_DELAY_S),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: *\nCrawl-delay: -1", None),
        ("User-agent: *\nDisallow: /x", None),
        ("Crawl-delay: 5", None),
        ("User-agent: other\nCrawl-delay: 20\n\nUser-agent: *\nCrawl-delay: 3", 3),
        ("User-agent: groundswell\nCrawl-delay: 1\nUser-agent: *\nCrawl-delay: 9", 1),
        ("User-agent: *\nCrawl-delay: 1\nUser-agent: *\nCrawl-delay: 9", 9),
    ],
)
def test_a_crawl_delay_is_honoured_up_to_half_a_minute(text: str, delay_s: float | None) -> None:
    assert read_robots(text, agent="Groundswell").delay_s == delay_s
