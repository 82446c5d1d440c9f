"""`groundswell release …`: which versions of a product came out, and when.

An issue that begins soon after one is told with it, as a probability (classifiers/releases.py).
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from sqlmodel import Session

from classifiers.register import store_releases
from classifiers.register.following import follow_anew
from classifiers.register.reading import LATEST, Told, clean_version, declared_place, read_file
from classifiers.register.releasing import Kept, follow_due, keep
from classifiers.tables import Release
from config.clock import rfc3339
from config.database import reading, transaction
from config.errors import GroundswellError, SettingsError
from config.ground import Ground
from listener.cleaning import web_address
from listener.store import product_named, products
from listener.tables import Product
from responders.commands.hearing.source_intake import chosen_product
from responders.commands.output import JsonOption, emit_json, emit_list, emit_object, say
from responders.commands.references import said_back
from responders.commands.times import moment
from responders.workspace import open_client, open_ground

app = typer.Typer(help="Which versions came out, and when.", no_args_is_help=True)

BY_HAND = "by hand"
COLUMNS = ("version", "product", "released_at", "url", "source")
EMPTY = (
    "No release is known. Declare where they are told (`releases` of a product, see `groundswell "
    "apply`), or add one: groundswell release add VERSION"
)
ProductOption = typer.Option(
    None, "--product", help="The product; may be left out when there is one."
)
FileArgument = typer.Argument(
    None, help="JSON, JSON lines or CSV with version, released_at and perhaps url."
)
VersionArgument = typer.Argument(..., help="The version as people name it, such as 5.2.0.")


@app.command("add")
def add(
    version: str = VersionArgument,
    *,
    product: str | None = ProductOption,
    at: str | None = typer.Option(None, help="When it came out (ISO 8601); else now."),
    url: str | None = typer.Option(None, help="Where it is told."),
    as_json: bool = JsonOption,
) -> None:
    """Say that a version came out; said again, its time and address are corrected.

    Example: groundswell release add 5.2.0 --at 2026-05-12T07:00:00Z
    """
    ground = open_ground()
    told = Told(_version(version), _moment(at, ground), _address(url))
    with transaction(ground.engine) as session:
        row = _product(session, product)
        keep(session, row.id or 0, [told], source=BY_HAND, now=ground.clock.now())
        kept = store_releases.release_named(session, row.id or 0, told.version)
        value = _as_dict(kept, row.name) if kept else {}
    emit_object(value, as_json=as_json)


@app.command("list")
def list_(*, product: str | None = ProductOption, as_json: bool = JsonOption) -> None:
    """List the releases that are known, the newest first.

    Example: groundswell release list
    """
    with reading(open_ground().engine) as session:
        names = {row.id: row.name for row in products(session)}
        only = _product(session, product).id if product else None
        rows = [
            _as_dict(row, names.get(row.product_id, ""))
            for row in store_releases.releases(session, only)
        ]
    emit_list(rows, as_json=as_json, columns=COLUMNS, empty=EMPTY)


@app.command("import")
def import_(
    file: Path | None = FileArgument,
    *,
    product: str | None = ProductOption,
    as_json: bool = JsonOption,
) -> None:
    """Take many releases in: from a file, or now from where the product declares them.

    Examples:
        groundswell release import releases.csv
        groundswell release import
    """
    ground = open_ground()
    kept = [_from_file(ground, file, product)] if file else _from_places(ground, product)
    if as_json:
        emit_json([{"product": one.product, "changed": one.changed} for one in kept])
    for one in kept:
        if not one.reason:
            say(f"{one.product}: {one.changed} new or changed")
    failed = [f"{one.product}: {one.reason}" for one in kept if one.reason]
    if failed:
        raise GroundswellError("\n".join(failed))


@app.command("remove")
def remove(version: str = VersionArgument, *, product: str | None = ProductOption) -> None:
    """Take a version out that never came out; one that its feed still tells comes back.

    Example: groundswell release remove 5.2.0
    """
    ground = open_ground()
    with transaction(ground.engine) as session:
        row = _product(session, product)
        known = store_releases.release_named(session, row.id or 0, _version(version))
        if known is None:
            raise GroundswellError(
                f"there is no release {said_back(version)}; `groundswell release list` shows them"
            )
        at = known.released_at
        store_releases.remove_release(session, known)
        follow_anew(session, row.id or 0, changed_at=at)
    say(f"{said_back(version)} is no release of {row.name} any more")


def _from_file(ground: Ground, file: Path, product: str | None) -> Kept:
    told = read_file(file, now=ground.clock.now())
    with transaction(ground.engine) as session:
        row = _product(session, product)
        changed = keep(session, row.id or 0, told, source=file.name, now=ground.clock.now())
    return Kept(row.name, changed)


def _from_places(ground: Ground, product: str | None) -> list[Kept]:
    with reading(ground.engine) as session:
        chosen = [_product(session, product)] if product else list(products(session))
        declaring = [row.name for row in chosen if declared_place(row.extra)]
    if not declaring:
        raise SettingsError(
            'no product declares where its releases are told: write `releases = "https://…"` '
            "under its [[product]] and apply that, or name a file"
        )
    client = open_client(ground)
    kept: list[Kept] = []
    for name in declaring:
        found = follow_due(ground, client, everything=True, only=name)
        kept += found or [Kept(name, 0, "its host asked us to wait, or the service reads it now")]
    return kept


def _product(session: Session, name: str | None) -> Product:
    about = chosen_product([row.name for row in products(session)], name)
    row = product_named(session, about)
    if row is None:
        raise SettingsError(f"there is no product {about}")
    return row


def _version(text: str) -> str:
    try:
        return clean_version(text)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def _moment(text: str | None, ground: Ground) -> datetime:
    now = ground.clock.now()
    at = moment(text, "--at") if text else now
    if at > now + LATEST:
        raise SettingsError("--at lies more than a year ahead; correct its date")
    return at


def _address(text: str | None) -> str | None:
    found = web_address(text) if text else None
    if text and not found:
        raise SettingsError(f"--url {said_back(text)}: is no web address")
    return found


def _as_dict(row: Release, product: str) -> dict[str, Any]:
    return {
        "version": row.version,
        "product": product,
        "released_at": rfc3339(row.released_at),
        "url": row.url,
        "source": row.source,
        "heard_at": rfc3339(row.heard_at),
    }
