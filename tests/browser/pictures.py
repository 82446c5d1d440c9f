"""Remakes the pictures of the documents from the demo's day: `python -m tests.browser.pictures`.

They show what a person would see at 11:20 of that day, at the size of an ordinary window; nothing
is drawn by hand. Look at each of them before you commit it.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.day import BACKUP, Day, live_through, pause_sending
from tests.browser.house import House, open_house
from tests.browser.palette import smaller
from tests.browser.watching import browsing, find_chromium, looking

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
LARGEST = 150_000
"""Bytes of a picture: readers on a telephone pay for them."""


def main() -> None:
    """Make all of them."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="groundswell-") as folder,
        open_house(Path(folder)) as house,
        browsing(find_chromium()) as browser,
    ):
        day = live_through(house)
        cookie = house.log_in("ruth")
        _log_in_page(browser, house)
        _console(browser, day, cookie)
        _page(browser, house)
        pause_sending(house)
        _queue(browser, day, cookie, "pause", "?view=leaving", height=420)
    for file in sorted(FOLDER.glob("*.png")):
        size = file.stat().st_size
        assert size <= LARGEST, f"{file.name} has {size} bytes"


def _log_in_page(browser: Browser, house: House) -> None:
    with looking(browser, house.url, width=900, height=420) as (page, _):
        page.goto(f"{house.url}/console/login")
        _take(page, "log-in")


def _console(browser: Browser, day: Day, cookie: str) -> None:
    draft = day.drafts(day.issues[BACKUP], to="discourse")[0]
    _queue(browser, day, cookie, "queue", f"drafts/{draft}")
    _queue(browser, day, cookie, "by-hand", "?view=hand", height=700)
    _queue(browser, day, cookie, "in-doubt", "?view=doubt", height=700)
    _queue(browser, day, cookie, "issue", "issues/GS-2", height=1250)
    _queue(browser, day, cookie, "telephone", f"drafts/{draft}", width=390, height=760)


def _queue(
    browser: Browser, day: Day, cookie: str, name: str, path: str, *,
    width: int = 1280, height: int = 800,
) -> None:  # fmt: skip
    url = day.house.url
    with looking(browser, url, cookie=cookie, width=width, height=height) as (page, _):
        page.goto(f"{url}/console/{path}")
        _take(page, name)


def _page(browser: Browser, house: House) -> None:
    for name, path in (("page", "/"), ("entry", "/incidents/gs-2/")):
        with looking(browser, house.url, height=900) as (page, _):
            page.clock.set_fixed_time(house.clock.now())
            page.goto(f"{house.url}{path}")
            _take(page, name)


def _take(page: Page, name: str) -> None:
    picture = page.screenshot()
    (FOLDER / f"{name}.png").write_bytes(smaller(picture, page.context.new_page()))


if __name__ == "__main__":
    main()
