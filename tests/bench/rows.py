"""The rows of the bench: each measures ours and, where there is one, the peer, in turn."""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from classifiers.backtest import run_backtest
from classifiers.calibration import Knobs
from classifiers.embedders import sentence
from classifiers.embedding import MemoryCache, embed
from classifiers.evaluation import evaluate, streams_of
from tests.bench.figures import ROOT, Figure, Row

TEXTS = 128


@lru_cache
def _posts() -> list[dict[str, Any]]:
    """The posts of the demo: real lengths, a few languages."""
    files = sorted((ROOT / "data" / "demo").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def _texts() -> list[str]:
    return [str(post["text"]) for post in _posts()][:TEXTS]


@lru_cache
def _ours() -> sentence.SentenceEmbedder:
    return sentence.build(sentence.Options())


@lru_cache
def _plain() -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(sentence.packaged_folder()), device="cpu", local_files_only=True)


def _seconds(work: Callable[[], object]) -> float:
    """Processor seconds of all threads, which other work on the machine disturbs least."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _in_turn(
    ours: Callable[[], object], peer: Callable[[], object], rounds: int
) -> tuple[float, float, float]:
    """Measure in turn, a warm-up first; return both medians and the median ratio of pairs."""
    ours()
    peer()
    pairs = [(_seconds(ours), _seconds(peer)) for _ in range(rounds)]
    return (
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        statistics.median(pair[1] / pair[0] for pair in pairs),
    )


def _embedding(rounds: int) -> list[Figure]:
    texts = _texts()
    plain = _plain()
    ours, peer, ratio = _in_turn(
        lambda: embed(texts, _ours()),
        lambda: plain.encode(texts, show_progress_bar=False),
        rounds,
    )
    name = "plain SentenceTransformer.encode"
    unit = "texts per CPU second"
    return [Figure("embed posts", TEXTS / ours, unit, TEXTS / peer, ratio, name)]


def _backtest(rounds: int) -> list[Figure]:
    posts = _posts()
    cache = MemoryCache()
    with tempfile.TemporaryDirectory() as folder:
        stream = Path(folder) / "demo.jsonl"
        lines = [
            json.dumps({"id": p["id"], "ts": p["at"], "text": p["text"], "author": p["author"]})
            for p in posts
        ]
        stream.write_text("\n".join(lines), encoding="utf-8")

        def run() -> object:
            return run_backtest(
                stream, Path(folder) / "out", knobs=Knobs(), embedder=_ours(), cache=cache
            )

        whole = _seconds(run)
        judged = statistics.median(_seconds(run) for _ in range(rounds))
    unit = "posts per CPU second"
    return [
        Figure("backtest, embedding included", len(posts) / whole, unit),
        Figure("backtest, vectors known", len(posts) / judged, unit),
    ]


def _scores(_rounds: int) -> list[Figure]:
    """Quality stands beside speed, so that neither is bought with the other unseen."""
    figures = []
    for prefix in streams_of(ROOT / "data" / "gold"):
        found = evaluate(prefix, knobs=Knobs(), embedder=_ours())
        for metric in ("bcubed_f1", "recall", "recall_le10", "false_alerts"):
            value = found.get(metric)
            if value is not None:
                figures.append(Figure(f"{prefix.name}: {metric}", value, "score"))
    return figures


ROWS = (
    Row("embedding", _embedding),
    Row("backtest", _backtest),
    Row("scores", _scores),
)
