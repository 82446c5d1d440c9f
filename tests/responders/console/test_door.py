"""The door: who is let in, how, and which forms are taken."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from config.clock import FixedClock
from config.database import reading
from config.ground import Ground
from config.settings import ConsoleKnobs
from responders.console.app import make_app
from responders.console.door import ENTERING, SESSION
from responders.decisions.acting import Role
from responders.decisions.people import people
from responders.decisions.tables import User
from tests.conftest import NOON
from tests.responders.console.rooms import BASE, OPERATOR, PASSWORD, add_person, visiting
from tests.responders.incidents import Incident, happen

PAGES = (
    "/console/",
    "/console/issues",
    "/console/issues/GS-1",
    "/console/sources",
    "/console/audit",
)


@pytest.fixture
def client(ground: Ground) -> Iterator[TestClient]:
    with TestClient(make_app(ground), base_url=BASE, client=("127.0.0.1", 50_000)) as client:
        yield client


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def _log_in(client: TestClient, *, password: str = PASSWORD, wanted: str = "", name: str = "ruth"):  # type: ignore[no-untyped-def]  # the client's own answer type
    page = client.get("/console/login").text
    fields = {"username": name, "password": password, "csrf_token": _token(page), "next": wanted}
    return client.post("/console/login", data=fields, follow_redirects=False)


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_logged_in_is_led_to_the_door_and_back(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code == 303
    wanted = "/console/login" if path == "/console/" else f"/console/login?next={path}"
    assert answer.headers["location"] == wanted


def test_the_consoles_script_is_told_to_log_in_again(client: TestClient) -> None:
    assert client.get("/console/live").status_code == 401


def test_where_nobody_can_log_in_the_door_says_how_to_make_somebody(
    ground: Ground, client: TestClient
) -> None:
    command = "groundswell user add NAME --role admin --password-stdin"
    add_person(ground, "without a password")
    assert command in client.get("/console/login").text
    people.add_user(ground, OPERATOR, "ruth", Role.ADMIN, PASSWORD)
    assert command not in client.get("/console/login").text


def test_name_and_password_open_it_with_a_cookie_no_script_and_no_other_site_sees(
    ground: Ground, client: TestClient
) -> None:
    people.add_user(ground, OPERATOR, "ruth", Role.ADMIN, PASSWORD)
    answer = _log_in(client, wanted="/console/issues")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/issues")
    given = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(SESSION))
    assert {"HttpOnly", "Path=/console", "SameSite=strict"} <= set(given.split("; "))
    assert "Secure" not in given
    assert client.get("/console/").status_code == 200
    again = client.get("/console/login?next=//evil.example", follow_redirects=False)
    assert again.headers["location"] == "/console/"


def test_behind_tls_the_cookies_travel_encrypted_only(ground: Ground) -> None:
    console = ConsoleKnobs(host="127.0.0.1", port=8080, url="https://console.example/console/")
    safe = ground.settings.model_copy(update={"console": console})
    object.__setattr__(ground, "settings", safe)
    with TestClient(make_app(ground), base_url="https://console.example") as client:
        given = client.get("/console/login").headers["set-cookie"]
        assert given.startswith(ENTERING)
        assert "Secure" in given.split("; ")


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/", "/console/\\x"])
def test_after_the_door_nobody_is_led_elsewhere(
    ground: Ground, client: TestClient, wanted: str
) -> None:
    people.add_user(ground, OPERATOR, "ruth", Role.ADMIN, PASSWORD)
    assert _log_in(client, wanted=wanted).headers["location"] == "/console/"


def test_a_wrong_password_is_told_and_soon_costs_a_wait(ground: Ground, client: TestClient) -> None:
    people.add_user(ground, OPERATOR, "ruth", Role.ADMIN, PASSWORD)
    for name in ("ruth", "nobody"):
        answer = _log_in(client, password="wrong", name=name)
        assert answer.status_code == 403
        assert "do not belong together" in answer.text
    for _ in range(4):
        _log_in(client, password="wrong")
    answer = _log_in(client)
    assert answer.status_code == 429
    assert re.search(r"Wait \d+ s", answer.text)
    assert SESSION not in client.cookies


def test_a_log_in_form_of_elsewhere_logs_nobody_in(ground: Ground, client: TestClient) -> None:
    people.add_user(ground, OPERATOR, "ruth", Role.ADMIN, PASSWORD)
    fields = {"username": "ruth", "password": PASSWORD}
    assert client.post("/console/login", data=fields).status_code == 403
    taken = _token(client.get("/console/login").text)
    client.cookies.clear()
    answer = client.post("/console/login", data={**fields, "csrf_token": taken})
    assert answer.status_code == 403
    assert SESSION not in client.cookies


def test_logging_out_ends_it_in_the_store_too(ground: Ground) -> None:
    with visiting(ground) as visit:
        cookie = visit.client.cookies[SESSION]
        assert visit.do("/console/logout") == "/console/login"
        visit.client.cookies.set(SESSION, cookie)
        assert visit.client.get("/console/", follow_redirects=False).status_code == 303


def test_a_log_in_ends_by_itself(ground: Ground) -> None:
    with visiting(ground) as visit:
        object.__setattr__(ground, "clock", FixedClock(NOON + timedelta(hours=13)))
        assert visit.client.get("/console/", follow_redirects=False).status_code == 303
        shown = visit.do("/console/pause", status=401)
        assert "nothing was changed" in shown


def test_who_was_removed_is_out_at_once(ground: Ground) -> None:
    with visiting(ground) as visit:
        people.remove_user(ground, OPERATOR, "ruth")
        assert visit.client.get("/console/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("given", ["", "0" * 64, "ü"])
def test_a_form_without_the_token_of_this_log_in_changes_nothing(
    ground: Ground, given: str
) -> None:
    issue = happen(ground, Incident())
    with visiting(ground) as visit:
        visit.token = given
        shown = visit.do(f"/console/issues/GS-{issue}/state", status=403, state="resolved")
        assert "nothing was changed" in shown
        assert "New" in visit.see(f"/console/issues/GS-{issue}")


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "rebound.example"}],
)
def test_a_form_sent_by_another_page_changes_nothing_even_with_the_token(
    ground: Ground, headers: dict[str, str]
) -> None:
    with visiting(ground) as visit:
        answer = visit.client.post(
            "/console/pause", data={"csrf_token": visit.token}, headers=headers
        )
        assert answer.status_code == 403
        assert "Sending is paused" not in visit.see("/console/")


def test_an_enormous_form_is_not_read(ground: Ground) -> None:
    with visiting(ground) as visit:
        visit.do("/console/pause", status=413, reason="x" * 300_000)


def test_another_machine_is_let_to_the_door_under_our_own_name(ground: Ground) -> None:
    with TestClient(make_app(ground), base_url="http://localhost", client=("192.0.2.7", 5)) as afar:
        shown = afar.get("/console/login")
        assert shown.status_code == 200
        assert "This connection is not encrypted" in shown.text


def test_logging_out_everywhere_ends_every_log_in_of_that_person_alone(ground: Ground) -> None:
    with visiting(ground, "ines") as other, visiting(ground) as visit:
        with reading(ground.engine) as session:
            ruth = session.exec(select(User).where(User.name == "ruth")).one()
        elsewhere = people.log_in(ground, ruth)
        assert visit.do("/console/logout/everywhere") == "/console/login"
        with reading(ground.engine) as session:
            assert people.session_user(session, elsewhere, NOON) is None
        assert visit.client.get("/console/", follow_redirects=False).status_code == 303
        other.see("/console/")
