"""`groundswell oncall …`: who is on call, the roster with swapped days, notes for the next one."""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import typer
from sqlmodel import Session

from classifiers.store import MAX_ID
from config.database import reading
from config.errors import GroundswellError, SettingsError
from config.ground import Ground
from listener.store import product_named, products
from listener.tables import Product
from responders.commands.deciding import ByOption, decider, tell
from responders.commands.hearing.source_intake import chosen_product
from responders.commands.oncall_json import (
    note_json,
    roster_json,
    swap_json,
    swap_words,
    who_json,
)
from responders.commands.output import JsonOption, emit_json, emit_list, emit_object, say
from responders.commands.references import said_back
from responders.commands.times import moment
from responders.decisions.people import roster as deciding
from responders.oncall.ladder import plans
from responders.oncall.ladder.declared_oncall import KEY, overlap_in_words
from responders.oncall.ladder.duty import overlaps
from responders.oncall.ladder.readiness import gaps_in_words, unrung_in_words
from responders.oncall.tables import ShiftNote, Swap
from responders.workspace import open_ground

app = typer.Typer(help="Who is called, and who is on call.", no_args_is_help=True)
roster = typer.Typer(
    help="The roster and its swapped days.\n\nExample: groundswell oncall roster show",
    no_args_is_help=True,
)
app.add_typer(roster, name="roster")

COLUMNS = ("product", "person", "shift", "ends_at", "next_person", "next_at", "notes")
EMPTY = "There is no product yet; declare one with `groundswell apply FILE`"
MOST_DAYS = 366
ProductOption = typer.Option(
    None, "--product", help="The product; may be left out when there is one."
)
FileArgument = typer.Argument(..., help="TOML as under [product.oncall]: zone, people, shifts.")
DayArgument = typer.Argument(..., metavar="DAY", help="Such as 2026-12-24, by the shift's clock.")
PersonArgument = typer.Argument(..., metavar="PERSON", help="Who is on call then.")


@app.command()
def who(
    *,
    product: str | None = ProductOption,
    at: str | None = typer.Option(None, "--at", metavar="TIME", help="Then, not now (ISO 8601)."),
    as_json: bool = JsonOption,
) -> None:
    """Show who is on call, until when, who is next, and the notes that wait for them.

    Examples:
        groundswell oncall who
        groundswell oncall who --at 2026-12-24T20:00:00Z --json
    """
    ground = open_ground()
    when = moment(at, "--at") if at else ground.clock.now()
    with reading(ground.engine) as session:
        chosen = [_product(session, product)] if product else products(session)
        rows = [who_json(session, ground.settings, row, at=when) for row in chosen]
    shown = rows if as_json else [{**row, "notes": len(row["notes"]) or None} for row in rows]
    emit_list(shown, as_json=as_json, columns=COLUMNS, empty=EMPTY)


@app.command()
def note(
    text: str = typer.Argument(..., metavar="TEXT", help="What the next one should know."),
    *,
    product: str | None = ProductOption,
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Leave a note for whoever comes on call next; they get it with the open issues.

    Example: groundswell oncall note "The export job runs again at 22:00; look at its log"
    """
    ground = open_ground()
    about = _product_id(ground, product)
    number = deciding.leave_note(ground, decider(ground, by), about, text)
    with reading(ground.engine) as session:
        value = note_json(session.get_one(ShiftNote, number))
    tell("The next one on call gets it at the change of shift.", value, as_json=as_json)


@roster.command()
def show(
    *,
    product: str | None = ProductOption,
    days: int = typer.Option(14, "--days", min=1, max=MOST_DAYS, help="So many days ahead."),
    as_json: bool = JsonOption,
) -> None:
    """Show the roster: people, shifts, swapped days, and who is on call in the days ahead.

    Examples:
        groundswell oncall roster show
        groundswell oncall roster show --days 60 --json
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        row = _product(session, product)
        ahead = timedelta(days=days)
        value = roster_json(session, ground.settings, row, now=ground.clock.now(), ahead=ahead)
    if as_json:
        emit_json(value)
        return
    ends = ("shifts", "swaps", "coming", "gaps")
    emit_object({key: part for key, part in value.items() if key not in ends}, as_json=False)
    say("")
    emit_list(value["coming"], as_json=False, columns=_COMING, empty="Nobody is on call.")
    for line in value["gaps"]:
        say(f"! {line}")
    if value["swaps"]:
        say("\nSwapped days; take one back: groundswell oncall roster unswap ID")
        emit_list(value["swaps"], as_json=False, columns=_SWAPS, empty="")


_COMING = ("person", "shift", "begins", "ends")
_SWAPS = ("id", "first_day", "last_day", "shift", "person", "by")


@roster.command("set")
def set_(
    file: Path = FileArgument,
    *,
    product: str | None = ProductOption,
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Declare who is on call when; what the file does not name stays as it is.

    Shifts that overlap, ladders without a step and destinations that are not configured are
    refused; hours with nobody on call are told, and people for whom nothing rings. The
    same once more changes nothing.

    Example: groundswell oncall roster set oncall.toml
    """
    ground = open_ground()
    about = _product_id(ground, product)
    changed = deciding.set_roster(ground, decider(ground, by), about, _declared(file))
    now = ground.clock.now()
    with reading(ground.engine) as session:
        row = session.get_one(Product, about)
        plan = plans.plan(session, ground.settings, row, now=now)
        value = roster_json(session, ground.settings, row, now=now, ahead=timedelta(days=14))
    for one in overlaps(plan.rota, now):
        say(f"! {overlap_in_words(one, plan.zone)}; until then the first one stays on call")
    for line in (*unrung_in_words(plan), *gaps_in_words(plan, now=now)):
        say(f"! {line}")
    told = "has a new roster" if changed else "has this roster already; nothing was changed"
    tell(f"{row.name} {told}: groundswell oncall roster show", value, as_json=as_json)


@roster.command()
def swap(
    day: str = DayArgument,
    person: str = PersonArgument,
    *,
    until: str | None = typer.Option(None, "--until", metavar="DAY", help="The last day of it."),
    shift: str = typer.Option("", "--shift", help="Only that shift."),
    product: str | None = ProductOption,
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Let somebody else be on call on a day, or on some: for the shifts that begin then.

    A day is one of the shift's own time zone.

    Examples:
        groundswell oncall roster swap 2026-12-24 tom
        groundswell oncall roster swap 2026-12-24 tom --until 2026-12-26 --shift nights
    """
    ground = open_ground()
    first, last = _day(day, "DAY"), _day(until or day, "--until")
    about = _product_id(ground, product)
    number = deciding.swap(
        ground, decider(ground, by), about, person, first=first, last=last, shift=shift
    )
    with reading(ground.engine) as session:
        row = session.get_one(Swap, number)
        value = swap_json(row)
        when = swap_words(session, ground.settings, row, now=ground.clock.now())
    back = f"groundswell oncall roster unswap {number}"
    tell(f"{person} is on call {when}. To take it back: {back}", value, as_json=as_json)


@roster.command()
def unswap(
    number: int = typer.Argument(
        ..., metavar="ID", min=1, max=MAX_ID, help="As `roster show` lists it."
    ),
    *,
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Take a swap back: the roster holds again on those days.

    Example: groundswell oncall roster unswap 3
    """
    ground = open_ground()
    row = deciding.take_back_swap(ground, decider(ground, by), number)
    with reading(ground.engine) as session:
        value = swap_json(session.get_one(Swap, row.id))
    tell(f"Swap {number} is taken back; the roster holds again.", value, as_json=as_json)


def _declared(file: Path) -> Mapping[str, Any]:
    """Return what a file declares, whether as the table alone or as in a product's file."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise GroundswellError(f"{file} cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: is not valid TOML: {error}") from error
    inner = found.get(KEY)
    declared = inner if isinstance(inner, Mapping) and len(found) == 1 else found
    return {key: _plain(value) for key, value in declared.items()}


def _plain(value: Any) -> Any:
    """Return a value of TOML as JSON keeps it, as `apply` does."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value if isinstance(value, str | bool | int | float) else str(value)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise SettingsError(f"{option} is no day; write 2026-12-24") from error


def _product(session: Session, name: str | None) -> Product:
    row = product_named(session, chosen_product([one.name for one in products(session)], name))
    if row is None:
        raise SettingsError(f"there is no product {said_back(name or '')}")
    return row


def _product_id(ground: Ground, name: str | None) -> int:
    with reading(ground.engine) as session:
        return _product(session, name).id or 0
