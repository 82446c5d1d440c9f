"""Lists of feeds are read whatever program wrote them, and no bomb goes off."""

import pytest

from config.errors import PermanentError
from listener.watching.opml import Outline, read_opml

A = Outline("https://a.org/feed", "A")


def opml(body: str, version: str = "2.0", head: str = "") -> bytes:
    return f'{head}<opml version="{version}"><head/><body>{body}</body></opml>'.encode()


@pytest.mark.parametrize(
    "body",
    [
        '<outline text="A" type="rss" xmlUrl="https://a.org/feed" htmlUrl="https://a.org"/>',
        '<outline title="A" text="other" XMLURL="https://a.org/feed" />',
        (
            '<outline text="News"><outline text="Deep"><outline text="A" xmlUrl="https://a.org/feed"/>'
            "</outline></outline>"
        ),
        '<outline text="A" xmlUrl="feed:https://a.org/feed"/>',
        '<outline text="A" type="rss" url="https://a.org/feed"/>',
        (
            '<outline text="A" xmlUrl=" https://a.org/feed "/><outline text="a link" type="link" '
            'url="https://b.org"/>'
        ),
    ],
)
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_every_way_to_name_a_feed_is_read(body: str, version: str) -> None:
    assert read_opml(opml(body, version)).outlines == (A,)


def test_addresses_with_bare_ampersands_are_mended() -> None:
    told = read_opml(opml('<outline text="Q&A" xmlUrl="https://a.org/?a=1&b=2&amp;c=3"/>'))
    assert told.outlines == (Outline("https://a.org/?a=1&b=2&c=3", "Q&A"),)


@pytest.mark.parametrize(
    "data",
    [
        opml('<outline text="é" xmlUrl="https://a.org/feed"/>', head="\ufeff"),
        '<?xml version="1.0" encoding="ISO-8859-1"?>'.encode("latin-1")
        + opml('<outline text="é" xmlUrl="https://a.org/feed"/>').decode().encode("latin-1"),
        opml('<outline text="é" xmlUrl="https://a.org/feed"/>').decode().encode("utf-16"),
    ],
)
def test_its_characters_are_read_as_they_were_meant(data: bytes) -> None:
    assert read_opml(data).outlines == (Outline("https://a.org/feed", "é"),)


def test_what_is_no_web_address_is_told() -> None:
    told = read_opml(
        opml('<outline xmlUrl="javascript:alert(1)"/><outline xmlUrl="file:///etc/passwd"/>')
    )
    assert told.outlines == ()
    assert told.unreadable == ("javascript:alert(1)", "file:///etc/passwd")


BOMB = '<!DOCTYPE o [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (opml('<outline text="&b;" xmlUrl="https://a.org"/>', head=BOMB), "declares entities"),
        (opml('<outline text="&a;" xmlUrl="https://a.org"/>', head=OUTSIDE), "declares entities"),
        (opml("<outline>" * 90 + "</outline>" * 90), "nested deeper"),
        (opml('<outline xmlUrl="http://a.org/"/>' * 20_001), "more than 20,000"),
        (b" " * 10_000_001, "larger than"),
        (opml("<outline>"), "not well-formed"),
        (b"", "not well-formed"),
        (b"<rss/>", "no OPML"),
        (b"\x00\xff\xfe", "not well-formed"),
    ],
)
def test_what_is_no_list_or_an_attack_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(PermanentError, match=words):
        read_opml(data)
