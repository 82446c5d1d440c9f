"""A browser for all tests of this room."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.house import House, open_house
from tests.browser.watching import browsing, find_chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser; it ends with the room, for its event loop would be in others' way."""
    with browsing(find_chromium()) as opened:
        yield opened


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house of the test's own, with an empty store at noon."""
    with open_house(tmp_path) as opened:
        yield opened
