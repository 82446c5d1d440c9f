"""`groundswell delivery edit` and `delete`: what was said in public is put right or taken away."""

from typing import Any

import typer

from config.database import reading
from config.ground import Ground
from responders.commands import store
from responders.commands.deciding import ByOption, decider, tell
from responders.commands.drafts.delivery_json import as_dict
from responders.commands.drafts.texts import edited_text, given_text
from responders.commands.output import JsonOption
from responders.commands.references import delivery_named
from responders.decisions.drafts import correct as correcting
from responders.delivery.changing import changes_of
from responders.delivery.tables import Delivery
from responders.voice.words.drafting import digest
from responders.workspace import open_ground

IdArgument = typer.Argument(..., metavar="ID", help="The number in `delivery list`.")


def edit(
    delivery_id: str = IdArgument,
    *,
    text: str | None = typer.Option(None, "--text", help="The whole new text."),
    file: str | None = typer.Option(
        None,
        "--file",
        metavar="FILE",
        help="A file with the whole new text; - reads standard input.",
    ),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Let a reply that stands in public say something else; without a text your editor opens.

    It is your yes to exactly that text. The page keeps what it said: publish another update there.

    Examples:
        groundswell delivery edit 4 --text "We were wrong: only version 5.2 is affected."
        groundswell delivery edit 4
    """
    ground = open_ground()
    number, before = _read(ground, delivery_id)
    given = given_text(text, file)
    new = edited_text(before) if given is None else given
    sha256 = digest(before) if given is None else None
    made = correcting.correct(ground, decider(ground, by), number, new, sha256=sha256)
    about = f"The new text of delivery {number} is queued as delivery {made.delivery_id}"
    tell(f"{about}; `groundswell run` puts it there.", _as_json(ground, made), as_json=as_json)


def delete(
    delivery_id: str = IdArgument,
    *,
    reason: str = typer.Option(..., "--reason", help="Why, in a few words; it is kept."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Take a reply away from its place; its thread no longer counts as told.

    Example: groundswell delivery delete 4 --reason "it was meant for another thread"
    """
    ground = open_ground()
    number, _ = _read(ground, delivery_id)
    made = correcting.remove(ground, decider(ground, by), number, reason)
    about = f"Delivery {number} is taken away by delivery {made.delivery_id}"
    tell(f"{about}, once `groundswell run` reaches it.", _as_json(ground, made), as_json=as_json)


def _read(ground: Ground, named: str) -> tuple[int, str]:
    with reading(ground.engine) as session:
        row = delivery_named(session, named)
        number = row.id or 0
        return number, correcting.text_now(changes_of(session, number), row)


def _as_json(ground: Ground, made: correcting.Change) -> dict[str, Any]:
    with reading(ground.engine) as session:
        row = session.get_one(Delivery, made.delivery_id)
        return as_dict(row, store.draft_ids_by_delivery(session).get(made.delivery_id))
