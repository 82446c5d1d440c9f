"""Answers and forms as Slack draws them; within its limits whatever the words are.

Source: https://docs.slack.dev/reference/block-kit and https://docs.slack.dev/reference/views
"""

from collections.abc import Iterator, Mapping
from typing import Any

from responders.bots.speaking import Choice, Form, Said
from responders.delivery.platforms.slack_text import fitting, parts, slack_exact, slack_text, units
from responders.oncall.cards.drawing_slack import LABEL, SECTION, plain, section, slack_button

TITLE, FIELD_LABEL, FIELD = 24, 150, 3000
CHOICES, VALUE = 100, 75
SECTIONS = 10
"""Blocks that a text of ours takes at the most: ``reading.SHOWN_TEXT`` with every character
escaped."""


def drawn(said: Said) -> dict[str, Any]:
    """Return an answer as text and blocks."""
    return {"text": fitting(slack_text, said.words, SECTION) or "…", "blocks": list(_blocks(said))}


def _blocks(said: Said) -> Iterator[dict[str, Any]]:
    yield section(said.words)
    for piece in parts(slack_exact, said.text, SECTION)[:SECTIONS]:
        # To the letter, as it will be read in public: no emoji, no markup, nothing cut.
        yield {"type": "section", "text": {"type": "plain_text", "text": piece, "emoji": False}}
    if said.choices:
        yield {"type": "actions", "block_id": "choices", "elements": [_list(said)]}
    if said.buttons:
        buttons = [slack_button(button) for button in said.buttons]
        yield {"type": "actions", "block_id": "acts", "elements": buttons}


def _list(said: Said) -> dict[str, Any]:
    return {
        "type": "static_select",
        "action_id": said.press,
        "placeholder": plain("Choose…", FIELD_LABEL),
        "options": [_option(choice) for choice in said.choices[:CHOICES]],
    }


def _option(choice: Choice) -> dict[str, Any]:
    return {"text": plain(choice.label, LABEL), "value": choice.value[:VALUE]}


def drawn_form(form: Form, *, back: str) -> dict[str, Any]:
    """Return a form; what it is sent with is the press that opened it.

    Args:
        form: what it asks.
        back: what comes back with it, so that whoever sends it can be answered.
    """
    return {
        "type": "modal",
        "callback_id": form.press,
        "private_metadata": back,
        "title": plain(form.title, TITLE),
        "submit": plain("Send", TITLE),
        "close": plain("Cancel", TITLE),
        "blocks": [
            {
                "type": "input",
                "block_id": field.name,
                "label": plain(field.label, FIELD_LABEL),
                "element": {
                    "type": "plain_text_input",
                    "action_id": field.name,
                    "multiline": field.long,
                    "max_length": min(field.at_most, FIELD),
                    **({"initial_value": field.value} if field.value else {}),
                },
            }
            for field in form.fields
        ],
    }


def fits(form: Form) -> bool:
    """Tell whether a form can hold its texts: Slack may count an emoji as more than one."""
    return all(units(field.value) <= FIELD for field in form.fields)


def sent_fields(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what stands in a form that was sent, by the field's name."""
    values: Mapping[str, Mapping[str, Any]] = (view.get("state") or {}).get("values") or {}
    return {
        name: str(given.get("value") or "")
        for block in values.values()
        for name, given in block.items()
    }
