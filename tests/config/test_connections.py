"""Slow, endless and broken places: each must end within the deadline or at the cap, in words."""

import contextlib
import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import httpcore2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import GroundswellError
from config.http_client import (
    CutShort,
    Garbled,
    HttpKnobs,
    PoliteClient,
    TimedOut,
    TooLarge,
    Unreachable,
)
from tests.places.web import Asked, Detour, Reply, Web, raw

HEAD = b"HTTP/1.1 200 OK\r\n"


def client(*, resolver: Any = None, dialer: Any = None, **changed: Any) -> PoliteClient:
    base: dict[str, Any] = {"user_agent": "test/1", "spacing_s": 0, "deadline_s": 5}
    extra = {"resolver": resolver} if resolver else {}
    knobs = HttpKnobs(**{**base, "allow_hosts": ("127.0.0.1",), **changed})
    return PoliteClient(knobs, dialer=dialer, **extra)


@contextlib.contextmanager
def ends_within(seconds: float) -> Iterator[None]:
    """End soon after the deadline; a busy machine may be late by some seconds, not by a place's."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds + 5


@pytest.fixture
def scripted() -> Iterator[Web]:
    with Web(lambda asked: Reply()) as web:
        yield web


def dripping(web: Web, head: bytes, drop: bytes) -> Any:
    """Send a drop every 50 ms, which no timeout between two reads ever notices."""

    def reply(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(head)
            for _ in range(100):  # an end, so that a broken deadline fails the test, not hangs it
                if not web.stopping.wait(0.05):
                    connection.sendall(drop)

    return reply


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"", b""),
        (b"", b"H"),
        (HEAD + b"X-A: ", b"a"),
        (b"", b"HTTP/1.1 102 Wait\r\n\r\n"),
        (HEAD + b"Content-Length: 1000\r\n\r\n", b"x"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x", mtime=0)[:12], b""),
    ],
)
def test_the_deadline_is_for_all_of_it_and_not_for_each_read(head: bytes, drop: bytes) -> None:
    def script(asked: Asked) -> Any:
        return dripping(web, head, drop)

    with Web(script) as web, ends_within(1.5), pytest.raises(TimedOut, match=r"within 0\.3 s"):
        client(deadline_s=0.3).get(web.url())


def test_the_deadline_runs_on_across_redirects() -> None:
    def script(asked: Asked) -> Reply:
        web.stopping.wait(0.2)
        return Reply(302, headers={"Location": f"/{len(web.log)}"})

    with Web(script) as web, ends_within(1.5), pytest.raises(TimedOut):
        client(deadline_s=0.5, max_redirects=20).get(web.url())
    assert len(web.log) <= 4


def test_waiting_for_our_own_turn_is_not_held_against_the_other_side() -> None:
    def pause(seconds: float) -> None:
        assert seconds > 50
        web.stopping.wait(1.7)  # a short pause for the long one, still longer than the deadline

    replies = [Reply(302, headers={"Location": "/next"}), Reply(body=b"there")]
    knobs = HttpKnobs(user_agent="t/1", spacing_s=60, deadline_s=1.5, allow_hosts=("127.0.0.1",))
    with Web(lambda asked: replies[len(web.log) - 1]) as web:
        assert PoliteClient(knobs, sleep=pause).get(web.url()).body == b"there"


def test_a_name_server_that_never_answers_ends_with_the_deadline() -> None:
    answered = threading.Event()

    def silent(host: str, port: int) -> list[str]:
        answered.wait(5)
        return []

    with ends_within(1.5), pytest.raises(Unreachable, match="in time"):
        client(resolver=silent, deadline_s=0.3).get("http://slow.example/")
    answered.set()


def test_a_silent_tls_greeting_ends_with_the_deadline_and_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        with ends_within(1.5), pytest.raises(Unreachable):
            client(deadline_s=0.3).get(url)


def test_a_place_that_does_not_read_ends_with_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        with ends_within(1.5), pytest.raises(TimedOut):
            client(deadline_s=1.0).post(url, data=bytes(30_000_000))


def test_a_deadline_that_passes_before_the_first_byte_says_that_nothing_was_sent() -> None:
    class Late(Detour):
        def connect_tcp(self, host: str, port: int, *rest: Any, **named: Any) -> Any:
            web.stopping.wait(0.2)
            return super().connect_tcp(host, port)

    with Web(lambda asked: Reply()) as web, pytest.raises(Unreachable):
        client(dialer=Late(web.port), deadline_s=0.1).get(web.url())
    assert web.log == []


def test_a_dead_address_does_not_hide_a_living_one() -> None:
    public = ["151.101.1.140", "151.101.65.140"]

    class HalfDead(Detour):
        def connect_tcp(self, host: str, *rest: Any, **named: Any) -> Any:
            if host == public[0]:
                raise httpcore2.ConnectError("no route")
            return super().connect_tcp(host, *rest, **named)

    with Web(lambda asked: Reply(body=b"x")) as web:
        polite = client(resolver=lambda host, port: public, dialer=HalfDead(web.port))
        assert polite.get("http://two.example/").body == b"x"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (HEAD + b"Content-Length: 100\r\n\r\nshort", CutShort),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", CutShort),
        (HEAD + b"X-Half", CutShort),
        (b"", CutShort),
        (
            HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 99, mtime=0)[:-4],
            CutShort,
        ),
        (HEAD + b"Content-Encoding: gzip\r\n\r\nplain", Garbled),
        (HEAD + b"Content-Encoding: br\r\n\r\nplain", Garbled),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab", Garbled),
        (HEAD + b"Content-Length: ten\r\n\r\n", Garbled),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", Garbled),
        (b"\x16\x03\x01" + bytes(200), Garbled),
        (HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", Garbled),
    ],
)
def test_a_broken_answer_is_told_apart_from_a_wrong_one(
    answer: bytes, kind: type[GroundswellError]
) -> None:
    with Web(lambda asked: raw(answer)) as web, pytest.raises(kind) as caught:
        client().get(web.url("/feed?key=s3cret"))
    message = str(caught.value)
    assert web.url("/feed") in message
    assert "s3cret" not in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (HEAD + b"X-A: ", b"a" * 65536),
        (HEAD, b"X-A: " + b"a" * 60_000 + b"\r\n"),
        (b"", b"HTTP/1.1 103 Early\r\n\r\n" * 1000),
    ],
)
def test_headers_without_end_are_given_up(head: bytes, piece: bytes) -> None:
    def flood(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(head)
            while not web.stopping.is_set():
                connection.sendall(piece)

    with Web(lambda asked: flood) as web, ends_within(3), pytest.raises(Garbled):
        client().get(web.url())


ZEROS = bytes(40 << 20)
ONCE = gzip.compress(ZEROS)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param({"Content-Encoding": "gzip"}, ONCE, id="gzip"),
        pytest.param({"Content-Encoding": "gzip, gzip"}, gzip.compress(ONCE), id="double gzip"),
        pytest.param({}, ZEROS, id="plain"),
    ],
)
def test_a_bomb_is_given_up_at_the_cap_without_growing_the_memory(
    headers: dict[str, str], body: bytes
) -> None:
    with Web(lambda asked: Reply(200, body, headers)) as web:
        polite = client(max_bytes=2_000_000)
        tracemalloc.start()
        try:
            with pytest.raises(TooLarge, match="2,000,000 bytes"):
                polite.get(web.url())
            assert tracemalloc.get_traced_memory()[1] < 8_000_000
        finally:
            tracemalloc.stop()


def test_the_cap_is_exact_and_may_be_set_for_one_call() -> None:
    with Web(
        lambda asked: Reply(200, gzip.compress(bytes(1000)), {"Content-Encoding": "gzip"})
    ) as web:
        assert len(client().get(web.url(), max_bytes=1000).body) == 1000
        with pytest.raises(TooLarge):
            client().get(web.url(), max_bytes=999)


def test_a_flood_of_empty_gzip_members_ends_with_the_deadline() -> None:
    flood = gzip.compress(gzip.compress(b"") * 400_000)
    reply = Reply(200, flood, {"Content-Encoding": "gzip, gzip"})
    with Web(lambda asked: reply) as web, ends_within(1.5), pytest.raises(TimedOut):
        client(deadline_s=0.3).get(web.url())


def test_packed_bytes_count_too_for_what_unpacks_to_nothing() -> None:
    flood = gzip.compress(b"") * 1000

    def endless(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(HEAD + b"Content-Encoding: gzip\r\n\r\n")
            while not web.stopping.is_set():
                connection.sendall(flood)

    with Web(lambda asked: endless) as web, pytest.raises(TooLarge):
        client(max_bytes=300_000).get(web.url())


def test_an_answer_that_says_it_is_too_large_is_not_downloaded() -> None:
    sent: list[int] = []

    def huge(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 100000001\r\n\r\n")
        sent.append(len(connection.recv(10)))  # nothing: the client hangs up

    with Web(lambda asked: huge) as web, pytest.raises(TooLarge):
        client().get(web.url())
    unchanged = Reply(304, headers={"Content-Length": "100000001"})
    with Web(lambda asked: unchanged) as web:
        assert client().get(web.url()).not_modified


def test_an_endless_answer_ends_at_the_cap() -> None:
    def endless(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(HEAD + b"\r\n")
            while not web.stopping.is_set():
                connection.sendall(b"<!-- more -->" * 5000)

    with Web(lambda asked: endless) as web, pytest.raises(TooLarge):
        client(max_bytes=1_000_000).get(web.url())


_STARTS = st.sampled_from(
    [b"HTTP/1.1 200 OK", b"HTTP/1.1 301 X", b"HTTP/1.0 99 X", b"HTTP/9.9 200", b"HTTP/1.1 101 Up"]
)
_LINES = st.sampled_from(
    [
        b"Content-Length: 3",
        b"Content-Length: -1",
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: gzip",
        b"Content-Encoding: deflate",
        b"Location: http://[",
        b"Location: \xff//\xfe",
        b"Location: //\xc3\xbc\xc3\x9f..x/",
        b"Location: http://127.0.0.1:0/",
        b"Retry-After: Mon, 1 Jan",
        b"Date: 9",
        b": x",
        b"",
        b"5",
    ]
)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    start=_STARTS | st.binary(max_size=20),
    lines=st.lists(_LINES | st.binary(max_size=40), max_size=7),
)
def test_whatever_bytes_come_the_end_is_an_answer_or_one_of_our_errors(
    scripted: Web, start: bytes, lines: list[bytes]
) -> None:
    answer = b"\r\n".join([start, *lines, b"", b""])
    scripted.script = lambda asked: raw(answer)
    with contextlib.suppress(GroundswellError):
        client().get(scripted.url())


def test_nothing_is_tried_again_by_itself() -> None:
    with Web(lambda asked: raw(b"")) as web:
        for call in (client().get, client().post):
            with pytest.raises(CutShort):
                call(web.url())
    assert [asked.method for asked in web.log] == ["GET", "POST"]


def test_many_threads_share_one_client() -> None:
    with Web(lambda asked: Reply(body=asked.path.encode())) as web:
        polite = client()
        bodies: dict[int, bytes] = {}

        def fetch(number: int) -> None:
            bodies[number] = polite.get(web.url(f"/{number}")).body

        threads = [threading.Thread(target=fetch, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert bodies == {number: f"/{number}".encode() for number in range(20)}
