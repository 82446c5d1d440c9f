"""`groundswell source …`: the places we watch."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from sqlmodel import Session

from config.database import reading, transaction
from config.errors import GroundswellError, SettingsError
from config.ground import Ground
from listener import store
from listener.answers import shown_address
from listener.health import Standing, told_as
from listener.pacing.store_pacing import requests_today
from listener.sources.base import RawPost
from listener.standings import is_watched, standings
from listener.tables import Source
from listener.watching.declaring import DeclaredSource, apply_source, name_for
from listener.watching.trying import Tried, credential_for, first_guess, try_address
from responders.commands.hearing import source_intake
from responders.commands.hearing.source_intake import chosen_product
from responders.commands.output import JsonOption, emit_list, emit_object, say, shown
from responders.voice.leave.declared_policies import policy_line
from responders.workspace import open_client, open_ground

app = typer.Typer(help="The places we watch.", no_args_is_help=True)

BARE_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?(?:/\S*)?", re.IGNORECASE)
FILES = (".jsonl", ".ndjson", ".json", ".csv")
REMOVED = "removed"
EMPTY = "No place is watched yet. Add one: groundswell source add URL"


@app.command("list")
def list_sources(as_json: bool = JsonOption) -> None:
    """List the places we watch, with how each fares.

    Example: groundswell source list
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        rows = sources_json(session, store.sources(session), now=ground.clock.now())
    columns = ["name", "kind", "state", "posts", "last_heard_at", "next_due_at"]
    policies = {row["policy"] for row in rows}
    # What is the same everywhere needs no column: the reasons need its room.
    columns += ["requests_today", *(["policy"] if len(policies) > 1 else []), "reason"]
    emit_list(rows, as_json=as_json, columns=columns, empty=EMPTY)
    if len(policies) == 1 and not as_json:
        say(f"At every place: {policies.pop()}.")
    for row in rows:
        if row["remedy"] and not as_json:
            say(f"! {row['name']} {told_as(row['state'])}: {row['remedy']}")


@app.command("add")
def add_source(
    url: str,
    *,
    kind: str | None = typer.Option(None, help="Kind of source; recognised when left out."),
    name: str | None = typer.Option(None, help="Your name for it; else its host and path."),
    product: str | None = typer.Option(None, help="The product it is about."),
    credential: str | None = typer.Option(None, help="Name of a [credentials.NAME] section."),
    yes: bool = typer.Option(False, "--yes", help="Add it even if it cannot be fetched now."),
    as_json: bool = JsonOption,
) -> None:
    """Try a place live, show its newest posts and watch it from now on.

    Example: groundswell source add https://forum.example.org --product default
    """
    ground = open_ground()
    _refuse_bare_host(url)
    ground.settings.credential(credential)  # one that is not there is told before anything is asked
    with reading(ground.engine) as session:
        about = chosen_product([row.name for row in store.products(session)], product)
    tried = try_address(
        ground, open_client(ground), url, kind=kind, credential=credential, follow=True
    )
    if not tried.ok and not yes:
        raise GroundswellError(f"{tried.reason}. Nothing was added; --yes adds it all the same")
    declared = DeclaredSource(
        name=name or _free_name(ground, tried.url),
        kind=kind or (tried.recognised_as if tried.ok else first_guess(url)),
        url=tried.url,
        product=about,
        credential=credential_for(tried.url, credential, given_for=url),
    )
    with transaction(ground.engine) as session:
        _refuse_taken(store.source_named(session, declared.name), declared)
        outcome = apply_source(session, declared, now=ground.clock.now())
    _show_newest(tried, asked=url)
    if outcome == "same":
        say(f"{declared.name} was watched already; nothing was changed.")
    if not tried.ok:
        say(f"It cannot be heard now: {tried.reason}")
    _show_one(ground, declared.name, as_json=as_json)


@app.command("check")
def check_source(name_or_url: str, as_json: bool = JsonOption) -> None:
    """Fetch a place once and say what came, or why it was refused.

    Example: groundswell source check https://blog.example.org/feed
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        source = store.source_known_as(session, name_or_url)
    tried = try_address(
        ground,
        open_client(ground),
        source.url if source else name_or_url,
        kind=source.kind if source else None,
        credential=source.credential if source else None,
    )
    keys = ("url", "final_url", "ok", "status", "recognised_as", "reason")
    emit_object({key: getattr(tried, key) for key in keys}, as_json=as_json)
    _show_newest(tried)
    if not tried.ok:
        raise typer.Exit(1)


@app.command("remove")
def remove_source(name: str) -> None:
    """Stop watching a place; what was heard there stays.

    Example: groundswell source remove forum
    """
    ground = open_ground()
    with transaction(ground.engine) as session:
        source = _named(store.source_known_as(session, name), name)
        gone = store.remove_source(session, source)
    say(f"{name} is removed." if gone else f"{name} is no longer watched; its posts stay.")


app.command("discover")(source_intake.discover_sources)
app.command("import")(source_intake.import_list)
app.command("recheck")(source_intake.recheck_source)


@app.command("gaps")
def list_gaps(name: str, as_json: bool = JsonOption) -> None:
    """List what could not be had of a place.

    Example: groundswell source gaps forum
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        source = _named(store.source_known_as(session, name), name)
        rows = [
            {
                "after": gap.after_at,
                "before": gap.before_at,
                "reason": gap.reason,
                "found_at": gap.found_at,
            }
            for gap in store.gaps(session, source.id or 0)
        ]
    columns = ["after", "before", "reason", "found_at"]
    emit_list(rows, as_json=as_json, columns=columns, empty=f"Nothing of {name} was missed.")


def sources_json(
    session: Session, watched: Sequence[Source], *, now: datetime
) -> list[dict[str, Any]]:
    """Return sources as scripts read them, in the order given."""
    products = {product.id: product for product in store.products(session)}
    counts = store.counts_by_source(session)
    fare = standings(session, watched, now=now)
    return [
        source_json(
            source,
            fare[source.name],
            product=products[source.product_id].name,
            policy=policy_line(products[source.product_id], source),
            posts=counts.get(source.id, 0),
            now=now,
        )
        for source in watched
        if source.id is not None
    ]


def source_json(
    source: Source,
    fares: Standing,
    *,
    product: str,
    posts: int,
    now: datetime,
    policy: str | None = None,
) -> dict[str, Any]:
    """Return a source as scripts read it; ``emit_…`` writes its times for them or for people."""
    return {
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "product": product,
        "state": fares.state if is_watched(source) else REMOVED,
        "reason": fares.reason or None,
        "last_heard_at": source.last_heard_at,
        "next_due_at": source.next_due_at if source.enabled else None,
        "posts": posts,
        "remedy": fares.remedy if is_watched(source) else None,
        "requests_today": requests_today(source, now=now),
        "policy": policy,
    }


def _show_one(ground: Ground, name: str, *, as_json: bool) -> None:
    with reading(ground.engine) as session:
        source = _named(store.source_known_as(session, name), name)
        products = {row.id: row for row in store.products(session)}
        count = store.counts_by_source(session).get(source.id or 0, 0)
        now = ground.clock.now()
        fares = standings(session, [source], now=now)[source.name]
    if as_json:
        about = products[source.product_id]
        row = source_json(
            source, fares, product=about.name, posts=count, now=now,
            policy=policy_line(about, source),
        )  # fmt: skip
        emit_object(row, as_json=True)
    else:
        say(f"{name} is watched as {source.kind}. Hear it now: groundswell run --once --only crawl")


def _show_newest(tried: Tried, *, asked: str | None = None) -> None:
    if asked not in {None, tried.url}:
        say(f"That leads to {tried.recognised_as}: {shown_address(tried.url)}")
    for post in tried.posts:
        say(f"  {_line(post)}")


def _line(post: RawPost) -> str:
    when = post.published_at.strftime("%Y-%m-%d %H:%M UTC") if post.published_at else "no time"
    words = " ".join(f"{post.title or ''} {post.body}".split())[:100]
    return f"{when}  {shown(post.author_name)}: {shown(words)}"


def _free_name(ground: Ground, url: str) -> str:
    """Return the name of the source at that address, or one that is free."""
    with reading(ground.engine) as session:
        known = store.source_known_as(session, url)
        return known.name if known else name_for(session, url)


def _refuse_taken(found: Source | None, declared: DeclaredSource) -> None:
    if found is not None and found.url != declared.url:
        raise SettingsError(
            f"there is a source {declared.name} at {shown_address(found.url)}; choose another "
            "--name, or remove that one first"
        )


def _refuse_bare_host(url: str) -> None:
    """Refuse ``forum.example.org``, which would be taken for a file, unless it is one."""
    if BARE_HOST.fullmatch(url) and not (Path(url).exists() or url.endswith(FILES)):
        raise SettingsError(f"{url} has no scheme; did you mean https://{url} ?")


def _named(source: Source | None, name: str) -> Source:
    if source is None:
        raise GroundswellError(f"there is no source {name}; `groundswell source list` shows them")
    return source
