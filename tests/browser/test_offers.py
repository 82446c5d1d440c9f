"""The palette: everything a page offers is found by its words and done by keys."""

import pytest
from playwright.sync_api import Browser, Page

from responders.decisions.acting import Role
from tests.browser.barriers import barriers
from tests.browser.house import House
from tests.browser.incident import SAYS, break_out
from tests.browser.watching import looking

pytestmark = pytest.mark.browser


def _open(page: Page, words: str) -> list[str]:
    page.keyboard.press("Control+k")
    page.locator("#palette[open]").wait_for()
    page.keyboard.type(words)
    return page.locator("#palette li").all_inner_texts()


def test_an_act_a_page_and_an_issue_are_reached_by_their_words(
    house: House, browser: Browser
) -> None:
    issue = break_out(house, SAYS[:3])
    cookie = house.let_in("ruth", Role.APPROVER)
    with looking(browser, house.url, cookie=cookie, lenient=True) as (page, watch):
        page.goto(f"{house.url}/console/")
        assert any("Approve and" in words for words in _open(page, "approve"))
        assert barriers(page) == ""
        page.keyboard.press("Escape")
        page.locator("#palette").wait_for(state="hidden")
        assert _open(page, "sources")[0].startswith("Sources")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.endswith("/console/sources")
        assert _open(page, f"gs-{issue}")[-1] == f"Issue GS-{issue}"
        page.keyboard.press("ArrowUp")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.endswith(f"/console/issues/GS-{issue}")
        assert _open(page, "<img src=x onerror=alert(1)>")[-1].startswith("Search drafts for “<img")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "q=%3Cimg" in page.url
        assert watch.noise == []
