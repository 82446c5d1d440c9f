"""Alerts to a Discord channel by its webhook, sent with discord.py.

The library tries again by itself when the server says 5xx or 429, and sleeps where the server
says that a limit is near: after a lost answer that makes two messages, and a sleep would eat our
deadline. So it gets a session that lets each request pass once and hides the limits from it. The
same session leads to servers other than Discord's own, which ``Webhook.from_url`` refuses.
discord.py loads when the first message leaves, not before.
"""

import asyncio
import json
import math
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from pydantic import Field, SecretStr, field_validator

from config.errors import GroundswellError, PermanentError, TransientError
from config.logs import hide
from config.settings import HttpKnobs
from responders.delivery.channels.base import (
    Capabilities,
    ChannelOptions,
    InDoubt,
    Message,
    Receipt,
    Ways,
)

if TYPE_CHECKING:
    import aiohttp

WEBHOOK = re.compile(
    r"(?P<base>https?://[^/@\s]+(?:/[^\s?#]*?)?)/webhooks/(?P<id>\d{1,20})/(?P<token>[\w.-]{1,120})/?"
)
OWN_BASES = frozenset({"https://discord.com/api", "https://discordapp.com/api"})
"""Copied addresses name no version of the interface; there we ask for the library's own."""
CONTENT_LIMIT = 2000
"""Source: https://docs.discord.com/developers/resources/webhook#execute-webhook"""
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
"""What the library raises where an answer has another shape than a message."""
DEFAULT_REST_S = 5.0
"""What we wait where the server asks for silence and does not say how long."""


class Options(ChannelOptions):
    """The section ``[discord]``."""

    token: SecretStr | None = None
    channel_id: int | None = Field(default=None, gt=0)
    role_id: int | None = Field(default=None, gt=0)
    api_url: str | None = None
    gateway_url: str | None = None
    webhook_url: SecretStr | None = None

    @field_validator("webhook_url")
    @classmethod
    def _is_webhook(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse what is no webhook address; the message must not repeat the secret."""
        if value is not None and not WEBHOOK.fullmatch(value.get_secret_value()):
            raise ValueError(
                "is not the address of a webhook; copy it in Discord under channel settings, "
                "Integrations, Webhooks: https://discord.com/api/webhooks/NUMBER/TOKEN"
            )
        return value


def destination(options: Options) -> str | None:
    """Return the webhook by its number; the token is a secret and stays out of the store."""
    address = _address(options)
    return f"discord:{address['id']}" if address else None


def build(options: Options, *, ways: Ways) -> "DiscordWebhook":
    """Return the channel.

    Raises:
        PermanentError: no webhook is configured.
    """
    address = _address(options)
    if address is None:
        raise PermanentError("[discord] webhook_url is not set")
    hide([address["token"]])
    return DiscordWebhook(
        base=address["base"], number=int(address["id"]), token=address["token"], http=ways.http
    )


def _address(options: Options) -> Mapping[str, str] | None:
    if options.webhook_url is None:
        return None
    match = WEBHOOK.fullmatch(options.webhook_url.get_secret_value())
    return match.groupdict() if match else None


@dataclass(frozen=True)
class Answer:
    """As much of an answer as discord.py reads, taken in whole and capped."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    async def text(self, encoding: str = "utf-8") -> str:
        """Return the body; the library decodes the JSON itself."""
        return self.body.decode(encoding, "replace")


class OneTry:
    """Stands where discord.py expects an aiohttp session; lets every request pass once."""

    def __init__(self, session: "aiohttp.ClientSession", *, base: str, max_bytes: int) -> None:
        self._session, self._base, self._max_bytes = session, base, max_bytes
        self.rest_s = 0.0
        """What the last answer asked us to wait before the next request."""
        self.accepted = False
        """Whether the server took the message, however its answer went on."""

    @asynccontextmanager
    async def request(self, method: str, url: str, **options: Any) -> AsyncIterator[Answer]:
        """Send to our base; an answer that the library would send again for ends here.

        Raises:
            TransientError: the server asks for silence.
            InDoubt: the server failed; it may have kept the message all the same.
        """
        from discord.http import Route

        base = Route.BASE if self._base in OWN_BASES else self._base
        where = base + url.removeprefix(Route.BASE)
        options["allow_redirects"] = False
        async with self._session.request(method, where, **options) as response:
            self.accepted = 200 <= response.status < 300
            body = await self._whole(response.content)
            if response.status == 429:
                rest_s = _retry_after(response.headers, body)
                raise TransientError("Discord asks for silence (429)", retry_after_s=rest_s)
            if response.status >= 500:
                raise InDoubt(f"Discord answered {response.status}")
            if response.headers.get("X-RateLimit-Remaining") == "0":
                self.rest_s = _seconds(response.headers.get("X-RateLimit-Reset-After"), 0.0)
            headers = {"content-type": _kind_of(body)}
            answer = Answer(response.status, response.reason or "", headers, body)
        yield answer

    async def _whole(self, content: "aiohttp.StreamReader") -> bytes:
        """Return the body, or what came of it before the line broke or the cap was reached."""
        from aiohttp import ClientError

        body = bytearray()
        with suppress(ClientError):
            async for piece in content.iter_any():
                body += piece
                if len(body) >= self._max_bytes:
                    break
        return bytes(body[: self._max_bytes])


class DiscordWebhook:
    """One webhook of one Discord channel."""

    capabilities = Capabilities(public=False, lookup=False, idempotent=False)

    def __init__(self, *, base: str, number: int, token: str, http: HttpKnobs) -> None:
        self._base, self._number, self._token, self._http = base, number, token, http

    def send(self, message: Message) -> Receipt:
        """Execute the webhook once, in an event loop of its own."""
        return asyncio.run(self._send(message))

    def find(self, message: Message) -> Receipt | None:  # noqa: ARG002 - the contract
        """A webhook can read a message back by its number alone, which a lost answer never told."""
        return None

    async def _send(self, message: Message) -> Receipt:
        async with self._open() as session:
            once = OneTry(session, base=self._base, max_bytes=self._http.max_bytes)
            return await self._try(once, message)

    async def _try(self, once: OneTry, message: Message) -> Receipt:
        import aiohttp
        import discord

        try:
            async with asyncio.timeout(self._http.deadline_s):
                return await self._execute(once, message)
        except GroundswellError:
            raise
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # The cause is cut off here and below: its text may hold the path, and so the token.
            raise TransientError(f"Discord cannot be reached ({type(error).__name__})") from None
        except discord.HTTPException as error:
            raise PermanentError(
                f"Discord refused the message ({error.status}, code {error.code}); "
                "check [discord] webhook_url"
            ) from None
        except (aiohttp.ClientError, TimeoutError, OSError, *UNREADABLE) as error:
            if once.accepted:  # it stands there; sent again, people would read it twice
                return Receipt(None, None, at=datetime.now(UTC), rest_s=once.rest_s)
            raise InDoubt(f"no answer from Discord ({type(error).__name__})") from None

    def _open(self) -> "aiohttp.ClientSession":
        import aiohttp

        return aiohttp.ClientSession(
            headers={"User-Agent": self._http.user_agent},
            timeout=aiohttp.ClientTimeout(
                total=self._http.deadline_s, connect=self._http.connect_timeout_s
            ),
            trust_env=False,
        )

    async def _execute(self, once: OneTry, message: Message) -> Receipt:
        from discord import AllowedMentions, Embed, Webhook

        webhook = Webhook.partial(
            self._number, self._token, session=cast("aiohttp.ClientSession", once)
        )
        payload = message.payload or {"content": message.text[:CONTENT_LIMIT]}
        sent = await webhook.send(
            content=payload.get("content", ""),
            embeds=[Embed.from_dict(embed) for embed in payload.get("embeds", ())],
            allowed_mentions=AllowedMentions.none(),
            wait=True,
        )
        return Receipt(
            remote_id=str(sent.id),
            url=None,  # the answer names no guild, and a link without one leads nowhere
            at=sent.created_at.astimezone(UTC) if sent.created_at else datetime.now(UTC),
            rest_s=once.rest_s,
        )


def _kind_of(body: bytes) -> str:
    """Say what a body is; the library takes only this exact name of JSON for JSON.

    It breaks on a body that has the name and is none, such as one that was cut off.
    """
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return "text/plain"
    return "application/json"


def _retry_after(headers: Mapping[str, str], body: bytes) -> float:
    """Return the seconds a 429 names: to the millisecond in its body, else in its header."""
    try:
        given = json.loads(body)["retry_after"]
    except (ValueError, KeyError, TypeError):
        given = headers.get("Retry-After")
    return _seconds(given, DEFAULT_REST_S)


def _seconds(given: object, default: float) -> float:
    """Read seconds as a server writes them; nonsense is the default, a day the longest."""
    try:
        value = float(str(given))
    except ValueError:
        return default
    return default if math.isnan(value) else min(max(value, 0.0), 86_400.0)
