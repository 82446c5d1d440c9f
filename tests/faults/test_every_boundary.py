"""`kill -9` at every transaction, request, send and file of all passes and acts, on both databases.

The two databases take turns, and one boundary of every kind is tried on both. When people are
told, the same statements come again for the page, a forum and a pair of hands in each of the
phases: there what only says who works is left out, for it is the same statement as before.
"""

import pytest

from tests.faults.harness import Benches
from tests.faults.scenario import PUBLISHED

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
"""One boundary of each kind, tried on both databases."""
NEWS = r"(?<!commit of lease)(?<!commit of beat)$"
"""Boundaries between which more happens than that somebody says who works."""


@pytest.mark.faults
def test_a_kill_at_any_boundary_leaves_nothing_lost_and_nothing_doubled(benches: Benches) -> None:
    heard = [at for at in benches.chosen("") if at[0] < PUBLISHED]
    told = [at for at in benches.chosen(NEWS) if at[0] >= PUBLISHED]
    assert len(heard) > 90
    assert len(told) > 120
    turn = ["sqlite", "postgresql"].index(benches.database)
    wrong = benches.wrong((heard + told)[turn::2])
    assert not wrong, "\n".join(wrong)


@pytest.mark.faults
def test_a_kill_at_one_boundary_of_every_kind_is_survived(benches: Benches) -> None:
    wrong = benches.wrong([benches.chosen(kind)[0] for kind in EVERY_KIND])
    assert not wrong, "\n".join(wrong)


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
