"""Every view of console and page, and what is opened in it before it is looked at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page

from tests.browser.watching import press

Who = Literal["nobody", "ruth", "vera"]
"""Nobody is logged in; Ruth approves; Vera may only look."""


def _as_it_is(_page: Page) -> None:
    """Open nothing."""


def _keys(page: Page) -> None:
    press(page, "?", leads=False)
    page.locator("dialog[open]").wait_for()


def _opened(key: str) -> Callable[[Page], None]:
    def open_panel(page: Page) -> None:
        press(page, key, leads=False)
        page.locator("details[open] form").wait_for()

    return open_panel


def _tables(page: Page) -> None:
    for summary in page.locator("main summary").all():  # the bar's own lie over the page
        if summary.is_visible():
            summary.click()


def _pressed(selector: str) -> Callable[[Page], None]:
    def open_panel(page: Page) -> None:
        page.locator(selector).first.click()
        page.locator("details[open]").first.wait_for()

    return open_panel


def _by_key(selector: str) -> Callable[[Page], None]:
    """Open a panel as somebody without a mouse does: the undo bar may lie over it."""

    def open_panel(page: Page) -> None:
        page.locator(selector).first.focus()
        page.keyboard.press("Enter")
        page.locator("details[open]").first.wait_for()

    return open_panel


_judged = _pressed(".judge summary")
_linked = _pressed(".wayside summary")
_deleted = _by_key("summary.stop")
_parting = _pressed(".out summary")


def _compared(page: Page) -> None:
    page.fill("#text", f"{page.input_value('#text')} Only version 5.2 is affected.")
    page.click("[data-save]")
    page.locator("#diff").wait_for()


@dataclass(frozen=True)
class View:
    """One view."""

    name: str
    path: str
    who: Who = "ruth"
    opens: Callable[[Page], None] = _as_it_is
    status: int = 200


CONSOLE: Sequence[View] = (
    View("log-in", "/console/login", "nobody"),
    View("queue", "/console/"),
    View("queue that somebody may only look at", "/console/", "vera"),
    View("posted by hand", "/console/?view=hand"),
    View("posted by hand, only to look at", "/console/?view=hand", "vera"),
    View("in doubt", "/console/?view=doubt"),
    View("in doubt, only to look at", "/console/?view=doubt", "vera"),
    View("on the way", "/console/?view=leaving"),
    View("snoozed", "/console/?view=hushed"),
    View("decided", "/console/?view=decided"),
    View("search without a find", "/console/?q=zebra"),
    View("something was just done", "/console/drafts/4?did=rejected&of=4"),
    View("draft for a thread", "/console/drafts/{draft}"),
    View("draft under the address of an act", "/console/drafts/{draft}/approve"),
    View("draft being edited", "/console/drafts/{draft}?edit"),
    View("draft being rejected", "/console/drafts/{draft}", opens=_opened("r")),
    View("draft being left unsaid", "/console/drafts/{draft}", opens=_opened("x")),
    View("draft being snoozed", "/console/drafts/{draft}", opens=_opened("s")),
    View("keys", "/console/", opens=_keys),
    View("issues", "/console/issues"),
    View("all issues", "/console/issues?show=all", opens=_tables),
    View("issue", "/console/issues/GS-2"),
    View("issue, all open", "/console/issues/GS-2?posts=all&span=day", opens=_tables),
    View("issue whose state is changed", "/console/issues/GS-2", opens=_opened("t")),
    View("issue that is merged", "/console/issues/GS-2", opens=_opened("m")),
    View("issue whose posts are sorted", "/console/issues/GS-2?posts=all&sort"),
    View("issue only to look at", "/console/issues/GS-4", "vera"),
    View("issue whose texts are approved together", "/console/issues/GS-2/approvals"),
    View("issue that is snoozed", "/console/issues/GS-3"),
    View("issue that is resolved", "/console/issues/GS-1"),
    View("issue under the address of an act", "/console/issues/GS-4/state"),
    View("ticket", "/console/issues/GS-2/ticket"),
    View("ticket only to look at", "/console/issues/GS-2/ticket", "vera"),
    View("issue with a post that is judged", "/console/issues/GS-2", opens=_judged),
    View("issue under the address of a verdict", "/console/issues/GS-2/posts/1/judge"),
    View("issue that is linked to a ticket", "/console/issues/GS-2", opens=_linked),
    View("reply that stands", "/console/drafts/{sent}"),
    View("reply that is corrected", "/console/drafts/{sent}?correct"),
    View("what a correction changes", "/console/drafts/{sent}?correct", opens=_compared),
    View("reply that is deleted", "/console/drafts/{sent}", opens=_deleted),
    View("ways to log out", "/console/issues", opens=_parting),
    View("waiting", "/console/waiting"),
    View("sources", "/console/sources"),
    View("audit", "/console/audit"),
    View("link of an alert that is no longer good", "/console/answer/none", "nobody", status=410),
    View("no such issue", "/console/issues/GS-99", status=404),
    View("nothing at this address of the console", "/console/nothing", status=404),
    View("after a settled doubt", "/console/deliveries/9/settle"),
    View("after a pause", "/console/pause"),
    View("after the end of a pause", "/console/resume"),
)
PAGE: Sequence[View] = (
    View("page", "/", "nobody"),
    View("page, all open", "/", "nobody", opens=_tables),
    View("entry", "/incidents/gs-2/", "nobody", opens=_tables),
    View("resolved entry", "/incidents/gs-1/", "nobody"),
    View("history", "/history/", "nobody"),
    View("month of the history", "/history/2026-05/", "nobody"),
    View("nothing at this address", "/nothing", "nobody", status=404),
)
VIEWS = (*CONSOLE, *PAGE)
