"""`groundswell promise list`: what we said in public about our next word, and whether it came."""

from dataclasses import asdict

import typer

from classifiers.store import reference
from config.database import reading
from responders.commands import store
from responders.commands.output import JsonOption, emit_list, emit_object, say
from responders.commands.references import issue_named
from responders.voice.ledger.store_promises import Kept, counted
from responders.voice.tables import Promise, PromiseState
from responders.workspace import open_ground

app = typer.Typer(help="What was promised in public.", no_args_is_help=True)

COLUMNS = ("id", "issue_id", "due_at", "state", "made_at", "reminded_at", "settled_at")
StateOption = typer.Option(None, "--state", help="Only those in this state.")
EMPTY = (
    "No promise was made in public yet. Sending a text that names a time makes one: "
    "groundswell draft list --state pending"
)


@app.callback()
def group() -> None:
    """Keep `list` a word of its own: a group of one command would swallow it."""


@app.command("list")
def list_(
    *,
    issue: str = typer.Option("", "--issue", help="Only those of one issue, such as GS-7."),
    state: PromiseState | None = StateOption,
    count: bool = typer.Option(False, "--count", help="Only how many are open, kept and broken."),
    as_json: bool = JsonOption,
) -> None:
    """List the promises, the next one due first.

    Examples:
        groundswell promise list --state open
        groundswell promise list --count --json
    """
    with reading(open_ground().engine) as session:
        issue_id = issue_named(session, issue).id if issue else None
        found = store.promises(session, issue_id=issue_id, state=state)
        rows, counts = [promise_json(row) for row in found], counted(found)
    if count:
        emit_object(asdict(counts), as_json=as_json)
        return
    filtered = bool(issue or state)
    empty = "No promise is like that; all are in: groundswell promise list" if filtered else EMPTY
    emit_list(rows, as_json=as_json, columns=COLUMNS, empty=empty)
    if rows and not as_json:
        say(summary(counts))


def summary(counts: Kept) -> str:
    """Say what became of promises, such as "kept 3, broken 1 (1 still owed), open 2"."""
    owed = f" ({counts.overdue} still owed)" if counts.overdue else ""
    return f"kept {counts.kept}, broken {counts.broken}{owed}, open {counts.open}"


def promise_json(row: Promise) -> dict[str, object]:
    """Return a promise as scripts read it."""
    return {
        "id": str(row.id),
        "issue_id": reference(row.issue_id),
        "due_at": row.due_at,
        "made_at": row.made_at,
        "state": str(row.state),
        "reminded_at": row.reminded_at,
        "settled_at": row.settled_at,
    }
