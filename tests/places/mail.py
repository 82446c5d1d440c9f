"""A mail server on loopback: aiosmtpd, which keeps every letter as it came."""

import asyncio
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP, Envelope


class MailPlace:
    """A mail server for the life of a ``with``."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.to: list[list[str]] = []
        self.answer = "250 OK"
        """What it says to a letter; it keeps only those it takes."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        making = self._loop.create_server(self._door, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(making, self._loop).result(10)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Keep a letter; the name is aiosmtpd's."""
        if self.answer.startswith("250"):
            content = cast("bytes", envelope.content)
            letter = message_from_bytes(content, policy=policy.default)
            self.raw.append(content)
            self.letters.append(letter)
            self.to.append(list(envelope.rcpt_tos))
        return self.answer

    def _door(self) -> SMTP:
        return SMTP(self, hostname="mail.example", loop=self._loop)

    async def _close(self) -> None:
        self._server.close()
        await self._server.wait_closed()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)
