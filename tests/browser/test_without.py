import pytest
from playwright.sync_api import Browser
from sqlmodel import select

from config.database import reading
from responders.decisions.acting import Role
from responders.delivery.tables import Delivery, DeliveryState
from tests.browser.house import PASSWORD, House
from tests.browser.incident import SAYS, break_out
from tests.browser.watching import looking

pytestmark = pytest.mark.browser


def deliveries(house: House) -> list[DeliveryState]:
    with reading(house.ground.engine) as session:
        return [row.state for row in session.exec(select(Delivery)).all() if row.public]


def test_without_scripts_a_person_logs_in_approves_and_takes_back(
    house: House, browser: Browser
) -> None:
    break_out(house, SAYS[:3])
    house.let_in("ruth", Role.APPROVER, PASSWORD)
    with looking(browser, house.url, scripts=False) as (page, watch):
        page.goto(f"{house.url}/console/")
        page.fill("#username", "ruth")
        page.fill("#password", PASSWORD)
        page.locator("form.entry button").click()
        first = page.locator(".row[aria-current]").get_attribute("href")
        page.locator("[data-key=a]").click()
        page.locator("[data-undo]").wait_for()
        assert deliveries(house) == [DeliveryState.QUEUED]
        assert page.locator(".row[aria-current]").get_attribute("href") != first
        page.locator("[data-key=u]").click()
        page.locator("#notice").wait_for()
        assert page.locator(".row[aria-current]").get_attribute("href") == first
        assert deliveries(house) == [DeliveryState.CANCELLED]
        page.locator("[data-key=r]").click()
        page.fill("#reject-reason", "not now")
        page.locator("#reject-reason + button").click()
        assert "Rejected" in page.locator("#notice").inner_text()
        assert watch.noise == []


def test_while_the_database_is_gone_the_page_is_served_and_says_how_old_it_is(
    house: House, browser: Browser
) -> None:
    house.deliver()
    store = house.ground.settings.folder / "groundswell.db"
    house.ground.engine.dispose()
    for file in store.parent.glob("groundswell.db*"):
        file.rename(file.with_name(f"away-{file.name}"))
    store.mkdir()  # nothing can be opened or made there
    house.later(hours=3, minutes=10)
    with looking(browser, house.url) as (page, watch):
        page.clock.set_fixed_time(house.clock.now())
        answer = page.goto(f"{house.url}/")
        assert answer is not None
        assert answer.status == 200
        assert "This page is 3 h 10 min old" in page.locator("[data-old]").inner_text()
        assert "3 h 10 min ago" in page.locator("footer").inner_text()
        assert watch.noise == []
        answer = page.goto(f"{house.url}/console/login")
        assert answer is not None
        assert answer.status == 503
        assert "The store does not answer" in page.locator("main").inner_text()
