"""What states look like."""

import pytest

from classifiers.tables import IssueState
from responders.console.views.shapes import BARS, TONES, chip


@pytest.mark.parametrize("state", list(IssueState))
def test_each_state_has_a_shape_a_tone_and_its_word(state: IssueState) -> None:
    shown = chip(state)
    assert (shown.shape, shown.word) == (state.value, state.value.capitalize())
    assert shown.tone == TONES[state]


@pytest.mark.parametrize(
    ("flags", "shape"),
    [(["muted"], "muted"), (["snoozed"], "muted"), (["regression"], "regression"), (["x"], "new")],
)
def test_an_exception_changes_the_shape_and_not_the_word(flags: list[str], shape: str) -> None:
    shown = chip(IssueState.NEW, flags)
    assert (shown.shape, shown.word) == (shape, "New")


def test_severity_is_one_to_four_bars() -> None:
    assert sorted(BARS.values()) == [1, 2, 3, 4]
