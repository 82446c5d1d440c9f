"""What goes wrong between us and a platform, wrapped around the script of any place.

    forum = Forum([...])
    faulty = Faulty(forum)
    with Web(faulty) as web:
        faulty.next(lost_after)              # the next request
        faulty.next(too_many(30), POST)      # the next one that is a POST

A fault decides what the place does with the request and what of its answer arrives. Each is taken
by one request, in the order given, among those that match.
"""

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.places.web import Asked, RawReply, Reply, Script

Answer = Reply | RawReply
Fault = Callable[[Script, Asked], Answer]
Matcher = Callable[[Asked], bool]


def EVERY(_asked: Asked) -> bool:  # noqa: N802 - reads like a word in a table
    """Match any request."""
    return True


def POST(asked: Asked) -> bool:  # noqa: N802 - reads like a word in a table
    """Match what writes."""
    return asked.method == "POST"


def GET(asked: Asked) -> bool:  # noqa: N802 - reads like a word in a table
    """Match what reads."""
    return asked.method == "GET"


@dataclass
class Faulty:
    """A place with faults before it."""

    script: Script
    taken: list[str] = field(default_factory=list)
    """The names of the faults that happened."""
    _waiting: list[tuple[Fault, Matcher]] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def next(self, fault: Fault, matching: Matcher = EVERY) -> None:
        """Let one more fault wait for its request."""
        with self._guard:
            self._waiting.append((fault, matching))

    def forget(self) -> None:
        """Let no fault wait any more."""
        with self._guard:
            self._waiting.clear()

    @property
    def left(self) -> int:
        """How many faults still wait."""
        return len(self._waiting)

    def __call__(self, asked: Asked) -> Answer:
        """Answer one request, well or ill."""
        fault = self._take(asked)
        return self.script(asked) if fault is None else fault(self.script, asked)

    def _take(self, asked: Asked) -> Fault | None:
        with self._guard:
            for number, (fault, matching) in enumerate(self._waiting):
                if matching(asked):
                    del self._waiting[number]
                    self.taken.append(getattr(fault, "__name__", str(fault)))
                    return fault
        return None


def lost_before(_script: Script, _asked: Asked) -> Answer:
    """The line ends before the place did anything."""
    return _hang_up


def lost_after(script: Script, asked: Asked) -> Answer:
    """The place does it, and its answer is lost."""
    script(asked)
    return _hang_up


def reset_before(_script: Script, _asked: Asked) -> Answer:
    """The line is reset before the place did anything."""
    return _reset


def reset_after(script: Script, asked: Asked) -> Answer:
    """The place does it, then the line is reset."""
    script(asked)
    return _reset


def fails_before(_script: Script, _asked: Asked) -> Answer:
    """500, and nothing was done."""
    return Reply(500, b"upstream error", {"Content-Type": "text/plain"})


def fails_after(script: Script, asked: Asked) -> Answer:
    """500, and it was done all the same."""
    script(asked)
    return Reply(500, b"upstream error", {"Content-Type": "text/plain"})


def bad_gateway_after(script: Script, asked: Asked) -> Answer:
    """502 from a proxy that lost patience with a place that did it."""
    script(asked)
    return Reply(502, b"<html>Bad gateway", {"Content-Type": "text/html"})


def silent_before(_script: Script, _asked: Asked) -> Answer:
    """No answer until the client leaves, and nothing was done."""
    return _wait


def silent_after(script: Script, asked: Asked) -> Answer:
    """The place does it and says nothing until the client leaves."""
    script(asked)
    return _wait


def cut_after(script: Script, asked: Asked) -> Answer:
    """The place does it, and half of its answer arrives."""
    script(asked)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    return lambda connection: connection.sendall(head + b'{"id": 12345')


def nonsense_after(script: Script, asked: Asked) -> Answer:
    """The place does it and answers with something else than it should."""
    script(asked)
    return Reply(200, b"<html>Thank you", {"Content-Type": "text/html"})


def too_many(wait_s: int) -> Fault:
    """429 with its seconds, and nothing was done."""

    def too_many_requests(_script: Script, _asked: Asked) -> Answer:
        told = {"errors": ["Slow down."], "extras": {"wait_seconds": wait_s}}
        headers = {"Content-Type": "application/json", "Retry-After": str(wait_s)}
        return Reply(429, json.dumps(told).encode(), headers)

    return too_many_requests


BEFORE: tuple[Fault, ...] = (lost_before, reset_before, fails_before, silent_before)
"""Nothing was done, which the client cannot know."""
AFTER: tuple[Fault, ...] = (
    lost_after, reset_after, fails_after, bad_gateway_after, silent_after, cut_after,
    nonsense_after,
)  # fmt: skip
"""It was done, which the client cannot know."""


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _reset(connection: socket.socket) -> None:
    """Close without the farewell of TCP, so that the other side reads a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _wait(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.recv(1)
