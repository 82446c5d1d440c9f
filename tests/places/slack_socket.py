"""The Socket Mode of the small Slack: hello, envelopes, acks, and lines that end.

    with SocketMode(heard) as socket:
        ... the real slack_sdk connects to socket.url ...
        socket.send({"envelope_id": "1", "type": "interactive", "payload": {...}})

Each envelope goes to one of the lines that listen. What comes while nobody listens is lost, as it
is at Slack, which tells the person so.
"""

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.places.slack_people import PATIENCE_S


class SocketMode:
    """The server; `connected` counts how often a client came."""

    def __init__(self, heard: Callable[[dict[str, Any]], None]) -> None:
        self._heard = heard
        self.connected = 0
        self.lost: list[dict[str, Any]] = []
        self.in_a_gap = False
        """What comes now is lost, however soon a client is back."""
        """What came while nobody listened."""
        self.changed = threading.Condition()
        self._lines: list[web.WebSocketResponse] = []
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="socket-mode")
        self.port = 0

    @property
    def url(self) -> str:
        """What apps.connections.open answers."""
        return f"ws://127.0.0.1:{self.port}/link?ticket={self.connected}"

    @property
    def listening(self) -> int:
        """How many clients listen."""
        return len(self._lines)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(PATIENCE_S)
        return self

    def __exit__(self, *stopped: Any) -> None:
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def send(self, envelope: dict[str, Any]) -> None:
        """Tell one client something."""
        self._call(self._send(envelope))

    def drop(self) -> None:
        """End every line with a closing word."""
        self._call(self._close())

    def cut(self) -> None:
        """Break every line without a word."""
        self._call(self._abort())

    def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Say that this line ends soon, as Slack does every few hours."""
        self._call(self._send({"type": "disconnect", "reason": reason, "debug_info": {}}))

    def wait(self, true: Callable[[], bool]) -> None:
        """Wait until something is so."""
        with self.changed:
            assert self.changed.wait_for(true, PATIENCE_S), "the client never came so far"

    def _call(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._started.set()
        self._loop.run_forever()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_get("/link", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        await self._close()
        await self._runner.cleanup()

    async def _close(self) -> None:
        lines, self._lines = self._lines, []
        for line in lines:
            with suppress(ConnectionError, asyncio.TimeoutError):
                await asyncio.wait_for(line.close(code=1001), 1.0)

    async def _abort(self) -> None:
        lines, self._lines = self._lines, []
        for line in lines:
            transport = line._req.transport if line._req else None
            if transport is not None:
                transport.abort()

    async def _send(self, envelope: dict[str, Any]) -> None:
        while self._lines and not self.in_a_gap:
            try:
                await self._lines[-1].send_str(json.dumps(envelope))
            except ConnectionError:  # its process was killed just now
                self._lines.pop()
            else:
                return
        self.lost.append(envelope)

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse(autoclose=True)
        await line.prepare(request)
        await line.send_str(json.dumps({"type": "hello", "num_connections": 1}))
        self._lines.append(line)
        self.connected += 1
        self._tell()
        with suppress(ConnectionError):
            async for message in line:
                if message.type is WSMsgType.TEXT:
                    self._heard(json.loads(message.data))
        if line in self._lines:
            self._lines.remove(line)
        self._tell()
        return line

    def _tell(self) -> None:
        with self.changed:
            self.changed.notify_all()
