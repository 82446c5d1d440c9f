"""`kill -9` at every transaction and every request of all passes, on both databases."""

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
)
"""What stands for the rest where there is no time for all."""


@pytest.mark.faults
def test_a_kill_at_any_boundary_leaves_nothing_lost_and_nothing_doubled(benches: Benches) -> None:
    everywhere = benches.chosen("")
    assert len(everywhere) > 90
    wrong = benches.wrong(everywhere)
    assert not wrong, "\n".join(wrong)


def test_a_kill_at_one_boundary_of_every_kind_is_survived(benches: Benches) -> None:
    wrong = benches.wrong([benches.chosen(kind)[0] for kind in EVERY_KIND])
    assert not wrong, "\n".join(wrong)


def test_a_kill_between_two_pages_of_history_loses_none_and_makes_no_news(
    benches: Benches,
) -> None:
    (between,) = benches.chosen(r"before get .*\?before=")
    assert benches.wrong([between]) == []


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["respond · after commit of .*alert", "deliver · after send"])
def test_a_second_kill_while_going_on_changes_nothing(benches: Benches, kind: str) -> None:
    first = benches.chosen(kind)[0]
    wrong = benches.wrong([first], again=range(0, 30, 2))
    assert not wrong, "\n".join(wrong)
