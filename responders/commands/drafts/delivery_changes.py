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
UndoOption = typer.Option(
    False, "--undo", help="Leave the time of [outbox] undo_s to take it back."
)


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
    undo: bool = UndoOption,
    as_json: bool = JsonOption,
) -> None:
    """Let a reply that stands in public say something else; without a text your editor opens.

    It is your yes to exactly that text. Where two must say yes, another person confirms it. The
    page keeps what it said: publish another update there.

    Examples:
        groundswell delivery edit 4 --text "We were wrong: only version 5.2 is affected."
        groundswell delivery edit 4
    """
    ground = open_ground()
    number, before = _read(ground, delivery_id)
    given = given_text(text, file)
    new = edited_text(before) if given is None else given
    sha256 = digest(before) if given is None else None
    made = correcting.correct(
        ground, decider(ground, by), number, new, sha256=sha256, undo_s=_undo_s(ground, undo)
    )
    about = f"The new text of delivery {number} is queued as delivery {made.delivery_id}"
    sentence = f"{about}; `groundswell run` puts it there."
    tell(_waits(made, number) or sentence, _as_json(ground, made), as_json=as_json)


def delete(
    delivery_id: str = IdArgument,
    *,
    reason: str = typer.Option(..., "--reason", help="Why, in a few words; it is kept."),
    by: str | None = ByOption,
    undo: bool = UndoOption,
    as_json: bool = JsonOption,
) -> None:
    """Take a reply away from its place; its thread no longer counts as told.

    Where two must say yes, another person confirms it.

    Example: groundswell delivery delete 4 --reason "it was meant for another thread"
    """
    ground = open_ground()
    number, _ = _read(ground, delivery_id)
    made = correcting.remove(
        ground, decider(ground, by), number, reason, undo_s=_undo_s(ground, undo)
    )
    about = f"Delivery {number} is taken away by delivery {made.delivery_id}"
    sentence = f"{about}, once `groundswell run` reaches it."
    tell(_waits(made, number) or sentence, _as_json(ground, made), as_json=as_json)


def confirm(
    delivery_id: str = IdArgument,
    *,
    by: str | None = ByOption,
    undo: bool = UndoOption,
    as_json: bool = JsonOption,
) -> None:
    """Say the second yes to the change of a reply that waits for it.

    Example: groundswell delivery confirm 4 --by tom
    """
    ground = open_ground()
    number, _ = _read(ground, delivery_id)
    actor = decider(ground, by)
    made = correcting.confirm(ground, actor, number, undo_s=_undo_s(ground, undo))
    about = f"Confirmed: delivery {made.delivery_id} changes the reply"
    sentence = f"{about}, once `groundswell run` reaches it."
    tell(_waits(made, number) or sentence, _as_json(ground, made), as_json=as_json)


def take_back(
    delivery_id: str = IdArgument, *, by: str | None = ByOption, as_json: bool = JsonOption
) -> None:
    """Take the change of a reply back before it is done, or the first yes to one.

    Example: groundswell delivery take-back 4
    """
    ground = open_ground()
    number, _ = _read(ground, delivery_id)
    correcting.take_back(ground, decider(ground, by), number)
    with reading(ground.engine) as session:
        row = session.get_one(Delivery, number)
        value = as_dict(row, store.draft_ids_by_delivery(session).get(number))
    tell(f"Taken back; what delivery {number} said stays as it is.", value, as_json=as_json)


def _undo_s(ground: Ground, undo: bool) -> float:
    return ground.settings.outbox.undo_s if undo else 0.0


def _waits(made: correcting.Change, number: int) -> str:
    """Say that nothing was queued yet, where another person must say yes, too."""
    if not made.waits:
        return ""
    return (
        f"Nothing was changed yet: {made.waits}. Another person confirms it: "
        f"groundswell delivery confirm {number} --by NAME"
    )


def _read(ground: Ground, named: str) -> tuple[int, str]:
    with reading(ground.engine) as session:
        row = delivery_named(session, named)
        number = row.id or 0
        return number, correcting.text_now(changes_of(session, number), row)


def _as_json(ground: Ground, made: correcting.Change) -> dict[str, Any]:
    with reading(ground.engine) as session:
        row = session.get_one(Delivery, made.delivery_id)
        return as_dict(row, store.draft_ids_by_delivery(session).get(made.delivery_id))
