"""What can be typed in Slack: /issues, /known, /report, /pause and /resume; and a message's menu.

An app may give its commands a beginning of its own, such as /gs-issues; the last word counts.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from listener.intake.handing_in import Chat
from responders.bots import reading
from responders.bots.deciding import Desk
from responders.bots.speaking import Said
from responders.decisions.people.linking import Account, Known
from responders.delivery.platforms.slack_text import unescaped

PRODUCT = re.compile(r"product=(\"[^\"]+\"|“[^”]+”|\S+)\s+")
"""What a report is about, where there are several products."""
OURS = "That message is ours; report what people say."
"""Reported, our own alert would be counted as somebody who has the problem, too."""


def typed(desk: Desk, account: Account, body: Mapping[str, Any]) -> Said:
    """Do what a command asks for."""
    name = str(body.get("command") or "").lstrip("/").rpartition("-")[2].casefold()
    text = unescaped(str(body.get("text") or "")).strip()
    return desk.command(account, lambda who: _do(desk, who, name, text))


def _do(desk: Desk, who: Known, name: str, text: str) -> Said:
    if name in WITHOUT_WORDS and not text:
        return Said(WITHOUT_WORDS[name])
    act = COMMANDS.get(name)
    return act(desk, who, text) if act else Said(NONE_OF_OURS)


def _report(desk: Desk, who: Known, text: str) -> Said:
    named = PRODUCT.match(text)
    product = named[1].strip('"“”') if named else None
    return desk.report(who, text[named.end() :] if named else text, product)


COMMANDS: Mapping[str, Callable[[Desk, Known, str], Said]] = {
    "issues": lambda desk, _, __: reading.open_issues(desk.ground),
    "known": lambda desk, _, text: reading.known_issues(desk.ground, text),
    "report": _report,
    "pause": Desk.pause,
    "resume": lambda desk, who, _: desk.resume(who),
}
WITHOUT_WORDS: Mapping[str, str] = {
    "report": "Say what somebody says, or where: /report WORDS, or /report LINK",
    "pause": "Say why, in a few words; it is kept: /pause REASON",
}
"""What is asked back where a command needs words and none were typed."""
NONE_OF_OURS = "That is no command of ours: /issues, /known, /report, /pause or /resume"


def words_of_menu(desk: Desk, account: Account, body: Mapping[str, Any]) -> Said:
    """Take the message whose menu was used as a post that we heard."""
    message: Mapping[str, Any] = body.get("message") or {}
    if message.get("app_id") and message["app_id"] == body.get("api_app_id"):
        return Said(OURS)
    text, chat = unescaped(str(message.get("text") or "")), _place(message, body)
    return desk.command(account, lambda who: desk.report(who, text, None, chat))


def _place(message: Mapping[str, Any], body: Mapping[str, Any]) -> Chat:
    """Return where a message stands, by which the same one reported twice is one post."""
    channel = str((body.get("channel") or {}).get("id") or "")
    ts = str(message.get("ts") or body.get("message_ts") or "")
    domain = str((body.get("team") or {}).get("domain") or "")
    url = None
    if re.fullmatch(r"[a-z0-9-]{1,80}", domain) and re.fullmatch(r"[\w-]+", channel):
        url = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    author = f"slack:{message.get('user') or message.get('bot_id') or ''}"
    return Chat(f"slack:{channel}:{ts}", url, author)
