"""Each kind of source in turn, with a place of its kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.source_fakes import FAKES, KINDS, Fake


@pytest.fixture(params=sorted({*KINDS, *FAKES}))
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind, twice where it has places of two sorts."""
    assert request.param in FAKES, f"give {request.param} a place in tests/places and an entry here"
    return str(request.param)


@pytest.fixture
def fake(kind: str, tmp_path: Path) -> Iterator[Fake]:
    with FAKES[kind](tmp_path) as made:
        yield made
