"""A small Slack on loopback: one workspace with one channel, its Web API and its Socket Mode.

    with Slack() as place:
        ... the real slack_bolt, or our own client, speaks to place.api_url
        click = place.press("gs:1:ack", by=RUTH)
    assert click.said == "…"

As far as a bot needs it, and with Slack's own traits: refusals come as 200 with a word, a message
is named by its time, metadata is told only to who asks for it, a trigger is good for three seconds,
a response_url for five answers, lengths are checked. `faults` answer the next requests that change
a message, in order. It knows no key that makes a second send harmless.
"""

import itertools
import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.places.slack_blocks import wrong_blocks, wrong_view
from tests.places.slack_people import (
    APP,
    APP_TOKEN,
    BOT,
    BOT_TOKEN,
    CHANNEL,
    RUTH,
    TEAM,
    Click,
    Member,
)
from tests.places.slack_socket import SocketMode
from tests.places.web import Asked, RawReply, Reply, Web

Fault = Callable[["Slack", Asked], Reply | RawReply]
Deliver = Callable[[str, dict[str, Any], Click], None]
JSON = {"Content-Type": "application/json; charset=utf-8"}
SCOPES = "chat:write,commands,channels:history,groups:history"
NOON = 1_778_587_200
TRIGGER_S, USES = 3.0, 5
REMEMBERED = ("text", "blocks", "metadata", "thread_ts", "reply_broadcast", "mrkdwn")


class Slack:
    """The server; `messages` stand in the channel and its threads, the oldest first."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.edits: list[dict[str, Any]] = []
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self.clicks: list[Click] = []
        self.webhooks: list[dict[str, Any]] = []
        self.scopes, self.in_channel, self.page = SCOPES, True, 100
        self.changed = threading.Condition()
        self.deliver: Deliver = self._by_socket
        self._numbers = itertools.count(1)
        self._web = Web(self._answer)
        self.socket = SocketMode(self._acked)

    @property
    def api_url(self) -> str:
        """The address for [slack] api_url."""
        return self._web.url("/api/")

    @property
    def webhook_url(self) -> str:
        """The address for [slack] webhook_url."""
        return self._web.url("/services/T0FERN/B0HOOK/a-secret-of-the-hook")

    @property
    def cards(self) -> list[dict[str, Any]]:
        """What stands in the channel itself."""
        return [each for each in self.messages if not each.get("thread_ts")]

    def __enter__(self) -> Self:
        self._web.__enter__()
        self.socket.__enter__()
        return self

    def __exit__(self, *stopped: Any) -> None:
        self.socket.__exit__(*stopped)
        self._web.__exit__(*stopped)

    # People --------------------------------------------------------------------------------------

    def press(
        self,
        name: str,
        *,
        by: Member = RUTH,
        kind: str = "button",
        chosen: str = "",
        ephemeral: bool = False,
    ) -> Click:
        """Let somebody press a button, or choose from a list."""
        act: dict[str, Any] = {"action_id": name, "block_id": "acts", "type": kind}
        option = {"text": {"type": "plain_text", "text": "…"}, "value": chosen}
        act |= {"value": name} if kind == "button" else {"selected_option": option}
        body = {
            "container": {"type": "message", "message_ts": f"{NOON}.000100", "channel_id": CHANNEL,
                          "is_ephemeral": ephemeral},
            "channel": {"id": CHANNEL, "name": "oncall"}, "actions": [act],
            "state": {"values": {}},
        }  # fmt: skip
        return self._interact("block_actions", body, by)

    def fill(self, view: Mapping[str, Any], words: Mapping[str, str], by: Member = RUTH) -> Click:
        """Let somebody send a form that opened."""
        values = {
            block["block_id"]: {
                block["element"]["action_id"]: {
                    "type": "plain_text_input", "value": words[block["block_id"]]
                }
            }
            for block in view["blocks"]
            if block["type"] == "input"
        }  # fmt: skip
        sent = {**view, "id": "V1", "state": {"values": values}, "hash": "1.1", "app_id": APP}
        return self._interact("view_submission", {"view": sent, "response_urls": []}, by)

    def shortcut(self, callback: str, text: str, by: Member = RUTH, **more: str) -> Click:
        """Let somebody choose an act from the menu of a message."""
        message = {"type": "message", "user": "U0OTHER", "text": text, "ts": f"{NOON}.000200"}
        message |= more
        body = {
            "callback_id": callback, "message": message, "message_ts": message["ts"],
            "channel": {"id": CHANNEL, "name": "oncall"},
        }  # fmt: skip
        return self._interact("message_action", body, by)

    def command(self, name: str, text: str = "", *, by: Member = RUTH) -> Click:
        """Let somebody type a command."""
        click = self._click(by)
        body = {
            "command": name, "text": text, "user_id": by.id, "user_name": by.name,
            "team_id": TEAM, "team_domain": "fern", "channel_id": CHANNEL,
            "channel_name": "oncall", "api_app_id": APP, "is_enterprise_install": "false",
            "response_url": self._response_url(click), "trigger_id": click.trigger,
        }  # fmt: skip
        self.deliver("slash_commands", body, click)
        return click

    def _interact(self, kind: str, body: dict[str, Any], by: Member) -> Click:
        click = self._click(by)
        common = {
            "type": kind, "user": by.as_json(), "api_app_id": APP, "token": "legacy",
            "team": {"id": TEAM, "domain": "fern"}, "enterprise": None,
            "is_enterprise_install": False, "trigger_id": click.trigger,
        }  # fmt: skip
        if kind != "view_submission":
            common["response_url"] = self._response_url(click)
        self.deliver("interactive", {**common, **body}, click)
        return click

    def _click(self, by: Member) -> Click:
        number = str(next(self._numbers))
        click = Click(number, f"{number}.trigger", monotonic(), by.id, changed=self.changed)
        self.clicks.append(click)
        return click

    def _response_url(self, click: Click) -> str:
        return self._web.url(f"/response/{click.id}")

    def _by_socket(self, kind: str, body: dict[str, Any], click: Click) -> None:
        self.socket.send(
            {"envelope_id": click.id, "type": kind, "payload": body,
             "accepts_response_payload": True}
        )  # fmt: skip

    def _acked(self, heard: dict[str, Any]) -> None:
        self.take_ack(str(heard.get("envelope_id")), heard.get("payload") or {})

    def take_ack(self, number: str, payload: dict[str, Any]) -> None:
        """Note that a press was taken note of."""
        with self.changed:
            for click in self.clicks:
                if click.id == number:
                    click.took_s = click.took_s or monotonic() - click.began
                    click.acks.append(payload)
            self.changed.notify_all()

    # Web API -------------------------------------------------------------------------------------

    def _answer(self, asked: Asked) -> Reply | RawReply:
        with self.changed:
            self.asked.append(asked)
            changes = "/chat." in asked.path or "/services/" in asked.path
            if changes and self.faults:
                return self.faults.pop(0)(self, asked)
            done = self.ordinary(asked)
            self.changed.notify_all()
        return done

    def ordinary(self, asked: Asked) -> Reply:
        """Answer as Slack does when all is well."""
        where = urlsplit(asked.path)
        if where.path.startswith("/response/"):
            return self._respond(where.path.rpartition("/")[2], json.loads(asked.body))
        if where.path.startswith("/services/"):
            return self._webhook(json.loads(asked.body))
        body = dict(parse_qsl(where.query)) | _body(asked)
        method = METHODS.get(where.path.removeprefix("/api/"))
        if method is None:
            return _no("unknown_method")
        answer, token = method
        if asked.headers.get("authorization") != f"Bearer {token}":
            return _no("invalid_auth" if asked.headers.get("authorization") else "not_authed")
        return answer(self, body)

    def _auth(self, _body: Mapping[str, Any]) -> Reply:
        yes = _yes(url="https://fern.slack.com/", team="Fern", user="groundswell", team_id=TEAM,
                   user_id=BOT, bot_id="B0BOT")  # fmt: skip
        return Reply(yes.status, yes.body, {**JSON, "x-oauth-scopes": self.scopes})

    def _open(self, _body: Mapping[str, Any]) -> Reply:
        return _yes(url=self.socket.url)

    def _post(self, body: Mapping[str, Any]) -> Reply:
        if refused := self._refused(body):
            return _no(refused)
        if body.get("thread_ts") and self._find(body["thread_ts"]) is None:
            return _no("thread_not_found")
        number = next(self._numbers)
        message = {
            "type": "message", "user": BOT, "bot_id": "B0BOT",
            "ts": f"{NOON + number}.{number:06d}",
            **{name: body[name] for name in REMEMBERED if name in body},
        }  # fmt: skip
        self.messages.append(message)
        return _yes(channel=CHANNEL, ts=message["ts"], message=message)

    def _refused(self, body: Mapping[str, Any]) -> str:
        if body.get("channel") != CHANNEL:
            return "channel_not_found"
        if not self.in_channel:
            return "not_in_channel"
        if not body.get("text") and not body.get("blocks"):
            return "no_text"
        return "invalid_blocks" if wrong_blocks(body) else ""

    def _find(self, ts: str) -> dict[str, Any] | None:
        return next((one for one in self.messages if one["ts"] == ts), None)

    def _update(self, body: Mapping[str, Any]) -> Reply:
        if refused := self._refused(body):
            return _no(refused)
        message = self._find(str(body.get("ts")))
        if message is None:
            return _no("message_not_found")
        message.update({name: body[name] for name in ("text", "blocks") if name in body})
        self.edits.append(dict(body))
        return _yes(channel=CHANNEL, ts=message["ts"], text=message.get("text", ""))

    def _delete(self, body: Mapping[str, Any]) -> Reply:
        message = self._find(str(body.get("ts")))
        if message is None:
            return _no("message_not_found")
        self.messages.remove(message)
        return _yes(channel=CHANNEL, ts=message["ts"])

    def _history(self, body: Mapping[str, Any]) -> Reply:
        found = [one for one in self.messages if one.get("reply_broadcast") or one in self.cards]
        return self._page(list(reversed(found)), body)

    def _replies(self, body: Mapping[str, Any]) -> Reply:
        ts = body.get("ts")
        found = [one for one in self.messages if ts in {one["ts"], one.get("thread_ts")}]
        return self._page(found, body) if found else _no("thread_not_found")

    def _page(self, found: Sequence[dict[str, Any]], body: Mapping[str, Any]) -> Reply:
        if body.get("channel") != CHANNEL:
            return _no("channel_not_found")
        if not self.in_channel:
            return _no("not_in_channel")
        if "channels:history" not in self.scopes:
            return _no("missing_scope")
        start = int(body.get("cursor") or 0)
        end = start + min(int(body.get("limit") or self.page), self.page)
        told = [dict(one) for one in found[start:end]]
        if str(body.get("include_all_metadata")).lower() != "true":
            for one in told:
                one.pop("metadata", None)
        more = str(end) if end < len(found) else ""
        return _yes(messages=told, has_more=bool(more), response_metadata={"next_cursor": more})

    def _ephemeral(self, body: Mapping[str, Any]) -> Reply:
        if refused := self._refused(body):
            return _no(refused)
        click = next(one for one in reversed(self.clicks) if one.user == body["user"])
        click.shown.append(dict(body))
        return _yes(message_ts=f"{NOON}.000001")

    def _open_view(self, body: Mapping[str, Any]) -> Reply:
        click = next((one for one in self.clicks if one.trigger == body["trigger_id"]), None)
        if click is None or monotonic() - click.began > TRIGGER_S:
            return _no("expired_trigger_id")
        view = body["view"] if isinstance(body["view"], dict) else json.loads(body["view"])
        if wrong := wrong_view(view):
            return _no(f"invalid_arguments: {wrong}")
        click.views.append(view)
        return _yes(view={**view, "id": "V1"})

    def _respond(self, number: str, body: dict[str, Any]) -> Reply:
        click = next(one for one in self.clicks if one.id == number)
        if click.uses >= USES:
            return Reply(404, b"expired_url", {"Content-Type": "text/plain"})
        if wrong := wrong_blocks(body):
            return Reply(500, wrong.encode(), {"Content-Type": "text/plain"})
        click.uses += 1
        click.shown.append(body)
        return Reply(200, b"ok", {"Content-Type": "text/plain"})

    def _webhook(self, body: dict[str, Any]) -> Reply:
        if wrong_blocks(body):
            return Reply(400, b"invalid_blocks", {"Content-Type": "text/plain"})
        self.webhooks.append(body)
        return Reply(200, b"ok", {"Content-Type": "text/plain"})


def _body(asked: Asked) -> dict[str, Any]:
    if not asked.body:
        return {}
    if "json" in asked.headers.get("content-type", ""):
        return dict(json.loads(asked.body))
    return dict(parse_qsl(asked.body.decode()))


def _yes(**values: Any) -> Reply:
    return Reply(200, json.dumps({"ok": True, **values}).encode(), JSON)


def _no(error: str) -> Reply:
    return Reply(200, json.dumps({"ok": False, "error": error}).encode(), JSON)


Method = Callable[[Slack, Mapping[str, Any]], Reply]
METHODS: Mapping[str, tuple[Method, str]] = {
    "auth.test": (Slack._auth, BOT_TOKEN),
    "apps.connections.open": (Slack._open, APP_TOKEN),
    "chat.postMessage": (Slack._post, BOT_TOKEN),
    "chat.update": (Slack._update, BOT_TOKEN),
    "chat.delete": (Slack._delete, BOT_TOKEN),
    "chat.postEphemeral": (Slack._ephemeral, BOT_TOKEN),
    "conversations.history": (Slack._history, BOT_TOKEN),
    "conversations.replies": (Slack._replies, BOT_TOKEN),
    "views.open": (Slack._open_view, BOT_TOKEN),
}


def pinging(payload: object) -> str:
    """Return what would ping somebody or hide where a link leads; empty when nothing would."""
    found = re.search(r"<[!@#]|<[^>|]*\|", json.dumps(payload, ensure_ascii=False))
    return found[0] if found else ""
