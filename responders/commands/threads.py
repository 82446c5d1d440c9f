"""`groundswell thread list`: where an issue was reported, and which of these threads were told."""

import typer

from classifiers.store import reference
from config.database import reading
from responders.commands.output import JsonOption, emit_list, say
from responders.commands.references import issue_named
from responders.voice.store import ThreadOfIssue, threads_of
from responders.voice.store_minding import count_answers
from responders.workspace import open_ground

app = typer.Typer(help="Where issues were reported, and who was told.", no_args_is_help=True)

COLUMNS = ("id", "state", "told_at", "phase", "answers", "source", "url", "title", "draft_id")


@app.callback()
def group() -> None:
    """Keep `list` a word of its own: a group of one command would swallow it."""


@app.command("list")
def list_(
    *,
    issue: str = typer.Option(..., "--issue", help="The issue, such as GS-7."),
    as_json: bool = JsonOption,
) -> None:
    """List the threads of an issue and whether each was told.

    Example: groundswell thread list --issue GS-1
    """
    with reading(open_ground().engine) as session:
        row = issue_named(session, issue)
        threads = threads_of(session, row.id or 0)
        answers = count_answers(session, [found.thread.id or 0 for found in threads])
        rows = [_as_dict(found, answers.get(found.thread.id or 0, 0)) for found in threads]
    name = reference(row.id or 0)
    empty = (
        f"{name} was reported in no thread that could be answered; "
        f"its posts: groundswell post list --issue {name}"
    )
    emit_list(rows, as_json=as_json, columns=COLUMNS, empty=empty)
    if rows and not as_json:
        say(f"told {sum(row['state'] == 'told' for row in rows)} of {len(rows)}")


def _as_dict(found: ThreadOfIssue, answers: int) -> dict[str, object]:
    return {
        "id": str(found.thread.id),
        "url": found.thread.url,
        "title": found.thread.title,
        "source": found.source.name,
        "state": found.state,
        "told_at": found.told_at,
        "phase": found.phase,
        "answers": answers,
        "draft_id": str(found.draft_id) if found.draft_id else None,
    }
