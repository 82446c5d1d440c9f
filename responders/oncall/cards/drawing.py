"""The card drawn for each destination: lines for a terminal, an embed or blocks for a chat.

Pure, and apart from the card, so that a new destination adds a function here and no new rule of
what is said.
Source: https://docs.discord.com/developers/resources/message#embed-object-embed-limits
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from responders.delivery.inert import discord_text
from responders.delivery.platforms.slack_text import fitting
from responders.oncall.card import NEXT_WORD, Card, clock_time
from responders.oncall.cards.drawing_slack import as_slack
from responders.oncall.cards.words import as_words
from responders.oncall.pressing import Button, Kind

EDGE = {"critical": 0xA62B10, "major": 0xA62B10, "minor": 0x765000, "cosmetic": 0x74817D}
"""The embed's edge by severity: the look's crit, warn and line-strong."""
FIELDS, AUTHOR = 6, 256
ROW, BUTTON, PLAIN_LINK = 1, 2, 5
"""Discord's numbers for a row, for a button, and for the style of a button that is a link."""
IN_A_ROW, LABEL = 5, 80
STYLES = {Kind.MAIN: 1, Kind.PLAIN: 2, Kind.DANGER: 4}
"""Source: https://docs.discord.com/developers/components/reference#button-button-styles"""


def as_lines(card: Card) -> str:
    """Return the card as lines of plain text; nothing in it is markup."""
    lines = [card.ping, card.state_line, card.title, card.reason]
    if card.first_seen_at:
        lines.append(f"first seen {clock_time(card.first_seen_at)}")
    if card.trend:
        lines.append(f"posts per 15 min: {card.trend}")
    lines.extend(f"  “{quote.text}” {quote.url or ''}".rstrip() for quote in card.quotes)
    if card.fields:
        lines.append(" · ".join(f"{name}: {value}" for name, value in card.fields))
    if card.link:
        lines.append(card.link)
    return "\n".join([*lines, card.footer])


def as_discord(card: Card) -> dict[str, Any]:
    """Return the card as the content and the one embed of a Discord message.

    With every part at its longest and every character escaped it stays under Discord's limits:
    content 2000, author 256, title 256, description 4096, field 1024, footer 2048, 6000 in all.
    """
    embed: dict[str, Any] = {
        "author": {"name": fitting(_above, card.state_line, AUTHOR)},
        "title": discord_text(card.title),
        "description": "\n".join(_body(card)),
        "color": EDGE.get(card.severity, EDGE["minor"]),
        "fields": [
            {"name": name, "value": _value(card, name, value), "inline": True}
            for name, value in card.fields[:FIELDS]
        ],
        "footer": {"text": card.footer},
    }
    if card.link:
        embed["url"] = card.link
    drawn: dict[str, Any] = {"content": discord_text(card.ping), "embeds": [embed]}
    if card.buttons:
        drawn["components"] = discord_rows(card.buttons)
    return drawn


def _above(words: str) -> str:
    """Return the line above the title: no markup is known there, and no name in it is alive."""
    return words.replace("@", "@\u200b")


def discord_rows(buttons: Sequence[Button]) -> list[dict[str, Any]]:
    """Return buttons as rows of five, such as stand below a message."""
    drawn = [_discord_button(button) for button in buttons]
    return [
        {"type": ROW, "components": drawn[start : start + IN_A_ROW]}
        for start in range(0, len(drawn), IN_A_ROW)
    ]


def _discord_button(button: Button) -> dict[str, Any]:
    common = {"type": BUTTON, "label": button.label[:LABEL]}
    if button.url is not None:
        return common | {"style": PLAIN_LINK, "url": button.url}
    return common | {"style": STYLES[button.kind], "custom_id": button.press}


def discord_time(moment: datetime, style: str) -> str:
    """Return a time that Discord shows by each reader's own clock; nothing of it is text.

    Args:
        moment: the time.
        style: ``t`` the time of the day, ``f`` with its day, ``R`` how long ago or ahead.

    Source: https://docs.discord.com/developers/reference#message-formatting-timestamp-styles
    """
    return f"<t:{int(moment.timestamp())}:{style}>"


def _value(card: Card, name: str, value: str) -> str:
    """Return a fact as Discord shows it."""
    if name == NEXT_WORD and card.next_word_at is not None:
        return f"{discord_time(card.next_word_at, 't')}, {discord_time(card.next_word_at, 'R')}"
    return discord_text(value)


def _body(card: Card) -> list[str]:
    lines = [discord_text(card.reason)]
    if card.first_seen_at is not None:
        seen = card.first_seen_at
        lines.append(f"First seen {discord_time(seen, 'f')}, {discord_time(seen, 'R')}")
    if card.trend:
        lines.append(f"Posts per 15 min: `{card.trend}`")
    for quote in card.quotes:
        link = f" <{quote.url}>" if quote.url else ""
        lines.append(f"> “{discord_text(quote.text)}”{link}")
    return lines


DRAWINGS: Mapping[str, Callable[[Card], dict[str, Any]]] = {
    "apprise": as_words,
    "discord": as_discord,
    "slack": as_slack,
}
"""How each channel draws a card; a channel that is not here shows the text."""
