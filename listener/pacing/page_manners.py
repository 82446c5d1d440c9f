"""Before the first page of a host is read: may programs, and how much time do they leave it?

Feeds and the interfaces of forums are made for programs and are not asked about; whoever is about
to fetch a page made for people asks here first.
"""

import re
from typing import Final
from urllib.parse import urlsplit

from config.addresses import parse_url
from config.errors import PermanentError, TransientError
from config.http_client import PoliteClient
from listener.answers import shown_address
from listener.pacing.robots import read_robots

_FEED: Final = re.compile(r"(?:feed|rss|atom|rdf|xml|json)(?:[0-9.]*)/?", re.IGNORECASE)
# WordPress without pretty addresses, Joomla, phpBB and others that were taught by them.
_ASKED: Final = re.compile(
    r"(?:^|&)(?:feed=[a-z]|(?:format|type|output|mode|action)=(?:feed|rss|atom|rdf|xml|json))",
    re.IGNORECASE,
)


def looks_like_feed(url: str) -> bool:
    """Tell whether the last word of an address, or a parameter of it, is that of a feed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    words = re.split(r"[/._-]", parts.path.rstrip("/"))
    return _FEED.fullmatch(words[-1]) is not None or _ASKED.search(parts.query) is not None


def ask_robots(client: PoliteClient, url: str, *, instead: str) -> float | None:
    """Return if robots.txt lets us read a page, with the seconds it asks for between two requests.

    They hold from the next answer of the host on.

    Args:
        client: the polite client.
        url: the page.
        instead: what a person can do where it may not be read.

    Raises:
        RefusedAddress: it is none of the web.
        PermanentError: it may not be read.
        TransientError: robots.txt cannot be had just now, which counts as a no.
    """
    parse_url(url)  # else what is refused would be an address of robots.txt that nobody wrote
    parts = urlsplit(url)
    where = f"{parts.scheme}://{parts.netloc}/robots.txt"
    answer = client.get(where, accept="text/plain")
    if answer.status >= 500 or answer.status == 429:
        raise TransientError(f"{where} answers {answer.status}: try again later, or {instead}")
    if answer.status != 200:
        return None
    robots = read_robots(answer.body.decode("utf-8", "replace"), agent=client.agent)
    if not robots.allows(url):
        raise PermanentError(f"{where} does not let programs read {shown_address(url)}: {instead}")
    client.slow_down(url, robots.delay_s)
    return robots.delay_s
