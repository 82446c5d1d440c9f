"""The judging core over a history file: the same decisions, with the posts' own clock.

Apart from the live pass because here nothing is stored: a file in, three files out, all of them or
none.
"""

import dataclasses
import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from classifiers.calibration import Knobs
from classifiers.embedders.base import Embedder
from classifiers.embedding import VectorCache, embed
from classifiers.judging import Arrival, Decision, Judge
from classifiers.naming import Told, title_of
from classifiers.relevance import KindJudge
from config.errors import PermanentError

Progress = Callable[[str, int, int], None]
Row = dict[str, Any]

FAULTS_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a backtest came to."""

    stream: str
    sha256: str
    posts: int
    days: float
    clusters: int
    copies: int
    alerts: dict[str, int]
    alerts_a_week: float
    model: str
    not_judged: float
    knobs: dict[str, float]


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
    arrivals = check_files(stream, out)
    vectors = embed(
        [item.words for item in arrivals],
        embedder,
        cache,
        progress=partial(progress, "embed") if progress else None,
    )
    decisions, final = _judge(arrivals, vectors, Judge(knobs, KindJudge(embedder)), progress)
    summary = _summary(stream, arrivals, decisions, final, embedder=embedder, knobs=knobs)
    _write(
        out,
        {
            "assignments.jsonl": _lines(_assignments(decisions, final)),
            "alerts.jsonl": _lines(_alerts(arrivals, decisions)),
            "summary.json": json.dumps(dataclasses.asdict(summary), indent=2) + "\n",
        },
    )
    return summary


def check_files(stream: Path, out: Path) -> list[Arrival]:
    """Return the posts of the file; what is wrong with file or folder is told before any work.

    Raises:
        PermanentError: the file cannot be read or has bad lines, or the folder cannot be written.
    """
    arrivals = read_stream(stream)
    _refuse_unwritable(out)
    return arrivals


def read_stream(path: Path) -> list[Arrival]:
    """Read a history file into posts in order of arrival; ties stay as in the file.

    Raises:
        PermanentError: names every bad line up to ten, with what to do about it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise PermanentError(f"there is no such file: {path}") from error
    except OSError as error:
        raise PermanentError(f"{path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise PermanentError(f"{path} is no UTF-8 text; save it as UTF-8") from error
    arrivals: dict[str, Arrival] = {}
    faults: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            arrival = arrival_from(json.loads(line))
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            faults.append(f"line {number}: {error}")
            continue
        if arrival.post_id in arrivals:
            faults.append(f"line {number}: the id {arrival.post_id} came before")
        arrivals[arrival.post_id] = arrival
    if faults:
        more = f"; and {len(faults) - FAULTS_SHOWN} more" if len(faults) > FAULTS_SHOWN else ""
        raise PermanentError(
            f"{path}: {'; '.join(faults[:FAULTS_SHOWN])}{more}. "
            'Each line must be like {"id": "1", "ts": "2026-01-05T10:00:00Z", "text": "…"}'
        )
    return own_titles(sorted(arrivals.values(), key=lambda arrival: arrival.seen_at))


def own_titles(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """Leave a thread's title to its first post; files often repeat it on each reply."""
    heard: set[tuple[str | None, str, str]] = set()
    found: list[Arrival] = []
    for arrival in arrivals:
        if arrival.thread is not None and arrival.title is not None:
            thread = (arrival.source, arrival.thread, arrival.title)
            found.append(dataclasses.replace(arrival, title=None) if thread in heard else arrival)
            heard.add(thread)
        else:
            found.append(arrival)
    return found


def arrival_from(row: Any) -> Arrival:
    """Turn one line's value into a post.

    Raises:
        ValueError, TypeError: says which field is wrong and how.
    """
    if not isinstance(row, dict):
        raise TypeError("not an object")
    missing = [key for key in ("id", "ts", "text") if row.get(key) is None]
    if missing:
        raise ValueError(f"without {', '.join(missing)}")
    if not isinstance(row["text"], str):
        raise TypeError("text is not a string")
    written = moment(row["ts"], "ts")
    heard = moment(row["seen_at"], "seen_at") if row.get("seen_at") is not None else written
    return Arrival(
        post_id=str(row["id"]),
        text=row["text"],
        title=_word(row, "title"),
        author=_word(row, "author"),
        source=_word(row, "source"),
        thread=_word(row, "thread"),
        lang=_word(row, "lang"),
        published_at=written,
        seen_at=heard,
    )


def moment(value: Any, field: str) -> datetime:
    """Read a time: ISO 8601 (UTC where it names no zone) or seconds since 1970.

    Raises:
        ValueError: it is neither.
    """
    text = "" if isinstance(value, bool) else str(value).strip()
    try:
        try:
            found = datetime.fromtimestamp(float(text), tz=UTC)
        except ValueError:
            found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(
            f"{field} is neither ISO 8601 nor seconds since 1970: {value!r}"
        ) from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _word(row: Row, key: str) -> str | None:
    value = row.get(key)
    return None if value is None or value == "" else str(value)


def _judge(
    arrivals: list[Arrival], vectors: Any, judge: Judge, progress: Progress | None
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


def _assignments(decisions: Iterable[Decision], final: dict[str, int | None]) -> Iterable[Row]:
    for decision in decisions:
        yield {
            "id": decision.post_id,
            "cluster": decision.cluster,
            "final_cluster": final[decision.post_id],
        }


def _alerts(arrivals: list[Arrival], decisions: list[Decision]) -> Iterable[Row]:
    heard: dict[str, Arrival] = {}
    for arrival, decision in zip(arrivals, decisions, strict=True):
        heard[arrival.post_id] = arrival
        found = decision.emergence
        if found is not None:
            yield {
                "post_id": decision.post_id,
                "at": arrival.seen_at.isoformat().replace("+00:00", "Z"),
                "issue_id": f"GS-{found.number}",
                "kind": found.kind,
                "title": title_of([_told(heard[member]) for member in found.members]),
                "members": list(found.members),
                "reason": found.reason,
                "score": found.score,
            }


def _told(arrival: Arrival) -> Told:
    return Told(
        arrival.post_id,
        arrival.text,
        title=arrival.title,
        author=arrival.author,
        source=arrival.source,
    )


def _summary(
    stream: Path,
    arrivals: list[Arrival],
    decisions: list[Decision],
    final: dict[str, int | None],
    *,
    embedder: Embedder,
    knobs: Knobs,
) -> Summary:
    span = arrivals[-1].seen_at - arrivals[0].seen_at if arrivals else None
    days = span.total_seconds() / 86400.0 if span else 0.0
    kinds = Counter(found.emergence.kind for found in decisions if found.emergence)
    sizes = Counter(cluster for cluster in final.values() if cluster is not None)
    foreign = [
        item.lang not in embedder.languages
        for item in arrivals
        if item.lang and embedder.languages is not None
    ]
    return Summary(
        stream=stream.name,
        sha256=hashlib.sha256(stream.read_bytes()).hexdigest(),
        posts=len(arrivals),
        days=round(days, 2),
        clusters=sum(size > 1 for size in sizes.values()),
        copies=sum(found.duplicate_of is not None for found in decisions),
        alerts=dict(sorted(kinds.items())),
        alerts_a_week=round(kinds["issue"] / days * 7.0, 2) if days else 0.0,
        model=embedder.model_id,
        not_judged=round(sum(foreign) / len(arrivals), 4) if arrivals else 0.0,
        knobs=dataclasses.asdict(knobs),
    )


def _lines(rows: Iterable[Row]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _refuse_unwritable(out: Path) -> None:
    """Refuse a folder that cannot be made or written, before an hour of work and not after it."""
    place = out.absolute()
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        raise PermanentError(f"cannot write to {out}: {place} is no folder; name another --out")
    if not os.access(place, os.W_OK | os.X_OK):
        raise PermanentError(f"cannot write to {out}: {place} is read-only; name another --out")


def _write(out: Path, files: dict[str, str]) -> None:
    """Write all files beside their place first, then move them there: never half of one."""
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
