"""Where a WordPress keeps its REST interface and its feeds: addresses from any page of the site."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urljoin, urlsplit

from config.errors import GroundswellError
from config.http_client import PoliteClient, Response
from config.settings import Credential
from listener.discovery import recognise_page
from listener.pacing.page_manners import ask_robots

_LINK: Final = re.compile(r"<([^<>]+)>\s*;[^,]{0,40}rel=\"?https://api\.w\.org/\"?")
_PAGES: Final = re.compile(
    r"(?:/wp-json(?:/.*)?|/wp-(?:admin|content|login\.php|comments-post\.php).*|"
    r"(?:/comments)?/feed(?:/(?:rss2?|atom|rdf))?|/index\.php)/?$"
)
_HEAD: Final = 200_000


def site_base(url: str, credential: Credential | None) -> str:
    """Return the address of the site, without a slash at its end, whatever part of it was given."""
    if credential is not None and credential.api_url:
        url = credential.api_url
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{_PAGES.sub('', parts.path).rstrip('/')}"


def interface_roots(client: PoliteClient, base: str) -> Iterator[str]:
    """Give the addresses at which the interface may stand, the usual one first.

    A plug-in or the lack of pretty addresses moves it; each page of the site says where to. A
    page may not send us, and our credential, to another host.
    """
    usual = f"{base}/wp-json/"
    yield usual
    told = told_root(client, f"{base}/")
    if told is not None and told != usual and urlsplit(told).netloc == urlsplit(base).netloc:
        yield told
    plain = f"{base}/?rest_route=/"
    if told != plain:
        yield plain


def told_root(client: PoliteClient, url: str) -> str | None:
    """Return where a page says that the interface stands; None if it does not say.

    It is a page for people, so the site is asked first whether programs may read it.
    """
    try:
        ask_robots(client, url, instead="give the address of its interface")
        answer = client.get(url, accept="text/html")
    except GroundswellError:
        return None  # the interface itself was asked before and says what is wrong
    named = root_of_answer(answer)
    if named:
        return named
    head = answer.body[:_HEAD].decode("utf-8", "replace")
    return recognise_page(head, url=answer.final_url).wordpress if "<" in head else None


def root_of_answer(answer: Response) -> str | None:
    """Return what the headers of a page say about it."""
    named = _LINK.search(answer.headers.get("link", ""))
    return str(urljoin(answer.final_url, named[1])) if named else None


def base_of_root(root: str, answer: Response) -> str:
    """Return the address of the site whose interface stands at ``root``, as a person types it."""
    told = root_of_answer(answer) or root
    base = site_base(re.split(r"wp-json/|\?", told)[0], None)
    return (
        f"{base}/" if urlsplit(base).netloc == urlsplit(answer.final_url).netloc else _top(answer)
    )


def _top(answer: Response) -> str:
    parts = urlsplit(answer.final_url)
    return f"{parts.scheme}://{parts.netloc}/"
