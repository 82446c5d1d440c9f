"""A history file as posts in the order of their arrival, or every fault of it told.

Apart from the backtest, which decides them, for scoring reads labelled streams the same way.
"""

import dataclasses
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from classifiers.arriving import Arrival
from config.errors import PermanentError
from listener.reading.packing import how_packed

Row = dict[str, Any]

FAULTS_SHOWN = 10


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
        why = how_packed(error.object) or "is no UTF-8 text; save it as UTF-8"
        raise PermanentError(f"{path} {why}") from error
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
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(
            f"{field} is neither ISO 8601 nor seconds since 1970: {value!r}"
        ) from error


def _word(row: Row, key: str) -> str | None:
    value = row.get(key)
    return None if value is None or value == "" else str(value)
