"""A small Discord on loopback: webhooks only, as far as discord.py speaks to them.

    with DiscordPlace() as discord:
        ... send to discord.webhook_url ...
    assert discord.messages[0]["content"] == "hello"

``faults`` answer the next requests in order instead of an ordinary answer: `too_many`, `fails`,
`fails_after_keeping`, `hangs_up_after_keeping` and the like below.
"""

import itertools
import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.places.web import Asked, RawReply, Reply, Web

NUMBER, TOKEN = 4242, "a-token.of_the-webhook"
NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
FIRST_ID = int((NOON - datetime(2015, 1, 1, tzinfo=UTC)).total_seconds() * 1000) << 22
"""Discord's ids hold their time in milliseconds since 2015 above 22 other bits."""
JSON = {"Content-Type": "application/json"}
LIMITS = {"content": 2000, "title": 256, "description": 4096, "name": 256, "value": 1024}
EMBED_TOTAL, EMBED_FIELDS = 6000, 25
PIECES = 1_000_000
"""More bytes than asyncio takes from a socket at once."""

Fault = Callable[["DiscordPlace", Asked], Reply | RawReply]


class DiscordPlace:
    """The server; `messages` are those that stand in the channel."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self._numbers = itertools.count(FIRST_ID)
        self._web = Web(self._answer)

    @property
    def webhook_url(self) -> str:
        """The address an operator would copy."""
        return self._web.url(f"/api/webhooks/{NUMBER}/{TOKEN}")

    def __enter__(self) -> Self:
        self._web.__enter__()
        return self

    def __exit__(self, *stopped: Any) -> None:
        self._web.__exit__(*stopped)

    def _answer(self, asked: Asked) -> Reply | RawReply:
        self.asked.append(asked)
        if self.faults:
            return self.faults.pop(0)(self, asked)
        return self.ordinary(asked)

    def ordinary(self, asked: Asked) -> Reply:
        """Answer as Discord does when all is well."""
        where = urlsplit(asked.path)
        if where.path != f"/api/webhooks/{NUMBER}/{TOKEN}":
            return refusal(404, 10015, "Unknown Webhook")
        if asked.method != "POST" or asked.headers.get("content-type") != "application/json":
            return refusal(400, 50109, "The request body contains invalid JSON.")
        body = json.loads(asked.body)
        if too_long(body):
            return refusal(400, 50035, "Invalid Form Body")
        message = self.keep(asked)
        if parse_qs(where.query).get("wait") != ["1"]:
            return Reply(204)
        return Reply(200, json.dumps(message).encode(), JSON)

    def keep(self, asked: Asked) -> dict[str, Any]:
        """Put a message into the channel."""
        body = json.loads(asked.body)
        message = {
            "id": str(next(self._numbers)),
            "type": 0,
            "content": body.get("content", ""),
            "channel_id": "77",
            "author": {"id": str(NUMBER), "username": "hook", "discriminator": "0000",
                       "avatar": None, "bot": True},
            "attachments": [],
            "embeds": body.get("embeds", []),
            "mentions": [],
            "mention_roles": [],
            "pinned": False,
            "mention_everyone": False,
            "tts": False,
            "timestamp": NOON.isoformat(),
            "edited_timestamp": None,
            "flags": 0,
            "components": [],
            "webhook_id": str(NUMBER),
            "allowed_mentions": body.get("allowed_mentions"),
        }  # fmt: skip
        self.messages.append(message)
        return message


def too_long(body: dict[str, Any]) -> bool:
    """Tell whether Discord would refuse the message for its lengths, counted in UTF-16 units."""
    parts = [("content", body.get("content") or "")]
    total = 0
    for embed in body.get("embeds", []):
        fields = embed.get("fields", [])
        texts = [(name, embed.get(name, "")) for name in ("title", "description")]
        texts += [(name, field[name]) for field in fields for name in ("name", "value")]
        parts += texts
        footer = embed.get("footer", {}).get("text", "")
        author = embed.get("author", {}).get("name", "")
        parts.append(("name", author))
        total += sum(units(text) for _, text in texts) + units(footer) + units(author)
        if len(fields) > EMBED_FIELDS or units(footer) > 2048 or any(not t for _, t in texts[2:]):
            return True
    return total > EMBED_TOTAL or any(units(text) > LIMITS[name] for name, text in parts)


def units(text: str) -> int:
    """Count as Discord may: in UTF-16 units, which is never less than in characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def refusal(status: int, code: int, message: str) -> Reply:
    """Return an error as Discord writes it."""
    return Reply(status, json.dumps({"code": code, "message": message}).encode(), JSON)


def too_many(retry_after_s: float) -> Fault:
    """Ask for silence, as Discord's own servers do (with a Via header)."""

    def fault(_place: DiscordPlace, _asked: Asked) -> Reply:
        body = {"message": "You are being rate limited.", "retry_after": retry_after_s,
                "global": False}  # fmt: skip
        headers = {**JSON, "Via": "1.1 google", "Retry-After": str(int(retry_after_s) + 1)}
        return Reply(429, json.dumps(body).encode(), headers)

    return fault


def last_allowed(reset_after_s: float) -> Fault:
    """Keep the message and say that it was the last one for a while."""

    def fault(place: DiscordPlace, asked: Asked) -> Reply:
        done = place.ordinary(asked)
        limits = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": str(reset_after_s)}
        return Reply(done.status, done.body, {**done.headers, **limits})

    return fault


def fails(status: int = 500) -> Fault:
    """Fail and keep nothing."""
    return lambda _place, _asked: Reply(status, b"upstream error", {"Content-Type": "text/plain"})


def fails_after_keeping(place: DiscordPlace, asked: Asked) -> Reply:
    """Keep the message, then answer 500."""
    place.keep(asked)
    return Reply(500, b"", {"Content-Type": "text/plain"})


def hangs_up_after_keeping(place: DiscordPlace, asked: Asked) -> RawReply:
    """Keep the message and close the line without a word."""
    place.keep(asked)
    return lambda connection: connection.shutdown(socket.SHUT_RDWR)


def says_nonsense_after_keeping(place: DiscordPlace, asked: Asked) -> Reply:
    """Keep the message and answer with JSON of another shape."""
    place.keep(asked)
    return Reply(200, b"[]", JSON)


def says_no_json_after_keeping(place: DiscordPlace, asked: Asked) -> Reply:
    """Keep the message and answer with what calls itself JSON and is none."""
    place.keep(asked)
    return Reply(200, b"<html>", JSON)


def in_pieces(fault: Fault) -> Fault:
    """Answer the same behind so many spaces that no client gets it in one piece."""

    def large(place: DiscordPlace, asked: Asked) -> Reply:
        done = fault(place, asked)
        assert isinstance(done, Reply)
        return Reply(done.status, b" " * PIECES + done.body, done.headers)

    return large


def breaks_off_after_keeping(place: DiscordPlace, asked: Asked) -> RawReply:
    """Keep the message and close the line in the middle of the answer."""
    place.keep(asked)
    return _half


def stalls_after_keeping(place: DiscordPlace, asked: Asked) -> RawReply:
    """Keep the message and stop in the middle of the answer until the client leaves."""
    place.keep(asked)

    def stall(connection: socket.socket) -> None:
        _half(connection)
        connection.recv(1)

    return stall


def _half(connection: socket.socket) -> None:
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    connection.sendall(head.encode() + b'{"id": "12345')


def moved(_place: DiscordPlace, _asked: Asked) -> Reply:
    """Lead the message and its token somewhere else."""
    return Reply(307, b"", {"Location": "http://127.0.0.1:9/elsewhere"})
