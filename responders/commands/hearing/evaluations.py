"""`groundswell evaluate`: detection on labelled streams, held against pinned floors.

It touches no store, so it needs no workspace; settings count where there are some.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import typer

from classifiers.embedding import FolderCache
from classifiers.evaluation import check_floors, streams_of
from classifiers.evaluation import evaluate as scored
from config.errors import GroundswellError, SettingsError
from responders.commands.hearing.rehearsing import chosen_knobs, chosen_settings, progress_shown
from responders.commands.output import JsonOption, emit_json, emit_list, say
from responders.commands.references import said_back
from responders.passes import open_embedder

FLOORS = "floors.json"
PARTS = "it has three files: NAME.jsonl, NAME.gold.jsonl, and NAME.meta.json, which may be missing"
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

SET = typer.Option([], "--set", metavar="KEY=VALUE", help="Try another value of a knob.")
VECTORS = typer.Option(None, help="Keep embeddings in this folder between runs.")
HEARD = typer.Option(0, min=0, max=10_080, help="As if places answered only each so many minutes.")


def evaluate(
    streams: list[Path],
    *,
    settings: list[str] = SET,
    vectors: Path | None = VECTORS,
    heard_every: int = HEARD,
    as_json: bool = JsonOption,
) -> None:
    """Score detection on labelled streams; below a folder's pinned floors it fails.

    A stream is named by its path with or without .jsonl; a folder stands for all of its streams.

    Example: groundswell evaluate data/gold
    """
    found, prefixes = chosen_settings(), _prefixes(streams)
    knobs, embedder = chosen_knobs(found, settings), open_embedder(found)
    cache = FolderCache(vectors) if vectors else None
    scores: dict[Path, Mapping[str, float | None]] = {}
    with progress_shown() as progress:
        for prefix in prefixes:
            scores[prefix] = scored(
                prefix, knobs=knobs, embedder=embedder, cache=cache, progress=progress,
                heard_every=timedelta(minutes=heard_every),
            )  # fmt: skip
    rows = [{"stream": prefix.name, **found} for prefix, found in scores.items()]
    if as_json:
        emit_json(rows)
    else:
        emit_list(rows, as_json=False, columns=COLUMNS, empty="There is no labelled stream there.")
    if not heard_every:  # the floors are for posts heard as they are written
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
        prefix = stream.parent / stream.name.removesuffix(".jsonl").removesuffix(".gold")
        if not (prefix.parent / f"{prefix.name}.gold.jsonl").is_file():
            raise GroundswellError(f"there is no labelled stream {said_back(str(stream))}; {PARTS}")
        found[prefix] = None
    if not found:
        raise SettingsError(f"there is no labelled stream; {PARTS}")
    return list(found)
