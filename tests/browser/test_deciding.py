from collections import Counter

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import col, select

from config.database import reading
from responders.decisions.acting import Role
from responders.voice.tables import Draft, DraftState
from tests.browser.house import PASSWORD, USERNAME, House
from tests.browser.incident import break_out
from tests.browser.watching import looking, press

pytestmark = pytest.mark.browser


def drafts(house: House) -> list[Draft]:
    with reading(house.ground.engine) as session:
        return list(session.exec(select(Draft).order_by(col(Draft.id))).all())


def in_focus(page: Page) -> int:
    address = page.locator(".row[aria-current]").get_attribute("href")
    assert address is not None
    return int(address.rpartition("/")[2])


def decide(page: Page, key: str, reason: str) -> None:
    """Open a small form by its key, say why, and send it with Enter."""
    press(page, key, leads=False)
    page.keyboard.type(reason)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_ten_drafts_are_decided_by_keys_and_each_is_sent_exactly_once(
    house: House, browser: Browser
) -> None:
    break_out(house)
    house.let_in("ruth", Role.APPROVER, PASSWORD)
    with looking(browser, house.url) as (page, watch):
        _log_in(page, house)
        _decide_ten(page)
        assert watch.noise == []
        states = Counter(draft.state for draft in drafts(house))
        assert states == {
            DraftState.APPROVED: 8, DraftState.REJECTED: 1,
            DraftState.SILENT: 1, DraftState.PENDING: 2,
        }  # fmt: skip
        assert house.forum.by(USERNAME) == []  # nothing leaves while it can be taken back
        house.later(seconds=31)
        for _ in range(3):
            house.deliver()
        _sent_once(house)
        page.goto(f"{house.url}/console/?view=decided")
        assert page.locator(".list .row").count() == 10
        assert "Sent" in page.locator(".draft .deck").inner_text()
        page.goto(f"{house.url}/")
        assert "App hangs when a note is opened" in page.locator("#open").inner_text()
        assert watch.noise == []


def _log_in(page: Page, house: House) -> None:
    page.goto(f"{house.url}/console/")
    assert page.locator("form.entry #username:focus").count() == 1
    page.keyboard.type("ruth")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".list[data-ids]").count() == 1


def _decide_ten(page: Page) -> None:
    first = in_focus(page)
    press(page, "j")
    second = in_focus(page)
    assert second != first
    press(page, "k")
    assert in_focus(page) == first
    press(page, "a")  # 1: the page update stands first
    decide(page, "r", "the forum is closing")  # 2
    decide(page, "x", "answered by a friend")  # 3
    press(page, "e")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Thank you for telling us.")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    page.locator("#notice").wait_for()
    press(page, "a")  # 4
    press(page, "a")  # 5
    approved = page.locator("[data-undo] form").get_attribute("action")
    press(page, "u")
    assert approved is not None
    assert str(in_focus(page)) in approved
    for _ in range(6):  # 5 once more, and 6 to 10
        press(page, "a")


def _sent_once(house: House) -> None:
    sent = [draft for draft in drafts(house) if draft.state is DraftState.SENT]
    replies = {draft.text.rstrip() for draft in sent if draft.thread_id}
    assert len(sent) == 8
    written = Counter(post.raw for post in house.forum.by(USERNAME))
    assert written == dict.fromkeys(replies, 1)
    assert len(written) == 7
    assert any(str(text).endswith("Thank you for telling us.") for text in written)
