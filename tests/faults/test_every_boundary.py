"""`kill -9` at each kind of transaction, request, send and file of all passes and acts.

One of each kind is tried on both databases; over what repeats they take turns, and each run tries
other ones. ``make faults-long`` tries all there are.
"""

import re

import pytest

from tests.faults.harness import Benches

EVERY_KIND = (
    "crawl · after get",
    "crawl · after commit of .*post",
    "detect · before commit of .*issue",
    "respond · after commit of .*alert",
    "respond · before commit of .*draft",
    "deliver · after send by discord",
    "deliver · after commit of delivery",
    "approves first replies · before commit of .*approval",
    "approves first replies · after commit of .*approval",
    "deliver · after commit of incident",
    "deliver · before file page/index.html",
    "deliver · before look by discourse",
    "deliver · before post of",
    "deliver · after post of",
    "deliver · after send by manual",
    "deliver · before commit of .*told",
    "posts by hand · after commit",
    "says resolved · after commit",
    "respond · after commit of .*promise, delivery",
)
"""What a sweep must meet on both databases, whatever it leaves out."""


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What pytest printed at its start; `--randomly-seed=…` tries the same boundaries again."""
    return int(request.config.getoption("randomly_seed", 0))


@pytest.mark.faults
def test_a_kill_at_any_boundary_leaves_nothing_lost_and_nothing_doubled(
    benches: Benches, seed: int
) -> None:
    wrong = benches.wrong(benches.swept(seed))
    assert not wrong, "\n".join(wrong)


@pytest.mark.faults
def test_no_kind_of_boundary_is_forgotten(benches: Benches) -> None:
    assert len(benches.chosen("")) > 500
    swept = [benches.installations[0].boundaries[step][at] for step, at in benches.swept(0)]
    assert len(swept) > 100
    for kind in EVERY_KIND:
        assert any(re.search(kind, label) for label in swept), kind


@pytest.mark.faults
def test_a_kill_between_two_pages_of_history_loses_none_and_makes_no_news(
    benches: Benches,
) -> None:
    (between,) = benches.chosen(r"before get .*\?before=")
    assert benches.wrong([between]) == []


@pytest.mark.faults
@pytest.mark.parametrize(
    "kind",
    [
        "respond · after commit of .*alert",
        "deliver · after send",
        "approves what follows · before commit",
        "deliver · after post of",
    ],
)
def test_a_second_kill_while_going_on_changes_nothing(benches: Benches, kind: str) -> None:
    first = benches.chosen(kind)[0]
    wrong = benches.wrong([first], again=range(0, 30, 6))
    assert not wrong, "\n".join(wrong)
