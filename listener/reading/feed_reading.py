"""Take an answer apart that should be a feed, and say what it is when it is none.

Pure and light: it runs in the worker that can be killed (parsing.py). feedparser reads
RSS, RDF and Atom; it is handed bytes in a stream, for it opens a text that looks like a file name
or an address. Its sanitiser is off: quadratic, and text is cleaned here, HTML sanitised when shown.
"""

import io
import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from xml.parsers import expat

import feedparser

from listener.discovery import Page, recognise_page
from listener.reading.charsets import decode
from listener.reading.feed_entries import Entry, from_feedparser, from_json_feed
from listener.reading.feed_pages import is_complete, last_page, named_page, next_url, unnamed_page
from listener.reading.feed_times import first_time, iso_time

MAX_LEVELS: Final = 64
MAX_BYTES: Final = 10_000_000
MAX_ATTRIBUTES: Final = 500
"""feedparser's time grows with the square of the attributes of one tag."""

DocumentKind = Literal["feed", "page", "json", "empty", "too_deep", "too_long", "unknown"]

_GZIP: Final = b"\x1f\x8b\x08"
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE: Final = re.compile(r"&#(?:0*(\d{1,7})|[xX]0*([0-9A-Fa-f]{1,6}));")
_PROLOGUE: Final = re.compile(r"\s*(?:<\?xml[^>]*\?>|<\?[^>]*>|<!--.*?-->|\s+)", re.S)
# Blank lines, a stray letter or a warning of PHP stand before many a feed.
_BEGINNING: Final = re.compile(r"<(?:\?xml\s|rss[\s>]|feed[\s>]|rdf:RDF[\s>])", re.I)
_BEGINS_WITHIN: Final = 4096
_DOCTYPE: Final = re.compile(r"<!DOCTYPE(?P<name>[^\[>]*)(?:\[.*?\]\s*)?>", re.S | re.I)
_ROOT: Final = re.compile(r"<([A-Za-z][\w.-]*:)?([A-Za-z][\w.-]*)")
_BASE: Final = re.compile(r"\sxml:base\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
_ITEM_START: Final = re.compile(r"<(?:\w+:)?(?:item|entry)(?:\s[^<>]*)?(?<!/)>", re.I)
_ITEM_END: Final = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.I)
_DATE: Final = re.compile(
    r"<(?:\w+:)?(?:pubDate|published|date|updated|modified)(?:\s[^<>]*)?>([^<]{1,100})<", re.I
)
_FEED_ROOTS: Final = frozenset({"rss", "rdf", "feed", "channel"})


@dataclass(frozen=True, slots=True)
class Document:
    """What an answer turned out to be."""

    kind: DocumentKind
    entries: tuple[Entry, ...] = ()
    title: str = ""
    cut: bool = False
    """It held more entries than were asked for."""
    page: Page | None = None
    torn: bool = False
    """It ends in the midst of an item, which is left out."""
    older: str | None = None
    """Where its older entries stand, if it is one page of several."""
    last: str | None = None
    """Where the last of its pages stands, if it says so."""
    complete: bool = False
    """It says that it holds all there is."""


class _TooHeavy(Exception):
    """Nested or attributed beyond what a feed needs."""


def read_feed(body: bytes, *, url: str, content_type: str, max_items: int) -> Document:
    """Return the entries of a feed in its order, or what else the answer is.

    Args:
        body: the answer, unpacked.
        url: where it came from; relative links count from there.
        content_type: the header, for the charset.
        max_items: entries beyond it are left unread.
    """
    if body.startswith(_GZIP):
        unpacked = _unpacked(body)
        if unpacked is None:
            return Document("too_long")
        body = unpacked
    text = decode(body, content_type).strip()
    if not text:
        return Document("empty")
    if text[0] in "{[":
        return _read_json(text, url=url, max_items=max_items)
    root, text = _from_its_root(_NOT_XML.sub("", _with_sound_references(text)))
    if root == "html" or (root not in _FEED_ROOTS and "html" in content_type.lower()):
        return Document("page", page=recognise_page(text, url=url))
    if not root:
        return Document("unknown")
    return _read_xml(text, url=url, max_items=max_items)


def _unpacked(body: bytes) -> bytes | None:
    """Return a file that was packed without a word about it; None beyond ``MAX_BYTES``.

    Only once: what is packed in it is no feed.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, MAX_BYTES)
    except zlib.error:
        return body
    return None if unpacker.unconsumed_tail else unpacked


def _with_sound_references(text: str) -> str:
    """Return the text with the two halves of a character that stand as numbers made whole.

    ``&#xD83D;&#xDD25;`` is how programs that count in UTF-16 write an emoji. feedparser gives the
    whole feed up at a half, and at a number that is no character.
    """
    if "&#" not in text:
        return text
    told = _REFERENCE.sub(_referred, text)
    return told.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _referred(reference: re.Match[str]) -> str:
    number = int(reference[1]) if reference[1] else int(reference[2], 16)
    if 0xD800 <= number <= 0xDFFF:
        return chr(number)
    is_character = number in {9, 10, 13} or 0x20 <= number < 0xFFFE or 0x10000 <= number < 0x110000
    return reference[0] if is_character else ""


def _from_its_root(text: str) -> tuple[str, str]:
    """Return the name of the root and the text from there on, whatever stands before a feed."""
    root, rest = _without_prologue(text)
    if root in _FEED_ROOTS or root == "html":
        return root, rest
    begins = _BEGINNING.search(text, 0, _BEGINS_WITHIN)
    inner, feed = _without_prologue(text[begins.start() :]) if begins else ("", "")
    return (inner, feed) if inner in _FEED_ROOTS else (root, rest)


def _without_prologue(text: str) -> tuple[str, str]:
    """Return the name of the root and the text from there on, the document type left out.

    Entities that a document type declares are what bombs are made of; the ones of HTML are known
    without it.
    """
    position = 0
    doctype = ""
    while True:
        match = _PROLOGUE.match(text, position) or _DOCTYPE.match(text, position)
        if match is None or match.end() == position:
            break
        doctype = doctype or match.groupdict().get("name") or ""
        position = match.end()
    if doctype.split()[:1] and doctype.split()[0].lower() == "html":
        return "html", text[position:]
    root = _ROOT.match(text, position)
    return (root[2].lower() if root else ""), text[position:]


def _read_xml(text: str, *, url: str, max_items: int) -> Document:
    # A stranger's feed must not choose which host our links name.
    text, torn = _without_torn_item(_BASE.sub("", text))
    text, cut = _newest_items(text, max_items)
    data = b'<?xml version="1.0" encoding="utf-8"?>' + text.encode("utf-8")
    try:
        _weigh(data)
    except _TooHeavy:
        return Document("too_deep")
    parsed: Any = feedparser.parse(
        io.BytesIO(data),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.entries and not parsed.version:
        return Document("unknown")
    base_url = _base(parsed.feed, url)
    links = parsed.feed.get("links") or ()
    return Document(
        "feed",
        _readable(from_feedparser, parsed.entries[:max_items], base_url),
        title=str(parsed.feed.get("title") or ""),
        cut=cut or len(parsed.entries) > max_items,
        torn=torn,
        older=named_page(links, url=url) or unnamed_page(text, url=url),
        last=last_page(links, url=url),
        complete=is_complete(text),
    )


def _readable(
    read: Callable[..., Entry], told: Iterable[Mapping[str, Any]], base_url: str
) -> tuple[Entry, ...]:
    """Return the entries that can be read: an odd one must not silence the feed."""
    entries: list[Entry] = []
    for item in told:
        try:
            entries.append(read(item, base_url=base_url))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            continue
    return tuple(entries)


def _base(feed: Any, url: str) -> str:
    """Return what relative links count from: the site's address if it is on the feed's host."""
    site = str(feed.get("link") or "")
    return site if site.startswith("http") and site.split("/")[:3] == url.split("/")[:3] else url


def _without_torn_item(text: str) -> tuple[str, bool]:
    """Leave out an item without an end: the answer was cut short, and half a post is none.

    Its id may be missing or cut as well, and it would be taken for another post.
    """
    ends = [match.end() for match in _ITEM_END.finditer(text)]
    torn = _ITEM_START.search(text, ends[-1] if ends else 0)
    return (text, False) if torn is None else (text[: torn.start()], True)


def _newest_items(text: str, max_items: int) -> tuple[str, bool]:
    """Cut the items beyond the limit out of the text: feedparser needs 50 µs for each.

    What is cut is the end of the list, or the beginning where that is the older one.
    """
    ends = [match.end() for match in _ITEM_END.finditer(text)]
    if len(ends) <= max_items:
        return text, False
    first = _ITEM_START.search(text)
    if first is not None and _is_older(text[first.start() : ends[0]], text[ends[-2] : ends[-1]]):
        return text[: first.start()] + text[ends[-max_items - 1] :], True
    return text[: ends[max_items - 1]] + text[ends[-1] :], True


def _is_older(one: str, other: str) -> bool:
    """Tell whether an item was written before another one."""
    return _in_order(*(_time_in(item) for item in (one, other)))


def _time_in(item: str) -> datetime | None:
    told = _DATE.search(item)
    return first_time({"published": told[1].strip()}) if told else None


def _in_order(first: datetime | None, last: datetime | None) -> bool:
    return first is not None and last is not None and first < last


def _newest_entries(
    entries: Sequence[Mapping[str, Any]], max_items: int
) -> Sequence[Mapping[str, Any]]:
    """Return the same of a JSON Feed."""
    if len(entries) <= max_items:
        return entries
    first, last = (iso_time(entries[at].get("date_published")) for at in (0, -1))
    return entries[-max_items:] if _in_order(first, last) else entries[:max_items]


def _weigh(data: bytes) -> None:
    """Look through well-formed XML once in C.

    Raises:
        _TooHeavy: nested deeper than ``MAX_LEVELS``, or a tag with too many attributes.
    """
    depth = 0

    def start(_name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_LEVELS or len(attributes) > 2 * MAX_ATTRIBUTES:
            raise _TooHeavy

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        return  # not well-formed; feedparser's loose parser takes over, within its time


def _read_json(text: str, *, url: str, max_items: int) -> Document:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return Document("json" if text[0] == "{" else "unknown")
    items = content.get("items") if isinstance(content, dict) else None
    version = str(content.get("version") or "") if isinstance(content, dict) else ""
    if not isinstance(items, list) or "jsonfeed.org/version" not in version:
        return Document("json")
    entries = [item for item in items if isinstance(item, dict)]
    return Document(
        "feed",
        _readable(from_json_feed, _newest_entries(entries, max_items), url),
        title=str(content.get("title") or ""),
        cut=len(entries) > max_items,
        older=next_url(content, url=url),
    )
