"""The register is filled from where a product declares its releases, politely and on its rhythm."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import select

from classifiers.register.releasing import Kept, follow_due
from classifiers.tables import Issue, Release, ReleaseFeed
from config.database import transaction
from config.ground import Ground
from listener.sources.github import Options
from listener.tables import HostState, Product
from responders.passes import PASSES
from responders.workspace import open_client
from tests.conftest import NOON
from tests.listener.installation import at, declare, rows
from tests.places.web import Asked, Reply, Web
from tests.responders.incidents import Incident, Said, happen

HOUR = timedelta(hours=1)
DATED = "<pubDate>{:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
ITEM = "<item><title>{}</title><link>https://fern.example/{}</link>{}</item>"


def rss(*items: tuple[str, datetime | None], etag: str = '"1"') -> Reply:
    """Return a feed of releases."""
    told = "".join(
        ITEM.format(title, number, DATED.format(when) if when else "")
        for number, (title, when) in enumerate(items, start=1)
    )
    body = f'<rss version="2.0"><channel><title>Releases</title>{told}</channel></rss>'
    return Reply(body=body.encode(), headers={"Content-Type": "application/rss+xml", "ETag": etag})


def place(reply: Reply) -> Callable[[Asked], Reply]:
    """Answer conditionally."""

    def answer(asked: Asked) -> Reply:
        known = asked.headers.get("if-none-match")
        return Reply(304) if known and known == reply.headers.get("ETag") else reply

    return answer


def declared(ground: Ground, url: str, name: str = "Fernsync") -> int:
    return declare(ground, name, extra={"releases": url})


def look(ground: Ground, **more: Any) -> list[Kept]:
    return follow_due(ground, open_client(ground), **more)


def versions(ground: Ground) -> dict[str, datetime]:
    return {row.version: row.released_at for row in rows(ground, Release)}


def test_a_feed_of_releases_fills_the_register(ground: Ground) -> None:
    with Web(place(rss(("Fernsync 5.2 is out", NOON - HOUR), ("Ten tips", NOON)))) as web:
        declared(ground, web.url("/releases.xml"))
        assert look(ground) == [Kept("Fernsync", 1)]
    row = rows(ground, Release)[0]
    assert (row.version, row.released_at) == ("5.2", NOON - HOUR)
    assert (row.url, row.source) == ("https://fern.example/1", web.url("/releases.xml"))


def test_it_is_asked_again_only_when_due_and_then_conditionally(ground: Ground) -> None:
    with Web(place(rss(("5.2", NOON - HOUR)))) as web:
        declared(ground, web.url())
        look(ground)
        assert look(at(ground, NOON + 3 * HOUR)) == []
        assert look(at(ground, NOON + 8 * HOUR)) == [Kept("Fernsync", 0)]
        assert web.log[-1].headers["if-none-match"] == '"1"'
        look(at(ground, NOON + 30 * HOUR))
        assert "if-none-match" not in web.log[-1].headers, "not modified is believed for a day"
    assert len(web.log) == 3


def test_another_address_starts_afresh_at_once(ground: Ground) -> None:
    with Web(place(rss(("5.2", NOON)))) as web:
        number = declared(ground, web.url("/old"))
        look(ground)
        with transaction(ground.engine) as session:
            feed = session.get_one(ReleaseFeed, number)
            feed.url = web.url("/before")
            session.add(feed)
        look(ground)
    assert "if-none-match" not in web.log[-1].headers


def test_a_release_without_a_time_came_when_we_first_heard_of_it(ground: Ground) -> None:
    with Web(place(rss(("5.1", None)))) as web:
        declared(ground, web.url())
        look(ground)
        assert versions(ground) == {}, "of a first look nothing is known to be new"
        web.script = place(rss(("5.2", None), ("5.1", None), etag='"2"'))
        later = at(ground, NOON + 8 * HOUR)
        look(later)
        web.script = place(rss(("5.2", None), etag='"3"'))
        look(at(ground, NOON + 16 * HOUR))
    assert versions(ground)["5.2"] == NOON + 8 * HOUR


def test_a_time_that_is_corrected_is_taken_over(ground: Ground) -> None:
    with Web(place(rss(("5.2", NOON)))) as web:
        declared(ground, web.url())
        look(ground)
        web.script = place(rss(("5.2", NOON - HOUR), etag='"2"'))
        assert look(ground, everything=True) == [Kept("Fernsync", 1)]
    assert versions(ground) == {"5.2": NOON - HOUR}


HOSTILE = {
    "a web page": Reply(body=b"<html><body>Hello</body></html>"),
    "nothing": Reply(body=b""),
    "too much": Reply(body=b"x" * 4_000_000),
    "gone": Reply(410),
    "broken": Reply(500),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_feed_is_told_and_asked_less_often(ground: Ground, name: str) -> None:
    with Web(lambda _asked: HOSTILE[name]) as web:
        declared(ground, web.url())
        kept = look(ground)
        feed = rows(ground, ReleaseFeed)[0]
        assert kept[0].reason
        assert (feed.failures, feed.reason) == (1, kept[0].reason)
        assert feed.next_due_at > NOON + 5 * HOUR
        assert look(ground) == []
    assert versions(ground) == {}


def test_a_feed_that_attacks_its_reader_brings_nothing_and_ends(ground: Ground) -> None:
    body = b"<rss><channel>" + b"<item>" * 60_000
    with Web(lambda _asked: Reply(body=body, headers={"Content-Type": "text/xml"})) as web:
        declared(ground, web.url())
        assert [kept.changed for kept in look(ground)] == [0]
    assert versions(ground) == {}


def test_a_place_that_fails_keeps_no_other_waiting(ground: Ground) -> None:
    with Web(lambda asked: Reply(500) if "bad" in asked.path else rss(("5.2", NOON))) as web:
        declared(ground, web.url("/bad"), "A")
        declared(ground, web.url("/good"), "B")
        assert [bool(one.reason) for one in look(ground)] == [True, False]
    assert list(versions(ground)) == ["5.2"]


def test_what_was_remembered_survives_a_failure(ground: Ground) -> None:
    with Web(place(rss(("5.2", NOON)))) as web:
        declared(ground, web.url())
        look(ground)
        before = rows(ground, ReleaseFeed)[0]
        web.script = lambda _asked: Reply(503, headers={"Retry-After": "7200"})
        look(ground, everything=True)
        after = rows(ground, ReleaseFeed)[0]
        assert (after.cursor, after.heard_at) == (before.cursor, NOON)
        assert rows(ground, HostState)[0].retry_after_at == NOON + 2 * HOUR
        assert look(at(ground, NOON + HOUR), everything=True) == [], "its host rests"
    assert len(web.log) == 2


def test_a_date_far_ahead_is_a_mistake_and_a_near_one_is_kept(ground: Ground) -> None:
    year_9999 = NOON.replace(year=9999)
    with Web(place(rss(("6.0", year_9999), ("5.3", NOON + 48 * HOUR)))) as web:
        declared(ground, web.url())
        look(ground)
    assert list(versions(ground)) == ["5.3"]


def test_of_a_long_feed_only_some_are_taken(ground: Ground) -> None:
    with Web(place(rss(*((f"5.{n}", NOON - HOUR * n) for n in range(900))))) as web:
        declared(ground, web.url())
        look(ground)
    assert len(versions(ground)) == 100


def github(ground: Ground, web: Web, **more: Any) -> Ground:
    """Return the installation with its GitHub on this machine."""
    plugins = ground.settings.plugins | {"github": Options(api_url=web.url("/api"), **more)}
    return replace(ground, settings=ground.settings.model_copy(update={"plugins": plugins}))


def test_a_repository_is_read_through_its_api(ground: Ground) -> None:
    told = [
        {"tag_name": "v5.2.0", "published_at": "2026-05-12T07:00:00Z", "html_url": "https://g/1"},
        {"tag_name": "v5.3.0", "draft": True, "published_at": None},
        {"tag_name": "nightly", "published_at": "2026-05-12T08:00:00Z"},
        {"tag_name": 7},
        "odd",
        {"tag_name": "v0.0.1", "published_at": "0001-01-01T00:00:00+14:00"},
    ]
    with Web(lambda _asked: Reply(body=json.dumps(told).encode())) as web:
        here = github(ground, web, token=SecretStr("t0ken"))
        declared(here, "https://github.com/fern/sync/releases")
        assert look(here) == [Kept("Fernsync", 1)]
        asked = web.log[0]
    assert asked.path == "/api/repos/fern/sync/releases?per_page=100"
    assert asked.headers["authorization"] == "Bearer t0ken"
    assert versions(ground) == {"5.2.0": NOON - 5 * HOUR}
    assert rows(ground, Release)[0].url == "https://g/1"


@pytest.mark.parametrize("body", [b"{}", b"[" * 100_000, b"\xff", b"null"])
def test_an_answer_that_is_not_githubs_is_told(ground: Ground, body: bytes) -> None:
    with Web(lambda _asked: Reply(body=body)) as web:
        here = github(ground, web)
        declared(here, "https://github.com/fern/sync")
        assert "no answer of GitHub's API" in look(here)[0].reason


def test_a_feed_at_github_is_a_feed(ground: Ground) -> None:
    with Web(lambda _asked: rss(("5.2", NOON))) as web:
        here = github(ground, web)
        declared(here, web.url("/fern/sync/releases.atom"))
        look(here)
        assert web.log[0].path == "/fern/sync/releases.atom"


def test_a_new_release_is_followed_by_issues_that_stand_open(ground: Ground) -> None:
    happen(ground, Incident(said=[Said(), Said(), Said()]))
    told = rss(("5.2", NOON - HOUR), ("5.3", NOON + 200 * HOUR))
    with Web(place(told)) as web:
        with transaction(ground.engine) as session:
            product = session.exec(select(Product)).one()
            product.extra = {"releases": web.url()}
            session.add(product)
        look(ground)
    row = rows(ground, Issue)[0]
    assert (row.release, row.version) == ("5.2", 2)
    assert row.release_probability is not None
    assert (row.release_reason or "").startswith("5.2 came out 50 min before the first report")


def test_the_crawl_pass_reads_releases_too(ground: Ground) -> None:
    with Web(place(rss(("5.2", NOON)))) as web:
        declared(ground, web.url())
        crawl = next(one for one in PASSES if one.name == "crawl")
        step = crawl.make(ground, False)
        assert step() == 1
        assert step() == 0
    assert len(web.log) == 1


def test_a_product_that_declares_no_address_is_told(ground: Ground) -> None:
    declared(ground, "javascript:alert(1)")
    assert "no web address" in look(ground)[0].reason


def test_what_notes_name_is_kept_and_taken_over_when_they_are_edited(ground: Ground) -> None:
    item = {"tag_name": "v5.2.1", "published_at": "2026-05-12T10:00:00Z", "body": "Mends #7."}

    def told(_asked: Asked) -> Reply:
        return Reply(body=json.dumps([item]).encode())

    with Web(told) as web:
        there = github(ground, web)
        declared(there, "https://github.com/fern/sync")
        look(there)
        assert rows(ground, Release)[0].names == ["fern/sync#7"]
        item["body"] = "Mends #7 and GS-3."
        assert look(at(there, NOON + 30 * HOUR)) == [Kept("Fernsync", 1)]
    assert rows(ground, Release)[0].names == ["GS-3", "fern/sync#7"]


def test_a_feed_of_releases_names_too(ground: Ground) -> None:
    note = f"<description>Mends GS-4 and #9.</description>{DATED.format(NOON)}"
    item = ITEM.format("5.3", 1, note)
    body = f'<rss version="2.0"><channel><title>Releases</title>{item}</channel></rss>'
    reply = Reply(body=body.encode(), headers={"Content-Type": "application/rss+xml"})
    with Web(place(reply)) as web:
        declared(ground, web.url("/releases.xml"))
        look(ground)
    assert rows(ground, Release)[0].names == ["GS-4", "#9"]
