"""The forum that many tests of detection listen to."""

import pytest

from config.ground import Ground
from tests.classifiers.telling import Told, told


@pytest.fixture
def forum(ground: Ground) -> Told:
    """A place with ordinary talk, not judged yet."""
    return told(ground)
