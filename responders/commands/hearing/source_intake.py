"""How places come to be watched besides one address: what a page offers, a list, a look anew."""

import threading
from pathlib import Path
from typing import Any

import typer
from rich.progress import Progress

from config.database import reading
from config.errors import GroundswellError, PermanentError, SettingsError
from config.ground import Ground
from listener import store
from listener.crawl import Look, recheck
from listener.tables import SourceState
from listener.watching.discovering import discover
from listener.watching.opml import Opml, read_opml
from listener.watching.source_importing import Imported, import_sources
from responders.commands.output import NOTES, JsonOption, emit_json, emit_list, say, shown
from responders.workspace import open_client, open_ground

NO_OFFER = (
    "Nothing that can be watched was found there. Look for its RSS or Atom address and give that, "
    "or bring single posts: groundswell post add --url URL"
)
NO_ADDRESS = "it is no web address"
NOTHING = "The list names no feed."


def discover_sources(url: str, as_json: bool = JsonOption) -> None:
    """Find what can be watched behind an address, the best first; nothing is added.

    Example: groundswell source discover https://blog.example.org
    """
    ground = open_ground()
    timeout_s = ground.settings.listen.parse_timeout_s
    offers = discover(open_client(ground), url, timeout_s=timeout_s)
    rows = [{"kind": one.kind, "url": one.url, "why": one.why} for one in offers]
    emit_list(rows, as_json=as_json, columns=["kind", "url", "why"], empty=NO_OFFER)
    if offers and not as_json:
        best = offers[0]
        say(f"Watch the first: groundswell source add {shown(best.url)} --kind {best.kind}")
    if not offers:
        raise typer.Exit(1)


def import_list(
    file: Path,
    *,
    product: str | None = typer.Option(None, help="The product they are about."),
    credential: str | None = typer.Option(None, help="Name of a [credentials.NAME] section."),
    yes: bool = typer.Option(False, "--yes", help="Watch also those that do not answer now."),
    as_json: bool = JsonOption,
) -> None:
    """Watch every feed of an OPML list; each is tried, and one that fails holds up no other.

    Example: groundswell source import feeds.opml --product default
    """
    ground = open_ground()
    listed = _read(file)
    with reading(ground.engine) as session:
        about = chosen_product([row.name for row in store.products(session)], product)
    outcomes = _imported(ground, listed, product=about, credential=credential, anyway=yes)
    failed = [one for one in outcomes if one.outcome == "failed"]
    if as_json:
        no_address = [Imported(text, "failed", reason=NO_ADDRESS) for text in listed.unreadable]
        emit_json([_imported_json(one) for one in [*outcomes, *no_address]])
    else:
        _tell(outcomes, failed, listed)
    if failed or listed.unreadable:
        raise typer.Exit(1)


def _read(file: Path) -> Opml:
    try:
        return read_opml(file.read_bytes())
    except OSError as error:
        raise PermanentError(f"{file}: cannot be read ({error.strerror})") from error
    except PermanentError as error:
        raise PermanentError(f"{file}: {error}") from error


def _imported(
    ground: Ground, listed: Opml, *, product: str, credential: str | None, anyway: bool
) -> list[Imported]:
    """Try them all; a person sees how far it is, and each line as it comes about."""
    outcomes: list[Imported] = []
    guard = threading.Lock()
    with Progress(console=NOTES, disable=not NOTES.is_terminal) as bar:
        task = bar.add_task("trying", total=len(listed.outlines))

        def note(one: Imported) -> None:
            with guard:
                outcomes.append(one)
                bar.update(task, completed=len(outcomes))
                if not NOTES.is_terminal:
                    say(f"{len(outcomes)} of {len(listed.outlines)}: {_line(one)}")

        client = open_client(ground)
        import_sources(
            ground,
            client,
            listed.outlines,
            product=product,
            credential=credential,
            anyway=anyway,
            note=note,
        )
    order: dict[str, int] = {}
    for place, outline in enumerate(listed.outlines):
        order.setdefault(outline.url, place)
    return sorted(outcomes, key=lambda one: (order[one.url], one.outcome == "repeated"))


def _tell(outcomes: list[Imported], failed: list[Imported], listed: Opml) -> None:
    if NOTES.is_terminal:
        for one in outcomes:
            if one.outcome != "added":
                say(_line(one))
    for text in listed.unreadable:
        say(f"failed {shown(text)}: {NO_ADDRESS}")
    count = {word: sum(one.outcome == word for one in outcomes) for word in ("added", "known")}
    repeated = sum(one.outcome == "repeated" for one in outcomes)
    lost = len(failed) + len(listed.unreadable)
    if not outcomes and not lost:
        say(NOTHING)
        return
    say(
        f"{count['added']} added, {count['known']} watched already, {repeated} named twice, "
        f"{lost} not added."
    )
    if failed:
        say("Try those again by the same command; --yes watches them all the same.")


def _line(one: Imported) -> str:
    named = f" as {shown(one.name)}" if one.name else ""
    why = f": {shown(one.reason)}" if one.reason else ""
    return f"{one.outcome} {shown(one.url)}{named}{why}"


def _imported_json(one: Imported) -> dict[str, Any]:
    return {
        "url": one.url,
        "outcome": one.outcome,
        "name": one.name,
        "kind": one.kind,
        "reason": one.reason or None,
    }


def recheck_source(name: str, as_json: bool = JsonOption) -> None:
    """Read a place anew as at the first look: missed posts and edits come in, nothing twice.

    Example: groundswell source recheck forum
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        source = store.source_known_as(session, name)
    if source is None:
        raise GroundswellError(f"there is no source {name}; `groundswell source list` shows them")
    if source.kind == store.MANUAL:
        raise SettingsError(f"{name} is filled by hand; there is no place to look at")
    look = recheck(ground, open_client(ground), source.name)
    if look is None:
        raise GroundswellError(
            f"{source.name} cannot be looked at now: its host asked us to wait, or another process "
            "is looking; try again in a minute"
        )
    if as_json:
        emit_json({"name": look.source, "new": look.new, "revised": look.revised, **_fares(look)})
    else:
        say(f"{look.new} new posts, {look.revised} changed." if _is_well(look) else look.reason)
    if not _is_well(look):
        raise typer.Exit(1)


def _is_well(look: Look) -> bool:
    return look.state in {SourceState.OK, SourceState.EMPTY}


def _fares(look: Look) -> dict[str, Any]:
    return {"state": look.state.value, "reason": look.reason or None}


def chosen_product(names: list[str], wanted: str | None) -> str:
    """Return the product a person named, or the only one there is."""
    if wanted is not None and wanted in names:
        return wanted
    if wanted is not None:
        known = ", ".join(names) or "none yet; `groundswell apply FILE` declares one"
        raise SettingsError(f"there is no product {wanted}; known are: {known}")
    if len(names) == 1:
        return names[0]
    if not names:
        raise SettingsError("there is no product yet; declare one with `groundswell apply FILE`")
    raise SettingsError(f"say which product it is about: --product {' | '.join(names)}")
