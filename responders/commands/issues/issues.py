"""`groundswell issue …`: what several people report.

What a person decides on an issue stands in issue_acts.py and issue_moves.py, all that is known of
one in evidence.py.
"""

import typer

from classifiers import store
from config.database import reading
from responders.commands.issues import (
    evidence,
    issue_acts,
    issue_calls,
    issue_moves,
    people_only,
    tickets,
    workarounds,
)
from responders.commands.issues.issue_json import events_json, for_people, issue_json, issues_json
from responders.commands.output import JsonOption, emit_list, emit_object
from responders.commands.references import issue_named
from responders.workspace import open_ground

app = typer.Typer(help="What several people report.", no_args_is_help=True)

EMPTY = (
    "No issue is open. That says only that nothing new was noticed in what was heard: "
    "`groundswell status` shows when each place was last heard."
)


@app.command("list")
def list_issues(
    *,
    everything: bool = typer.Option(
        False, "--all", help="Also the resolved and merged ones, and spam and brigades set aside."
    ),
    as_json: bool = JsonOption,
) -> None:
    """List issues, the newest first.

    Example: groundswell issue list --all
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        rows = issues_json(session, list(store.issues(session, everything=everything)))
    columns = ["id", "title", "state", "flags", "kind", "severity", "posts", "authors", "taken_by"]
    emit_list(rows, as_json=as_json, columns=columns, empty=EMPTY)


@app.command("show")
def show_issue(
    issue: str = issue_acts.IssueArgument,
    as_json: bool = JsonOption,
) -> None:
    """Show one issue with its evidence and what happened to it.

    Example: groundswell issue show GS-1
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        row = issue_named(session, issue)
        value = issue_json(session, row)
        value["events"] = events_json(session, row.id or 0)
    emit_object(value if as_json else for_people(value), as_json=as_json)


for _name, _act in (
    *issue_acts.ACTS.items(),
    *issue_moves.ACTS.items(),
    *issue_calls.ACTS.items(),
    ("evidence", evidence.evidence),
    ("workaround", workarounds.workaround),
    ("people-only", people_only.people_only),
    ("ticket", tickets.ticket),
):
    app.command(_name)(_act)
