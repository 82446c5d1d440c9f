"""Somebody at a browser, and a watch over everything that the browser does meanwhile."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from responders.console.door import SESSION

PATIENCE_MS = 120_000
"""The machine may be busy; every wait ends with a condition."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
STILL = """() => {
  const [way] = performance.getEntriesByType("navigation");
  return way.domContentLoadedEventEnd > 0
    && performance.now() - way.domContentLoadedEventEnd > 300;
}"""
"""The console takes no key while a page is younger than this."""
FASTER = "Autofocus processing was blocked"
"""On a slow machine a test's hand is in the first field before the page puts it there."""


def find_chromium() -> str:
    """Return where a Chromium stands; without one the tests are skipped, in CI they fail."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        words = "there is no Chromium here (Debian, Ubuntu: apt install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    return found


@contextmanager
def browsing(executable: str) -> Iterator[Browser]:
    """Open a browser that finds no other machine than this one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            timeout=PATIENCE_MS,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """What happened that should not."""

    url: str
    console: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Look at everything the context does from now on."""
        context.on("console", lambda one: self._heard(f"{one.text} {one.location['url']}"))
        context.on("weberror", lambda error: self.console.append(str(error.error)))
        context.on("request", lambda request: self._asked(request.url))
        context.on("page", self._opened)

    def _heard(self, words: str) -> None:
        if not words.startswith(FASTER):
            self.console.append(words)

    def _opened(self, page: Page) -> None:
        if page.opener() is not None:
            self.windows.append(page.url)
        page.on("dialog", self._told)

    def _told(self, dialog: object) -> None:
        self.dialogs.append(str(dialog))
        dialog.dismiss()  # type: ignore[attr-defined]  # a dialog, as the event says

    def _asked(self, url: str) -> None:
        if urlsplit(url).netloc != urlsplit(self.url).netloc:
            self.foreign.append(url)

    @property
    def noise(self) -> list[str]:
        """Everything that happened."""
        return [*self.console, *self.dialogs, *self.foreign, *self.windows]


@contextmanager
def looking(
    browser: Browser, url: str, *, cookie: str = "", width: int = 1280, height: int = 860,
    scripts: bool = True, lenient: bool = False, theme: str = "light",
) -> Iterator[tuple[Page, Watch]]:  # fmt: skip
    """Open a window.

    Args:
        browser: the browser.
        url: where the house is served.
        cookie: of a log-in.
        width: of the window.
        height: of the window.
        scripts: whether JavaScript runs.
        lenient: whether the page's own policy is set aside, for tools that must ask for its files.
        theme: ``light`` or ``dark``.
    """
    context = browser.new_context(
        viewport={"width": width, "height": height},
        java_script_enabled=scripts,
        bypass_csp=lenient,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    if cookie:
        context.add_cookies([{"name": SESSION, "value": cookie, "url": f"{url}/console/"}])
    watch = Watch(url)
    watch.over(context)
    try:
        yield context.new_page(), watch
    finally:
        context.close()


def press(page: Page, key: str, *, leads: bool = True) -> None:
    """Press a key of the console once the page listens; wait for the page that it leads to."""
    page.wait_for_function(STILL)
    if not leads:
        page.keyboard.press(key)
        return
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)
