"""A tiny web server on loopback for tests: each request is answered by a function of the test.

    with Web(lambda asked: Reply(body=b"hello")) as web:
        client.get(web.url("/feed"))
    assert web.log[0].path == "/feed"

An answer is a `Reply`, or a function that writes to the bare connection when the test wants to
misbehave in ways that no server library would. Such a function waits with `web.stopping.wait(...)`,
never with a sleep, so that leaving the block ends it at once.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import httpcore2


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived; `headers` have lower-case names."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An ordinary answer; Content-Length and Connection: close are added."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


RawReply = Callable[[socket.socket], None]
Script = Callable[[Asked], "Reply | RawReply"]


class _Server(ThreadingHTTPServer):
    # Joined when the server closes, so that no thread outlives its test.
    daemon_threads = False
    # What a burst of clients may queue before the first is accepted.
    request_queue_size = 64

    def __init__(self, web: "Web") -> None:
        self.web = web
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a client that hangs up is what many of these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # A client that connects and says nothing must not hold the end of the test up.
    timeout = 5.0
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: `Web.log` is the log."""

    def do_GET(self) -> None:
        self._answer()

    # http.server asks for these names.
    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815 - its spelling

    def _answer(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        web = self.server.web
        with web.guard:
            web.log.append(asked)
        reply = web.script(asked)
        if isinstance(reply, Reply):
            self._send(reply)
        else:
            reply(self.connection)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        bodiless = reply.status in {204, 304}
        sized = {} if bodiless else {"Content-Length": str(len(reply.body))}
        for name, value in {**sized, **reply.headers, "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        if not bodiless and self.command != "HEAD":
            self.wfile.write(reply.body)


class Web:
    """The server; `log` holds the requests in order of arrival, `script` may be exchanged."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.log: list[Asked] = []
        self.guard = threading.Lock()
        self.stopping = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, name="web"
        )

    @property
    def port(self) -> int:
        """The port that the system chose."""
        return self._server.server_port

    @property
    def host_port(self) -> str:
        """The place as allow_hosts writes it."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        """The address of a path here."""
        return f"http://{self.host_port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Detour(httpcore2.NetworkBackend):
    """Leads connections to places on loopback and notes where they were meant to go.

    So the client can be watched dialing public addresses while nothing leaves this machine. Of
    several ports the first connection takes the first, and so on; the rest take the last.
    """

    def __init__(self, *ports: int) -> None:
        self._ports = ports
        self._inner = httpcore2.SyncBackend()
        self.dialed: list[tuple[str, int]] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: object = None,
    ) -> httpcore2.NetworkStream:
        """Note the address and connect to the place instead."""
        to = self._ports[min(len(self.dialed), len(self._ports) - 1)]
        self.dialed.append((host, port))
        return self._inner.connect_tcp("127.0.0.1", to, timeout, local_address)


def raw(data: bytes, *, then: Callable[[], object] = lambda: None) -> RawReply:
    """Answer with these bytes as they stand, do `then`, and hang up."""

    def reply(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(data)
            then()

    return reply
