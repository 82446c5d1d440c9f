"""The bot's side of the outbox at Slack: cards and lines to one channel, and edits in place.

Apart from the plug-in, which chooses between this and the plain webhook. It goes by our own client,
one request for each send: the library's tries again by itself where an answer was lost, and two
messages stand there. Slack knows no key that makes a send safe to repeat, so each message bears one
as metadata, and we read back before any second try.
Source: https://docs.slack.dev/messaging/message-metadata
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from config.addresses import RefusedAddress
from config.errors import PermanentError, TransientError
from config.http_client import PoliteClient, Response, Unreachable
from responders.delivery.channels.base import Capabilities, Gone, InDoubt, Message, Receipt
from responders.delivery.platforms.slack_limits import BUSY, UNSURE, busy_for, remedy, retry_after
from responders.delivery.platforms.slack_text import fitting, parts, slack_link, slack_text

API = "https://slack.com/api/"
EVENT = "groundswell_message"
"""What our metadata is called there."""
SECTION, BLOCKS = 3000, 45
LINKS = 10
"""Elements that Slack takes in one context block."""
PAGE, PAGES = 200, 5
"""Messages that are read back at once, and how often, before we say that ours is not there."""
NOT_THERE = "message_not_found"


class _Metadata(BaseModel):
    event_type: str = ""
    event_payload: dict[str, Any] = {}


class _Message(BaseModel):
    ts: str
    metadata: _Metadata = _Metadata()


class _Answer(BaseModel):
    ok: bool
    error: str = ""
    ts: str = ""
    messages: list[_Message] = []
    response_metadata: dict[str, Any] | None = None


class SlackBot:
    """One channel of one workspace, as the bot writes to it."""

    capabilities = Capabilities(public=False, lookup=True, idempotent=False)

    def __init__(
        self, *, base: str, token: str, channel_id: str, client: PoliteClient, console_url: str = ""
    ) -> None:
        self._base, self._channel, self._client = f"{base.rstrip('/')}/", channel_id, client
        self._console_url = console_url
        self._credentials = {"Authorization": f"Bearer {token}"}

    def send(self, message: Message) -> Receipt:
        """Send once; see ``Channel.send``. A thread begins with its first line."""
        target = message.target
        body = drawn(message, console_url=self._console_url) | {
            "channel": self._channel,
            "metadata": {"event_type": EVENT, "event_payload": {"key": message.key}},
            "mrkdwn": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        thread = _thread(target)
        if thread:
            body |= {"thread_ts": thread, "reply_broadcast": bool(target.get("below"))}
        return self._receipt(self._write("chat.postMessage", body))

    def find(self, message: Message) -> Receipt | None:
        """Look through the newest messages for ours, by its key; see ``Channel.find``."""
        for found in self._standing(_thread(message.target)):
            known = found.metadata
            if known.event_type == EVENT and known.event_payload.get("key") == message.key:
                return Receipt(found.ts, None, at=_at(found.ts))
        return None

    def redraw(self, remote_id: str, message: Message) -> Receipt:
        """Let a message show something else; see ``Redrawing``."""
        body = drawn(message, console_url=self._console_url)
        body |= {"channel": self._channel, "ts": remote_id}
        try:
            return self._receipt(self._write("chat.update", body))
        except InDoubt as error:  # done twice it is the same, so no doubt needs settling
            raise TransientError(str(error)) from error

    def look(self, method: str, **values: str) -> Response:
        """Read something, as the operator's check does.

        Raises:
            TransientError: Slack does not answer now, or asks for silence.
            PermanentError: it does not let us read.
        """
        query = f"?{urlencode(values)}" if values else ""
        answer = self._client.get(
            f"{self._base}{method}{query}",
            credentials=self._credentials,
            accept="application/json",
        )
        refuse_silence(answer)
        if answer.status >= 500:
            raise TransientError(f"Slack answered {answer.status}")
        said = _read(answer)
        if said is None:
            raise TransientError(f"Slack answered {answer.status} with something else")
        if said.error in {*UNSURE, *BUSY}:
            raise TransientError(f"Slack does not answer now ({said.error})")
        if not said.ok:
            raise PermanentError(remedy(said.error))
        return answer

    def knock(self) -> None:
        """Ask for a line of Socket Mode, and leave it; the token must be an app's.

        Raises:
            TransientError, InDoubt: Slack does not answer now.
            PermanentError: it does not know the token, or the app has no such line.
        """
        self._write("apps.connections.open", {})

    def _write(self, method: str, body: Mapping[str, Any]) -> _Answer:
        """Send one request that changes something.

        Raises:
            TransientError: it certainly did nothing.
            InDoubt: it may have been done.
            Gone, PermanentError: it was refused.
        """
        try:
            answer = self._client.post(
                f"{self._base}{method}", json=dict(body), credentials=self._credentials
            )
        except (Unreachable, RefusedAddress):
            raise
        except (TransientError, PermanentError) as error:
            raise InDoubt(f"no answer from Slack: {error}") from error
        refuse_silence(answer)
        said = _read(answer)
        if answer.status >= 500 or said is None:
            raise InDoubt(f"Slack answered {answer.status}")
        if said.error in BUSY:
            rest_s = busy_for(said.error, answer.headers)
            raise TransientError(f"Slack asks for silence ({said.error})", retry_after_s=rest_s)
        if said.error in UNSURE:
            raise InDoubt(f"Slack broke ({said.error})")
        if not said.ok:
            kind = Gone if said.error == NOT_THERE else PermanentError
            raise kind(remedy(said.error))
        return said

    def _receipt(self, said: _Answer) -> Receipt:
        if not said.ts:
            raise InDoubt("Slack answered without a message")
        return Receipt(said.ts, None, at=_at(said.ts))

    def _standing(self, thread: str) -> Iterator[_Message]:
        """Yield what stands in the channel, the newest first, or in one thread of it."""
        method = "conversations.replies" if thread else "conversations.history"
        asked = {"channel": self._channel, "limit": str(PAGE), "include_all_metadata": "true"}
        asked |= {"ts": thread} if thread else {}
        for _ in range(PAGES):
            said = _read(self.look(method, **asked))
            if said is None:
                return
            yield from said.messages
            cursor = str((said.response_metadata or {}).get("next_cursor") or "")
            if not cursor:
                return
            asked["cursor"] = cursor


def drawn(message: Message, *, console_url: str = "") -> dict[str, Any]:
    """Return a message as Slack takes it; one that was not drawn for Slack goes as plain text.

    Nothing in plain text can be opened, so the issues of the console that it links stand below it.
    """
    if "blocks" in message.payload:
        return dict(message.payload)
    pieces = parts(slack_text, message.text, SECTION)[:BLOCKS]
    blocks: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "plain_text", "text": piece, "emoji": False}}
        for piece in pieces
    ]
    if links := _links(message.text, console_url):
        elements = [{"type": "mrkdwn", "text": slack_link(url), "verbatim": True} for url in links]
        blocks.append({"type": "context", "elements": elements})
    return {"text": fitting(slack_text, message.text, SECTION), "blocks": blocks}


def _links(text: str, console_url: str) -> list[str]:
    """Return the issues of our console that a text links, each once; nobody else's address."""
    base = console_url.rstrip("/")
    if not base:
        return []
    found = re.findall(rf"(?<!\S){re.escape(base)}/issues/GS-\d{{1,10}}(?!\w)", text)
    return list(dict.fromkeys(found))[:LINKS]


def refuse_silence(answer: Response) -> None:
    """Say so where Slack asks for silence.

    Raises:
        TransientError: it does; nothing was done.
    """
    if answer.status == 429:
        rest_s = retry_after(answer.headers)
        raise TransientError("Slack asks for silence (429)", retry_after_s=rest_s)


def _thread(target: Mapping[str, Any]) -> str:
    return str(target.get("thread_of") or target.get("below") or "")


def _read(answer: Response) -> _Answer | None:
    try:
        return _Answer.model_validate_json(answer.body)
    except ValidationError:
        return None


def _at(ts: str) -> datetime:
    """Return when a message was written, which is its name; now, where that cannot be read."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.now(UTC)
