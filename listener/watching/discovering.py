"""From any address to the sources behind it, the best first.

A forum or a blog gives more by its own interface than by its feeds, so that comes first. Only
kinds that are there are proposed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from config import plugins
from config.errors import GroundswellError, PermanentError
from config.http_client import PoliteClient, Response
from listener.discovery import Page
from listener.pacing.page_manners import ask_robots, looks_like_feed
from listener.platforms.discourse_topics import forum_root, scope_of
from listener.platforms.wordpress_roots import base_of_root
from listener.reading.feed_reading import Document
from listener.reading.parsing import shared_workers
from listener.watching.opml import without_feed_scheme

SOURCES: Final = "listener.sources"
COMMON_PATHS: Final = (
    "feed/", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json", "comments/feed/",
)  # fmt: skip
"""Where feeds stand that no page names, the usual ones first."""
MAX_FEEDS: Final = 10


@dataclass(frozen=True)
class Offer:
    """One source that an address leads to."""

    kind: str
    url: str
    why: str


def kinds_by_address(url: str) -> list[str]:
    """Return the kinds that know an address by its looks alone."""
    try:
        urlsplit(url)
    except ValueError:  # half an IPv6 bracket, say: fetching finds the words for it
        return []
    found = []
    for kind in plugins.names(SOURCES):
        recognises = getattr(plugins.load(SOURCES, kind), "recognises", None)
        if recognises is not None and recognises(url):
            found.append(kind)
    return found


def discover(client: PoliteClient, url: str, *, timeout_s: float) -> list[Offer]:
    """Return what an address leads to, the best first.

    Args:
        client: the polite client.
        url: any page of a site, or a feed.
        timeout_s: how long taking one answer apart may take.

    Raises:
        TransientError, PermanentError: the address cannot be fetched, or its site lets no programs
            read that page, and no feed stands at a usual place.
    """
    url = without_feed_scheme(url)
    known = [Offer(kind, url, "its address says so") for kind in kinds_by_address(url)]
    if known:
        return known
    if not looks_like_feed(url):
        try:
            ask_robots(client, url, instead="give the address of its feed")
        except PermanentError:
            if feeds := feeds_at_common_paths(client, url, timeout_s=timeout_s):
                return feeds
            raise
    answer = client.get(url, accept="text/html, application/xml;q=0.9, */*;q=0.5")
    offers = offers_of(answer, timeout_s=timeout_s)
    if not any(offer.kind == "feed" for offer in offers):
        offers += feeds_at_common_paths(client, answer.final_url, timeout_s=timeout_s)
    return offers


def offers_of(answer: Response, *, timeout_s: float) -> list[Offer]:
    """Return what an answer offers: by the software of its page, then by the feeds it names."""
    document = _document(answer, timeout_s)
    if document is None:
        return []
    if document.kind == "feed":
        return [Offer("feed", answer.final_url, "it is a feed")]
    page = document.page or Page("page", "", ())
    there = frozenset(plugins.names(SOURCES))
    offers = [offer for offer in _by_software(page, answer) if offer.kind in there]
    return offers + [Offer("feed", feed, _named(feed)) for feed in page.feeds[:MAX_FEEDS]]


def _named(feed: str) -> str:
    return f"the page names this feed{' of comments' * _is_of_comments(feed)}"


def _by_software(page: Page, answer: Response) -> Iterator[Offer]:
    told = answer.headers.get("link", "")
    if page.discourse:
        forum = forum_root(answer.final_url)
        if scope := scope_of(answer.final_url):
            why = "the page is a category or tag of a Discourse forum"
            yield Offer("discourse", f"{forum}{scope}", why)
        yield Offer("discourse", f"{forum}/", "the page is made by Discourse")
    if page.wordpress is not None or "https://api.w.org/" in told:
        base = base_of_root(page.wordpress or "", answer)
        yield Offer("wordpress", base, "the page is made by WordPress")
    if page.mastodon:
        yield Offer("mastodon", answer.final_url, "the page is made by Mastodon")


def feeds_at_common_paths(client: PoliteClient, url: str, *, timeout_s: float) -> list[Offer]:
    """Look where feeds usually stand; of those for articles the first that is there is enough."""
    found: list[Offer] = []
    for path in COMMON_PATHS:
        of_comments = _is_of_comments(path)
        if found and not of_comments:
            continue
        address = urljoin(url, f"/{path}")
        try:
            answer = client.get(address)
        except GroundswellError:
            continue
        document = _document(answer, timeout_s) if answer.status == 200 else None
        if document is not None and document.kind == "feed":
            why = "comments stand at a usual place" if of_comments else "it stands at a usual place"
            if answer.final_url not in {offer.url for offer in found}:
                found.append(Offer("feed", answer.final_url, why))
    return found


def _is_of_comments(address: str) -> bool:
    return "comments" in address.lower()


def _document(answer: Response, timeout_s: float) -> Document | None:
    try:
        return shared_workers().read_feed(
            answer.body,
            url=answer.final_url,
            content_type=answer.headers.get("content-type", ""),
            max_items=1,
            timeout_s=timeout_s,
        )
    except GroundswellError:  # it is taken for nothing that can be watched
        return None
