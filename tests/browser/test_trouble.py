"""What a person meets on a bad day: somebody was faster, a promise is overdue, all is held back."""

import pytest
from playwright.sync_api import Browser, Page

from responders.decisions.acting import Actor, Role
from responders.decisions.drafts import approve
from tests.browser.barriers import barriers
from tests.browser.day import BACKUP, Day, live_through, pause_sending
from tests.browser.house import House
from tests.browser.watching import looking, press

pytestmark = pytest.mark.browser
INES = Actor("ines", Role.APPROVER, "console")
NARROW = {"width": 320, "height": 640}


def test_a_bad_day_is_told_in_words_and_shuts_nobody_out(house: House, browser: Browser) -> None:
    day = live_through(house)
    cookie = house.log_in("ruth")
    with looking(browser, house.url, cookie=cookie, lenient=True) as (page, _):
        _somebody_was_faster(page, day)
        house.later(hours=2)
        house.respond()
        house.deliver()
        pause_sending(house)
        for path, words in (
            ("/console/", "1 promise is overdue."),
            ("/console/issues/GS-2", "overdue by 50 min"),
            ("/console/issues", "overdue by 50 min"),
            ("/console/audit", "Sending is paused"),
            ("/", "update overdue"),
            ("/incidents/gs-2", "update overdue"),
        ):
            _shown(page, house.url + path, words)


def _somebody_was_faster(page: Page, day: Day) -> None:
    house, draft = day.house, day.drafts(day.issues[BACKUP], to="discourse")[0]
    page.goto(f"{house.url}/console/drafts/{draft}")
    approve.approve(house.ground, INES, draft, undo_s=60.0, anyway=True)
    press(page, "a")
    notice = page.locator("#notice")
    assert "Ines approved this" in notice.inner_text()
    assert "Nothing was sent twice" in notice.inner_text()
    assert page.locator("#notice:focus").count() == 1
    assert barriers(page) == ""
    press(page, "j")  # the next one is a key away
    assert page.url == f"{house.url}/console/"


def _shown(page: Page, address: str, words: str) -> None:
    page.goto(address)
    assert words in page.locator("body").inner_text()
    for size in ({"width": 1280, "height": 860}, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a dict of its two keys
        assert barriers(page) == "", f"{address} {size}"
        assert page.evaluate("document.scrollingElement.scrollWidth") == size["width"]
