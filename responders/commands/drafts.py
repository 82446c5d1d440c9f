"""`groundswell draft`: what would be said, to whom, and in which state it is."""

import re
from collections.abc import Mapping
from typing import Any

import typer

from classifiers.store import reference, row_id_from
from config.database import reading
from config.errors import GroundswellError, SettingsError
from listener.tables import Thread
from responders.commands.issues import issue_named
from responders.commands.output import JsonOption, emit_list, emit_object
from responders.delivery.inert import cut
from responders.voice import store
from responders.voice.tables import Draft
from responders.workspace import open_ground

app = typer.Typer(help="What would be said in public, before a person said yes.")

COLUMNS = ("id", "issue_id", "state", "channel", "thread_url", "next_update_by", "says")
SAYS = 60
"""Characters of a text that a person sees in the list; `draft show` has it in full."""
QUOTED = re.compile(r"“([^”]+)”")
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
    with reading(open_ground().engine) as session:
        issue_id = issue_named(session, issue).id if issue else None
        rows = [as_dict(*found) for found in store.listed(session, issue_id=issue_id)]
    if not as_json:
        rows = [{**row, "says": says(row)} for row in rows]
    empty = f"{issue} has no drafts; all are in: groundswell draft list" if issue else EMPTY
    emit_list(rows, as_json=as_json, columns=COLUMNS, empty=empty)


@app.command()
def show(
    draft_id: str = typer.Argument(..., metavar="ID", help="The number in `draft list`."),
    as_json: bool = JsonOption,
) -> None:
    """Show one draft with its full text.

    Example: groundswell draft show 3
    """
    if not (draft_id.isascii() and draft_id.isdigit()):
        raise SettingsError(f"{draft_id} is no draft's number; `groundswell draft list` shows them")
    number = row_id_from(draft_id)
    with reading(open_ground().engine) as session:
        found = store.one(session, number) if number is not None else None
    if found is None:
        raise GroundswellError(f"there is no draft {draft_id}; `groundswell draft list` shows them")
    emit_object(as_dict(*found), as_json=as_json)


def says(row: Mapping[str, Any]) -> str:
    """Return what tells a draft from the others: whom it quotes, else its text, else its reason."""
    text = " ".join(row["text"].split())
    quoted = QUOTED.search(text)
    return cut(quoted.group() if quoted else text or row["reason"] or "", SAYS)


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
