from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.tables import Severity
from responders.oncall.grouping import NOTHING, SEVERITIES, Shown, next_step

BEFORE = Shown(state="new", severity="major", bursts=1, people=7, rest="a")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def now(**changed: Any) -> Shown:
    return replace(BEFORE, **changed)


def test_the_severities_are_those_of_the_issues_in_their_order() -> None:
    assert list(SEVERITIES) == [one.value for one in Severity]


def test_what_shows_what_is_so_is_left_alone() -> None:
    assert next_step(BEFORE, now(people=90), redrawn=False, since=HOUR) == NOTHING


@pytest.mark.parametrize(
    ("changed", "aloud", "quietly"),
    [
        ({"severity": "critical"}, "Critical now, was major", ""),
        ({"bursts": 2}, "Back after it was quiet, major", ""),
        ({"state": "identified"}, "", "New → identified"),
        ({"state": "identified", "severity": "critical"}, "Critical now, was major",
         "New → identified"),
        ({"severity": "minor"}, "", ""),
        ({"people": 70}, "", ""),
        ({"rest": "b"}, "", ""),
    ],
)  # fmt: skip
def test_a_message_of_its_own_comes_for_state_a_higher_severity_and_a_return_alone(
    changed: dict[str, Any], aloud: str, quietly: str
) -> None:
    step = next_step(BEFORE, now(**changed), redrawn=True, since=HOUR)
    assert (step.edit, step.aloud, step.quietly) == (True, aloud, quietly)


@pytest.mark.parametrize(
    ("people", "since", "edit"),
    [
        (8, 9 * MINUTE, False),
        (8, 10 * MINUTE, True),
        (9, 29 * SECOND, False),
        (9, 30 * SECOND, True),
        (70, 29 * SECOND, False),
    ],
)
def test_more_of_the_same_waits_until_people_would_notice(
    people: int, since: timedelta, edit: bool
) -> None:
    assert next_step(BEFORE, now(people=people), redrawn=True, since=since).edit is edit


def test_what_people_decide_by_does_not_wait() -> None:
    assert next_step(BEFORE, now(rest="b"), redrawn=True, since=timedelta()).edit


SHOWN = st.builds(
    Shown,
    state=st.sampled_from(["new", "investigating", "resolved"]),
    severity=st.sampled_from(SEVERITIES),
    bursts=st.integers(1, 4),
    people=st.integers(0, 50),
    rest=st.sampled_from("ab"),
    lines=st.integers(0, 9),
)


@given(SHOWN, SHOWN, st.booleans())
def test_every_step_has_its_reason_and_the_same_is_told_once(
    before: Shown, after: Shown, redrawn: bool
) -> None:
    step = next_step(before, after, redrawn=redrawn, since=HOUR)
    assert step.reason
    again = next_step(after, after, redrawn=False, since=HOUR)
    assert (again.edit, again.aloud, again.quietly) == (False, "", "")


@given(SHOWN)
def test_what_a_row_keeps_is_read_back(shown: Shown) -> None:
    assert Shown.from_json(shown.as_json()) == shown
