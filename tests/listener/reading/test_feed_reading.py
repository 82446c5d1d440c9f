"""Awkward feeds, one fact each: what is made of them stands beside them and is reviewed as a diff.

After a wanted change: ``python -m tests.listener.reading.test_feed_reading`` writes them anew.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from listener.cleaning import clean_html, clean_text
from listener.discovery import recognise_page
from listener.reading.charsets import decode
from listener.reading.feed_entries import Entry, from_json_feed
from listener.reading.feed_reading import Document, read_feed
from responders.demo.formats import atom, rss
from tests.places.feeds import feed_item

FEEDS = Path(__file__).resolve().parents[3] / "data" / "feeds"
NAMES = sorted(path.name for path in FEEDS.iterdir() if path.suffix in {".xml", ".json"})


def told(path: Path) -> dict[str, Any]:
    """Return what is made of a feed, as plain JSON values."""
    document = read_feed(
        path.read_bytes(), url="https://blog.example/feed", content_type="", max_items=10
    )
    entries = []
    for entry in document.entries:
        fields = {name: value for name, value in asdict(entry).items() if value is not None}
        cleaned = (
            clean_html(entry.body, base_url=entry.url) if entry.is_html else clean_text(entry.body)
        )
        fields["text"] = cleaned.text
        del fields["body"]
        entries.append(fields)
    pages = {"older": document.older} if document.older else {}
    pages |= {"complete": "yes"} if document.complete else {}
    made: dict[str, Any] = json.loads(
        json.dumps({"kind": document.kind, **pages, "entries": entries}, default=str)
    )
    return made


def golden(name: str) -> Path:
    return FEEDS / "golden" / f"{name}.golden"


@pytest.mark.parametrize("name", NAMES)
def test_an_awkward_feed_is_read_as_agreed(name: str) -> None:
    assert told(FEEDS / name) == json.loads(golden(name).read_text(encoding="utf-8"))


def test_no_golden_file_is_left_over() -> None:
    assert sorted(path.name for path in (FEEDS / "golden").iterdir()) == [
        f"{n}.golden" for n in NAMES
    ]


@pytest.mark.parametrize(
    "date", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "soon", 7, None]
)
def test_a_date_that_is_none_spoils_no_other_entry(date: object) -> None:
    items: list[dict[str, object]] = [
        {"id": "1", "content_text": "a"},
        {"id": "2", "date_published": date},
    ]

    entries = read_json_feed(items).entries

    assert [(entry.remote_id, entry.published_at) for entry in entries] == [
        ("1", None),
        ("2", None),
    ]


def test_an_entry_that_cannot_be_read_spoils_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(item: dict[str, object], *, base_url: str) -> Entry:
        if item["id"] == "odd":
            raise OverflowError
        return from_json_feed(item, base_url=base_url)

    monkeypatch.setattr("listener.reading.feed_reading.from_json_feed", read)

    assert [entry.remote_id for entry in read_json_feed([{"id": "odd"}, {"id": "2"}]).entries] == [
        "2"
    ]


def read_json_feed(items: Sequence[Mapping[str, object]]) -> Document:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    body = json.dumps(feed).encode()
    return read_feed(body, url="https://blog.example/feed", content_type="", max_items=10)


def read(body: bytes, content_type: str = "text/html; charset=utf-8") -> Document:
    return read_feed(body, url="https://blog.example/f", content_type=content_type, max_items=10)


@pytest.mark.parametrize(
    ("packed", "kind"),
    [
        (gzip.compress(b" " * 20_000_000), "too_long"),
        (gzip.compress(gzip.compress(b"<rss version='2.0'/>")), "unknown"),
        (gzip.compress(b"<rss version='2.0'/>")[:20], "unknown"),
        (b"\x1f\x8b\x08nothing of the kind", "unknown"),
    ],
    ids=["long", "twice", "cut", "none"],  # what is packed holds the time, and so would its name
)
def test_a_file_packed_without_a_word_is_unpacked_once_and_in_bounds(
    packed: bytes, kind: str
) -> None:
    assert read(packed, "application/octet-stream").kind == kind


FEED = b"<rss version='2.0'><channel><item><title>a</title></item></channel></rss>"


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        (b"<b>Notice</b>: feed.php on line 3<br/>", "feed"),
        (b"\n\nOK\n", "feed"),
        (b"<!DOCTYPE html><p>", "page"),
        (b"<html><pre>", "page"),
        (b"<b>" + b"x" * 5000, "page"),
    ],
)
def test_a_feed_begins_after_what_a_server_spilled_before_it(before: bytes, kind: str) -> None:
    assert read(before + FEED).kind == kind


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("&#xD83D;&#xDD25;", "🔥"),
        ("&#55357;&#56613;", "🔥"),
        ("a&#xD83D;b", "a\ufffdb"),
        ("a&#0;b&#x110000;c&#xFFFF;d&#1;e", "abcde"),
        ("&#38;lt;&#x26;amp;", "<&"),
    ],
)
def test_a_number_that_is_no_character_spoils_no_feed(reference: str, text: str) -> None:
    title = f"<rss version='2.0'><channel><item><title>{reference}</title></item></channel></rss>"
    assert [entry.title for entry in read(title.encode(), "").entries] == [text]


CHARSETS = [
    ("größe".encode(), "text/xml; charset=iso-8859-1", "größe"),
    ("größe".encode("latin-1"), "text/xml; charset=utf-8", "größe"),
    ("größe".encode("latin-1"), "text/xml; charset=iso-8859-1", "größe"),
    ("it’s".encode("cp1252"), "text/xml; charset=iso-8859-1", "it’s"),
    ("größe".encode("utf-16"), "text/xml", "größe"),
    ("\ufeffgröße".encode(), "", "größe"),
    (
        "größe".encode("koi8-r", "replace") + b"\xc1",
        "text/xml; charset=x-klingon",
        "gr?e".replace("?", "??") + "Á",
    ),
    ("проверка".encode("koi8-r"), "text/xml; charset=koi8-r", "проверка"),
    (
        b'<?xml version="1.0" encoding="windows-1251"?>' + "тест".encode("cp1251"),
        "",
        '<?xml version="1.0" encoding="windows-1251"?>тест',
    ),
    ("日本語のテスト".encode() + b"\xff", "text/xml; charset=utf-8", "日本語のテスト\ufffd"),
    (b"\xe4\xff", "text/xml; charset=hex", "äÿ"),
]


@pytest.mark.parametrize(("body", "content_type", "text"), CHARSETS)
def test_bytes_are_believed_more_than_what_is_said_of_them(
    body: bytes, content_type: str, text: str
) -> None:
    assert decode(body, content_type) == text


PAGES = [
    ("<title>Just a moment...</title>", "challenge"),
    ("<input type='password'>", "log-in"),
    ("<p>Buy this domain", "parked"),
    ("<p>Hello", "page"),
]


@pytest.mark.parametrize(("html", "kind"), PAGES)
def test_a_page_is_recognised(html: str, kind: str) -> None:
    assert recognise_page(html, url="https://x.org/").kind == kind


def test_a_page_names_the_feeds_it_offers_in_its_order() -> None:
    html = """<head><base href="/sub/"><meta name="generator" content="Discourse 3.4">
    <link rel="stylesheet" href="a.css"><link rel="alternate" hreflang="de" href="/de">
    <link rel="Alternate" type="application/rss+xml" href="rss"><link rel="alternate"
    type="application/atom+xml; charset=utf-8" href="https://y.org/atom">
    <link rel="alternate" type="application/rss+xml" href="javascript:x"></head>"""
    page = recognise_page(html, url="https://x.org/page")
    assert page.feeds == ("https://x.org/sub/rss", "https://y.org/atom")
    assert page.discourse


if __name__ == "__main__":
    for each in NAMES:
        text = json.dumps(told(FEEDS / each), indent=1, ensure_ascii=False)
        golden(each).write_text(text + "\n", encoding="utf-8")


@pytest.mark.parametrize("render", [rss, atom])
@pytest.mark.parametrize("oldest_first", [True, False])
def test_of_too_many_entries_the_newest_are_kept(render: Any, oldest_first: bool) -> None:
    items = [feed_item(number) for number in range(1, 31)]
    ordered = items if oldest_first else items[::-1]
    body = render(ordered, title="A blog", url="http://blog.example/")
    document = read_feed(body, url="http://blog.example/", content_type="", max_items=10)
    assert {entry.remote_id for entry in document.entries} == {f"post-{n}" for n in range(21, 31)}
    assert document.cut


@pytest.mark.parametrize("oldest_first", [True, False])
def test_of_too_many_entries_of_a_json_feed_the_newest_are_kept(oldest_first: bool) -> None:
    items = [{"id": str(n), "date_published": f"2026-05-{n:02}T08:00:00Z"} for n in range(1, 31)]
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": items if oldest_first else items[::-1],
    }
    document = read_feed(
        json.dumps(told).encode(), url="http://b.example/", content_type="", max_items=10
    )
    assert {entry.remote_id for entry in document.entries} == {str(n) for n in range(21, 31)}
