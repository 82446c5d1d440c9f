"""Tests of the metrics, by hand and against the scorers beside the project."""

import importlib.util
import json
import random
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from classifiers.evaluation import read_gold, score
from classifiers.replays.scoring import (
    Burst,
    Raised,
    adjusted_rand,
    alert_scores,
    b_cubed,
    cluster_scores,
    issue_found,
)

SHARED = Path(__file__).parents[4] / "shared" / "streams"
PARTITION = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40)


def test_the_worked_example_of_b_cubed_holds() -> None:
    assert b_cubed("aab", "xyy") == pytest.approx((2 / 3, 2 / 3, 2 / 3))


@given(PARTITION)
def test_the_rand_index_is_the_one_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    gold, found = [a for a, _ in pairs], [b for _, b in pairs]
    # Where no pair could be together by chance the index is not defined; ours says 0.
    if len(set(gold)) < len(gold) and len(set(found)) > 1:
        assert adjusted_rand(gold, found) == pytest.approx(adjusted_rand_score(gold, found))


def test_an_issue_is_found_by_one_cluster_half_pure_and_half_complete() -> None:
    gold = ["a"] * 10 + ["b"] * 10 + ["c"] * 3
    assert issue_found(gold, [1] * 5 + [2] * 5 + [3] * 4 + list(range(9, 18))) == 0.5
    assert issue_found(["c"] * 3, [1] * 3) is None


def test_noise_counts_where_people_would_see_it() -> None:
    scores = cluster_scores([None, "a", "a", "a", "a", None], [1, 1, 1, 1, 1, None])
    assert scores["noise_in_clusters"] == 0.5
    assert scores["ari"] == 0.0 or scores["ari"] is not None


BURSTS = [Burst("new", False, (2, 3, 4, 5, 6)), Burst("fox", True, (7, 8, 9))]
TIMES = [60.0 * place for place in range(12)]


def alerts(*raised: Raised) -> dict[str, Any]:
    return dict(alert_scores(BURSTS, raised, times=TIMES, background=100))


@pytest.mark.parametrize(
    ("raised", "metric", "value"),
    [
        (Raised(5, (2, 3, 5)), "delay_posts_median", 4),
        (Raised(5, (2, 3, 5)), "delay_min_median", 3.0),
        (Raised(5, (2, 3, 5)), "recall_le5", 1.0),
        (Raised(5, (2, 3)), "false_alerts", 1),
        (Raised(6, (0, 1, 2, 3, 4, 6, 10)), "rejected_lookahead", 1),
        (Raised(11, (0, 1, 2, 3, 10, 11)), "false_per_10k", 100.0),
        (Raised(9, (7, 8, 9)), "decoy_alerts", 1),
        (Raised(9, (7, 8, 9), "brigade"), "decoy_alerts", 0),
        (Raised(5, (2, 3, 5), "spam"), "dismissed_issue_alerts", 1),
        (Raised(5, ()), "rejected_lookahead", 1),
    ],
)
def test_one_alert_counts_as_it_should(raised: Raised, metric: str, value: float) -> None:
    assert alerts(raised)[metric] == value


def test_a_second_alert_on_a_burst_is_a_repeat() -> None:
    found = alerts(Raised(4, (2, 3, 4)), Raised(6, (2, 3, 6)))
    assert (found["recall"], found["repeats_per_burst"], found["false_alerts"]) == (1.0, 1.0, 0)


def scorer(name: str) -> ModuleType:
    path = SHARED / f"{name}.py"
    if not path.is_file():
        pytest.skip("the scorers of ../shared/streams are not here")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def written(out: Path, ids: Sequence[str], seed: int) -> None:
    """Write clusters and alerts at random: right by chance, wrong, repeated, looking ahead."""
    rng = random.Random(seed)
    out.mkdir()
    with (out / "assignments.jsonl").open("w") as file:
        for name in ids:
            row = {"id": name, "cluster": rng.choice([None, rng.randrange(300)])}
            file.write(json.dumps(row | {"final_cluster": rng.randrange(99)}) + "\n")
    with (out / "alerts.jsonl").open("w") as file:
        for _ in range(400):
            at = rng.randrange(20, len(ids) - 3)
            members = [ids[at - rng.randrange(-1, 12)] for _ in range(4)]
            kind = rng.choice(["issue", "issue", "spam"])
            file.write(
                json.dumps({"post_id": ids[at], "members": sorted(set(members)), "kind": kind})
                + "\n"
            )


def test_our_cluster_scores_are_those_of_the_shared_scorer(tmp_path: Path) -> None:
    theirs = scorer("score_stream")
    gold = read_gold(SHARED / "A_dev")
    written(tmp_path / "out", gold.ids, seed=1)
    ours = score(gold, tmp_path / "out")
    rows = theirs.read_rows(SHARED / "A_dev.gold.jsonl")
    found = theirs.read_rows(tmp_path / "out" / "assignments.jsonl")
    for field, before in (("cluster", ""), ("final_cluster", "final_")):
        wanted = theirs.score(rows, found, field)
        for name in ("bcubed_p", "bcubed_r", "bcubed_f1", "ari", "noise_in_clusters"):
            assert ours[before + name] == pytest.approx(wanted[name], abs=1e-4)
        assert ours[before + "issue_found"] == pytest.approx(wanted["issue_found"], abs=1e-4)


@pytest.mark.parametrize("stream", ["B1_dev", "Q_dev", "B2_dev_chrome"])
def test_our_alert_scores_are_those_of_the_shared_scorer(tmp_path: Path, stream: str) -> None:
    theirs = scorer("score_emergence")
    gold = read_gold(SHARED / stream)
    written(tmp_path / "out", gold.ids, seed=2)
    ours = score(gold, tmp_path / "out")
    labelled = theirs.read_stream(SHARED / stream)
    rows = theirs.read_lines(tmp_path / "out" / "alerts.jsonl")
    wanted = theirs.summarise(labelled, theirs.tally_alerts(labelled, rows))
    for name in set(ours) & set(wanted):
        value = None if ours[name] is None else pytest.approx(ours[name], abs=0.06)
        assert wanted[name] == value, name
