"""`groundswell optout`: the people who want no answer of ours."""

from typing import Any

import typer

from classifiers.store import MAX_ID
from config.clock import rfc3339
from config.database import reading
from config.errors import SettingsError
from responders.commands.deciding import ByOption, decider, tell
from responders.commands.output import JsonOption, emit_list
from responders.decisions.people import optout as deciding
from responders.voice.leave import store_policy as store
from responders.voice.tables import OptOut
from responders.workspace import open_ground

app = typer.Typer(help="The people who want no answer of ours.", no_args_is_help=True)

COLUMNS = ("id", "place", "since", "noted_by", "post_id", "reason")
EMPTY = (
    "Nobody asked us to be left alone. Who says so in a post is noted by itself; who says it "
    "elsewhere: groundswell optout add NAME --place HOST"
)
NUMBER = typer.Argument(
    ..., metavar="NUMBER", min=1, max=MAX_ID, help="Its number, as `optout list` shows it."
)


@app.command("list")
def list_(
    *,
    everything: bool = typer.Option(False, "--all", help="Also those that were removed."),
    as_json: bool = JsonOption,
) -> None:
    """List the wishes that hold, by number and place; they name nobody.

    Example: groundswell optout list
    """
    with reading(open_ground().engine) as session:
        rows = [as_dict(row) for row in store.optouts(session, lifted=everything)]
    columns = (*COLUMNS, "removed_at") if everything else COLUMNS
    emit_list(rows, as_json=as_json, columns=columns, empty=EMPTY)


@app.command("add")
def add(
    author: str | None = typer.Argument(None, metavar="[NAME]", help="Their name at the place."),
    *,
    place: str | None = typer.Option(None, "--place", help="The host, such as forum.example.org."),
    post: int | None = typer.Option(
        None, "--post", min=1, max=MAX_ID, help="Instead: a post of theirs."
    ),
    reason: str = typer.Option("", "--reason", help="Why, in a few words; nobody's name."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Let nothing of ours go to somebody any more; what waits for them falls silent.

    The name is not kept: only a digest by which they are known again, at every place of the host.

    Examples:
        groundswell optout add "Ann B." --place forum.example.org --reason "asked by mail"
        groundswell optout add --post 17
    """
    if (post is None) == (author is None):
        raise SettingsError("say who: a NAME with --place HOST, or --post of a post of theirs")
    if author is not None and not (place or "").strip():
        raise SettingsError("say where they go by that name: --place forum.example.org")
    ground = open_ground()
    row = deciding.add_optout(
        ground, decider(ground, by), author=author or "", place=place or "", post_id=post,
        reason=reason,
    )  # fmt: skip
    tell(
        f"noted as {row.id}: nothing of ours goes to them at {row.place} any more.",
        as_dict(row),
        as_json=as_json,
    )


@app.command("remove")
def remove(
    number: int = NUMBER,
    *,
    reason: str = typer.Option(..., "--reason", help="Why they may be answered again; it is kept."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Let somebody be answered again; only an admin may, and the audit keeps why.

    Example: groundswell optout remove 3 --reason "it was about another company"
    """
    ground = open_ground()
    deciding.remove_optout(ground, decider(ground, by), number, reason)
    with reading(ground.engine) as session:
        value = as_dict(session.get_one(OptOut, number))
    tell(f"{number} is removed: they may be answered again.", value, as_json=as_json)


def as_dict(row: OptOut) -> dict[str, Any]:
    """Return a wish as scripts read it."""
    return {
        "id": str(row.id),
        "place": row.place,
        "since": rfc3339(row.at),
        "noted_by": row.by,
        "post_id": str(row.post_id) if row.post_id else None,
        "reason": row.reason or None,
        "removed_at": rfc3339(row.lifted_at) if row.lifted_at else None,
        "removed_by": row.lifted_by or None,
    }
