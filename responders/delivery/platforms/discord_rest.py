"""The bot's side of the outbox: cards and lines to one Discord channel, and edits in place.

Apart from the plug-in, which chooses between this and the plain webhook. It goes by our own client,
one request for each send: discord.py's tries again by itself. Each message bears a nonce that
Discord remembers for some minutes, so that the same send within them makes no second message; after
that we look through the channel before we send again.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from config.addresses import RefusedAddress
from config.errors import PermanentError, TransientError
from config.http_client import PoliteClient, Response, Unreachable
from config.http_requests import Method
from responders.delivery.channels.base import Capabilities, Gone, InDoubt, Message, Receipt
from responders.delivery.platforms.discord_limits import rest_after, retry_after

API = "https://discord.com/api/v10"
CONTENT_LIMIT, NONCE_LIMIT, THREAD_NAME = 2000, 25, 100
PAGE, PAGES = 100, 3
"""Messages that are read back at once, and how often, before we say that ours is not there."""
THREAD_STANDS = 160004
"""Discord's code where a message has its thread already."""
NOT_THERE = (10003, 10008)
"""Discord's codes for an unknown channel and an unknown message.
Source: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json"""
NOBODY: Mapping[str, Any] = {"parse": [], "replied_user": False}
"""Whom a message of ours may ping, whatever it says."""


class _Person(BaseModel):
    id: str


class _Message(BaseModel):
    id: str
    timestamp: datetime
    author: _Person
    content: str = ""
    nonce: str | int | None = None
    components: list[Any] = []


class _Refusal(BaseModel):
    code: int = 0
    message: str = ""


class DiscordBot:
    """One channel of one server, as the bot writes to it."""

    capabilities = Capabilities(public=False, lookup=True, idempotent=True)

    def __init__(self, *, base: str, token: str, channel_id: int, client: PoliteClient) -> None:
        self._base, self._channel, self._client = base.rstrip("/"), str(channel_id), client
        self._credentials = {"Authorization": f"Bot {token}"}
        self._own_id: str | None = None

    def send(self, message: Message) -> Receipt:
        """Send once; see ``Channel.send``. A line for a thread first sees to it that there is one.

        A thread has the number of the message it belongs to, so making it twice does no harm.
        """
        target = message.target
        where = self._channel
        if target.get("thread_of"):
            where = str(target["thread_of"])
            self._open_thread(where, str(target.get("thread_name") or "updates"))
        body = _drawn(message) | {"nonce": nonce_of(message.key), "enforce_nonce": True}
        if target.get("below"):
            body["message_reference"] = {
                "message_id": str(target["below"]),
                "fail_if_not_exists": False,
            }
        answer = self._write("POST", f"/channels/{where}/messages", body)
        return self._receipt(answer)

    def find(self, message: Message) -> Receipt | None:
        """Look through the newest messages for ours; see ``Channel.find``."""
        where = str(message.target.get("thread_of") or self._channel)
        own = self._own()
        for found in self._newest(where):
            if found.author.id == own and _is(found, message):
                return Receipt(found.id, None, at=found.timestamp.astimezone(UTC))
        return None

    def redraw(self, remote_id: str, message: Message) -> Receipt:
        """Let a message show something else; see ``Redrawing``."""
        path = f"/channels/{self._channel}/messages/{remote_id}"
        body = {"components": []} | _drawn(message)
        try:
            answer = self._write("PATCH", path, body)
        except InDoubt as error:  # done twice it is the same, so no doubt needs settling
            raise TransientError(str(error)) from error
        return self._receipt(answer)

    def look(self, path: str) -> Response:
        """Read something, as the operator's check does.

        Raises:
            TransientError: Discord does not answer now, or asks for silence.
            PermanentError: it does not let us read.
        """
        answer = self._client.get(
            f"{self._base}{path}", credentials=self._credentials, accept="application/json"
        )
        _refuse_silence(answer)
        if answer.status >= 500:
            raise TransientError(f"Discord answered {answer.status}")
        if answer.status != 200:
            raise PermanentError(_refusal(answer))
        return answer

    def _open_thread(self, message_id: str, name: str) -> None:
        path = f"/channels/{self._channel}/messages/{message_id}/threads"
        try:
            self._write("POST", path, {"name": name[:THREAD_NAME]}, fine=THREAD_STANDS)
        except InDoubt as error:
            raise TransientError(str(error)) from error

    def _write(
        self, method: Method, path: str, body: Mapping[str, Any], *, fine: int | None = None
    ) -> Response:
        """Send one request that changes something.

        Raises:
            TransientError: it certainly did nothing.
            InDoubt: it may have been done.
            Gone, PermanentError: it was refused.
        """
        try:
            answer = self._client.post(
                f"{self._base}{path}", json=body, credentials=self._credentials, method=method
            )
        except (Unreachable, RefusedAddress):
            raise
        except (TransientError, PermanentError) as error:
            raise InDoubt(f"no answer from Discord: {error}") from error
        _refuse_silence(answer)
        if answer.status >= 500:
            raise InDoubt(f"Discord answered {answer.status}")
        if not 200 <= answer.status < 300 and _code(answer).code != fine:
            kind = Gone if _code(answer).code in NOT_THERE else PermanentError
            raise kind(_refusal(answer))
        return answer

    def _receipt(self, answer: Response) -> Receipt:
        try:
            sent = _Message.model_validate_json(answer.body)
        except ValidationError as error:
            raise InDoubt(f"Discord answered {answer.status} without a message") from error
        at = sent.timestamp.astimezone(UTC)
        return Receipt(sent.id, None, at=at, rest_s=rest_after(answer.headers))

    def _newest(self, where: str) -> Iterator[_Message]:
        before = ""
        for _ in range(PAGES):
            answer = self.look(f"/channels/{where}/messages?limit={PAGE}{before}")
            try:
                page = TypeAdapter(list[_Message]).validate_json(answer.body)
            except ValidationError as error:
                raise TransientError("Discord answered with something else") from error
            yield from page
            if len(page) < PAGE:
                return
            before = f"&before={page[-1].id}"

    def _own(self) -> str:
        if self._own_id is None:
            try:
                me = _Person.model_validate_json(self.look("/users/@me").body)
            except ValidationError as error:
                raise TransientError("Discord does not say who we are") from error
            self._own_id = me.id
        return self._own_id


def nonce_of(key: str) -> str:
    """Return what tells one send from all others, in the 25 characters that Discord takes."""
    return sha256(key.encode()).hexdigest()[:NONCE_LIMIT]


def _drawn(message: Message) -> dict[str, Any]:
    payload = dict(message.payload) or {"content": message.text[:CONTENT_LIMIT]}
    return payload | {"allowed_mentions": {**NOBODY, **pinged(message.target)}}


def pinged(target: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return whom a message may ping, ``roles`` and ``users``: accounts that the operator named."""
    named = target.get("ping")
    if not isinstance(named, Mapping):
        return {}
    return {
        kind: [str(number) for number in named[kind] if str(number).isdecimal()]
        for kind in ("roles", "users")
        if named.get(kind)
    }


def _is(found: _Message, message: Message) -> bool:
    """Tell whether a message that stands there is this one: by nonce, buttons, or its words.

    Discord does not always tell the nonce; the buttons of a card name its issue, and each issue has
    one card.
    """
    if found.nonce is not None and str(found.nonce) == nonce_of(message.key):
        return True
    card = message.target.get("card")
    if card is not None:
        return any(word.startswith(f"gs:{card}:") for word in _presses(found.components))
    return bool(found.content) and found.content == _drawn(message).get("content")


def _presses(components: object) -> Iterator[str]:
    if isinstance(components, list):
        for each in components:
            yield from _presses(each)
    elif isinstance(components, dict):
        if "custom_id" in components:
            yield str(components["custom_id"])
        yield from _presses(components.get("components"))


def _refuse_silence(answer: Response) -> None:
    if answer.status == 429:
        rest_s = retry_after(answer.headers, answer.body)
        raise TransientError("Discord asks for silence (429)", retry_after_s=rest_s)


def _code(answer: Response) -> _Refusal:
    try:
        return _Refusal.model_validate_json(answer.body)
    except ValidationError:
        return _Refusal()


def _refusal(answer: Response) -> str:
    """Say what Discord refused, and what a person can do."""
    code = _code(answer).code
    if answer.status == 401:
        return "Discord does not know the bot (401); check [discord] token"
    if answer.status in {403, 404}:
        return (
            f"Discord does not let the bot in ({answer.status}, code {code}); check [discord] "
            "channel_id and the bot's rights there, groundswell doctor names them"
        )
    return f"Discord refused the message ({answer.status}, code {code})"
