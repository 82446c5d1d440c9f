"""Read one web page as a post: its main text, title, author and time.

Pure and light: it runs in the worker that can be killed. What stands around the text of a page
(menus, forms, what else there is to read) is left out where its tags say what it is.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from listener.cleaning import clean_html, clean_line, page_tree
from listener.discovery import Page, recognise_page
from listener.reading.charsets import decode

_AROUND: Final = "nav, aside, form, footer, [role=navigation], [role=search], #comments, .comments"
_MAIN: Final = ("article", "main", "[role=main]", "#content", ".entry-content", "body")
_LEAST: Final = 20
"""Characters that a main text must have to be taken for it."""


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page says."""

    page: Page
    title: str
    text: str
    author: str | None = None
    published_at: datetime | None = None
    lang: str | None = None


def read_page(body: bytes, *, url: str, content_type: str) -> PageText:
    """Return the text of a page.

    Args:
        body: the answer, unpacked.
        url: where it came from.
        content_type: the header, for the charset; plain text is taken as it is.
    """
    text = decode(body, content_type)
    if content_type.lower().startswith("text/plain"):
        return PageText(Page("page", "", ()), "", text.strip()[:20_000])
    tree = page_tree(text)
    page = recognise_page(text, url=url)
    title = _meta(tree, "og:title") or page.title
    published = _meta(tree, "article:published_time") or _first_time(tree)
    root = tree.css_first("html[lang]")
    return PageText(
        page=page,
        title=clean_line(title),
        text=_main_text(tree, url),
        author=clean_line(_meta(tree, "author") or "") or None,
        published_at=_time(published),
        lang=root.attributes.get("lang") if root is not None else None,
    )


def _main_text(tree: LexborHTMLParser, url: str) -> str:
    for node in tree.css(_AROUND):
        node.decompose()
    for selector in _MAIN:
        found = tree.css(selector)
        # A page that lists several articles is no article.
        if found and (len(found) == 1 or selector == "body"):
            words = clean_html(_html(found[0]), base_url=url).text
            if len(words) >= _LEAST or selector == "body":
                return words
    return ""


def _html(node: LexborNode) -> str:
    return node.html or ""


def _meta(tree: LexborHTMLParser, name: str) -> str | None:
    quoted = json.dumps(name)
    found = tree.css_first(f"meta[property={quoted}][content], meta[name={quoted}][content]")
    return found.attributes.get("content") if found is not None else None


def _first_time(tree: LexborHTMLParser) -> str | None:
    found = tree.css_first("article time[datetime], main time[datetime]")
    return found.attributes.get("datetime") if found is not None else None


def _time(text: str | None) -> datetime | None:
    if not text or not re.match(r"\d{4}-\d\d-\d\dT", text):
        return None
    try:
        at = datetime.fromisoformat(text.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
