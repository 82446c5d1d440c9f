"""An issue that happened, for what is pressed in Discord."""

import pytest

from config.ground import Ground
from tests.responders.incidents import Incident, happen


@pytest.fixture
def issue_id(ground: Ground) -> int:
    return happen(ground, Incident())
