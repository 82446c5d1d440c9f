"""What Slack refuses of a message or a form, for its lengths, its numbers and its shapes.

Source: https://docs.slack.dev/reference/block-kit and https://docs.slack.dev/reference/views
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

BLOCKS, VIEW_BLOCKS = 50, 100
Part = Mapping[str, Any]


def units(text: str) -> int:
    """Count as the stricter of the ways in which Slack may count."""
    return max(len(text), len(text.encode("utf-16-le", "surrogatepass")) // 2)


def wrong_blocks(body: Part) -> str:
    """Say what is wrong with the blocks of a message; empty when all is well."""
    blocks = body.get("blocks") or []
    if len(blocks) > BLOCKS:
        return "more than 50 blocks"
    if units(str(body.get("text") or "")) > 40_000:
        return "msg_too_long"
    return next(_wrong(blocks), "")


def wrong_view(view: Part) -> str:
    """Say what is wrong with a form; empty when all is well."""
    found = [*_text(view.get("title"), 24, "title"), *_text(view.get("submit"), 24, "submit")]
    if view.get("type") != "modal" or len(view.get("blocks", [])) > VIEW_BLOCKS:
        found.append("no form")
    if units(view.get("private_metadata") or "") > 3000:
        found.append("private_metadata")
    if units(view.get("callback_id") or "") > 255:
        found.append("callback_id")
    found += _wrong(view.get("blocks", []))
    return found[0] if found else ""


def _wrong(blocks: Sequence[Part]) -> Iterator[str]:
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)) or any(not 1 <= units(one) <= 255 for one in ids):
        yield "a block_id"
    for block in blocks:
        check = CHECKS.get(block.get("type", ""))
        if check is None:
            yield f"an unknown block {block.get('type')}"
        else:
            yield from check(block)


def _text(text: Any, most: int, what: str, *, mrkdwn: bool = False) -> Iterator[str]:
    kinds = {"plain_text", "mrkdwn"} if mrkdwn else {"plain_text"}
    if not isinstance(text, dict) or text.get("type") not in kinds:
        yield f"{what} of another kind"
    elif not 1 <= units(text["text"]) <= most:
        yield f"the length of {what}: {units(text['text'])}"


def _section(block: Part) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield "an empty section"
    if "text" in block:
        yield from _text(block["text"], 3000, "a section", mrkdwn=True)
    if not 0 <= len(block.get("fields", [])) <= 10:
        yield "the fields of a section"
    for each in block.get("fields", []):
        yield from _text(each, 2000, "a field", mrkdwn=True)


def _context(block: Part) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 10:
        yield "the elements of a context"
    for each in block["elements"]:
        yield from _text(each, 2000, "a context", mrkdwn=True)


def _actions(block: Part) -> Iterator[str]:
    parts = block["elements"]
    if not 1 <= len(parts) <= 25:
        yield "the elements of actions"
    names = [each.get("action_id", "") for each in parts]
    if len(names) != len(set(names)) or any(not 1 <= units(name) <= 255 for name in names):
        yield "an action_id"
    for each in parts:
        if each["type"] == "button":
            yield from _button(each)
        else:
            yield from _choice(each)


def _button(part: Part) -> Iterator[str]:
    yield from _text(part.get("text"), 75, "a button")
    if units(part.get("value", "")) > 2000 or units(part.get("url", "")) > 3000:
        yield "the value of a button"
    if part.get("style", "primary") not in {"primary", "danger"}:
        yield "the style of a button"


def _choice(part: Part) -> Iterator[str]:
    most = {"overflow": 5, "static_select": 100}.get(part["type"])
    if most is None or not 1 <= len(part.get("options", [])) <= most:
        yield f"the options of a {part['type']}"
    for each in part.get("options", []):
        yield from _text(each.get("text"), 75, "a choice")
        if not 1 <= units(each.get("value", "")) <= 75:
            yield "the value of a choice"
    if part["type"] == "static_select":
        yield from _text(part.get("placeholder"), 150, "a placeholder")


def _input(block: Part) -> Iterator[str]:
    yield from _text(block.get("label"), 2000, "a label")
    element = block["element"]
    if units(element.get("initial_value") or "") > 3000 or element.get("max_length", 1) > 3000:
        yield "the text of a field"


CHECKS: Mapping[str, Callable[[Part], Iterator[str]]] = {
    "header": lambda block: _text(block.get("text"), 150, "a header"),
    "section": _section,
    "divider": lambda _block: iter(()),
    "context": _context,
    "actions": _actions,
    "input": _input,
}
