"""What a burst or a post must be like to be an issue that is known."""

from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from classifiers.known.recognising import Known, about, returning
from tests.classifiers.invented import START

Points = NDArray[np.float32]
DIM = 16


def around(direction: int, *, count: int = 6, spread: float = 0.1, seed: int = 1) -> Points:
    """Give points around one direction."""
    points = spread * np.random.default_rng(seed).normal(size=(count, DIM))
    points[:, direction] += 1.0
    return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True), dtype=np.float32)


def test_a_burst_on_the_subject_of_an_issue_is_its_return() -> None:
    known = [Known(7, around(0)), Known(8, around(1))]

    found = returning(around(1, seed=2), known)

    assert found is not None
    assert found.key == 8


def test_a_tight_burst_beside_a_loose_issue_is_news() -> None:
    loose = Known(7, around(0, spread=0.4, count=20))
    beside = around(0, seed=3, spread=0.02)
    beside[:, 1] += 0.6
    beside /= np.linalg.norm(beside, axis=1, keepdims=True)

    assert returning(beside, [loose]) is None
    assert returning(around(0, seed=3, spread=0.4), [loose]) is loose


def test_with_no_issue_nothing_is_recognised() -> None:
    assert returning(around(0), []) is None
    assert about(around(0)[0], [], 0.1, written=START) is None


def test_a_post_is_about_the_nearest_issue_if_that_is_near_enough() -> None:
    first, second = Known(7, around(0)), Known(8, around(1))
    post = around(1, count=1, seed=4)[0]

    assert about(post, [first, second], 0.5, written=START) is second
    assert about(post, [first], 0.5, written=START) is None


def test_what_was_written_after_the_fix_is_not_the_resolved_issue() -> None:
    resolved = Known(7, around(0), ended_at=START)
    post = around(0, count=1, seed=4)[0]

    assert about(post, [resolved], 0.5, written=START) is resolved
    assert about(post, [resolved], 0.5, written=START + timedelta(seconds=1)) is None


@settings(max_examples=50)
@given(order=st.permutations(range(4)), subject=st.integers(0, 3))
def test_the_order_in_which_issues_are_held_does_not_matter(order: list[int], subject: int) -> None:
    known = [Known(number, around(number, seed=number)) for number in order]

    found = returning(around(subject, seed=9), known)

    assert found is not None
    assert found.key == subject
