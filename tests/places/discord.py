"""A small Discord on loopback: one server with one channel, its REST API and its gateway.

    with Discord() as place:
        ... the real discord.py, or our own client, speaks to place.api_url and place.gateway.url
        click = place.press(message, "gs:1:ack", by=RUTH)
    assert click.said == "…"

As far as a bot needs it, and with Discord's own traits: a nonce is remembered for a while and never
shown; a thread has the number of its message; an interaction is answered once; lengths are checked.
`faults` answer the next requests that change a message, in order.
"""

import itertools
import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.places.discord_clicks import (
    APP,
    BOT,
    CHANNEL,
    DEFERRED,
    EPHEMERAL,
    GUILD,
    MESSAGE,
    ONCALL,
    RUTH,
    TOKEN,
    UPDATE,
    Click,
    Member,
)
from tests.places.discord_forms import too_much
from tests.places.discord_gateway import Gateway
from tests.places.discord_webhook import FIRST_ID, JSON, NOON, refusal
from tests.places.web import Asked, RawReply, Reply, Web

Fault = Callable[["Discord", Asked], Reply | RawReply]


class Discord:
    """The server; `messages` are those that stand, by channel or thread."""

    def __init__(self) -> None:
        self.messages: dict[str, list[dict[str, Any]]] = {CHANNEL: []}
        self.threads: dict[str, str] = {}
        """Their names, by the number they share with their message."""
        self.edits: list[dict[str, Any]] = []
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self.commands: list[dict[str, Any]] = []
        self.clicks: dict[str, Click] = {}
        self.denied: set[str] = set()
        """Paths that answer 403."""
        self.permissions = str(1 << 10 | 1 << 11 | 1 << 14 | 1 << 16 | 1 << 35 | 1 << 38)
        self.changed = threading.Condition()
        self._nonces: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(FIRST_ID, 1 << 22)
        self._web = Web(self._answer)
        self.gateway = Gateway(self._ready, TOKEN)

    @property
    def api_url(self) -> str:
        """The address for [discord] api_url."""
        return self._web.url("/api/v10")

    @property
    def cards(self) -> list[dict[str, Any]]:
        """What stands in the channel itself."""
        return self.messages[CHANNEL]

    def __enter__(self) -> Self:
        self._web.__enter__()
        self.gateway.__enter__()
        return self

    def __exit__(self, *stopped: Any) -> None:
        self.gateway.__exit__(*stopped)
        self._web.__exit__(*stopped)

    def forget_nonces(self) -> None:
        """Let the minutes pass in which a nonce is remembered."""
        self._nonces.clear()

    def press(
        self,
        custom_id: str,
        *,
        by: Member = RUTH,
        on: Mapping[str, Any] | None = None,
        values: Sequence[str] | None = None,
    ) -> Click:
        """Let somebody press a button of a message, or choose from its list."""
        message = dict(on or self.cards[0])
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": 2}
        if values is not None:
            data |= {"component_type": 3, "values": list(values)}
        return self._interact(3, data, by, message=message)

    def fill(self, custom_id: str, fields: Mapping[str, str], *, by: Member = RUTH) -> Click:
        """Let somebody send a form."""
        rows = [
            {"type": 18, "id": number, "component": {"type": 4, "id": number + 10,
             "custom_id": name, "value": value}}
            for number, (name, value) in enumerate(fields.items(), 1)
        ]  # fmt: skip
        return self._interact(5, {"custom_id": custom_id, "components": rows}, by, message=None)

    def command(self, name: str, *, by: Member = RUTH, **options: str) -> Click:
        """Let somebody type a command."""
        given = [{"name": key, "type": 3, "value": value} for key, value in options.items()]
        found = next(each for each in self.commands if each["name"] == name)
        data = {"id": found["id"], "name": name, "type": 1, "options": given}
        return self._interact(2, data, by, message=None)

    def action(self, name: str, message: dict[str, Any], *, by: Member = RUTH) -> Click:
        """Let somebody do something with a message, by its menu."""
        found = next(one for one in self.commands if one["name"] == name and one["type"] == 3)
        data = {
            "id": found["id"], "name": name, "type": 3, "target_id": message["id"],
            "resolved": {"messages": {message["id"]: message}},
        }  # fmt: skip
        return self._interact(2, data, by, message=None)

    def _interact(
        self, kind: int, data: dict[str, Any], by: Member, *, message: dict[str, Any] | None
    ) -> Click:
        number = str(next(self._numbers))
        click = Click(number, f"token-{number}", monotonic(), changed=self.changed)
        self.clicks[number] = click
        body = {
            "id": number, "application_id": APP, "type": kind, "data": data, "guild_id": GUILD,
            "channel_id": CHANNEL, "channel": self._channel(), "member": by.as_json(),
            "token": click.token, "version": 1, "locale": "en-GB", "guild_locale": "en-GB",
            "app_permissions": self.permissions, "entitlements": [], "context": 0,
            "authorizing_integration_owners": {"0": GUILD}, "attachment_size_limit": 10_000_000,
        }  # fmt: skip
        if message is not None:
            body["message"] = message
        self.gateway.send("INTERACTION_CREATE", body)
        return click

    def _ready(self) -> list[tuple[str, dict[str, Any]]]:
        guild = {
            "id": GUILD, "name": "Fernsync on call", "owner_id": "1", "unavailable": False,
            "roles": [_role(GUILD, "@everyone"), _role(ONCALL, "oncall")],
            "channels": [self._channel()], "members": [], "emojis": [], "stickers": [],
            "threads": [], "member_count": 3, "premium_tier": 0, "features": [], "presences": [],
            "voice_states": [], "stage_instances": [], "guild_scheduled_events": [],
            "large": False, "verification_level": 0, "default_message_notifications": 0,
            "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0, "afk_timeout": 300,
            "system_channel_flags": 0, "preferred_locale": "en-GB", "soundboard_sounds": [],
        }  # fmt: skip
        ready = {
            "v": 10, "user": self._bot(), "guilds": [{"id": GUILD, "unavailable": True}],
            "application": {"id": APP, "flags": 0},
        }  # fmt: skip
        return [("READY", ready), ("GUILD_CREATE", guild)]

    def _bot(self) -> dict[str, Any]:
        return {"id": BOT, "username": "groundswell", "discriminator": "0000", "avatar": None,
                "bot": True, "verified": True, "email": None, "flags": 0,
                "mfa_enabled": True}  # fmt: skip

    def _channel(self) -> dict[str, Any]:
        return {"id": CHANNEL, "type": 0, "guild_id": GUILD, "name": "oncall", "position": 0,
                "permission_overwrites": [], "parent_id": None, "nsfw": False, "topic": None,
                "last_message_id": None, "rate_limit_per_user": 0, "flags": 0}  # fmt: skip

    # REST ----------------------------------------------------------------------------------------

    def _answer(self, asked: Asked) -> Reply | RawReply:
        with self.changed:
            self.asked.append(asked)
            changes = asked.method in {"POST", "PATCH"} and "/channels/" in asked.path
            if changes and self.faults:
                return self.faults.pop(0)(self, asked)
            done = self.ordinary(asked)
            self.changed.notify_all()
        return done

    def ordinary(self, asked: Asked) -> Reply:
        """Answer as Discord does when all is well."""
        where = urlsplit(asked.path)
        path = where.path.removeprefix("/api/v10")
        body = json.loads(asked.body) if asked.body else {}
        for pattern, method, answer, open_to_all in ROUTES:
            found = re.fullmatch(pattern, path)
            if not found or method != asked.method:
                continue
            if not open_to_all and asked.headers.get("authorization") != f"Bot {TOKEN}":
                return refusal(401, 0, "401: Unauthorized")
            if path in self.denied:
                return refusal(403, 50001, "Missing Access")
            return answer(self, found.groups(), body, parse_qs(where.query))
        return refusal(404, 0, "404: Not Found")

    def _post(self, parts: Sequence[str], body: dict[str, Any], _query: Any) -> Reply:
        (where,) = parts
        if where not in self.messages:
            return refusal(404, 10003, "Unknown Channel")
        if too_much(body):
            return refusal(400, 50035, f"Invalid Form Body: {too_much(body)}")
        nonce = str(body.get("nonce") or "")
        if len(nonce) > 25:
            return refusal(400, 50035, "Invalid Form Body: nonce")
        if body.get("enforce_nonce") and nonce in self._nonces:
            return _json(self._nonces[nonce])
        message = self._message(where, body)
        self.messages[where].append(message)
        if nonce:
            self._nonces[nonce] = message
        return _json({**message, "nonce": nonce or None})

    def _message(self, where: str, body: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": str(next(self._numbers)), "type": 0, "channel_id": where,
            "content": body.get("content") or "", "author": self._bot(), "attachments": [],
            "embeds": body.get("embeds", []), "components": body.get("components", []),
            "mentions": [], "mention_roles": [], "mention_everyone": False, "pinned": False,
            "tts": False, "timestamp": NOON.isoformat(), "edited_timestamp": None,
            "flags": body.get("flags", 0), "application_id": APP,
            "allowed_mentions": body.get("allowed_mentions"),
            **({"message_reference": known} if (known := body.get("message_reference")) else {}),
        }  # fmt: skip

    def _find(self, where: str, number: str) -> dict[str, Any] | None:
        return next((one for one in self.messages.get(where, []) if one["id"] == number), None)

    def _patch(self, parts: Sequence[str], body: dict[str, Any], _query: Any) -> Reply:
        message = self._find(*parts)
        if message is None:
            return refusal(404, 10008, "Unknown Message")
        if too_much(body):
            return refusal(400, 50035, f"Invalid Form Body: {too_much(body)}")
        message.update({name: body[name] for name in body if name in message})
        message["edited_timestamp"] = NOON.isoformat()
        self.edits.append(body)
        return _json(message)

    def _list(self, parts: Sequence[str], _body: Any, query: Mapping[str, list[str]]) -> Reply:
        (where,) = parts
        if where not in self.messages:
            return refusal(404, 10003, "Unknown Channel")
        newest = list(reversed(self.messages[where]))
        before = query.get("before", [""])[0]
        if before:
            newest = [one for one in newest if int(one["id"]) < int(before)]
        return _json(newest[: int(query.get("limit", ["50"])[0])])

    def _thread(self, parts: Sequence[str], body: dict[str, Any], _query: Any) -> Reply:
        where, number = parts
        if self._find(where, number) is None:
            return refusal(404, 10008, "Unknown Message")
        if number in self.threads:
            return refusal(400, 160004, "A thread has already been created for this message")
        self.threads[number] = body["name"]
        self.messages[number] = []
        return _json({**self._channel(), "id": number, "type": 11, "name": body["name"]}, 201)

    def _callback(self, parts: Sequence[str], body: dict[str, Any], _query: Any) -> Reply:
        click = self.clicks.get(parts[0])
        if click is None or click.token != parts[1]:
            return refusal(404, 10062, "Unknown interaction")
        if click.answers:
            return refusal(400, 40060, "Interaction has already been acknowledged.")
        data = body.get("data") or {}
        if wrong := too_much(data):
            return refusal(400, 50035, f"Invalid Form Body: {wrong}")
        click.took_s = monotonic() - click.began
        click.answers.append(body)
        if body["type"] in {MESSAGE, UPDATE}:
            click.shown.append(data)
        loading = body["type"] == DEFERRED
        told = {"id": click.id, "type": 3, "activity_instance_id": None,
                "response_message_id": click.id, "response_message_loading": loading,
                "response_message_ephemeral": data.get("flags") == EPHEMERAL}  # fmt: skip
        message = {**self._message(CHANNEL, data), "id": click.id}
        return _json({"interaction": told, "resource": {"type": body["type"], "message": message}})

    def _original(self, parts: Sequence[str], body: dict[str, Any], _query: Any) -> Reply:
        click = self._click(parts[0])
        if click is None or not click.answers:
            return refusal(404, 10015, "Unknown Webhook")
        if wrong := too_much(body):
            return refusal(400, 50035, f"Invalid Form Body: {wrong}")
        click.shown.append(body)
        return _json(self._message(CHANNEL, body))

    def _click(self, token: str) -> Click | None:
        return next((one for one in self.clicks.values() if one.token == token), None)

    def _sync(self, _parts: Sequence[str], body: Any, _query: Any) -> Reply:
        self.commands = [
            {"default_member_permissions": None, "version": "1", "application_id": APP,
             "nsfw": False, "description": "", **each, "id": str(next(self._numbers))}
            for each in body
        ]  # fmt: skip
        return _json(self.commands)

    def _member(self, *_: Any) -> Reply:
        return _json(Member(BOT, "groundswell").as_json() | {"roles": []})

    def _roles(self, *_: Any) -> Reply:
        return _json([_role(GUILD, "@everyone") | {"permissions": self.permissions}])


def _role(number: str, name: str) -> dict[str, Any]:
    return {"id": number, "name": name, "color": 0, "colors": {"primary_color": 0},
            "hoist": False, "position": 0, "permissions": "0", "managed": False,
            "mentionable": False, "flags": 0}  # fmt: skip


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode(), JSON)


Answer = Callable[[Discord, Sequence[str], Any, Any], Reply]
ROUTES: Sequence[tuple[str, str, Answer, bool]] = (
    (r"/users/@me", "GET", lambda place, *_: _json(place._bot()), False),
    (r"/oauth2/applications/@me", "GET", lambda place, *_: _json(
        {"id": APP, "name": "groundswell", "icon": None, "description": "", "summary": "",
         "bot_public": False, "bot_require_code_grant": False, "verify_key": "00", "flags": 0,
         "rpc_origins": [], "owner": place._bot() | {"id": "1"}, "team": None}), False),
    (r"/applications/\d+/commands", "PUT", Discord._sync, False),
    (r"/channels/(\d+)", "GET", lambda place, *_: _json(place._channel()), False),
    (r"/channels/(\d+)/messages", "POST", Discord._post, False),
    (r"/channels/(\d+)/messages", "GET", Discord._list, False),
    (r"/channels/(\d+)/messages/(\d+)", "PATCH", Discord._patch, False),
    (r"/channels/(\d+)/messages/(\d+)/threads", "POST", Discord._thread, False),
    (r"/interactions/(\d+)/([\w-]+)/callback", "POST", Discord._callback, True),
    (r"/webhooks/\d+/([\w-]+)/messages/@original", "PATCH", Discord._original, True),
    (r"/guilds/\d+/members/\d+", "GET", Discord._member, False),
    (r"/guilds/\d+/roles", "GET", Discord._roles, False),
)  # fmt: skip
