"""`kill -9` at every transaction and every request of all passes, on both databases."""

import re

import pytest

from tests.faults.harness import Installation


@pytest.mark.faults
def test_a_kill_at_any_boundary_leaves_nothing_lost_and_nothing_doubled(
    installation: Installation,
) -> None:
    wrong = [
        verdict
        for step, labels in enumerate(installation.boundaries)
        for number in range(len(labels))
        if (verdict := installation.verdict(step, number)) is not None
    ]
    assert not wrong, "\n".join(wrong)


def test_a_kill_before_and_after_what_writes_an_alert_is_survived(
    installation: Installation,
) -> None:
    telling = ("issue", "alert", "send by discord")
    labels = installation.boundaries[1]
    chosen = [number for number, label in enumerate(labels) if any(map(label.count, telling))]
    assert len(chosen) >= 6, labels
    wrong = [verdict for number in chosen if (verdict := installation.verdict(1, number))]
    assert not wrong, "\n".join(wrong)


def test_a_kill_between_two_pages_of_history_leaves_no_news_in_it(
    installation: Installation,
) -> None:
    labels = installation.boundaries[0]
    (second,) = [
        number for number, label in enumerate(labels) if re.search(r"before get .*\?before=", label)
    ]
    assert installation.verdict(0, second) is None
