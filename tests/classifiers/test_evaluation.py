"""Tests of evaluation: labelled streams and pinned floors."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from classifiers.calibration import Knobs
from classifiers.evaluation import check_floors, corpus_digest, evaluate, read_gold, streams_of
from config.errors import PermanentError
from tests.classifiers.invented import WordEmbedder
from tests.classifiers.test_backtest import history


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """One labelled stream with one burst."""
    history(tmp_path / "one.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "one.jsonl").read_text().splitlines()]
    with (tmp_path / "one.gold.jsonl").open("w") as file:
        for row in rows:
            burst = row["id"].startswith("b")
            label = "wifi" if burst else None
            file.write(json.dumps({"id": row["id"], "label": label, "burst": burst}) + "\n")
    meta = {"protocol": "G", "events": [{"label": "wifi", "kind": "issue"}]}
    (tmp_path / "one.meta.json").write_text(json.dumps(meta))
    return tmp_path


def pin(corpus: Path, **floors: float) -> None:
    digest = corpus_digest(streams_of(corpus))
    (corpus / "floors.json").write_text(json.dumps({"digest": digest, "one": floors}))


def test_a_labelled_stream_is_scored_in_clusters_and_alerts(corpus: Path) -> None:
    scores = evaluate(corpus / "one", knobs=Knobs(), embedder=WordEmbedder())
    assert scores["recall"] == 1.0
    assert scores["false_alerts"] == 0
    assert {"bcubed_f1", "final_bcubed_f1", "noise_in_clusters", "ari"} <= set(scores)


def test_gold_is_read_in_order_of_arrival(corpus: Path) -> None:
    gold = read_gold(corpus / "one")
    assert gold.background == 150
    assert gold.bursts[0].posts == tuple(range(150, 160))


def test_a_stream_that_nothing_is_known_of_as_a_whole_is_scored_by_its_labels(
    corpus: Path,
) -> None:
    with_meta = read_gold(corpus / "one")
    (corpus / "one.meta.json").unlink()

    assert read_gold(corpus / "one") == with_meta
    assert evaluate(corpus / "one", knobs=Knobs(), embedder=WordEmbedder())["recall"] == 1.0
    pin(corpus, recall=1.0)
    assert check_floors(corpus, {"one": {"recall": 1.0}}) == []


@pytest.mark.parametrize("line", ['{"id": "b0"}', '{"label": "wifi"}', "[]"])
def test_a_label_without_its_post_or_its_name_is_told(corpus: Path, line: str) -> None:
    (corpus / "one.gold.jsonl").write_text(line + "\n")
    with pytest.raises(PermanentError, match="label 1 must be like"):
        read_gold(corpus / "one")


def test_floors_that_hold_say_nothing(corpus: Path) -> None:
    pin(corpus, recall=1.0, false_per_10k=5.0)
    assert check_floors(corpus, {"one": {"recall": 1.0, "false_per_10k": 5.0}}) == []


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ({"recall": 0.9, "false_per_10k": 5.0}, "recall is 0.9000, the floor is 1.0"),
        ({"recall": 1.0, "false_per_10k": 6.0}, "false_per_10k is 6.0000, the floor is 5.0"),
        ({"false_per_10k": 1.0}, "recall is missing"),
    ],
)
def test_what_falls_below_its_floor_is_named(
    corpus: Path, scores: dict[str, float | None], words: str
) -> None:
    pin(corpus, recall=1.0, false_per_10k=5.0)
    faults = check_floors(corpus, {"one": scores})
    assert len(faults) == 1
    assert words in faults[0]


def test_a_changed_corpus_is_not_held_against_old_floors(corpus: Path) -> None:
    pin(corpus, recall=1.0)
    with (corpus / "one.gold.jsonl").open("a") as file:
        file.write("\n")
    with pytest.raises(PermanentError, match="another corpus"):
        check_floors(corpus, {"one": {"recall": 1.0}})


def test_a_post_without_label_is_named(corpus: Path) -> None:
    path = corpus / "one.gold.jsonl"
    path.write_text("\n".join(path.read_text().splitlines()[:-1]))
    with pytest.raises(PermanentError, match="b9"):
        read_gold(corpus / "one")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match=r"none\.jsonl"):
        read_gold(tmp_path / "none")


def test_what_comes_back_after_a_fix_is_a_burst_of_its_own(corpus: Path) -> None:
    path = corpus / "one.gold.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows[-4:]:
        row["wave"] = 2
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    events = [{"label": "wifi", "kind": "issue"}, {"label": "wifi", "kind": "issue", "wave": 2}]
    (corpus / "one.meta.json").write_text(json.dumps({"protocol": "G", "events": events}))

    bursts = read_gold(corpus / "one").bursts

    assert [(burst.label, len(burst.posts)) for burst in bursts] == [
        ("wifi", 6),
        ("wifi, wave 2", 4),
    ]


def test_posts_heard_in_batches_are_heard_late_and_together(corpus: Path) -> None:
    as_written = read_gold(corpus / "one")
    hourly = read_gold(corpus / "one", heard_every=timedelta(hours=1))

    assert sorted(hourly.ids) == sorted(as_written.ids)
    assert hourly.ids != as_written.ids, (
        "an earlier post of one place is heard after one of another"
    )
    assert len(set(hourly.times)) < len(set(as_written.times))
    late = dict(zip(hourly.ids, hourly.times, strict=True))
    waits = [late[name] - at for name, at in zip(as_written.ids, as_written.times, strict=True)]
    assert min(waits) > 0
    assert max(waits) <= 3600


def test_a_burst_heard_in_batches_is_found_all_the_same(corpus: Path) -> None:
    scores = evaluate(
        corpus / "one", knobs=Knobs(), embedder=WordEmbedder(), heard_every=timedelta(hours=2)
    )
    assert scores["recall"] == 1.0
