"""`groundswell backtest`: a history decided once more, and two settings side by side.

A history is a file, which needs no workspace, or the posts of the store. Nothing is written but
the files of --out.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import typer
from rich.text import Text

from classifiers.arriving import Arrival
from classifiers.backtest import (
    Progress,
    Replay,
    alert_rows,
    decide,
    digest_of,
    files_of,
    refuse_unwritable,
    summary_of,
    write_files,
)
from classifiers.calibration import Knobs
from classifiers.embedders.base import Embedder
from classifiers.embedding import FolderCache, MemoryCache, VectorCache
from classifiers.languages import bounded
from classifiers.register.reading import read_file
from classifiers.register.store_releases import releases as register
from classifiers.releases import Followed, Shipped, likely
from classifiers.replays.comparing import Found, beside, found_in, measures, paired, side_of, weeks
from classifiers.replays.comparing import as_json as compared_json
from classifiers.replays.history import read_stream
from classifiers.replays.replaying import ReadVectors, digest, stored_history
from classifiers.replays.shipping import followed_in
from config.clock import SystemClock
from config.database import reading
from config.errors import SettingsError
from config.settings import Settings
from listener.store import product_named, products
from responders.commands.hearing.rehearsing import chosen_knobs, chosen_settings, progress_shown
from responders.commands.hearing.source_intake import chosen_product
from responders.commands.hearing.timeline import picture
from responders.commands.hearing.timeline_page import FILE, timeline_page
from responders.commands.output import (
    PEOPLE,
    JsonOption,
    emit_json,
    emit_list,
    emit_object,
    say,
    shown,
)
from responders.commands.times import moment
from responders.passes import open_embedder
from responders.workspace import open_ground

OTHER = "against"
"""The folder of the second setting, below --out."""

STREAM = typer.Argument(None, help="A history file; leave it out with --store.")
OUT = typer.Option(..., help="Folder for assignments, alerts, summary and picture.")
STORE = typer.Option(False, "--store", help="Decide the posts of the store once more.")
PRODUCT = typer.Option(None, help="With --store: the product, where there are several.")
SINCE = typer.Option(None, metavar="TIME", help="With --store: only posts written from then on.")
LANGUAGE = typer.Option(
    None, metavar="CODE", help="Of a file: what most people write in there, such as de."
)
SET = typer.Option([], "--set", metavar="KEY=VALUE", help="Try another value of a knob.")
AGAINST = typer.Option(
    [],
    "--against",
    metavar="KEY=VALUE",
    help="Decide a second time with this instead of --set, and compare; may be repeated.",
)
RELEASES = typer.Option(
    None,
    help="Releases, as `release import` reads them: say which one each issue probably followed.",
)
VECTORS = typer.Option(None, help="Keep embeddings in this folder between runs.")


@dataclass(frozen=True)
class History:
    """What is decided."""

    name: str
    sha256: str
    arrivals: Sequence[Arrival]
    cache: VectorCache
    shared_by: int = 1
    """How many products share the budget of false alerts."""
    language: str | None = None
    """What most people write in, which is left to the model as live."""
    releases: Sequence[Shipped] = ()
    """Of the product, as its register has them."""


def backtest(
    stream: Path | None = STREAM,
    *,
    out: Path = OUT,
    store: bool = STORE,
    product: str | None = PRODUCT,
    since: str | None = SINCE,
    language: str | None = LANGUAGE,
    settings: list[str] = SET,
    against: list[str] = AGAINST,
    releases: Path | None = RELEASES,
    vectors: Path | None = VECTORS,
    as_json: bool = JsonOption,
) -> None:
    """Decide every post of a history as if it had been heard live; draw what came of it.

    A history file has one JSON object a line: {"id": "1", "ts": "2026-01-05T10:00:00Z", "text":
    "…"}. With --against two settings are compared; each begins from yours.

    Examples:
        groundswell backtest history.jsonl --out result --set false_alerts_per_week=0.5
        groundswell backtest --store --since 2026-04-01 --out result
        groundswell backtest history.jsonl --out result --against slow_hours=72
        groundswell backtest history.jsonl --out result --releases releases.csv
    """
    refuse_unwritable(out)  # a mistake is told at once: the model takes long to load
    found = chosen_settings()
    history = _history(
        stream, store=store, product=product, since=since, language=language, vectors=vectors
    )
    history = _with_register(history, releases)
    replays = _decided(history, _chosen(found, history, settings, against), open_embedder(found))
    summary = _written(replays, out)
    if as_json:
        emit_json(summary)
    else:
        _tell(replays, summary)
    say(f"Written to {out}: assignments.jsonl, alerts.jsonl, summary.json; look at {out / FILE}")


def _chosen(
    found: Settings, history: History, settings: Sequence[str], against: Sequence[str]
) -> list[Knobs]:
    """Return the knobs of the one setting, or of the two."""
    chosen = [chosen_knobs(found, settings, shared_by=history.shared_by)]
    if against:
        chosen.append(chosen_knobs(found, against, option="--against", shared_by=history.shared_by))
    return chosen


def _decided(history: History, chosen: Sequence[Knobs], embedder: Embedder) -> list[Replay]:
    """Decide the history with each setting in turn."""
    with progress_shown() as progress:
        replays = [
            decide(
                history.arrivals, name=history.name, sha256=history.sha256, knobs=knobs,
                embedder=bounded(embedder, history.language), cache=history.cache,
                progress=partial(_step, progress, again=number > 0),
            )
            for number, knobs in enumerate(chosen)
        ]  # fmt: skip
    return [dataclasses.replace(replay, releases=history.releases) for replay in replays]


def _step(told: Progress, step: str, done: int, total: int, *, again: bool) -> None:
    """Tell how far a step is; what the second setting takes is a step of its own."""
    told(f"{step} again" if again else step, done, total)


def _history(
    stream: Path | None,
    *,
    store: bool,
    product: str | None,
    since: str | None,
    language: str | None,
    vectors: Path | None,
) -> History:
    if store == (stream is not None):
        raise SettingsError("name either a history file or --store")
    kept = FolderCache(vectors) if vectors else None
    if stream is not None:
        if product is not None or since is not None:
            raise SettingsError("--product and --since go with --store")
        code, arrivals = _code(language), read_stream(stream)
        memory = kept or MemoryCache()
        return History(stream.name, digest_of(stream), arrivals, memory, language=code)
    if language is not None:
        raise SettingsError("--language goes with a file; the store knows the product's")
    begins = moment(since, "--since") if since else None
    ground = open_ground()
    with reading(ground.engine) as session:
        names = [row.name for row in products(session)]
        row = product_named(session, chosen_product(names, product))
        if row is None or row.id is None:
            raise SettingsError("there is no such product")
        arrivals = stored_history(session, row.id, since=begins)
        known = [Shipped(one.version, one.released_at) for one in register(session, row.id)]
    cache = kept or ReadVectors(ground.engine)
    name = f"{row.name} in the store"
    main = next(iter(row.languages), None)
    return History(name, digest(arrivals), arrivals, cache, len(names), main, known)


def _with_register(history: History, file: Path | None) -> History:
    """Put the releases of a file in the place of those that the history has."""
    if file is None:
        return history
    told = read_file(file, now=SystemClock().now())
    known = [Shipped(one.version, one.released_at) for one in told if one.released_at is not None]
    return dataclasses.replace(history, releases=known)


def _code(language: str | None) -> str | None:
    if language is not None and not re.fullmatch("[a-z]{2,3}", language):
        raise SettingsError(f"--language {language}: give a code of two letters, such as de")
    return language


def _written(replays: Sequence[Replay], out: Path) -> dict[str, Any]:
    """Write the files of one or two settings; return what summary.json holds."""
    first = replays[0]
    summary = dataclasses.asdict(summary_of(first))
    if len(replays) == 1:
        write_files(out, {**files_of(first, summary), FILE: _page(first)})
        return summary
    second = replays[1]
    beneath = dataclasses.asdict(summary_of(second))
    summary["against"] = {"knobs": beneath["knobs"], **_compared(first, second)}
    write_files(out / OTHER, {**files_of(second, beneath), FILE: _page(second)})
    write_files(out, {**files_of(first, summary), FILE: _page(first, second)})
    return summary


def _compared(first: Replay, second: Replay) -> dict[str, Any]:
    ours, theirs = (found_in(one.arrivals, one.decisions) for one in (first, second))
    days = summary_of(first).days
    begins = first.arrivals[0].seen_at if first.arrivals else None
    return compared_json(
        paired(ours, theirs),
        weeks(ours, theirs, begins=begins) if begins else [],
        first=side_of(ours, days=days),
        second=side_of(theirs, days=days),
    )


def _page(first: Replay, second: Replay | None = None) -> str:
    """Return the picture of a replay, beside another one if there is one."""
    ours = _found(first)
    written = {one.post_id: min(one.published_at, one.seen_at) for one in first.arrivals}
    if second is None:
        return timeline_page(picture(first.name, written, ours, _titles(first)))
    pairs = paired(ours, _found(second))
    return timeline_page(
        picture(
            first.name,
            written,
            ours,
            _titles(first),
            beside={pair.first.number: beside(pair) for pair in pairs if pair.first},
            others=[pair.second for pair in pairs if pair.second and not pair.first],
            other_titles=_titles(second),
            settings=setting_words(first.knobs, second.knobs),
        )
    )


def _found(replay: Replay) -> list[Found]:
    """Return what a replay found, each issue with the release that it probably followed."""
    found = found_in(replay.arrivals, replay.decisions)
    shipped = followed_in(replay.arrivals, replay.decisions, replay.releases)
    return [
        dataclasses.replace(one, reason=_with_release(one.reason, shipped.get(one.number)))
        for one in found
    ]


def _with_release(reason: str, release: Followed | None) -> str:
    words = likely(release.version, release.probability) if release else ""
    return f"{reason}; probably followed {words}" if words else reason


def _titles(replay: Replay) -> dict[int, str]:
    return {int(row["issue_id"].removeprefix("GS-")): row["title"] for row in alert_rows(replay)}


def setting_words(first: Knobs, second: Knobs) -> tuple[str, str]:
    """Say in which knobs two settings differ: ("slow_hours=168", "slow_hours=72")."""
    names = [field.name for field in dataclasses.fields(Knobs)]
    differing = [name for name in names if getattr(first, name) != getattr(second, name)]
    sides = (
        ", ".join(f"{name}={getattr(side, name):g}" for name in differing) or "the same"
        for side in (first, second)
    )
    return next(sides), next(sides)


def _tell(replays: Sequence[Replay], summary: Mapping[str, Any]) -> None:
    for row in alert_rows(replays[0]):
        PEOPLE.print(Text(alert_line(row)), soft_wrap=True)
    emit_object(_in_short(summary), as_json=False)
    if len(replays) > 1:
        _tell_compared(replays[0], replays[1], summary[OTHER])


def _tell_compared(first: Replay, second: Replay, compared: Mapping[str, Any]) -> None:
    """Print two settings side by side: in all, what only one found, and week by week."""
    sides = setting_words(first.knobs, second.knobs)
    PEOPLE.print()
    emit_object({"first": sides[0], "second": sides[1]}, as_json=False)
    rows = measures(compared["first"], compared["second"])
    rows += [
        (f"alerts in the week of {week['begins'][:10]}", str(week["first"]), str(week["second"]))
        for week in compared["weeks"]
    ]
    names = ("measure", "first", "second")
    PEOPLE.print()
    emit_list(
        [dict(zip(names, row, strict=True)) for row in rows], as_json=False, columns=names, empty=""
    )
    for which, replay in (("first", first), ("second", second)):
        titles = {row["issue_id"]: row for row in alert_rows(replay)}
        for name in compared[f"only_{which}"]:
            words = f"only with the {which}: {alert_line(titles[name])}"
            PEOPLE.print(Text(words), soft_wrap=True)


def alert_line(alert: Mapping[str, Any]) -> str:
    """Return an alert on one line: when, of which kind, what, and why."""
    title = shown(" ".join(alert["title"].split()))
    release = likely(alert.get("release"), alert.get("release_probability"))
    why = alert["reason"] + (f"; probably followed {release}" if release else "")
    return f"{shown(alert['at'])} {alert['kind']}: {title} ({shown(why)})"


def _in_short(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a person asks first; the rest stands in summary.json."""
    kinds = [f"{number} {kind}" for kind, number in summary["alerts"].items()]
    return {
        "posts": summary["posts"],
        "days": summary["days"],
        "alerts": ", ".join(kinds) or "none",
        "clusters": summary["clusters"],
        "model": summary["model"],
    }
