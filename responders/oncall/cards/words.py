"""The card in words alone, for mail, pagers and all that draws nothing: no quote of anybody.

Pure. What a stranger chose of it, such as the words of a title, is made harmless for services that
we do not know (``fan_out``).
"""

from typing import Any

from responders.delivery.platforms.fan_out import TITLE, harmless
from responders.oncall.card import Card, clock_time

LEVELS = {"critical": "failure", "major": "failure", "minor": "warning", "cosmetic": "info"}
"""How Apprise's services colour a message and rank a page, by severity."""
STRANGERS = frozenset({"Tried"})
"""The facts that are users' own words."""


def as_words(card: Card) -> dict[str, Any]:
    """Return the card as title, body and level."""
    facts = (f"{name}: {value}" for name, value in card.fields if name not in STRANGERS)
    seen = f"First seen {clock_time(card.first_seen_at)}" if card.first_seen_at else ""
    told = (card.state_line, card.reason, seen, *facts, card.footer)
    lines = [harmless(line) for line in told]
    if card.link:
        lines.append(card.link)
    return {
        "title": harmless(card.ping, TITLE),
        "body": "\n".join(line for line in lines if line),
        "level": LEVELS.get(card.severity, "warning"),
    }
