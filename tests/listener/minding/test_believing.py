"""A source that says "deleted" of nearly everything is not believed the first time."""

import pytest

from listener.minding.believing import Doubt, believed


@pytest.mark.parametrize(
    ("answered", "gone", "before", "expected"),
    [
        (20, 3, 0, 3),
        (9, 9, 0, 9),
        (20, 10, 0, 10),
        (19, 10, 0, 0),
        (20, 15, 15, 15),
        (20, 15, 4, 4),
    ],
)
def test_many_deletions_at_once_are_told_twice_before_they_are_believed(
    answered: int, gone: int, before: int, expected: int
) -> None:
    told = Doubt(answered=answered, gone=frozenset(range(gone)), before=frozenset(range(before)))
    assert len(believed(told)) == expected


def test_only_what_is_gone_is_believed() -> None:
    told = Doubt(answered=20, gone=frozenset(range(15)), before=frozenset({99}))
    assert believed(told) == frozenset()
