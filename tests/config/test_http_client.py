import json
import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from config.errors import PermanentError
from config.http_client import (
    BadRedirect,
    HttpKnobs,
    PoliteClient,
    RefusedAddress,
    Unreachable,
)
from tests.places.web import Asked, Detour, Reply, Web

PUBLIC = "151.101.1.140"


def knobs(**changed: Any) -> HttpKnobs:
    base: dict[str, Any] = {"user_agent": "test/1", "spacing_s": 0, "deadline_s": 5}
    return HttpKnobs(**{**base, "allow_hosts": ("127.0.0.1",), **changed})


def client(**changed: Any) -> PoliteClient:
    return PoliteClient(knobs(**changed))


def _next_of(replies: Iterator[Reply], asked: Asked) -> Reply:
    return next(replies)


def hop(status: int, location: str) -> Reply:
    return Reply(status, b"moved", {"Location": location})


def test_an_answer_is_read_whole_and_tells_where_it_came_from() -> None:
    reply = Reply(200, b"hello", {"ETag": 'W/"1"', "X-Odd": "Yes"})
    with Web(lambda asked: reply) as web:
        answer = client().get(web.url("/feed?b=1#part"))
    assert (answer.status, answer.body, answer.not_modified) == (200, b"hello", False)
    assert (answer.url, answer.final_url) == (web.url("/feed?b=1#part"), web.url("/feed?b=1"))
    assert (answer.headers["etag"], answer.headers["x-odd"]) == ('W/"1"', "Yes")
    assert answer.permanent_redirect is None
    assert 0 < answer.elapsed_s < 5
    sent = web.log[0].headers
    assert (sent["user-agent"], sent["host"]) == ("test/1", web.host_port)


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [({}, "gzip, deflate"), ({"Range": "bytes=5-9"}, "identity"), ({"range": "x"}, "identity")],
)
def test_a_part_is_asked_for_unpacked(headers: dict[str, str], accepted: str) -> None:
    with Web(lambda asked: Reply()) as web:
        client().get(web.url(), headers=headers)
    assert web.log[0].headers["accept-encoding"] == accepted


@pytest.mark.parametrize("status", [204, 304, 404, 410, 418, 429, 500, 503])
def test_any_status_is_an_answer_and_not_an_error(status: int) -> None:
    with Web(lambda asked: Reply(status)) as web:
        answer = client().get(web.url())
    assert answer.status == status
    assert answer.not_modified is (status == 304)
    assert len(web.log) == 1


def test_validators_are_echoed_byte_for_byte() -> None:
    reply = Reply(headers={"ETag": 'W/"ä\xad \x7e"', "Last-Modified": "Mo, 2 Nov 2026"})
    with Web(lambda asked: reply) as web:
        first = client().get(web.url())
        etag, modified = first.headers["etag"], first.headers["last-modified"]
        client().get(web.url(), etag=etag, last_modified=modified, accept="text/xml")
    sent = web.log[1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == (
        'W/"ä\xad \x7e"',
        "Mo, 2 Nov 2026",
    )
    assert sent["accept"] == "text/xml"


def test_json_a_form_and_bytes_can_be_posted() -> None:
    with Web(lambda asked: Reply(201)) as web:
        polite = client()
        polite.post(web.url(), json={"text": "Grüße"}, credentials={"Authorization": "Bearer s"})
        polite.post(web.url(), data={"a b": "ü&"})
        polite.post(web.url(), data=b"\x00raw", headers={"Content-Type": "application/x-own"})
        polite.post(web.url())
    as_json, form, raw, empty = web.log
    assert json.loads(as_json.body) == {"text": "Grüße"}
    assert as_json.headers["authorization"] == "Bearer s"
    assert (as_json.headers["content-type"], as_json.method) == ("application/json", "POST")
    assert form.body == b"a+b=%C3%BC%26"
    assert form.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (raw.body, raw.headers["content-type"]) == (b"\x00raw", "application/x-own")
    assert (empty.body, empty.headers["content-length"]) == (b"", "0")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_is_posted_never_goes_to_another_address_than_the_approved_one(status: int) -> None:
    with Web(lambda asked: hop(status, "/elsewhere")) as web:
        answer = client().post(web.url("/here"), json={})
    assert (answer.status, answer.headers["location"]) == (status, "/elsewhere")
    assert [asked.path for asked in web.log] == ["/here"]


@pytest.mark.parametrize(
    ("hops", "remembered"),
    [
        ([301], "/1"),
        ([308, 301], "/2"),
        ([302], None),
        ([307, 301], None),
        ([301, 302, 301], "/1"),
        ([303, 302], None),
    ],
)
def test_an_address_is_remembered_only_after_permanent_moves(
    hops: list[int], remembered: str | None
) -> None:
    def script(asked: Asked) -> Reply:
        seen = int(asked.path[1:])
        return hop(hops[seen], f"/{seen + 1}") if seen < len(hops) else Reply(body=b"end")

    with Web(script) as web:
        answer = client().get(web.url("/0"))
        expected = None if remembered is None else web.url(remembered)
        assert (answer.body, answer.final_url) == (b"end", web.url(f"/{len(hops)}"))
        assert (answer.permanent_redirect, answer.url) == (expected, web.url("/0"))


def test_a_circle_a_chain_and_a_redirect_to_nowhere_end_after_few_requests() -> None:
    def script(asked: Asked) -> Reply:
        if asked.path == "/nowhere":
            return Reply(302)
        if asked.path.startswith("/chain"):
            return hop(302, f"/chain{len(web.log)}")
        return hop(302, {"/a": "/b", "/b": "/a"}[asked.path])

    for path, requests in (("/a", 2), ("/chain", 6), ("/nowhere", 1)):
        with Web(script) as web, pytest.raises(BadRedirect):
            client().get(web.url(path))
        assert len(web.log) == requests


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://x.example/",
        "http://10.0.0.1/",
        "//169.254.169.254/latest",
        "http://user:word@example.org/",
        "gopher://x",
        "http://0x7f.1/",
        "http://[",
        "//[::1%25lo]/",
        "/\\evil.example/",
    ],
)
def test_each_hop_is_checked_anew(location: str) -> None:
    with Web(lambda asked: hop(302, location)) as web:
        with pytest.raises(RefusedAddress, match="refused") as caught:
            client().get(web.url("/start"))
        assert web.url("/start") in str(caught.value)
        assert "word" not in str(caught.value)
    assert len(web.log) == 1


def test_a_redirect_may_name_its_place_in_odd_but_honest_ways() -> None:
    raw = "/ü ü".encode().decode("latin-1")
    for location, place in (
        ("next?x=1", "/next?x=1"),
        ("/next?x=1#top", "/next?x=1"),
        ("./a/../next?x=1", "/next?x=1"),
        (raw, "/%C3%BC%20%C3%BC"),
    ):
        replies = iter([hop(302, location), Reply()])
        with Web(partial(_next_of, replies)) as web:
            assert client().get(web.url("/start")).final_url == web.url(place)


SECRETS = {
    "Authorization": "Bearer s3cret",
    "API-Key": "s3cret",
    "Api-Username": "s3cret",
    "User-Api-Key": "s3cret",
    "Cookie": "s3cret",
}


def test_credentials_stay_with_their_host_and_port() -> None:
    with Web(lambda asked: Reply()) as other:

        def script(asked: Asked) -> Reply:
            return hop(302, "/same" if asked.path == "/" else other.url())

        with Web(script) as home:
            client().get(home.url(), headers=SECRETS, credentials={"X-Token": "s3cret"})
    names = {name.lower() for name in (*SECRETS, "X-Token")}
    assert [names & set(asked.headers) for asked in home.log] == [names, names]
    assert [names & set(asked.headers) for asked in other.log] == [set()]
    assert other.log[0].headers["host"] == other.host_port
    assert other.log[0].headers["user-agent"] == "test/1"


def test_credentials_dropped_once_do_not_come_back() -> None:
    places: dict[str, str] = {}
    with (
        Web(lambda asked: hop(302, places["home"])) as other,
        Web(lambda asked: Reply() if asked.path == "/2" else hop(302, other.url())) as home,
    ):
        places["home"] = home.url("/2")
        client().get(home.url(), credentials={"Authorization": "s3cret"})
    assert [("authorization" in asked.headers) for asked in home.log] == [True, False]


def test_cookies_are_never_kept() -> None:
    with Web(lambda asked: Reply(headers={"Set-Cookie": "sid=1; Path=/"})) as web:
        polite = client()
        polite.get(web.url())
        polite.get(web.url())
    assert "cookie" not in web.log[1].headers


def test_proxies_and_netrc_of_the_environment_are_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password s3cret")
    monkeypatch.setenv("NETRC", str(netrc))
    with Web(lambda asked: Reply(body=b"proxy")) as proxy, Web(lambda a: Reply(body=b"web")) as web:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        assert client().get(web.url()).body == b"web"
    assert proxy.log == []
    assert "authorization" not in web.log[0].headers


def test_a_loopback_address_is_refused_unless_listed_and_nothing_is_dialed() -> None:
    with Web(lambda asked: Reply()) as web:
        detour = Detour(web.port)
        for listed in ((), ("127.0.0.1:1",), ("10.0.0.0/8",)):
            with pytest.raises(RefusedAddress, match="allow_hosts"):
                PoliteClient(knobs(allow_hosts=listed), dialer=detour).get(web.url())
        assert detour.dialed == []
        PoliteClient(knobs(allow_hosts=()), allow_hosts=[web.host_port]).get(web.url())
    assert len(web.log) == 1


def test_the_checked_address_is_the_dialed_one_and_the_name_stays_in_the_host_header() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    with Web(lambda asked: Reply(body=b"x")) as web:
        detour = Detour(web.port)
        polite = PoliteClient(knobs(), resolver=lambda h, p: next(answers), dialer=detour)
        assert polite.get("http://flip.example:8080/").body == b"x"
    assert detour.dialed == [(PUBLIC, 8080)]
    assert web.log[0].headers["host"] == "flip.example:8080"


def test_the_name_stays_in_the_tls_greeting() -> None:
    greetings: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def greet() -> None:
        connection, _ = listener.accept()
        with connection:
            greetings.append(connection.recv(4096))

    thread = threading.Thread(target=greet)
    thread.start()
    with listener:
        polite = PoliteClient(
            knobs(), resolver=lambda h, p: [PUBLIC], dialer=Detour(listener.getsockname()[1])
        )
        with pytest.raises(Unreachable):
            polite.get("https://named.example/")
        thread.join()
    assert b"named.example" in greetings[0]


def test_an_unknown_name_and_a_closed_port_are_unreachable_and_keep_their_cause() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(Unreachable, match="name is not known") as caught:
        PoliteClient(knobs(), resolver=unknown).get("http://nobody.example/")
    assert caught.value.__cause__ is not None
    with Web(lambda asked: Reply()) as web:
        closed = web.url("/x?token=s3cret")
    with pytest.raises(Unreachable) as caught:
        client().get(closed)
    assert "s3cret" not in str(caught.value)
    with pytest.raises(Unreachable, match="no address"):
        PoliteClient(knobs(), resolver=lambda h, p: []).get("http://empty.example/")


def test_a_header_that_would_smuggle_another_one_is_not_sent() -> None:
    with Web(lambda asked: Reply()) as web:
        with pytest.raises(PermanentError, match="header") as caught:
            client().get(web.url(), credentials={"Api-Key": "s3cret\r\nX-Own: 1"})
        assert "s3cret" not in str(caught.value)
    assert web.log == []


def test_a_brief_look_follows_redirects_and_brings_no_body() -> None:
    def script(asked: Asked) -> Reply:
        moved = {"Location": "/there"} if asked.path == "/" else {}
        return Reply(301 if moved else 200, body=b"page", headers=moved)

    with Web(script) as web:
        answer = client().head(web.url())
    assert (answer.status, answer.final_url, answer.body) == (200, web.url("/there"), b"")
    assert [asked.method for asked in web.log] == ["HEAD", "HEAD"]
