"""Which alert is held back under which issue, and the laws of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.oncall.grouping import SEVERITIES, rank
from responders.oncall.storms.inhibiting import Hold, Reported, held_under
from tests.conftest import NOON

OUTAGE = Reported(issue=3, severity="critical", people=40, posts=50, first_seen_at=NOON)
CHILD = Reported(
    issue=9, severity="minor", people=5, posts=7, first_seen_at=NOON + timedelta(minutes=5)
)


def test_an_issue_told_mostly_where_a_worse_one_is_told_is_held_with_the_reason() -> None:
    assert held_under(CHILD, [OUTAGE], {3: 5}) == Hold(
        3,
        "5 of its 7 posts stand in threads about it, which is critical and reported by 40 people",
    )


@pytest.mark.parametrize(
    ("child", "parent", "shared"),
    [
        (replace(CHILD, posts=10), OUTAGE, 5),
        (replace(CHILD, severity="critical"), OUTAGE, 7),
        (replace(CHILD, people=21), OUTAGE, 7),
        (replace(CHILD, first_seen_at=NOON - timedelta(minutes=1)), OUTAGE, 7),
        (CHILD, replace(OUTAGE, severity="minor"), 7),
        (CHILD, replace(OUTAGE, issue=9), 7),
        (CHILD, OUTAGE, 0),
    ],
    ids=["half", "as bad", "as many people", "was first", "no worse", "itself", "elsewhere"],
)
def test_what_is_not_surely_a_part_is_told(child: Reported, parent: Reported, shared: int) -> None:
    assert held_under(child, [parent], {parent.issue: shared}) is None


ISSUES = st.lists(
    st.builds(
        Reported,
        issue=st.integers(1, 6),
        severity=st.sampled_from(SEVERITIES),
        people=st.integers(0, 20),
        posts=st.integers(1, 10),
        first_seen_at=st.integers(0, 3).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    ),
    max_size=6,
    unique_by=lambda one: one.issue,
)


@given(ISSUES, st.dictionaries(st.integers(1, 6), st.integers(0, 10)))
def test_a_hold_leads_to_something_worse_and_so_never_in_a_circle(
    issues: list[Reported], shared: dict[int, int]
) -> None:
    by_number = {one.issue: one for one in issues}
    for child in issues:
        hold = held_under(child, issues, shared)
        if hold is not None:
            assert rank(by_number[hold.under].severity) > rank(child.severity)


@given(st.permutations([OUTAGE, replace(OUTAGE, issue=1), replace(OUTAGE, issue=8)]))
def test_the_order_of_the_parents_does_not_matter(parents: list[Reported]) -> None:
    hold = held_under(CHILD, parents, {1: 6, 3: 6, 8: 5})
    assert hold is not None
    assert hold.under == 1
