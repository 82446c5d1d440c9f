"""Tests of the backtest: what it reads, what it writes, what it refuses."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from classifiers.arriving import Arrival, Decision
from classifiers.backtest import Replay, Summary, run_backtest, summary_of
from classifiers.calibration import Knobs
from classifiers.embedding import MemoryCache
from classifiers.emergence import Emergence
from config.errors import PermanentError
from tests.classifiers.invented import WordEmbedder

START = datetime(2026, 3, 2, tzinfo=UTC)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def history(path: Path, posts: int = 150) -> Path:
    """Ordinary talk of single words, then ten people about one thing."""
    rows = [
        {
            "id": str(number),
            "ts": (START + timedelta(hours=number)).isoformat(),
            "text": f"talk{number % 31} word{number % 7} more{number}",
        }
        for number in range(posts)
    ]
    for number in range(10):
        at = START + timedelta(hours=posts, minutes=5 * number)
        text = f"photo n{number} backup waits m{number} wifi"
        rows.append(
            {"id": f"b{number}", "ts": at.isoformat(), "text": text, "author": f"u{number}"}
        )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def run(stream: Path, out: Path) -> Summary:
    return run_backtest(stream, out, knobs=Knobs(), embedder=WordEmbedder())


def test_three_files_say_what_was_decided(tmp_path: Path) -> None:
    summary = run(history(tmp_path / "s.jsonl"), tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "alerts.jsonl",
        "assignments.jsonl",
        "summary.json",
    ]
    rows = lines(tmp_path / "out" / "assignments.jsonl")
    assert [row["id"] for row in rows[-2:]] == ["b8", "b9"]
    assert {"id", "cluster", "final_cluster"} == set(rows[0])
    alerts = lines(tmp_path / "out" / "alerts.jsonl")
    assert len(alerts) == 1 == summary.alerts["issue"]
    assert list(alerts[0]) == [
        "post_id", "at", "issue_id", "kind", "title", "members", "reason", "score"
    ]  # fmt: skip
    assert "backup waits" in alerts[0]["title"]
    assert "posts by" in alerts[0]["reason"]
    assert alerts[0]["at"].endswith("Z")
    assert set(alerts[0]["members"]) <= {f"b{number}" for number in range(10)}
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["posts"] == 160


def test_vectors_of_an_earlier_run_are_used_again(tmp_path: Path) -> None:
    stream, cache = history(tmp_path / "s.jsonl"), MemoryCache()
    knobs, first, second = Knobs(), WordEmbedder(), WordEmbedder()
    run_backtest(stream, tmp_path / "a", knobs=knobs, embedder=first, cache=cache)
    run_backtest(stream, tmp_path / "b", knobs=knobs, embedder=second, cache=cache)
    assert not any(text.startswith("talk") for text in second.texts_seen)
    for name in ("assignments.jsonl", "alerts.jsonl", "summary.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "line 2"),
        ("[]", "not an object"),
        ('{"id": "1", "text": "x"}', "without ts"),
        ('{"id": "1", "ts": "yesterday", "text": "x"}', "ts is neither"),
        ('{"id": "1", "ts": true, "text": "x"}', "ts is neither"),
        ('{"id": "1", "ts": 1e300, "text": "x"}', "ts is neither"),
        ('{"id": "1", "ts": 1, "text": 5}', "text is not"),
        ('{"id": "0", "ts": 1, "text": "x"}', "came before"),
        ("[" * 100_000, "line 2"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text('{"id": "0", "ts": 1, "text": "x"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(PermanentError, match=words):
        run(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    embedder = WordEmbedder()
    stream = history(tmp_path / "s.jsonl", 5)
    for out in (tmp_path / "out", tmp_path / "out" / "below"):
        with pytest.raises(PermanentError, match="--out"):
            run_backtest(stream, out, knobs=Knobs(), embedder=embedder)
    assert embedder.texts_seen == []  # it is told before the work, not after it


def test_an_empty_history_gives_empty_files(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text("\n")
    summary = run(tmp_path / "s.jsonl", tmp_path / "out")
    assert (summary.posts, summary.alerts) == (0, {})
    assert (tmp_path / "out" / "alerts.jsonl").read_text() == ""


def test_progress_names_the_stage(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    run_backtest(
        history(tmp_path / "s.jsonl"),
        tmp_path / "out",
        knobs=Knobs(),
        embedder=WordEmbedder(),
        progress=lambda *values: told.append(values),
    )
    assert told == [("embed", 160, 160), ("judge", 100, 160), ("judge", 160, 160)]


def test_what_was_heard_in_one_go_still_spans_its_days(tmp_path: Path) -> None:
    path = history(tmp_path / "history.jsonl")
    rows = [
        {**row, "seen_at": "2026-03-20T00:00:00Z"}  # such as an import
        for row in lines(path)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    summary = run_backtest(path, tmp_path / "out", knobs=Knobs(), embedder=WordEmbedder())
    assert summary.days == pytest.approx(6.28, abs=0.01)


def test_history_that_only_teaches_thins_no_rate_of_alerts() -> None:
    arrivals = [
        Arrival(
            post_id=str(day), text="x", published_at=at, seen_at=at, backfill=day < 90,
        )
        for day, at in ((day, START + timedelta(days=day)) for day in range(98))
    ]  # fmt: skip
    burst = Emergence(
        number=1, kind="issue", members=("97",), reason="", score=6.0, posts=1, authors=1,
        sources=1, window_hours=1.0, expected=0.0, first_seen=START,
    )  # fmt: skip
    decisions = [Decision(post_id=item.post_id) for item in arrivals]
    decisions[-1] = replace(decisions[-1], emergence=burst)
    replay = Replay(
        name="store", sha256="", arrivals=arrivals, decisions=decisions,
        final={item.post_id: None for item in arrivals}, knobs=Knobs(), model="m", languages=None,
    )  # fmt: skip
    assert summary_of(replay).days == 97.0
    assert summary_of(replay).alerts_a_week == 1.0
