"""The gateway of the small Discord: hello, identify, ready, beats, resume with what was missed.

    with Gateway(ready) as gateway:
        ... the real discord.py connects to gateway.url ...
        gateway.send("INTERACTION_CREATE", {...})

What is sent while nobody listens is kept for the session and comes with its resume, as at Discord.
Each session is told everything, so that several processes of one bot all hear the same press.
"""

import asyncio
import itertools
import json
import threading
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import WSMsgType, web

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
PATIENCE_S = 60.0
"""The longest that a test waits for the client; it is never slept through."""
BEAT_MS = 41_250


@dataclass
class Line:
    """One connection, with the packing that the client asked for."""

    socket: web.WebSocketResponse
    packer: Any = None

    async def send(self, packet: dict[str, Any]) -> None:
        text = json.dumps(packet)
        if self.packer is None:
            await self.socket.send_str(text)
            return
        packed = self.packer.compress(text.encode()) + self.packer.flush(zlib.Z_SYNC_FLUSH)
        await self.socket.send_bytes(packed)


@dataclass
class Session:
    """What Discord remembers of a client: every event since it identified."""

    number: str
    events: list[dict[str, Any]] = field(default_factory=list)
    line: Line | None = None


class Gateway:
    """The server; `identified` and `resumed` count how often a client did so."""

    def __init__(self, ready: Callable[[], list[tuple[str, dict[str, Any]]]], token: str) -> None:
        self._ready, self._token = ready, token
        self.identified = self.resumed = self.beats = 0
        self.refuse_resume = False
        self.changed = threading.Condition()
        self._sessions: list[Session] = []
        self._numbers = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gateway")
        self.port = 0

    @property
    def url(self) -> str:
        """The address for [discord] gateway_url."""
        return f"ws://127.0.0.1:{self.port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(PATIENCE_S)
        return self

    def __exit__(self, *stopped: Any) -> None:
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def send(self, event: str, data: dict[str, Any]) -> None:
        """Tell the client something, now or when it comes back."""
        self._call(self._dispatch(event, data))

    def drop(self) -> None:
        """Break the line without a word."""
        self._call(self._close(4000))

    def ask_to_reconnect(self) -> None:
        """Say that this server goes down, as Discord does every few hours."""
        for line in [session.line for session in self._sessions if session.line]:
            self._call(line.send({"op": RECONNECT, "d": None, "s": None, "t": None}))

    def wait(self, true: Callable[[], bool]) -> None:
        """Wait until something is so."""
        with self.changed:
            assert self.changed.wait_for(true, PATIENCE_S), "the client never came so far"

    @property
    def online(self) -> bool:
        """Whether a client listens."""
        return any(session.line for session in self._sessions)

    def _call(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._started.set()
        self._loop.run_forever()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_get("/", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        await self._close(1000)
        await self._runner.cleanup()

    async def _close(self, code: int) -> None:
        for session in self._sessions:
            line, session.line = session.line, None
            if line is not None:
                with suppress(ConnectionError, asyncio.TimeoutError):
                    await asyncio.wait_for(line.socket.close(code=code), 1.0)

    async def _dispatch(self, event: str, data: dict[str, Any]) -> None:
        assert self._sessions, "no client has identified yet"
        for session in self._sessions:
            await self._tell_session(session, event, data)

    async def _tell_session(self, session: Session, event: str, data: dict[str, Any]) -> None:
        packet = {"op": DISPATCH, "t": event, "s": len(session.events) + 1, "d": data}
        session.events.append(packet)
        if session.line is not None:
            with suppress(ConnectionError):  # its process was killed just now
                await session.line.send(packet)

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoclose=True)
        await socket.prepare(request)
        packed = request.query.get("compress") == "zlib-stream"
        line = Line(socket, zlib.compressobj() if packed else None)
        await line.send({"op": HELLO, "d": {"heartbeat_interval": BEAT_MS}, "s": None, "t": None})
        async for message in socket:
            if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                await self._heard(line, json.loads(message.data))
        for session in self._sessions:
            if session.line is line:
                session.line = None
                self._tell()
        return socket

    async def _heard(self, line: Line, packet: dict[str, Any]) -> None:
        op: int = packet["op"]
        data: dict[str, Any] = packet["d"] if isinstance(packet.get("d"), dict) else {}
        if op == HEARTBEAT:
            self.beats += 1
            await line.send({"op": ACK, "d": None, "s": None, "t": None})
        elif op == IDENTIFY:
            await self._identify(line, data)
        elif op == RESUME:
            await self._resume(line, data)

    async def _identify(self, line: Line, data: dict[str, Any]) -> None:
        if data["token"] != self._token:
            await line.socket.close(code=4004)
            return
        session = Session(f"session-{next(self._numbers)}", line=line)
        for event, body in self._ready():
            extra = {"session_id": session.number, "resume_gateway_url": self.url}
            told = {**body, **(extra if event == "READY" else {})}
            await self._tell_session(session, event, told)
        self._sessions.append(session)
        self.identified += 1
        self._tell()

    async def _resume(self, line: Line, data: dict[str, Any]) -> None:
        number = data["session_id"]
        session = next((one for one in self._sessions if one.number == number), None)
        if session is None or self.refuse_resume:
            self.refuse_resume = False
            await line.send({"op": INVALID, "d": False, "s": None, "t": None})
            return
        session.line = line
        for packet in session.events[data["seq"] :]:
            await line.send(packet)
        await self._tell_session(session, "RESUMED", {"_trace": []})
        self.resumed += 1
        self._tell()

    def _tell(self) -> None:
        with self.changed:
            self.changed.notify_all()
