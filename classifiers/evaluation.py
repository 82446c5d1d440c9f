"""Scores labelled streams and holds the scores against pinned floors (`make eval`).

Apart from backtest because a history file of an operator has no labels, and apart from scoring
because this reads files: ``NAME.jsonl``, ``NAME.gold.jsonl`` and, if there, ``NAME.meta.json``.

Floors are worth nothing if the corpus under them may change unseen, so they stand with its digest.
"""

import hashlib
import json
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from classifiers.arriving import Arrival
from classifiers.backtest import Progress, decide, digest_of, files_of, write_files
from classifiers.calibration import Knobs
from classifiers.embedders.base import Embedder
from classifiers.embedding import VectorCache
from classifiers.languages import bounded
from classifiers.replays.history import read_stream
from classifiers.replays.scoring import Burst, Raised, Scores, alert_scores, cluster_scores
from config.errors import PermanentError

LOWER_IS_BETTER = frozenset(
    {
        "noise_in_clusters",
        "final_noise_in_clusters",
        "delay_posts_median",
        "delay_min_median",
        "false_alerts",
        "false_per_10k",
        "false_per_week",
        "decoy_alerts",
        "repeats_per_burst",
        "dismissed_issue_alerts",
        "rejected_lookahead",
    }
)
"""For these the floor is a ceiling."""

PARTS = (".jsonl", ".gold.jsonl", ".meta.json")


@dataclass(frozen=True)
class Gold:
    """A labelled stream in order of arrival."""

    ids: tuple[str, ...]
    labels: tuple[str | None, ...]
    bursts: tuple[Burst, ...]
    times: tuple[float, ...]
    background: int


def evaluate(
    prefix: Path,
    *,
    knobs: Knobs,
    embedder: Embedder,
    cache: VectorCache | None = None,
    progress: Progress | None = None,
    heard_every: timedelta = timedelta(),
) -> Scores:
    """Run a labelled stream through the backtest and score it.

    Args:
        prefix: path of the stream without an ending.
        knobs: the knobs of the judge.
        embedder: the model.
        cache: vectors of an earlier run.
        progress: as in run_backtest.
        heard_every: as in read_gold.

    Raises:
        PermanentError: a file is missing or wrong.
    """
    arrivals = _arrivals(prefix, heard_every)
    gold = read_gold(prefix, heard_every=heard_every)
    replay = decide(
        arrivals,
        name=prefix.name,
        sha256=digest_of(_part(prefix, ".jsonl")),
        knobs=knobs,
        embedder=bounded(embedder, main_language(_meta(prefix))),
        cache=cache,
        progress=progress,
    )
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), files_of(replay, {}))
        return score(gold, Path(folder))


def _arrivals(prefix: Path, heard_every: timedelta) -> list[Arrival]:
    return heard_in_batches(read_stream(_part(prefix, ".jsonl")), heard_every)


def heard_in_batches(arrivals: Iterable[Arrival], every: timedelta) -> list[Arrival]:
    """Let posts be heard late and together, as by places that are asked once in a while.

    Each place is asked at moments of its own, so that a post of one is heard before an earlier one
    of another. Posts without a source are taken for those of four places.

    Args:
        arrivals: posts in order of arrival.
        every: how often each place is asked; zero hears each post when it was written.
    """
    if not every:
        return list(arrivals)
    moved = [replace(post, seen_at=_next_visit(post, every.total_seconds())) for post in arrivals]
    return sorted(moved, key=lambda post: post.seen_at)


def _next_visit(post: Arrival, every_s: float) -> datetime:
    place = post.source or str(zlib.crc32(post.post_id.encode()) % 4)
    own_s = zlib.crc32(place.encode()) % 1000 / 1000 * every_s
    written = post.published_at.timestamp() - own_s
    return datetime.fromtimestamp((written // every_s + 1) * every_s + own_s, tz=UTC)


def score(gold: Gold, out: Path) -> Scores:
    """Score what a backtest has written."""
    rows = {row["id"]: row for row in _rows(out / "assignments.jsonl")}
    scores: Scores = {}
    if any(label is not None for label in gold.labels):
        for field, before in (("cluster", ""), ("final_cluster", "final_")):
            clusters = [rows.get(post_id, {}).get(field) for post_id in gold.ids]
            found = cluster_scores(gold.labels, clusters)
            scores |= {before + name: value for name, value in found.items()}
    place = {post_id: number for number, post_id in enumerate(gold.ids)}
    alerts = [
        Raised(place[row["post_id"]], tuple(place[m] for m in row["members"]), row["kind"])
        for row in _rows(out / "alerts.jsonl")
    ]
    found = alert_scores(gold.bursts, alerts, times=gold.times, background=gold.background)
    return scores | found


def read_gold(prefix: Path, *, heard_every: timedelta = timedelta()) -> Gold:
    """Read a labelled stream; where nothing lists its events, each burst is an issue.

    Args:
        prefix: path of the stream without an ending.
        heard_every: as if posts were heard late and in batches, one each so long.

    Raises:
        PermanentError: a file is missing or wrong.
    """
    arrivals = _arrivals(prefix, heard_every)
    rows = _labels(_part(prefix, ".gold.jsonl"))
    missing = [item.post_id for item in arrivals if item.post_id not in rows]
    if missing:
        raise PermanentError(
            f"{prefix}.gold.jsonl has no label for {len(missing)} posts, {missing[0]} the first"
        )
    events = _meta(prefix).get("events")
    kinds = {_wave(event): event.get("kind", "issue") for event in events or []}
    waves: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(arrivals):
        row = rows[item.post_id]
        if row.get("burst") and row["label"] and (events is None or _wave(row) in kinds):
            waves[_wave(row)].append(place)
    return Gold(
        ids=tuple(item.post_id for item in arrivals),
        labels=tuple(rows[item.post_id]["label"] for item in arrivals),
        bursts=tuple(
            Burst(label, kinds.get(label, "issue") != "issue", tuple(posts))
            for label, posts in waves.items()
        ),
        times=tuple(item.seen_at.timestamp() for item in arrivals),
        background=sum(not row.get("burst") for row in rows.values()),
    )


def _wave(row: Mapping[str, Any]) -> str:
    """Name a burst: what came back after a fix is a burst of its own, such as "sync, wave 2"."""
    number = row.get("wave", 1)
    return str(row["label"]) if number == 1 else f"{row['label']}, wave {number}"


def main_language(meta: Mapping[str, Any]) -> str | None:
    """Return the language of most posts, which an operator would declare with the product."""
    counts: Mapping[str, int] = meta.get("languages") or {}
    most = max(counts, key=lambda code: counts[code], default=None)
    return most if most and counts[most] > sum(counts.values()) / 2 else None


def corpus_digest(prefixes: Sequence[Path]) -> str:
    """Digest over all files of the streams, in order of their names."""
    whole = hashlib.sha256()
    for prefix in sorted(prefixes, key=lambda prefix: prefix.name):
        for ending in PARTS:
            path = _part(prefix, ending)
            if ending == ".meta.json" and not path.exists():
                continue
            whole.update(path.name.encode())
            whole.update(hashlib.sha256(_read(path)).digest())
    return whole.hexdigest()


def check_floors(folder: Path, scores: Mapping[str, Scores]) -> list[str]:
    """Hold the scores of all streams of a folder against its floors.json.

    Returns:
        One sentence for each metric that fell below its floor; empty when all hold.

    Raises:
        PermanentError: the floors are missing or stand for another corpus.
    """
    path = folder / "floors.json"
    floors: dict[str, Any] = _json(path, _read(path))
    digest = corpus_digest(streams_of(folder))
    if floors.get("digest") != digest:
        raise PermanentError(
            f"{path} stands for another corpus (digest {floors.get('digest')}, now {digest}): "
            "if the change is meant, evaluate again and pin floors and digest together"
        )
    faults = []
    for stream, wanted in sorted(floors.items()):
        if stream != "digest":
            faults += _below(stream, wanted, scores.get(stream, {}))
    return faults


def _below(stream: str, wanted: Mapping[str, float], found: Scores) -> list[str]:
    faults = []
    for metric, floor in wanted.items():
        value = found.get(metric)
        worse = value is None or (value > floor if metric in LOWER_IS_BETTER else value < floor)
        if worse:
            said = "missing" if value is None else f"{value:.4f}"
            faults.append(f"{stream}: {metric} is {said}, the floor is {floor}")
    return faults


def streams_of(folder: Path) -> list[Path]:
    """The labelled streams of a folder, as prefixes."""
    ending = ".gold.jsonl"
    return sorted(path.with_name(path.name[: -len(ending)]) for path in folder.glob("*" + ending))


def _part(prefix: Path, ending: str) -> Path:
    return prefix.with_name(prefix.name + ending)


def _labels(path: Path) -> dict[str, dict[str, Any]]:
    """Read the labels by post.

    Raises:
        PermanentError: a line has no id or no label.
    """
    rows = _rows(path)
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or row.get("id") is None or "label" not in row:
            raise PermanentError(
                f'{path}: label {number} must be like {{"id": "1", "label": "sync", "burst": true}}'
            )
    return {str(row["id"]): row for row in rows}


def _meta(prefix: Path) -> dict[str, Any]:
    """Read what is known of a stream as a whole; nothing where no file says it."""
    path = _part(prefix, ".meta.json")
    found = _json(path, _read(path)) if path.exists() else {}
    return found if isinstance(found, dict) else {}


def _rows(path: Path) -> list[dict[str, Any]]:
    return [_json(path, line) for line in _read(path).splitlines() if line.strip()]


def _json(path: Path, data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise PermanentError(f"{path} is not JSON: {error}") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PermanentError(f"{path} cannot be read: {error.strerror}") from error
