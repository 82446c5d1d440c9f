"""`groundswell draft`: what would be said, to whom, and in which state it is.

What a person decides on a draft stands in draft_acts.py, its export in draft_export.py.
"""

import re
from collections.abc import Mapping
from typing import Any

import typer

from config.database import reading
from responders.commands.drafts import claims, draft_acts, draft_export
from responders.commands.drafts.draft_json import draft_json, drafts_json
from responders.commands.drafts.findings import finding_lines
from responders.commands.drafts.rewordings import diff_json, diff_lines
from responders.commands.output import JsonOption, emit_list, emit_object, say
from responders.commands.places import decisions_on
from responders.commands.references import draft_named, issue_named
from responders.delivery.inert import cut
from responders.voice import store
from responders.voice.tables import DraftState
from responders.voice.watching.store_minding import contradicted_issues
from responders.workspace import open_ground

app = typer.Typer(
    help="What would be said in public, and a person's yes or no to it.", no_args_is_help=True
)

COLUMNS = ("id", "issue_id", "state", "channel", "thread_url", "next_update_by", "says")
SAYS = 60
"""Characters of a text that a person sees in the list; `draft show` has it in full."""
FromOption = typer.Option(
    None, "--from", min=1, help="The version to compare with; else the template's own text."
)
ToOption = typer.Option(None, "--to", min=1, help="The version to compare; else the newest.")
QUOTED = re.compile(r"“([^”]+)”")
StateOption = typer.Option(
    None, "--state", help="Only those in this state; pending ones wait for a person."
)
EMPTY = (
    "No drafts. One is made for each thread of an issue that raised an alert; "
    "see the issues with: groundswell issue list"
)


@app.command("list")
def list_(
    *,
    issue: str = typer.Option("", "--issue", help="Only those of one issue, such as GS-7."),
    state: DraftState | None = StateOption,
    as_json: bool = JsonOption,
) -> None:
    """List the drafts, the next promise due first.

    Before all come those of an issue of which somebody answered us that it is not over.

    Examples:
        groundswell draft list --state pending
        groundswell draft list --issue GS-1
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        issue_id = issue_named(session, issue).id if issue else None
        found = store.listed(session, issue_id=issue_id, first=contradicted_issues(session))
        rows = drafts_json(session, found, now=ground.clock.now())
    if state is not None:
        rows = [row for row in rows if row["state"] == state]
    if not as_json:
        rows = [{**row, "says": says(row)} for row in rows]
    emit_list(rows, as_json=as_json, columns=COLUMNS, empty=_empty(issue, state))


def _empty(issue: str, state: DraftState | None) -> str:
    if state is None and not issue:
        return EMPTY
    what = f"{state} drafts" if state else "drafts"
    start = f"{issue} has no {what}" if issue else f"There are no {what}"
    return f"{start}; all are in: groundswell draft list"


@app.command()
def show(
    draft_id: str = typer.Argument(..., metavar="ID", help="The number in `draft list`."),
    *,
    diff: bool = typer.Option(False, "--diff", help="Show what people changed, word by word."),
    before: int | None = FromOption,
    after: int | None = ToOption,
    as_json: bool = JsonOption,
) -> None:
    """Show one draft with its full text, and with --diff what people changed in it.

    Examples:
        groundswell draft show 3
        groundswell draft show 3 --diff
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        draft = draft_named(session, draft_id)
        value = draft_json(session, draft, now=ground.clock.now())
        if diff or before is not None or after is not None:
            value = {**value, "diff": diff_json(session, draft, before=before, after=after)}
    lines = value if as_json else {**value, "findings": finding_lines(value["findings"])}
    if not as_json and "diff" in lines:
        lines = {**lines, "diff": diff_lines(value["diff"])}
    emit_object(lines, as_json=as_json)
    if not as_json and value["state"] == DraftState.PENDING:
        say(f"\n{decisions_on(draft)}")


def says(row: Mapping[str, Any]) -> str:
    """Return what tells a draft from the others: whom it quotes, else its text, else its reason."""
    text = " ".join(row["text"].split())
    quoted = QUOTED.search(text)
    return cut(quoted.group() if quoted else text or row["reason"] or "", SAYS)


for _name, _act in (
    *draft_acts.ACTS.items(),
    *claims.ACTS.items(),
    ("export", draft_export.export),
):
    app.command(_name)(_act)
