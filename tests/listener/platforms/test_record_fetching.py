"""Files of records on the web: read on from where they ended, whatever the server can do."""

import gzip
import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from pydantic import SecretStr

from config.settings import Credential
from listener.diagnoses import DiagnosedError
from listener.platforms import record_fetching
from listener.platforms.record_lines import MAX_RECORD
from listener.sources.base import Batch
from listener.sources.records import build, recognises
from listener.tables import SourceState
from tests.listener.sources.fetching import loopback_client, place_at
from tests.places.files import FilePlace
from tests.places.web import Asked, Reply, Web


def line(number: int, text: str = "it crashes") -> bytes:
    told = {"id": number, "ts": 1_778_000_000 + number, "text": text}
    return json.dumps(told).encode() + b"\n"


def lines(*numbers: int, text: str = "it crashes") -> bytes:
    return b"".join(line(number, text) for number in numbers)


def look(web: Web, cursor: Any, path: str = "/posts.jsonl", **more: Any) -> tuple[list[str], Any]:
    """Look until there is no more; return the ids that came, and the cursor."""
    found: list[str] = []
    for _ in range(50):
        source = build(place_at(web.url(path), **more), loopback_client())
        batch: Batch = source.fetch(json.loads(json.dumps(cursor)))
        found += [post.remote_id for post in batch.posts]
        cursor = dict(batch.cursor)
        if not batch.more:
            return found, cursor
    raise AssertionError("it never ends")


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_only_what_was_appended_comes(knows_ranges: bool) -> None:
    place = FilePlace(lines(1, 2, 3), knows_ranges=knows_ranges)
    with Web(place) as web:
        first, cursor = look(web, {})
        again, cursor = look(web, cursor)
        place.data += lines(4, 5)
        later, cursor = look(web, cursor)
    assert (first, again, later) == (["1", "2", "3"], [], ["4", "5"])


def test_a_later_part_that_begins_with_a_tag_is_no_web_page() -> None:
    # The part that is asked for again begins 4,096 bytes before the end: at the tag.
    place = FilePlace(lines(1) + line(2, f"see {'<b>'.ljust(4_093, 'x')}"))
    with Web(place) as web:
        first, cursor = look(web, {})
        place.data += lines(3)
        later, _ = look(web, cursor)
        begins = int(web.log[-1].headers["range"].removeprefix("bytes=").partition("-")[0])
    assert (first, later, place.data[begins:].startswith(b"<b>")) == (["1", "2"], ["3"], True)


def test_a_server_that_gives_parts_of_the_packing_is_asked_for_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(record_fetching, "STRETCH", 10_000)
    numbers = range(1, 801)
    plain = FilePlace(b"".join(line(n, sha256(b"%d" % n).hexdigest()) for n in numbers))

    def packing(asked: Asked) -> Reply:
        if "gzip" not in asked.headers["accept-encoding"]:
            return plain(asked)
        reply = FilePlace(gzip.compress(plain.data))(asked)
        return replace(reply, headers={**reply.headers, "Content-Encoding": "gzip"})

    with Web(packing) as web:
        found, _ = look(web, {})
    assert found == [str(number) for number in numbers]


def test_a_file_that_lies_packed_says_what_unpacks_it() -> None:
    packed = r"is packed \(gzip\); unpack it first"
    with (
        Web(FilePlace(gzip.compress(lines(1)))) as web,
        pytest.raises(DiagnosedError, match=packed) as told,
    ):
        look(web, {})
    assert told.value.state is SourceState.NOT_A_FEED


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_web_page_in_the_place_of_the_file_is_refused(knows_ranges: bool) -> None:
    place = FilePlace(lines(1, 2, 3), knows_ranges=knows_ranges)
    with Web(place) as web:
        _, cursor = look(web, {})
        place.data = b"<!doctype html><title>Log in</title>".ljust(10_000)
        with pytest.raises(DiagnosedError, match="is a web page"):
            look(web, cursor)


def test_an_unchanged_file_costs_no_bytes() -> None:
    with Web(FilePlace(lines(1))) as web:
        _, cursor = look(web, {})
        look(web, cursor)
    assert "if-none-match" in web.log[-1].headers


@pytest.mark.parametrize("knows_ranges", [True, False])
@pytest.mark.parametrize("data", [lines(7, 8), lines(7, 8, 9, 10, 11), b""])
def test_another_file_in_its_place_is_read_anew(data: bytes, knows_ranges: bool) -> None:
    place = FilePlace(lines(1, 2, 3), knows_ranges=knows_ranges)
    with Web(place) as web:
        _, cursor = look(web, {})
        place.data = data
        found, _ = look(web, cursor)
    assert found == [str(number) for number in (7, 8, 9, 10, 11)][: data.count(b"\n")]


def test_a_file_larger_than_an_answer_may_be_comes_piece_by_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(record_fetching, "STRETCH", 10_000)
    place = FilePlace(lines(*range(1, 801)))
    with Web(place) as web:
        found, cursor = look(web, {})
        place.data += lines(801)
        later, _ = look(web, cursor)
    assert found == [str(number) for number in range(1, 801)]
    assert later == ["801"]


def test_a_stretch_holds_more_than_one_record_may_have_and_less_than_an_answer() -> None:
    assert MAX_RECORD < record_fetching.STRETCH < 10_000_000


def test_a_line_that_is_not_whole_yet_comes_when_it_is() -> None:
    whole = lines(1, 2)
    place = FilePlace(whole[:-20])
    with Web(place) as web:
        first, cursor = look(web, {})
        place.data = whole
        later, _ = look(web, cursor)
    assert (first, later) == (["1"], ["2"])


def test_a_table_is_read_by_its_first_line() -> None:
    place = FilePlace(b"id,ts,text\n1,1778000001,a\n", path="/posts.csv", type="text/csv")
    with Web(place) as web:
        first, cursor = look(web, {}, "/posts.csv")
        place.data += b"2,1778000002,b\n"
        later, _ = look(web, cursor, "/posts.csv")
    assert (first, later) == (["1"], ["2"])


def test_a_credential_opens_it() -> None:
    place = FilePlace(lines(1))

    def closed(asked: Asked) -> Reply:
        known = asked.headers.get("authorization") == "Bearer reading"
        return place(asked) if known else Reply(401)

    with Web(closed) as web:
        with pytest.raises(DiagnosedError) as caught:
            look(web, {})
        found, _ = look(web, {}, credential=Credential(token=SecretStr("reading")))
    assert caught.value.state is SourceState.NEEDS_LOGIN
    assert found == ["1"]


@pytest.mark.parametrize(
    "told", ["bytes 5-9/3", "bytes 900-999/1000", "pages 1-2/3", "", "bytes 0-1/*"]
)
def test_a_server_that_lies_about_its_part_brings_no_other_trouble(told: str) -> None:
    with Web(lambda _asked: Reply(206, lines(1), {"Content-Range": told})) as web:
        found, cursor = look(web, {})
        look(web, cursor)
    assert found == ["1"]


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://x.org/a/posts.jsonl?key=1", True),
        ("http://x.org/POSTS.NDJSON", True),
        ("https://x.org/posts.csv", True),
        ("https://x.org/feed.json", False),
        ("https://x.org/", False),
        ("posts.jsonl", False),
    ],
)
def test_a_file_of_records_is_recognised_by_its_ending(url: str, known: bool) -> None:
    assert recognises(url) is known
