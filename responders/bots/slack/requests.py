"""Signed requests: what Slack tells us where it can reach this service and no line is wanted.

Whoever knows the secret is Slack; so a request is read only if it is signed, was written within
five minutes, and was not read before.
Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from hashlib import sha256

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import Clock, SignatureVerifier
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from config.errors import PermanentError
from config.ground import Ground
from config.logs import event_log, hide
from responders.bots.slack.hearing import Hearing
from responders.delivery.channels.slack import Options

MAX_BYTES = 1_000_000
"""No press is so long; a stranger's request is cut there before anything is reckoned."""
BODY_S = 3.0
"""Slack itself gives a press up after three seconds; a stranger who drips keeps nothing open."""
WINDOW_S = 300
REMEMBERED = 10_000
"""Requests kept in mind; so many genuine ones within five minutes do not come."""

log = event_log(__name__)


class _At(Clock):
    """The library's clock, as it is handed in."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._read = now

    def now(self) -> float:
        """Return seconds since 1970."""
        return self._read()


class Requests:
    """Takes what comes at one address."""

    def __init__(
        self, ground: Ground, options: Options, *, now: Callable[[], float] = time.time
    ) -> None:
        if options.signing_secret is None:
            raise PermanentError("[slack] signing_secret is not set")
        secret = options.signing_secret.get_secret_value()
        hide([secret])
        self._now, self._read = now, dict[str, float]()
        self._signed = SignatureVerifier(secret, clock=_At(now))
        self._hearing = Hearing(ground, options)

    async def take(self, request: Request) -> Response:
        """Take one request; whatever it asks is decided after the answer."""
        try:
            async with asyncio.timeout(BODY_S):
                body = await _within(request)
        except TimeoutError:
            log.warning("request_refused", place="Slack", reason="it came too slowly")
            return PlainTextResponse("", status_code=408)
        headers = {name.lower(): value for name, value in request.headers.items()}
        why = "it is too long" if body is None else self._wrong(body, headers)
        if why or body is None:
            log.warning("request_refused", place="Slack", reason=why)
            return PlainTextResponse("", status_code=401)
        asked = AsyncBoltRequest(body=body.decode(), headers=dict(headers))
        answer = await self._hearing.app.async_dispatch(asked)
        kept = {name: values[0] for name, values in answer.headers.items() if values}
        return Response(answer.body, status_code=answer.status, headers=kept)

    def _wrong(self, body: bytes, headers: Mapping[str, str]) -> str:
        """Say why a request is none of Slack's; empty when it is."""
        signature = headers.get("x-slack-signature", "")
        try:
            body.decode()
            signed = self._signed.is_valid_request(body, dict(headers))
        except (ValueError, TypeError):  # no text, or no time
            return "it cannot be read"
        if not signed:
            return "its signature is wrong, or older than five minutes"
        if self._was_read(signature):
            return "it came before"
        return ""

    def _was_read(self, signature: str) -> bool:
        """Tell whether a request was read already, and keep it in mind as long as it would pass."""
        now, mark = self._now(), sha256(signature.encode()).hexdigest()
        if len(self._read) >= REMEMBERED:
            self._read = {each: until for each, until in self._read.items() if until > now}
        if self._read.get(mark, 0.0) > now:
            return True
        self._read[mark] = now + 2 * WINDOW_S  # one written a little ahead of our clock, too
        return False


async def _within(request: Request) -> bytes | None:
    """Return a body; None for one that is too long."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BYTES:
            return None
    return bytes(body)
