"""What people tell of an issue, on its page: hostile words too, opened and closed."""

import pytest
from playwright.sync_api import Browser

from classifiers.facts import facts_of
from classifiers.naming import Told
from classifiers.tables import Issue
from config.database import transaction
from tests.browser.barriers import barriers
from tests.browser.day import BACKUP, live_through
from tests.browser.house import House
from tests.browser.watching import looking

pytestmark = pytest.mark.browser
SAID = (
    "Since version 5.1.3 it says “waiting for Wi-Fi” on my Pixel 8, Android 15.",
    "Same on Windows 11 with 5.1.3, error 503. I reinstalled it twice.",
    'Version 5.1.3 shows "<img src=x onerror=alert(1)>" here. Pairing it again fixed it for me.',
)


def test_what_people_tell_is_read_by_everybody_and_does_nothing(
    house: House, browser: Browser
) -> None:
    number = live_through(house).issues[BACKUP]
    told = [Told(str(n), text, author=f"person {n}") for n, text in enumerate(SAID, 1)]
    with transaction(house.ground.engine) as session:
        session.get_one(Issue, number).facts = facts_of(told)
    with looking(browser, house.url, cookie=house.log_in("ruth")) as (page, _):
        page.goto(f"{house.url}/console/issues/GS-{number}")
        block = page.locator("section[aria-labelledby=h-know]")
        assert "5.1.3 (3)" in block.inner_text()
        for summary in block.locator("summary").all():
            summary.click()
        assert "<img src=x" in block.inner_text()
        assert block.locator("img").count() == 0
        first = block.locator("dd", has_text="5.1.3 (3)").first
        assert first.evaluate("one => getComputedStyle(one).fontFamily").startswith("ui-serif")
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            assert barriers(page) == ""
            assert page.evaluate("document.scrollingElement.scrollWidth") == width
