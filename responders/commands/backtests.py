"""`groundswell backtest` and `groundswell evaluate`: detection over files instead of the store.

They touch no store, so they need no workspace; settings count where there are some.
"""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from classifiers.backtest import Summary, check_files, run_backtest
from classifiers.calibration import Knobs
from classifiers.embedding import FolderCache
from classifiers.evaluation import check_floors, streams_of
from classifiers.evaluation import evaluate as scored
from config.errors import GroundswellError, SettingsError
from config.settings import Settings, find_file, load_settings
from responders.commands.output import (
    NOTES,
    PEOPLE,
    JsonOption,
    emit_json,
    emit_list,
    emit_object,
    say,
    shown,
)
from responders.passes import open_embedder
from responders.workspace import CHOICE, plugin_sections

FLOORS = "floors.json"
COLUMNS = (
    "stream",
    "bcubed_f1",
    "final_bcubed_f1",
    "noise_in_clusters",
    "recall",
    "recall_le5",
    "recall_le10",
    "delay_posts_median",
    "false_alerts",
    "repeats_per_burst",
    "decoy_alerts",
)

OUT = typer.Option(..., help="Folder for assignments, alerts and summary.")
SET = typer.Option([], "--set", metavar="KEY=VALUE", help="Try another value of a knob.")
VECTORS = typer.Option(None, help="Keep embeddings in this folder between runs.")


def backtest(
    stream: Path,
    *,
    out: Path = OUT,
    settings: list[str] = SET,
    vectors: Path | None = VECTORS,
    as_json: bool = JsonOption,
) -> None:
    """Decide every post of a history file as if it had been heard live.

    The file has one JSON object a line: {"id": "1", "ts": "2026-01-05T10:00:00Z", "text": "…"}.

    Example: groundswell backtest history.jsonl --out result --set false_alerts_per_week=0.5
    """
    found = _settings()
    knobs = _knobs(found, settings)
    check_files(stream, out)  # a mistake is told at once: the model takes long to load
    with _progress() as progress:
        summary = run_backtest(
            stream,
            out,
            knobs=knobs,
            embedder=open_embedder(found),
            cache=FolderCache(vectors) if vectors else None,
            progress=progress,
        )
    if as_json:
        emit_json(dataclasses.asdict(summary))
    else:
        for line in (out / "alerts.jsonl").read_text(encoding="utf-8").split("\n"):
            if line:
                PEOPLE.print(Text(alert_line(json.loads(line))), soft_wrap=True)
        emit_object(_in_short(summary), as_json=False)
    say(f"Written to {out}: assignments.jsonl, alerts.jsonl, summary.json")


def alert_line(alert: Mapping[str, Any]) -> str:
    """Return an alert on one line: when, of which kind, what, and why."""
    title = shown(" ".join(alert["title"].split()))
    return f"{shown(alert['at'])} {alert['kind']}: {title} ({shown(alert['reason'])})"


def _in_short(summary: Summary) -> dict[str, Any]:
    """Return what a person asks first; the rest stands in summary.json."""
    kinds = [f"{number} {kind}" for kind, number in summary.alerts.items()]
    return {
        "posts": summary.posts,
        "days": summary.days,
        "alerts": ", ".join(kinds) or "none",
        "clusters": summary.clusters,
        "model": summary.model,
    }


def evaluate(
    streams: list[Path],
    *,
    settings: list[str] = SET,
    vectors: Path | None = VECTORS,
    as_json: bool = JsonOption,
) -> None:
    """Score detection on labelled streams; below a folder's pinned floors it fails.

    A stream is named by its path with or without .jsonl; a folder stands for all of its streams.

    Example: groundswell evaluate data/gold
    """
    found = _settings()
    knobs, embedder = _knobs(found, settings), open_embedder(found)
    cache = FolderCache(vectors) if vectors else None
    scores: dict[Path, Mapping[str, float | None]] = {}
    with _progress() as progress:
        for prefix in _prefixes(streams):
            scores[prefix] = scored(
                prefix, knobs=knobs, embedder=embedder, cache=cache, progress=progress
            )
    rows = [{"stream": prefix.name, **found} for prefix, found in scores.items()]
    if as_json:
        emit_json(rows)
    else:
        emit_list(rows, as_json=False, columns=COLUMNS, empty="There is no labelled stream there.")
    _hold_floors(scores)


def _hold_floors(scores: Mapping[Path, Mapping[str, float | None]]) -> None:
    """Compare with the floors of every folder whose streams were all scored."""
    faults: list[str] = []
    for folder in sorted({prefix.parent for prefix in scores}):
        whole = set(streams_of(folder)) <= set(scores)
        if whole and (folder / FLOORS).exists():
            named = {prefix.name: dict(found) for prefix, found in scores.items()}
            faults += check_floors(folder, named)
            say(f"held against {folder / FLOORS}")
    if faults:
        raise GroundswellError("\n".join(faults))


def _prefixes(streams: Sequence[Path]) -> list[Path]:
    """Return each labelled stream once, whatever of it was named."""
    found: dict[Path, None] = {}
    for stream in streams:
        if stream.is_dir():
            found.update(dict.fromkeys(streams_of(stream)))
            continue
        name = stream.name.removesuffix(".jsonl").removesuffix(".gold")
        found[stream.with_name(name)] = None
    if not found:
        raise SettingsError(
            "there is no labelled stream; it has three files: NAME.jsonl, "
            "NAME.gold.jsonl, NAME.meta.json"
        )
    return list(found)


def _settings() -> Settings:
    return load_settings(find_file(CHOICE.config), plugins=plugin_sections())


def _knobs(settings: Settings, words: Sequence[str]) -> Knobs:
    chosen = {"false_alerts_per_week": str(settings.detect.false_alerts_per_week)}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign:
            raise SettingsError(f"--set {word}: write it as key=value")
        chosen[key.strip().removeprefix("detect.")] = value.strip()
    return Knobs.with_settings(chosen)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show how far each step is: a bar on a terminal, a line a step otherwise."""
    if not NOTES.is_terminal:
        seen: set[str] = set()

        def line(step: str, done: int, total: int) -> None:
            if done >= total and step not in seen:
                seen.add(step)
                say(f"{step}: {total} posts")

        yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=NOTES) as bar:
        tasks: dict[str, TaskID] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total)
            bar.update(tasks[step], completed=done, total=total)

        yield show
