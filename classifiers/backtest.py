"""The judging core over a history: the same decisions as live, with the posts' own clock.

Apart from the live pass because here nothing is stored: posts in, three files out, all of them or
none. What is found besides goes to those who compare or draw it (comparing.py).
"""

import dataclasses
import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from classifiers.arriving import Arrival, Decision
from classifiers.calibration import Knobs
from classifiers.embedders.base import Embedder
from classifiers.embedding import VectorCache, embed
from classifiers.issues import BACKGROUND_POSTS
from classifiers.judging import Judge
from classifiers.languages import bounded
from classifiers.naming import title_of
from classifiers.releases import Followed, Shipped
from classifiers.relevance import KindJudge
from classifiers.replays.history import read_stream
from classifiers.replays.shipping import followed_in, told
from config.errors import PermanentError

Progress = Callable[[str, int, int], None]
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a backtest came to."""

    stream: str
    sha256: str
    posts: int
    days: float
    """From the first post to the last, by when they were written."""
    clusters: int
    copies: int
    alerts: dict[str, int]
    alerts_a_week: float
    """Over the days of the posts that may alert: history that only teaches counts not."""
    model: str
    not_judged: float
    knobs: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What was decided about each post of a history, and by what."""

    name: str
    sha256: str
    """Of the file, or of the words of the store."""
    arrivals: Sequence[Arrival]
    """In order of arrival."""
    decisions: Sequence[Decision]
    """One for each arrival."""
    final: Mapping[str, int | None]
    """The cluster of each post after the last one."""
    knobs: Knobs
    model: str
    languages: frozenset[str] | None
    """What the model can judge; None for all."""
    releases: Sequence[Shipped] = ()
    """The register of releases, if one was given."""


def run_backtest(
    stream: Path,
    out: Path,
    *,
    knobs: Knobs,
    embedder: Embedder,
    cache: VectorCache | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Decide every post of a history file in order of arrival and write what came of it.

    Args:
        stream: JSON lines ``{"id", "ts", "text"}`` and the optional fields of the contract.
        out: folder for assignments.jsonl, alerts.jsonl and summary.json; made if missing.
        knobs: the knobs of the judge.
        embedder: the model.
        cache: vectors of an earlier run.
        progress: called with ("embed" or "judge", done, in all).

    Raises:
        PermanentError: file or folder cannot be used; nothing is written then.
    """
    arrivals = read_stream(stream)
    refuse_unwritable(out)
    replay = decide(
        arrivals, name=stream.name, sha256=digest_of(stream), knobs=knobs, embedder=embedder,
        cache=cache, progress=progress,
    )  # fmt: skip
    summary = summary_of(replay)
    write_files(out, files_of(replay, dataclasses.asdict(summary)))
    return summary


def digest_of(stream: Path) -> str:
    """Return the SHA-256 of a file, by which a result names what it is about."""
    return hashlib.sha256(stream.read_bytes()).hexdigest()


def decide(
    arrivals: Sequence[Arrival],
    *,
    name: str,
    sha256: str,
    knobs: Knobs,
    embedder: Embedder,
    cache: VectorCache | None = None,
    progress: Progress | None = None,
) -> Replay:
    """Decide posts in order of arrival, as the live pass does.

    Args:
        arrivals: the posts, in order of arrival.
        name: what a person calls the history.
        sha256: what it is, exactly.
        knobs: the knobs of the judge.
        embedder: the model.
        cache: vectors of an earlier run.
        progress: called with ("embed" or "judge", done, in all).
    """
    embedder = bounded(embedder)
    vectors = embed(
        [item.words for item in arrivals],
        embedder,
        cache,
        progress=partial(progress, "embed") if progress else None,
    )
    decisions, final = _judge(arrivals, vectors, Judge(knobs, KindJudge(embedder)), progress)
    return Replay(
        name=name,
        sha256=sha256,
        arrivals=arrivals,
        decisions=decisions,
        final=final,
        knobs=knobs,
        model=embedder.model_id,
        languages=embedder.languages,
    )


def files_of(replay: Replay, summary: Row) -> dict[str, str]:
    """Return the files of a backtest by name."""
    return {
        "assignments.jsonl": _lines(_assignments(replay)),
        "alerts.jsonl": _lines(alert_rows(replay)),
        "summary.json": json.dumps(summary, indent=2) + "\n",
    }


def _judge(
    arrivals: Sequence[Arrival], vectors: Any, judge: Judge, progress: Progress | None
) -> tuple[list[Decision], dict[str, int | None]]:
    decisions: list[Decision] = []
    final: dict[str, int | None] = {}
    for done, (arrival, vector) in enumerate(zip(arrivals, vectors, strict=True), start=1):
        decision = judge.take(arrival, vector)
        decisions.append(decision)
        final[decision.post_id] = decision.cluster
        final.update(decision.moved)
        if progress and (done % 100 == 0 or done == len(arrivals)):
            progress("judge", done, len(arrivals))
    final.update(judge.settle())
    return decisions, final


def _assignments(replay: Replay) -> Iterable[Row]:
    for decision in replay.decisions:
        yield {
            "id": decision.post_id,
            "cluster": decision.cluster,
            "final_cluster": replay.final[decision.post_id],
        }


def alert_rows(replay: Replay) -> Iterable[Row]:
    """Yield each alert as alerts.jsonl holds it, in order; a burst that comes back keeps its issue.

    The live pass does so too, as long as nobody resolves the issue.
    """
    heard: dict[str, Arrival] = {}
    issues: dict[int, int] = {}
    shipped = followed_in(replay.arrivals, replay.decisions, replay.releases)
    for arrival, decision in zip(replay.arrivals, replay.decisions, strict=True):
        heard[arrival.post_id] = arrival
        found = decision.emergence
        if found is not None:
            issues[found.number] = issues.get(found.returns or 0, found.number)
            yield {
                "post_id": decision.post_id,
                "at": arrival.seen_at.isoformat().replace("+00:00", "Z"),
                "issue_id": f"GS-{issues[found.number]}",
                "kind": found.kind,
                "title": title_of(
                    [told(heard[member]) for member in found.members],
                    _said_before(heard.values(), found.first_seen),
                ),
                "members": list(found.members),
                "reason": found.reason,
                "score": found.score,
                **(_release_row(shipped.get(found.number)) if replay.releases else {}),
            }


def _said_before(heard: Iterable[Arrival], at: datetime) -> list[str]:
    """Return what people said before an issue began, the newest, as the live pass names it by."""
    return [arrival.text for arrival in heard if arrival.published_at < at][-BACKGROUND_POSTS:]


def _release_row(release: Followed | None) -> Row:
    """Return a release under the names that `issue show --json` has for it."""
    return {
        "release": release.version if release else None,
        "release_probability": release.probability if release else None,
        "release_reason": release.reason if release else None,
    }


def summary_of(replay: Replay) -> Summary:
    """Return what a backtest came to."""
    arrivals = replay.arrivals
    heard_days = _days([item for item in arrivals if not item.backfill])
    kinds = Counter(found.emergence.kind for found in replay.decisions if found.emergence)
    sizes = Counter(cluster for cluster in replay.final.values() if cluster is not None)
    foreign = [
        item.lang not in replay.languages
        for item in arrivals
        if item.lang and replay.languages is not None
    ]
    return Summary(
        stream=replay.name,
        sha256=replay.sha256,
        posts=len(arrivals),
        days=round(_days(arrivals), 2),
        clusters=sum(size > 1 for size in sizes.values()),
        copies=sum(found.duplicate_of is not None for found in replay.decisions),
        alerts=dict(sorted(kinds.items())),
        alerts_a_week=round(kinds["issue"] / heard_days * 7.0, 2) if heard_days else 0.0,
        model=replay.model,
        not_judged=round(sum(foreign) / len(arrivals), 4) if arrivals else 0.0,
        knobs=dataclasses.asdict(replay.knobs),
    )


def _days(arrivals: Sequence[Arrival]) -> float:
    """Return how many days posts span by when they were written, capped at when they were heard.

    What was heard in one go, such as a file that was imported, still spans its years.
    """
    times = [min(item.published_at, item.seen_at) for item in arrivals]
    return (max(times) - min(times)).total_seconds() / 86400.0 if times else 0.0


def _lines(rows: Iterable[Row]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def refuse_unwritable(out: Path) -> None:
    """Refuse a folder that cannot be made or written, before an hour of work and not after it.

    Raises:
        PermanentError: it says what stands in the way.
    """
    place = out.absolute()
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        raise PermanentError(f"cannot write to {out}: {place} is no folder; name another --out")
    if not os.access(place, os.W_OK | os.X_OK):
        raise PermanentError(f"cannot write to {out}: {place} is read-only; name another --out")


def write_files(out: Path, files: dict[str, str]) -> None:
    """Write all files beside their place first, then move them there: never half of one.

    Raises:
        PermanentError: the folder cannot be written.
    """
    moves: list[tuple[str, Path]] = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            handle, temporary = tempfile.mkstemp(dir=out, prefix=f".{name}-")
            moves.append((temporary, out / name))
            with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
                file.write(text)
        for temporary, place in moves:
            Path(temporary).replace(place)
    except OSError as error:
        for temporary, _ in moves:
            Path(temporary).unlink(missing_ok=True)
        raise PermanentError(
            f"cannot write to {out} ({error.strerror}); name another --out"
        ) from error
