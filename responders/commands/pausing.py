"""`groundswell pause` and `resume`: hold everything back within a second, and let it go on.

Whoever pauses is in a hurry, so nothing is imported before the pause is written that it does not
need; what the waiting messages are shown with comes later.
"""

import sys
from typing import TYPE_CHECKING, Any

import typer
from sqlmodel import Session

from config.database import reading
from responders.commands.deciding import ByOption, decider, tell
from responders.commands.output import JsonOption, emit_list
from responders.decisions import pause as pausing
from responders.decisions.refusing import AlreadyDone
from responders.delivery.store_pause import paused
from responders.workspace import open_ground

if TYPE_CHECKING:
    from responders.delivery.tables import Delivery

FIRST = 10
"""How many of the waiting messages are shown before they may leave."""
SAYS = 60
UNSAID = "no reason was given"
COLUMNS = ("id", "leaves_at", "issue_id", "kind", "channel", "to", "says")


def pause(
    *,
    reason: str = typer.Option("", "--reason", help="Why, in a few words; it is kept."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Hold everything back: nothing leaves any more, neither replies nor alerts.

    Listening, detecting and deciding go on; what is approved meanwhile waits.

    Example: groundswell pause --reason "wrong link in the replies"
    """
    ground = open_ground(in_a_hurry=True)
    pausing.pause(ground, decider(ground, by), reason.strip() or UNSAID)
    with reading(ground.engine) as session:
        value = _as_dict(session)
    sentence = "Paused: nothing leaves any more. Let it go on: groundswell resume"
    tell(sentence, value, as_json=as_json)


def resume(
    *,
    dry_run: bool = typer.Option(
        False, "--dry-run", help="Only show what would go out first; it stays paused."
    ),
    yes: bool = typer.Option(False, "--yes", help="Ask nobody; a script is never asked."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Let messages leave again; shows what goes out first, in order, and asks on a terminal.

    Examples:
        groundswell resume --dry-run
        groundswell resume
    """
    from responders.commands.places import sending
    from responders.delivery.store import next_to_leave

    ground = open_ground()
    actor = decider(ground, by)
    with reading(ground.engine) as session:
        if paused(session) is None:
            raise AlreadyDone("sending is not paused; what waits: groundswell delivery list")
        waiting = [_waiting(row) for row in next_to_leave(session, limit=FIRST)]
        running = sending(session).running
    if not as_json:
        emit_list(waiting, as_json=False, columns=COLUMNS, empty="Nothing waits to leave.")
    if not (dry_run or yes or as_json) and sys.stdin.isatty():
        typer.confirm("Let it go on?", abort=True, err=True)
    if not dry_run:
        pausing.resume(ground, actor)
    with reading(ground.engine) as session:
        value = {**_as_dict(session), "first": waiting}
    if dry_run:
        sentence = "Nothing was changed. Let it go on: groundswell resume"
    elif running:
        sentence = "Sending goes on. What became of it: groundswell delivery list"
    else:
        sentence = "Sending may go on: `groundswell run` sends what waits."
    tell(sentence, value, as_json=as_json)


def _as_dict(session: Session) -> dict[str, Any]:
    found = paused(session)
    return {
        "paused": found is not None,
        "by": found.by if found else None,
        "reason": found.reason or None if found else None,
        "since": found.at if found else None,
    }


def _waiting(row: "Delivery") -> dict[str, Any]:
    from classifiers.store import reference
    from responders.delivery.inert import cut

    return {
        "id": str(row.id),
        "issue_id": reference(row.issue_id) if row.issue_id else None,
        "kind": row.kind,
        "channel": row.channel,
        "to": row.target.get("thread_url") or row.destination,
        "says": cut(" ".join(row.text.split()), SAYS),
        "leaves_at": row.next_try_at,
    }
