"""`groundswell draft`: what would be said, to whom, and in which state it is."""

from collections.abc import Mapping
from typing import Any

import typer

from classifiers.store import issue_id_from, reference
from config.database import reading
from config.errors import GroundswellError, SettingsError
from listener.tables import Thread
from responders.commands.output import JsonOption, emit_list, emit_object
from responders.delivery.inert import cut
from responders.voice import store
from responders.voice.tables import Draft
from responders.workspace import open_ground

app = typer.Typer(help="What would be said in public, before a person said yes.")

COLUMNS = ("id", "issue_id", "state", "channel", "thread_url", "next_update_by", "says")
SAYS = 60
"""Characters of a text that a person sees in the list; `draft show` has it in full."""
EMPTY = (
    "No drafts. One is made for each thread of an issue that raised an alert; "
    "see the issues with: groundswell issue list"
)


@app.command("list")
def list_(
    issue: str = typer.Option("", "--issue", help="Only those of one issue, such as GS-7."),
    as_json: bool = JsonOption,
) -> None:
    """List the drafts, the next promise due first.

    Example: groundswell draft list --issue GS-1
    """
    issue_id = _issue_id(issue)
    with reading(open_ground().engine) as session:
        rows = [as_dict(*found) for found in store.listed(session, issue_id=issue_id)]
    if not as_json:
        rows = [{**row, "says": says(row)} for row in rows]
    emit_list(rows, as_json=as_json, columns=COLUMNS, empty=EMPTY)


@app.command()
def show(
    draft_id: str = typer.Argument(..., metavar="ID", help="The number in `draft list`."),
    as_json: bool = JsonOption,
) -> None:
    """Show one draft with its full text.

    Example: groundswell draft show 3
    """
    number = int(draft_id) if draft_id.isascii() and draft_id.isdigit() else None
    if number is None or number >= 2**63:
        raise SettingsError(f"{draft_id} is no draft's number; see: groundswell draft list")
    with reading(open_ground().engine) as session:
        found = store.one(session, number)
    if found is None:
        raise GroundswellError(f"there is no draft {number}; see: groundswell draft list")
    emit_object(as_dict(*found), as_json=as_json)


def says(row: Mapping[str, Any]) -> str:
    """Return what a draft says in one line, or why it says nothing."""
    return cut(" ".join(row["text"].split()) or row["reason"] or "", SAYS)


def as_dict(draft: Draft, thread: Thread | None) -> dict[str, Any]:
    """Return a draft with the keys that scripts rely on."""
    return {
        "id": str(draft.id),
        "issue_id": reference(draft.issue_id),
        "kind": draft.kind,
        "phase": draft.phase,
        "channel": draft.channel,
        "thread_url": thread.url if thread else None,
        "language": draft.language,
        "text": draft.text,
        "text_sha256": draft.text_sha256,
        "version": draft.version,
        "state": str(draft.state),
        "next_update_by": draft.next_update_by,
        "findings": [],
        "delivery": None,
        "reason": draft.reason or None,
    }


def _issue_id(text: str) -> int | None:
    if not text:
        return None
    found = issue_id_from(text)
    if found is None or found >= 2**63:
        raise SettingsError(f"{text} is no issue; write it as GS-7")
    return found
