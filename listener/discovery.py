"""Say what a web page is when a feed was expected, and which feeds it offers.

Pure; it runs in the worker that can be killed. An operator who gave the address of a blog should
read "it offers this feed", not "parse error".
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from selectolax.lexbor import LexborHTMLParser

from listener.cleaning import page_tree, web_address

PageKind = Literal["page", "log-in", "challenge", "parked"]

MAX_OFFERS: Final = 10
_FEED_TYPES: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
# Titles and marks of the pages that stand between a reader and a site.
_CHALLENGE: Final = re.compile(
    r"<title>\s*(?:just a moment|attention required|checking your browser|ddos-guard|one moment, "
    r"please|access denied|human verification|security check|making sure you(?:'|&#0?39;|&#x27;)re "
    r"not a bot|vercel security checkpoint)"
    r"|cf[-_]chl|challenge-platform|_incapsula_|enable javascript and cookies|verify you are "
    r"(?:a )?human|are you a robot|captcha-delivery|px-captcha|"
    r"anubis_challenge|awswafcookie",
    re.IGNORECASE,
)
_PARKED: Final = re.compile(
    r"parked domain|domain (?:is )?(?:for sale|parked|has expired)|buy this domain|"
    r"sedoparking|parkingcrew|this domain (?:may be|is) for sale",
    re.IGNORECASE,
)
_FORUM: Final = re.compile(r"<meta[^>]{0,40}generator[^>]{0,40}discourse", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """What a web page turned out to be."""

    kind: PageKind
    title: str
    feeds: tuple[str, ...]
    """The feeds that it offers, absolute, in its order."""
    discourse: bool = False
    wordpress: str | None = None
    """Where the page says that the REST interface of its WordPress stands."""
    mastodon: bool = False


def recognise_page(html: str, *, url: str) -> Page:
    """Return what the page is."""
    tree = page_tree(html)
    base = tree.css_first("base[href]")
    base_url = web_address(base.attributes.get("href"), url) if base is not None else None
    feeds: dict[str, None] = {}
    for link in tree.css("link[rel][href]"):
        attributes = link.attributes
        named = (attributes.get("type") or "").split(";")[0].strip().lower() in _FEED_TYPES
        if named and "alternate" in (attributes.get("rel") or "").lower().split():
            address = web_address(attributes.get("href"), base_url or url)
            if address:
                feeds.setdefault(address)
    title = tree.css_first("title")
    return Page(
        kind=_kind(html[:100_000], has_password=tree.css_first("input[type=password]") is not None),
        title=" ".join(title.text().split())[:200] if title is not None else "",
        feeds=tuple(feeds)[:MAX_OFFERS],
        discourse=_FORUM.search(html[:100_000]) is not None,
        wordpress=_interface(tree, base_url or url),
        mastodon=tree.css_first("#mastodon, #mastodon-svg-logo") is not None,
    )


def _interface(tree: LexborHTMLParser, url: str) -> str | None:
    link = tree.css_first('link[rel="https://api.w.org/"][href]')
    return web_address(link.attributes.get("href"), url) if link is not None else None


def _kind(html: str, *, has_password: bool) -> PageKind:
    if _CHALLENGE.search(html):
        return "challenge"
    if _PARKED.search(html):
        return "parked"
    named = has_password or re.search(r"name\s*=\s*[\"']?password\b", html, re.IGNORECASE)
    return "log-in" if named else "page"
