"""Tests of the order of files: long ones first, and each of them is there."""

import re
from pathlib import Path

import pytest

from tests.collecting import LONG

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", LONG)
def test_a_long_file_is_where_it_is_said_to_be(name: str) -> None:
    assert (ROOT / name).is_file()


def test_the_long_come_first_and_the_others_as_they_were(request: pytest.FixtureRequest) -> None:
    ranks = [LONG.index(name) for item in request.session.items if (name := file(item)) in LONG]
    assert ranks == sorted(ranks)
    assert all(file(item) in LONG for item in request.session.items[: len(ranks)])


def test_a_slow_test_says_in_its_own_file_that_it_is_one() -> None:
    """The Makefile looks nowhere else for its mark."""
    slow = re.compile(r"mark\.(?:faults|alone|peers|browser)\b")
    others = [one for one in (ROOT / "tests").rglob("*.py") if not one.name.startswith("test_")]
    assert [one.name for one in others if slow.search(one.read_text(encoding="utf-8"))] == []


def file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
