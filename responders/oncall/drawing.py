"""The card drawn for each destination: lines for a terminal, an embed for Discord.

Pure, and apart from the card, so that a new destination adds a function here and no new rule of
what is said.
Source: https://docs.discord.com/developers/resources/message#embed-object-embed-limits
"""

from collections.abc import Callable, Mapping
from typing import Any

from responders.delivery.inert import discord_text
from responders.oncall.card import Card

EDGE = {"critical": 0xA62B10, "major": 0xA62B10, "minor": 0x765000, "cosmetic": 0x74817D}
"""The embed's edge by severity: the look's crit, warn and line-strong."""
FIELDS = 6


def as_lines(card: Card) -> str:
    """Return the card as lines of plain text; nothing in it is markup."""
    lines = [card.ping, card.state_line, card.title, card.reason]
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
    content 2000, title 256, description 4096, field 1024, footer 2048, 6000 in all.
    """
    embed: dict[str, Any] = {
        "title": discord_text(card.title),
        "description": "\n".join(_body(card)),
        "color": EDGE.get(card.severity, EDGE["minor"]),
        "fields": [
            {"name": name, "value": discord_text(value), "inline": True}
            for name, value in card.fields[:FIELDS]
        ],
        "footer": {"text": card.footer},
    }
    if card.link:
        embed["url"] = card.link
    return {"content": discord_text(card.ping), "embeds": [embed]}


def _body(card: Card) -> list[str]:
    lines = [discord_text(card.state_line), discord_text(card.reason)]
    if card.trend:
        lines.append(f"Posts per 15 min: `{card.trend}`")
    for quote in card.quotes:
        link = f" <{quote.url}>" if quote.url else ""
        lines.append(f"> “{discord_text(quote.text)}”{link}")
    return lines


DRAWINGS: Mapping[str, Callable[[Card], dict[str, Any]]] = {"discord": as_discord}
"""How each channel draws a card; a channel that is not here shows the text."""
