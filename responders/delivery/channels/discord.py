"""Alerts to a Discord channel: cards of the bot where there is one, else messages of a webhook.

The bot's messages leave by ``discord_rest``; the webhook's with discord.py. The library tries again
by itself when the server says 5xx or 429, and sleeps where the server says that a limit is near:
after a lost answer that makes two messages, and a sleep would eat our deadline. So it gets a
session that lets each request pass once and hides the limits from it. The same session leads to
servers other than Discord's own, which ``Webhook.from_url`` refuses. discord.py loads when the
first message leaves, not before.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from pydantic import Field, SecretStr, field_validator

from config.errors import GroundswellError, PermanentError, TransientError
from config.logs import hide
from config.setting_forms import SocketAddressOrNone, WebAddressOrNone
from config.settings import HttpKnobs
from responders.delivery.channels.base import (
    Capabilities,
    ChannelOptions,
    InDoubt,
    Message,
    Receipt,
    Ways,
)
from responders.delivery.platforms.discord_limits import rest_after, retry_after
from responders.delivery.platforms.discord_rest import API, DiscordBot, pinged

if TYPE_CHECKING:
    import aiohttp
    import discord

WEBHOOK = re.compile(
    r"(?P<base>https?://[^/@\s]+(?:/[^\s?#]*?)?)/webhooks/(?P<id>\d{1,20})/(?P<token>[\w.-]{1,120})/?"
)
OWN_BASES = frozenset({"https://discord.com/api", "https://discordapp.com/api"})
"""Copied addresses name no version of the interface; there we ask for the library's own."""
CONTENT_LIMIT = 2000
"""Source: https://docs.discord.com/developers/resources/webhook#execute-webhook"""
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
"""What the library raises where an answer has another shape than a message."""


class Options(ChannelOptions):
    """The section ``[discord]``."""

    token: SecretStr | None = Field(
        default=None, description="of the bot: what it writes its cards and hears buttons with"
    )
    channel_id: int | None = Field(
        default=None, gt=0, description="number of the channel where the cards stand"
    )
    role_id: int | None = Field(
        default=None,
        gt=0,
        description="number of the role whose people may decide, and who are called when nobody "
        "acknowledges",
    )
    api_url: WebAddressOrNone | None = Field(
        default=None, description="another server than Discord's own, such as a test's"
    )
    gateway_url: SocketAddressOrNone | None = Field(
        default=None, description="the same for its gateway"
    )
    webhook_url: SecretStr | None = Field(
        default=None, description="sends each alert as a plain message where there is no bot"
    )

    def base_urls(self) -> tuple[str, ...]:
        """Return the addresses written here, which may be reached though they be private."""
        return (self.api_url,) if self.api_url else ()

    @field_validator("channel_id", "role_id", mode="before")
    @classmethod
    def _is_numbered(cls, value: object) -> object:
        """Refuse a name: Discord finds channels and roles by their numbers alone."""
        if isinstance(value, str) and not value.strip().isdecimal():
            raise ValueError(
                f"“{value[:40]}” is no id of Discord's; write its number such as "
                "123456789012345678: in Discord switch on Developer Mode under Advanced, then "
                "right-click it: Copy ID"
            )
        return value

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


def keeps_cards(options: Options) -> bool:
    """Tell whether there is a bot, which alone can edit and be answered."""
    return options.token is not None and options.channel_id is not None


def destination(options: Options) -> str | None:
    """Return the bot's channel, else the webhook by its number; secrets stay out of the store."""
    if keeps_cards(options):
        return f"discord:channel:{options.channel_id}"
    address = _address(options)
    return f"discord:{address['id']}" if address else None


def build(options: Options, *, ways: Ways) -> "DiscordBot | DiscordWebhook":
    """Return the channel.

    Raises:
        PermanentError: neither a bot nor a webhook is configured.
    """
    if keeps_cards(options):
        return build_bot(options, ways=ways)
    address = _address(options)
    if address is None:
        raise PermanentError("[discord] neither token and channel_id nor webhook_url are set")
    hide([address["token"]])
    return DiscordWebhook(
        base=address["base"], number=int(address["id"]), token=address["token"], http=ways.http
    )


def build_bot(options: Options, *, ways: Ways) -> DiscordBot:
    """Return the channel as the bot writes to it.

    Raises:
        PermanentError: no bot is configured.
    """
    if options.token is None or options.channel_id is None:
        raise PermanentError("[discord] token and channel_id are not set")
    token = options.token.get_secret_value()
    hide([token])
    base = options.api_url or API
    client = ways.prompt or ways.client  # each of its answers says how much silence it wants
    return DiscordBot(base=base, token=token, channel_id=options.channel_id, client=client)


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
                rest_s = retry_after(response.headers, body)
                raise TransientError("Discord asks for silence (429)", retry_after_s=rest_s)
            if response.status >= 500:
                raise InDoubt(f"Discord answered {response.status}")
            self.rest_s = rest_after(response.headers) or self.rest_s
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
        from discord import Embed, Webhook

        webhook = Webhook.partial(
            self._number, self._token, session=cast("aiohttp.ClientSession", once)
        )
        payload = message.payload or {"content": message.text[:CONTENT_LIMIT]}
        sent = await webhook.send(
            content=payload.get("content", ""),
            embeds=[Embed.from_dict(embed) for embed in payload.get("embeds", ())],
            allowed_mentions=_allowed(message),
            wait=True,
        )
        return Receipt(
            remote_id=str(sent.id),
            url=None,  # the answer names no guild, and a link without one leads nowhere
            at=sent.created_at.astimezone(UTC) if sent.created_at else datetime.now(UTC),
            rest_s=once.rest_s,
        )


def _allowed(message: Message) -> "discord.AllowedMentions":
    """Return whom a message may ping: nobody whom the operator did not name."""
    from discord import AllowedMentions, Object

    named = pinged(message.target)
    found = {kind: [Object(int(number)) for number in numbers] for kind, numbers in named.items()}
    return AllowedMentions(
        everyone=False,
        users=found.get("users", False),
        roles=found.get("roles", False),
        replied_user=False,
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
