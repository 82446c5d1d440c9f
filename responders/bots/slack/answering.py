"""How somebody in Slack is answered, so that only they see it.

A press brings an address that takes answers for half an hour; a form brings none, so it carries the
one of the press that opened it. Where that is used up, we write to them in the channel.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from config.logs import event_log
from responders.bots.slack.drawing import drawn
from responders.bots.speaking import Said
from responders.decisions.people.linking import Account

ANSWER_S = 10
"""Seconds that Slack has to take an answer."""
LATER_S, LATER_LOOKS = 0.5, 60
"""How often, and how many times, we look what came of something in the end."""
UNANSWERED = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)

log = event_log(__name__)


@dataclass(frozen=True)
class Way:
    """Where somebody is answered."""

    url: str = ""
    channel: str = ""
    user: str = ""
    replaces: bool = False
    """Whether what they pressed on gives way to the answer: it was for them alone."""

    def __str__(self) -> str:
        return json.dumps([self.url, self.channel, self.replaces])

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Way":
        """Return the way that a press, a form, a command or a message's menu brings."""
        user = account_of(body).number
        view = body.get("view")
        if view:
            return cls._carried(str(view.get("private_metadata") or ""), user)
        channel = (body.get("channel") or {}).get("id") or body.get("channel_id") or ""
        alone = bool((body.get("container") or {}).get("is_ephemeral"))
        return cls(str(body.get("response_url") or ""), str(channel), user, alone)

    @classmethod
    def _carried(cls, word: str, user: str) -> "Way":
        try:
            url, channel, replaces = json.loads(word)
        except (ValueError, TypeError):
            return cls(user=user)
        return cls(str(url), str(channel), user, bool(replaces))


def account_of(body: Mapping[str, Any]) -> Account:
    """Return who pressed or typed."""
    user = body.get("user") or {}
    number = user.get("id") or body.get("user_id") or ""
    name = user.get("username") or user.get("name") or body.get("user_name") or ""
    return Account(str(number), str(name))


def named(body: Mapping[str, Any]) -> str:
    """Return what names a press, a form, a command or a use of a menu, however often it is told.

    Slack gives each a trigger of its own.
    Source: https://docs.slack.dev/interactivity/handling-user-interaction
    """
    word = body.get("trigger_id") or json.dumps(body, sort_keys=True, default=str)
    kind = body.get("type") or "command"
    return f"slack:{sha256(f'{kind} {word}'.encode()).hexdigest()}"


async def answer(client: AsyncWebClient, way: Way, decide: Callable[[], Said | None]) -> None:
    """Decide beside the line, then say what came of it, and what came of it in the end.

    What was decided before, as it was told twice, has had its answer.
    """
    said = await asyncio.to_thread(decide)
    if said is None:
        return
    await say(client, way, said)
    for _ in range(LATER_LOOKS if said.later is not None else 0):
        await asyncio.sleep(LATER_S)
        outcome = await asyncio.to_thread(said.later) if said.later else None
        if outcome is not None:
            await say(client, way, outcome)
            return


async def say(client: AsyncWebClient, way: Way, said: Said) -> None:
    """Answer, to the one who pressed; what was decided stands, whether they hear of it or not."""
    body = drawn(said)
    try:
        if not (way.url and await _taken(way, body)):
            await client.chat_postEphemeral(channel=way.channel, user=way.user, **body)
    except UNANSWERED as error:
        log.warning("press_not_answered", error=type(error).__name__)


async def _taken(way: Way, body: Mapping[str, Any]) -> bool:
    """Answer at the address of a press; False where it takes no more."""
    hook = AsyncWebhookClient(way.url, timeout=ANSWER_S, retry_handlers=[])
    shown = {**body, "response_type": "ephemeral", "replace_original": way.replaces}
    return (await hook.send_dict(shown)).status_code == 200
