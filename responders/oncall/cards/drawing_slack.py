"""The card drawn for Slack, as blocks.

Pure, and apart from the other drawings because Slack counts each block by itself. Strangers' words
stand in plain text alone, where nothing is markup; only our own links are. Every text is cut to
what Slack takes after escaping.
Source: https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from responders.delivery.platforms.slack_text import fitting, slack_link, slack_text
from responders.oncall.card import Card
from responders.oncall.pressing import Button, Do, Kind, read_press

HEADER, SECTION, FIELD, CONTEXT, LABEL = 150, 3000, 2000, 2000, 75
"""Characters that Slack takes of each."""
FIELDS, IN_MORE = 10, 5
FOOTER, ACTS = "footer", "acts"
"""How the blocks are called that somebody looks for again."""
OPEN, MORE = "open", "more"
"""What a press is called that leads to the console, and one on the rarer acts."""
STYLES: Mapping[Kind, str] = {Kind.MAIN: "primary", Kind.DANGER: "danger"}
RARE = frozenset({Do.SNOOZE, Do.MERGE, Do.WAKE, Do.MUTE, Do.NOT_AN_ISSUE})
"""What stands under "More…"."""


def as_slack(card: Card) -> dict[str, Any]:
    """Return the card as the text and the blocks of a Slack message.

    The text is what a phone shows; the blocks are 10 at the most of the 50 that Slack takes.
    """
    return {"text": fitting(slack_text, card.ping, SECTION), "blocks": list(_blocks(card))}


def _blocks(card: Card) -> Iterator[dict[str, Any]]:
    yield {"type": "header", "text": plain(card.title, HEADER)}
    yield section(card.state_line)
    trend = f"\nPosts per 15 min: {card.trend}" if card.trend else ""
    yield section(f"{card.reason}{trend}" or "…")
    yield from _quotes(card)
    if card.fields:
        shown = [plain(f"{name}\n{value}", FIELD) for name, value in card.fields[:FIELDS]]
        yield {"type": "section", "fields": shown}
    yield {"type": "context", "block_id": FOOTER, "elements": [plain(card.footer, CONTEXT)]}
    if card.buttons:
        yield {"type": "actions", "block_id": ACTS, "elements": list(_row(card.buttons))}


def _quotes(card: Card) -> Iterator[dict[str, Any]]:
    """Yield what people say, and below it where they said so."""
    if not card.quotes:
        return
    yield {"type": "divider"}
    yield section("\n".join(f"“{quote.text}”" for quote in card.quotes))
    links = [slack_link(quote.url) for quote in card.quotes if quote.url]
    if links:
        elements = [{"type": "mrkdwn", "text": link, "verbatim": True} for link in links]
        yield {"type": "context", "elements": elements}


def plain(words: str, most: int) -> dict[str, Any]:
    """Return words as a text in which nothing is markup."""
    return {"type": "plain_text", "text": fitting(slack_text, words, most) or "…", "emoji": False}


def section(words: str) -> dict[str, Any]:
    """Return words as a block of their own."""
    return {"type": "section", "text": plain(words, SECTION)}


def slack_button(button: Button) -> dict[str, Any]:
    """Return a button; what it is called is the press, so that it works after every restart."""
    drawn: dict[str, Any] = {"type": "button", "text": plain(button.label, LABEL)}
    if button.kind in STYLES:
        drawn["style"] = STYLES[button.kind]
    if button.url is not None:
        return drawn | {"action_id": OPEN, "url": button.url}
    return drawn | {"action_id": button.press, "value": button.press}


def _row(buttons: Sequence[Button]) -> Iterator[dict[str, Any]]:
    """Yield the buttons, and the rarer ones as one list."""
    rare = [button for button in buttons if _is_rare(button)]
    yield from (slack_button(button) for button in buttons if button not in rare)
    if rare:
        options = [
            {"text": plain(button.label, LABEL), "value": button.press} for button in rare[:IN_MORE]
        ]
        yield {"type": "overflow", "action_id": MORE, "options": options}


def _is_rare(button: Button) -> bool:
    press = read_press(button.press)
    return press is not None and press.do in RARE
