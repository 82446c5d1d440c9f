import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import col, select
from starlette.routing import Route

from config.database import reading
from responders.console.app import make_app
from responders.decisions.acting import Role
from responders.voice.tables import Draft, DraftState
from tests.browser.barriers import barriers
from tests.browser.day import BACKUP, live_through
from tests.browser.house import House, open_house
from tests.browser.views import CONSOLE, PAGE, VIEWS, View
from tests.browser.watching import Watch, looking

pytestmark = pytest.mark.browser
WIDE, NARROW = 1280, 320


@dataclass(frozen=True)
class Town:
    """The house at 11:20 of its day; nobody acts in it."""

    house: House
    cookies: dict[str, str]
    draft: int
    sent: int

    def path(self, view: View) -> str:
        return self.house.url + view.path.format(draft=self.draft, sent=self.sent)

    def show(self, page: Page, view: View) -> None:
        answer = page.goto(self.path(view))
        assert answer is not None
        assert answer.status == view.status
        view.opens(page)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with open_house(tmp_path_factory.mktemp("town")) as house:
        day = live_through(house)
        cookies = {
            "nobody": "",
            "ruth": house.log_in("ruth"),
            "vera": house.let_in("vera", Role.VIEWER),
        }
        pending = day.drafts(day.issues[BACKUP], to="discourse")[0]
        yield Town(house, cookies, pending, _sent(house))


def _sent(house: House) -> int:
    """Return a reply that stands in the forum."""
    with reading(house.ground.engine) as session:
        query = select(Draft.id).where(Draft.state == DraftState.SENT, Draft.channel == "discourse")
        return session.exec(query.order_by(col(Draft.id))).first() or 0


def named(view: View) -> str:
    return view.name


@pytest.mark.parametrize("view", VIEWS, ids=named)
def test_a_view_shuts_nobody_out_in_light_and_dark(
    town: Town, browser: Browser, view: View
) -> None:
    cookie = town.cookies[view.who]
    # The tool asks for the page's own style sheets, which the page's policy lets no script do.
    with looking(browser, town.house.url, cookie=cookie, lenient=True) as (page, _):
        town.show(page, view)
        assert barriers(page) == ""


@pytest.mark.parametrize("view", VIEWS, ids=named)
def test_a_view_is_quiet_asks_nobody_else_and_fits_a_small_telephone(
    town: Town, browser: Browser, view: View
) -> None:
    cookie = town.cookies[view.who]
    for width in (WIDE, NARROW):
        with looking(browser, town.house.url, cookie=cookie, width=width) as (page, watch):
            town.show(page, view)
            assert heard(watch, view) == []
            shown = page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
            assert shown == [width, width]


def heard(watch: Watch, view: View) -> list[str]:
    """Return what was heard; a browser says itself that a page of status 404 has that status."""
    expected = f"the server responded with a status of {view.status}"
    return [noise for noise in watch.noise if view.status == 200 or expected not in noise]


def test_every_address_of_the_console_is_among_the_views(town: Town) -> None:
    left_out = {"/console", "/console/live", "/console/static/tokens.css"}
    known = [
        view.path.format(draft=town.draft, sent=town.sent).partition("?")[0] for view in CONSOLE
    ]
    routes = [
        route
        for route in make_app(town.house.ground).routes
        if isinstance(route, Route) and route.path.startswith("/console")
    ]
    asked = [route for route in routes if route.methods and "GET" in route.methods]
    assert [
        route.path
        for route in asked
        if route.path not in left_out and not any(route.path_regex.match(path) for path in known)
    ] == []


def test_every_kind_of_file_of_the_page_is_among_the_views(town: Town) -> None:
    folder = town.house.ground.settings.path(town.house.ground.settings.page.dir)
    files = [str(file.parent.relative_to(folder)) for file in folder.rglob("index.html")]
    known = [re.sub(r"^/|/$", "", view.path) or "." for view in PAGE]
    assert sorted(set(files) - set(known)) == []
