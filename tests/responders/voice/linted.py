"""Facts and gold for the linter's tests."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from responders.voice.rules.base import Facts

GOLD = Path(__file__).parents[3] / "data" / "gold" / "linting"
_OWN = ("kind", "channel", "phase", "cause", "previous", "numbers", "workaround")
NOW = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
DUE = datetime(2026, 5, 12, 16, 0, tzinfo=UTC)
PAGE = "https://status.example/"
SAID = "The app hangs when I open a note. Since this morning."


def facts(**given: Any) -> Facts:
    """Return the facts of a first reply in the first phase, but for what is given."""
    values: dict[str, Any] = {
        "kind": "ack", "channel": "discourse", "phase": "investigating", "now": NOW,
        "next_update_by": DUE, "page_url": PAGE, "product": "Fernsync",
        "speaker": "The Fernsync team", "title": "App hangs when a note is opened",
        "said": [SAID], "phrases": ["hangs", "note"], "counted": 7,
    } | given  # fmt: skip
    for name in ("numbers", "given"):
        values[name] = frozenset(values.get(name, ()))
    return Facts(**values)


def gold(name: str) -> Sequence[Mapping[str, Any]]:
    """Return the lines of a gold file."""
    lines = (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def facts_of_line(line: Mapping[str, Any]) -> Facts:
    """Return the facts that a line of the good replies was written for."""
    about = json.loads((GOLD / "issues.json").read_text(encoding="utf-8"))[line["about"]]
    own = {key: line[key] for key in _OWN if key in line}
    if "due" in line:
        own["next_update_by"] = line["due"]
    return facts(**about, **own, language=line.get("lang", "en"))
