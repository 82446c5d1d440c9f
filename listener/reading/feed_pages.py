"""Which page of a feed holds its older entries.

Pure and light: it runs in the worker that can be killed. Few feeds name their older pages in the
words of RFC 5005, JSON Feeds do by ``next_url``; WordPress has them and names none.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from listener.cleaning import web_address

HEAD: Final = 20_000
"""Characters within which a feed says what it is; later words are those of strangers."""
_FOLLOWED: Final = ("prev-archive", "next")
"""An archive does not change any more, so it is the better of the two.

Source: https://www.rfc-editor.org/rfc/rfc5005#section-4
"""
_HISTORY: Final = re.compile(
    r"xmlns:([\w.-]{1,30})\s*=\s*[\"']http://purl\.org/syndication/history/1\.0[\"']"
)
_BY_WORDPRESS: Final = re.compile(
    r"<generator[^>]{0,200}>\s*https?://(?:www\.)?wordpress\.(?:org|com)/?\s*(?:\?[^<\s]{0,50})?\s*<"
    r"|<generator[^>]{0,200}wordpress\.(?:org|com)/?[^>]{0,100}>\s*WordPress",
    re.IGNORECASE,
)
_PAGE: Final = "paged"
_DIGITS: Final = re.compile(r"[0-9]{1,6}")


def named_page(links: Iterable[Mapping[str, Any]], *, url: str) -> str | None:
    """Return the older page that the links of an Atom feed, or those within RSS, name.

    Args:
        links: as feedparser gives them, each with ``rel`` and ``href``.
        url: what relative addresses count from.
    """
    named = {str(link.get("rel") or "").lower(): link.get("href") for link in reversed([*links])}
    for rel in _FOLLOWED:
        if address := web_address(str(named.get(rel) or ""), url):
            return address
    return None


def last_page(links: Iterable[Mapping[str, Any]], *, url: str) -> str | None:
    """Return the last page of a feed that names it.

    Source: https://www.rfc-editor.org/rfc/rfc5005#section-3
    """
    named = [link.get("href") for link in links if str(link.get("rel") or "").lower() == "last"]
    return web_address(str(named[0]), url) if named else None


def next_url(feed: Mapping[str, Any], *, url: str) -> str | None:
    """Return the older page that a JSON Feed names.

    Source: https://www.jsonfeed.org/version/1.1/#top-level
    """
    told = feed.get("next_url")
    return web_address(told, url) if isinstance(told, str) and told else None


def is_complete(head: str) -> bool:
    """Tell whether a feed says that it holds all there is, so that nothing is older.

    Source: https://www.rfc-editor.org/rfc/rfc5005#section-2
    """
    declared = _HISTORY.search(head[:HEAD])
    return declared is not None and f"<{declared[1]}:complete" in head[:HEAD]


def unnamed_page(head: str, *, url: str) -> str | None:
    """Return the older page of a feed that WordPress wrote: ``?paged=2`` after the first.

    Its feeds of comments have one page, which it sends whatever page is asked for.
    Source: https://developer.wordpress.org/reference/classes/wp_query/#pagination-parameters
    """
    if "comment" in url.lower() or not _BY_WORDPRESS.search(head[:HEAD]):
        return None
    parts = urlsplit(url)
    words = parse_qsl(parts.query, keep_blank_values=True)
    told = [value for name, value in words if name == _PAGE]
    page = int(told[0]) if told and _DIGITS.fullmatch(told[0]) else 1
    kept = [(name, value) for name, value in words if name != _PAGE]
    query = urlencode([*kept, (_PAGE, str(max(page, 1) + 1))])
    return urlunsplit(parts._replace(query=query, fragment=""))
