"""`groundswell thread list`: which threads of an issue were told, and which of all were not."""

from collections.abc import Sequence
from datetime import datetime

import typer
from sqlmodel import Session

from classifiers.store import reference
from config.database import reading
from responders.commands.output import JsonOption, emit_list, say
from responders.commands.references import issue_named
from responders.voice.ledger.store_unanswered import Unanswered, unanswered
from responders.voice.store import ThreadOfIssue, threads_of
from responders.voice.watching.store_minding import count_answers
from responders.workspace import open_ground

app = typer.Typer(help="Where issues were reported, and who was told.", no_args_is_help=True)

COLUMNS = (
    "id", "state", "told_at", "phase", "answers", "source", "url", "title", "draft_id",
    "silent_because", "lost_because",
)  # fmt: skip
QUEUE = ("since", "issue_id", "why", "source", "url", "posts", "draft_id")
NOBODY_WAITS = (
    "Nobody waits: in every thread that reports an open issue stands a word of ours. "
    "Those of one issue: groundswell thread list --issue GS-1"
)
IssueOption = typer.Option("", "--issue", help="Only this one, with those told, such as GS-7.")


@app.callback()
def group() -> None:
    """Keep `list` a word of its own: a group of one command would swallow it."""


@app.command("list")
def list_(
    *,
    issue: str = IssueOption,
    as_json: bool = JsonOption,
) -> None:
    """List the threads that wait for a word of ours, or those of an issue, told or not.

    Without an issue it is a queue over all open ones: the oldest first, and why nothing was said.

    Examples:
        groundswell thread list
        groundswell thread list --issue GS-1
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        if issue:
            _ledger(session, issue, as_json=as_json)
        else:
            _queue(session, ground.clock.now(), as_json=as_json)


def _ledger(session: Session, issue: str, *, as_json: bool) -> None:
    row = issue_named(session, issue)
    rows = ledger_json(session, threads_of(session, row.id or 0))
    name = reference(row.id or 0)
    empty = (
        f"{name} was reported in no thread that could be answered; "
        f"its posts: groundswell post list --issue {name}"
    )
    emit_list(rows, as_json=as_json, columns=COLUMNS, empty=empty)
    if rows and not as_json:
        say(f"told {sum(row['state'] == 'told' for row in rows)} of {len(rows)}")


def _queue(session: Session, now: datetime, *, as_json: bool) -> None:
    waiting = unanswered(session, now=now)
    rows = queue_json(session, waiting)
    shown = rows if as_json else [row | {"why": row["reason"]} for row in rows]
    emit_list(shown, as_json=as_json, columns=QUEUE, empty=NOBODY_WAITS)
    if rows and not as_json:
        issues = len({one.issue.id for one in waiting})
        threads = "1 thread waits" if len(rows) == 1 else f"{len(rows)} threads wait"
        say(f"{threads}, of {issues} issue{'s' * (issues != 1)}")


def queue_json(session: Session, waiting: Sequence[Unanswered]) -> list[dict[str, object]]:
    """Return the threads that wait for a word of ours as scripts read them."""
    answers = count_answers(session, [one.thread.id or 0 for one in waiting])
    return [_waiting(one, answers.get(one.thread.id or 0, 0)) for one in waiting]


def ledger_json(session: Session, threads: Sequence[ThreadOfIssue]) -> list[dict[str, object]]:
    """Return the threads of an issue, told or not, as scripts read them."""
    answers = count_answers(session, [found.thread.id or 0 for found in threads])
    return [_as_dict(found, answers.get(found.thread.id or 0, 0)) for found in threads]


def _waiting(one: Unanswered, answers: int) -> dict[str, object]:
    return {
        **_as_dict(one.found, answers),
        "issue_id": reference(one.issue.id or 0),
        "since": one.since,
        "posts": one.posts,
        "why": str(one.reason.why),
        "reason": one.reason.words,
    }


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
        "silent_because": found.why or None,
        "lost_because": found.lost or None,
    }
