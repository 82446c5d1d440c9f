"""A page to publish on."""

import pytest

from config.ground import Ground
from tests.responders.page.published import Office


@pytest.fixture
def office(ground: Ground) -> Office:
    return Office(ground)
