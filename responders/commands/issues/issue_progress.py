"""How an issue goes on, as scripts and people read it: its clocks, its silence, how it ended.

Apart from issue_json.py, which tells what an issue is.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from classifiers.corrections import store_changes
from classifiers.corrections.resolutions import WORDS, Resolution, resolution_of
from classifiers.tables import Issue, IssueState
from config.clock import rfc3339
from responders.commands.output import shown
from responders.voice.ledger.clocks import Clocks, lasted
from responders.voice.ledger.store_clocks import clocks_of
from responders.voice.ledger.store_silence import silences
from responders.voice.tables import Silence

TIMES = ("began", "alerted", "acknowledged", "acted", "resolved")
LENGTHS = ("noticed", "acknowledged", "acted", "resolved")


def progress_json(session: Session, row: Issue) -> dict[str, Any]:
    """Return how an issue goes on; keys that came after contract.md's."""
    ended = how_it_ended(session, row)
    return {
        "resolution": ended.value if ended else None,
        "clocks": _clocks(clocks_of(session, row)),
        "silence": _silence(silences(session).get(row.id or 0)),
    }


def how_it_ended(session: Session, row: Issue) -> Resolution | None:
    """Return the kind of an issue's end, if it is over and somebody named it."""
    if row.state is not IssueState.RESOLVED:
        return None
    last = store_changes.last_event(session, row.id or 0, ["state"])
    return resolution_of(last.data.get("resolution")) if last else None


def _clocks(found: Clocks) -> dict[str, Any]:
    times = {f"{name}_at": getattr(found, f"{name}_at") for name in TIMES}
    return {
        **{name: rfc3339(at) if at else None for name, at in times.items()},
        **{f"{name}_s": getattr(found, f"{name}_s") for name in LENGTHS},
    }


def _silence(found: Silence | None) -> dict[str, str] | None:
    if found is None:
        return None
    return {"since": rfc3339(found.since), "told_at": rfc3339(found.told_at)}


def progress_lines(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same for people, a line each; what has not happened says so."""
    clocks, silence, ended = value["clocks"], value["silence"], value["resolution"]
    return {
        "clocks": f"{_line(clocks, 'acknowledged', 'first public word', 'no public word')}, "
        f"{_line(clocks, 'acted', 'acted', 'not acted')}",
        "resolution": WORDS[Resolution(ended)] if ended else None,
        "silence": f"nothing was said in public since {shown(silence['since'])}"
        if silence
        else None,
    }


def _line(clocks: Mapping[str, Any], name: str, done: str, open_: str) -> str:
    seconds = clocks[f"{name}_s"]
    return f"{open_} yet" if seconds is None else f"{done} after {lasted(seconds)}"
