"""One suite over every kind of source: what it makes of JSON in which one value is another.

Each value of each answer is exchanged in turn, the log-in's too. A look then ends with a diagnosis
or with posts that can be stored; never with an error of another kind, which would say nothing to
the operator, and never with a cursor that the next look cannot read.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from config.errors import GroundswellError
from listener.cleaning import clean_html, clean_text
from listener.identity import identify
from listener.preparing import storable
from listener.sources.base import RawPost, Source
from tests.contracts.source_fakes import KINDS, Answer, Fake, drained, source_of
from tests.places.web import Asked, Reply

ODD: dict[str, Any] = {
    "null": None,
    "a number": 7,
    "a huge number": 10**400,
    "minus infinity": float("-inf"),
    "a list": [None],
    "an object": {"a": {}},
    "true": True,
    "no text": "",
    "a long text": "x" * 30_000,
    "half a character": "\ud83d\x00\u2028",
    "a deep list": json.loads("[" * 400 + "]" * 400),
    "an early time": "0001-01-01T00:00:00+23:59",
}
OTHER = "the other one, told well"
Path_ = tuple[str | int, ...]


def paths(value: Any, at: Path_ = ()) -> Iterator[Path_]:
    """Give the places of all values in a JSON value."""
    inner: list[tuple[str | int, Any]] = list(value.items()) if isinstance(value, dict) else []
    if isinstance(value, list):
        inner = list(enumerate(value[:1]))  # the second post stays as it is
    for name, below in inner:
        yield (*at, name)
        yield from paths(below, (*at, name))


def exchanged(value: Any, path: Path_, odd: Any) -> Any:
    """Return a JSON value with another one at a place."""
    changed = copy.deepcopy(value)
    inner = changed
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = odd
    return changed


class Odd:
    """Changes one value of the answers of a place; the answers are counted in each look."""

    def __init__(self) -> None:
        self.number = -1
        self.path: Path_ = ()
        self.odd: Any = None
        self.told: list[Any] = []

    def begin(self, number: int, path: Path_, odd: Any) -> None:
        """Change this answer of the next look."""
        self.number, self.path, self.odd, self.told = number, path, odd, []

    def __call__(self, _asked: Asked, reply: Answer) -> Answer:
        """Answer, oddly if it is the one."""
        if (
            not isinstance(reply, Reply)
            or b"json" not in reply.headers.get("Content-Type", "").encode()
        ):
            return reply
        try:
            value = json.loads(reply.body)
        except ValueError:
            return reply
        self.told.append(value)
        if len(self.told) - 1 != self.number:
            return reply
        body = json.dumps(exchanged(value, self.path, self.odd)).encode()
        return Reply(reply.status, body, reply.headers)


def check_storable(posts: list[RawPost], *, stable_ids: bool) -> None:
    """Do with posts what the crawler does before it writes them."""
    clean = [storable(post) for post in posts]
    for post in clean:
        assert isinstance(post.body, str)
        assert isinstance(post.remote_id, str)
        assert post.published_at is None or post.published_at.tzinfo is not None
        assert post.url is None or post.url.startswith("http")
    texts = [(clean_html if post.is_html else clean_text)(post.body).text for post in clean]
    identify(clean, texts, stable_ids=stable_ids)


def look(source: Source, *, is_post: bool) -> Mapping[str, Any]:
    """Look once at an odd place; return the cursor."""
    try:
        posts, batch = drained(source, {})
    except GroundswellError:
        if is_post:
            raise
        return {}
    check_storable(posts, stable_ids=source.capabilities.stable_ids)
    return batch.cursor


@pytest.fixture(params=[kind for kind in KINDS if kind not in {"records", "feed"}])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind that reads an interface of JSON."""
    return str(request.param)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_an_odd_value_anywhere_spoils_no_other_post(kind: str, fake: Fake, odd: Any) -> None:
    fake.say(1, OTHER)
    fake.say(2, OTHER)
    fake.spared, place = "/nothing", Odd()
    fake.wrap(place)
    drained(source_of(kind, fake.url, fake.options), {})
    answers = place.told
    assert answers
    for number, answer in enumerate(answers):
        for path in paths(answer):
            place.begin(number, path, odd)
            source = source_of(kind, fake.url, fake.options)
            in_a_list = any(isinstance(name, int) for name in path[:-1])
            cursor = look(source, is_post=in_a_list and OTHER in json.dumps(answer))
            place.begin(-1, (), None)
            drained(source, cursor)


def test_odd_records_are_told_by_their_numbers(tmp_path: Path) -> None:
    whole = {"id": 1, "ts": 1_778_000_000, "text": "it crashes", "title": "Crash", "author": "bo"}
    more = {"source": "mail", "url": "https://x.org/1", "thread": "t", "lang": "en", "rating": 3}
    file = tmp_path / "odd.jsonl"
    lines = [
        json.dumps(exchanged(whole | more, path, odd))
        for odd in ODD.values()
        for path in paths(whole | more)
    ]
    file.write_text("\n".join([*lines, json.dumps(whole | {"id": 2, "text": OTHER})]) + "\n")
    source = source_of("records", str(file), None)
    posts, batch = drained(source, {})
    check_storable(posts, stable_ids=source.capabilities.stable_ids)
    assert posts[-1].body == OTHER
    assert batch.loss is not None
