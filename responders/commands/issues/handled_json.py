"""Who of the on-call people knows of an issue, and who has it, as scripts and people read it.

Apart from issue_progress.py, whose clocks count until the first *public* word: that is another kind
of acknowledgement, by us to the people outside.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from classifiers.tables import Issue
from config.clock import rfc3339
from responders.commands.output import shown
from responders.oncall.store_cards import handling_of

KEYS = ("acknowledged_by", "acknowledged_at", "taken_by", "taken_at")
NOBODY = "nobody yet: groundswell issue {act} {name}"


def handled_json(session: Session, row: Issue) -> dict[str, str | None]:
    """Return who acknowledged an issue on call, who took it, and when; keys after contract.md's."""
    found = handling_of(session, row.id or 0)
    known = found.acknowledged_at if found else None
    held = found.held_at if found else None
    return {
        "acknowledged_by": found.acknowledged_by if found and known else None,
        "acknowledged_at": rfc3339(known) if known else None,
        "taken_by": found.held_by if found and held else None,
        "taken_at": rfc3339(held) if held else None,
    }


def handled_lines(value: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the same for people, a line each; what nobody did says how it is done."""
    return {
        "acknowledged": _line(value, "acknowledged", "acknowledge"),
        "taken": _line(value, "taken", "take"),
    }


def _line(value: Mapping[str, Any], what: str, act: str) -> str | None:
    who, at = value[f"{what}_by"], value[f"{what}_at"]
    if who is not None:
        return f"by {who}, {shown(at)}"
    over = value["state"] == "resolved" or value["merged_into"]
    return None if over else NOBODY.format(act=act, name=value["id"])
