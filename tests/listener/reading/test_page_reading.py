"""A page is read as the text it is about."""

from datetime import UTC, datetime

from listener.reading.page_reading import read_page

URL = "https://a.org/p"
PAGE = """<html lang="de-DE"><head><title>Sync hangs | A</title>
<meta property="og:title" content="Sync &amp; hang"><meta name="author" content="Ann">
<meta property="article:published_time" content="2026-05-12T08:00:00+02:00"></head>
<body><nav>Home Contact</nav><aside>More to read</aside>
<article><h1>Sync hangs</h1><p>Since <b>today</b> the sync hangs for me.</p></article>
<div class="comments"><p>Same here</p></div><footer>Imprint</footer></body></html>"""


def test_what_stands_around_a_text_is_left_out() -> None:
    read = read_page(PAGE.encode(), url=URL, content_type="text/html")
    assert read.text == "Sync hangs\nSince today the sync hangs for me."
    assert (read.title, read.author, read.lang) == ("Sync & hang", "Ann", "de-DE")
    assert read.published_at == datetime(2026, 5, 12, 6, tzinfo=UTC)


def test_a_page_of_several_articles_is_taken_whole() -> None:
    html = b"<main><article>One of them is this.</article><article>And two.</article></main>"
    text = read_page(html, url=URL, content_type="text/html").text
    assert "One of them" in text
    assert "And two." in text


def test_a_page_without_any_tags_of_meaning_is_its_body() -> None:
    read = read_page(b"<p>Sync <b>hangs</b>.</p>", url=URL, content_type="")
    assert (read.text, read.title, read.published_at) == ("Sync hangs.", "", None)


def test_plain_text_is_taken_as_it_is() -> None:
    read = read_page(b"a < b\n", url=URL, content_type="text/plain; charset=utf-8")
    assert read.text == "a < b"


def test_a_time_that_cannot_be_is_none() -> None:
    html = b'<meta property="article:published_time" content="0001-01-01T00:00:00+09:00">x'
    assert read_page(html, url=URL, content_type="text/html").published_at is None
