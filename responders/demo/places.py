"""The demo's places as a process of their own: `python -m responders.demo.places --clock …`.

Three small web servers on the loopback address, which show the script and take replies. On standard
output it tells its ports, one JSON line; each line it reads is a new clock, answered with `ok`. The
end of its input is its sign to end, so it never outlives the process that started it, however that
one died.
"""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from config.clock import ENVIRONMENT_KEY, Clock, clock_from
from responders.demo.answers import answer
from responders.demo.replies import Replies, Reply, is_reply, standing
from responders.demo.script import PLACES, Place, Post, Script, read_script
from responders.demo.taking import take, taken
from responders.demo.wire import Answer, Asked, Sent

LONGEST: Final = 100_000
"""Bytes of what may be sent to a place."""
TOO_LONG: Final = Answer(413, b"<!doctype html><title>Too long</title><p>That is too long.")


class Hands:
    """The clock that all places go by; its hands may be set from outside."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    @classmethod
    def from_text(cls, text: str) -> "Hands":
        """Read a clock as `clock_from` does."""
        return cls(_clock(text))

    def set(self, text: str) -> None:
        """Go by another clock from now on."""
        self.clock = _clock(text)


def _clock(text: str) -> Clock:
    return clock_from({ENVIRONMENT_KEY: text})


class PlaceServer(ThreadingHTTPServer):
    """One place on one port."""

    daemon_threads = True

    def __init__(
        self, place: Place, script: Script, hands: Hands, replies: Replies, *, port: int
    ) -> None:
        self.place, self.hands, self.replies = place, hands, replies
        self.script = [post for post in script.posts if post.place == place]
        self._pen = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def base(self) -> str:
        """The place's own address."""
        return f"http://127.0.0.1:{self.server_port}"

    def posts(self) -> tuple[Post, ...]:
        """Return what stands here now."""
        return standing(self.script, self.replies.of(self.place), until=self.hands.clock.now())

    def answer(self, asked: Asked) -> Answer:
        """Return what the place answers now."""
        return answer(self.place, self.posts(), asked, self.base)

    def take(self, sent: Sent) -> Answer:
        """Keep what somebody wrote, if it can be taken, and answer."""
        with self._pen:  # one at a time: the newest reply is the one just written
            now = self.hands.clock.now()
            written = take(self.place, self.posts(), sent, self.base, now=now)
            if not isinstance(written, Reply):
                return written
            self.replies.add(written)
            newest = [post for post in self.posts() if is_reply(post)][-1]
        return taken(self.place, newest, self.base)

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: who hangs up early has his reasons."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10.0
    server: PlaceServer

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the narration is the log of the demo."""

    def do_GET(self) -> None:
        self._give(self.server.answer(Asked(self.path, self._headers())))

    do_HEAD = do_GET  # noqa: N815 - its spelling

    def do_POST(self) -> None:
        told = self.headers.get("Content-Length", "")
        length = int(told) if told.isascii() and told.isdigit() else LONGEST + 1
        if length > LONGEST:
            self._give(TOO_LONG)
            return
        self._give(self.server.take(Sent(self.path, self._headers(), self.rfile.read(length))))

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _give(self, found: Answer) -> None:
        self.send_response(found.status)
        for name, value in found.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", found.content_type)
        self.send_header("Content-Length", str(len(found.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and found.status != 304:
            self.wfile.write(found.body)


def open_places(
    script: Script, hands: Hands, replies: Replies, wanted: Mapping[Place, int]
) -> Mapping[Place, PlaceServer]:
    """Open every place, at its wanted port where that is free."""

    def opened(place: Place) -> PlaceServer:
        port = wanted.get(place, 0)
        try:
            return PlaceServer(place, script, hands, replies, port=port)
        except OSError:
            if not port:
                raise
            return PlaceServer(place, script, hands, replies, port=0)

    return {place: opened(place) for place in PLACES}


def main(arguments: Sequence[str]) -> int:
    """Serve until the input ends; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m responders.demo.places", description=__doc__)
    parser.add_argument("--clock", default=os.environ.get(ENVIRONMENT_KEY, ""))
    parser.add_argument("--ports", default="", help="wanted ports, as many as there are places")
    parser.add_argument("--replies", type=Path, help="the file that keeps what is written here")
    asked = parser.parse_args(arguments)
    # Ctrl-C at the terminal is for our parent, which then ends our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    hands = Hands.from_text(asked.clock)
    wanted = [int(port) for port in asked.ports.split(",") if port]
    ports = dict(zip(PLACES, wanted, strict=False))
    places = open_places(read_script(), hands, Replies(asked.replies), ports)
    for server in places.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    _say(json.dumps({place: server.server_port for place, server in places.items()}))
    for line in sys.stdin:
        hands.set(line.strip())
        _say("ok")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
