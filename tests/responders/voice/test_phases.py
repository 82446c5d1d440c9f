"""Phases follow from states."""

import pytest

from classifiers.tables import IssueState
from responders.voice.phases import PHASES, is_back, phase_of


def test_every_state_has_a_phase_and_new_is_investigating() -> None:
    assert [phase_of(state) for state in IssueState] == ["investigating", *PHASES]


@pytest.mark.parametrize(
    ("phase", "before", "back"),
    [
        ("investigating", "resolved", True),
        ("identified", "monitoring", True),
        ("identified", "investigating", False),
        ("identified", "identified", False),
        ("investigating", None, False),
    ],
)
def test_going_back_is_told_apart(phase: str, before: str | None, back: bool) -> None:
    assert is_back(phase, before) is back
