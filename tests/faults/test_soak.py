"""Half a minute with five hundred misbehaving blogs: every post exactly once, memory flat."""

from pathlib import Path

import pytest

from tests.bench.soak import soak
from tests.places.crowd import BLOGS, FAULTS

pytestmark = [pytest.mark.faults, pytest.mark.alone]

MACHINE_S = 30.0
MOST_GROWTH_MB = 40.0


def test_five_hundred_misbehaving_blogs_give_every_post_exactly_once(tmp_path: Path) -> None:
    found = soak(MACHINE_S, tmp_path)

    assert found.written > 5 * BLOGS
    assert found.missing == []
    assert found.doubled == []
    assert found.gaps == 0
    assert found.looks >= 2 * BLOGS
    assert {told.partition("=")[0] for told in found.faults.split()} == set(FAULTS)
    assert found.last_mb - found.first_mb < MOST_GROWTH_MB
