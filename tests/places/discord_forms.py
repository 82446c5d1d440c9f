"""What Discord refuses of a message, a list or a form, for its lengths and numbers.

Source: https://docs.discord.com/developers/components/reference and …/resources/message
"""

from collections.abc import Iterator
from typing import Any

from tests.places.discord_webhook import too_long, units

ROW, BUTTON, SELECT, INPUT, LABEL = 1, 2, 3, 4, 18
LINK = 5


def too_much(body: dict[str, Any]) -> str:
    """Say what is too long, too many or missing; empty when all is well."""
    if too_long(body):
        return "the lengths of content or embeds"
    wrong = [*_rows(body.get("components") or []), *_form(body)]
    return wrong[0] if wrong else ""


def _form(body: dict[str, Any]) -> Iterator[str]:
    if "title" not in body or "custom_id" not in body:
        return
    if not 1 <= units(body["title"]) <= 45:
        yield "the title of a form"
    if units(body["custom_id"]) > 100:
        yield "the custom_id of a form"


def _rows(rows: list[dict[str, Any]]) -> Iterator[str]:
    if len(rows) > 5:
        yield "more than five rows"
    words = [each["custom_id"] for row in rows for each in _inside(row) if each.get("custom_id")]
    if len(words) != len(set(words)):
        yield "a custom_id twice"
    for row in rows:
        inside = _inside(row)
        if not 1 <= len(inside) <= 5:
            yield "a row of none or more than five"
        if row["type"] == LABEL and not 1 <= units(row.get("label") or "") <= 45:
            yield "the label of a field"
        for each in inside:
            yield from _part(each)


def _inside(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [row["component"]] if row["type"] == LABEL else row.get("components", [])


def _part(part: dict[str, Any]) -> Iterator[str]:
    if units(part.get("custom_id") or "") > 100:
        yield "a custom_id"
    if units(part.get("placeholder") or "") > (150 if part["type"] == SELECT else 100):
        yield "a placeholder"
    if part["type"] == BUTTON:
        yield from _button(part)
    elif part["type"] == SELECT:
        yield from _select(part)
    elif part["type"] == INPUT and units(part.get("value") or "") > 4000:
        yield "the text of a field"


def _button(part: dict[str, Any]) -> Iterator[str]:
    if not 1 <= units(part.get("label") or "") <= 80:
        yield "the label of a button"
    if (part["style"] == LINK) != ("url" in part) or ("url" in part) == ("custom_id" in part):
        yield "a button with both or neither of url and custom_id"
    if units(part.get("url") or "") > 512:
        yield "the url of a button"


def _select(part: dict[str, Any]) -> Iterator[str]:
    options = part.get("options", [])
    if not 1 <= len(options) <= 25:
        yield "a list of none or more than 25"
    if len({each["value"] for each in options}) != len(options):
        yield "a value twice"
    for each in options:
        if not 1 <= units(each["label"]) <= 100 or not 1 <= units(each["value"]) <= 100:
            yield "the label or value of a choice"
        if units(each.get("description") or "") > 100:
            yield "the description of a choice"
