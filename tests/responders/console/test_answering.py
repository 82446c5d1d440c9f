"""The link in a mail: looking decides nothing, the button acknowledges, and nobody else can."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import col, select
from starlette.testclient import TestClient

from classifiers.tables import Issue
from config.clock import FixedClock
from config.database import reading, transaction
from config.ground import Ground
from responders.console.app import make_app
from responders.decisions.acting import Role
from responders.decisions.people.people import remove_user
from responders.decisions.tables import AuditEntry
from responders.delivery.answer_links import Answerable, sign
from responders.delivery.channels import apprise
from responders.delivery.opening import destinations
from responders.oncall.store_cards import handling_of
from tests.conftest import NOON
from tests.responders.console.rooms import BASE, OPERATOR, add_person
from tests.responders.incidents import Incident, happen

URLS = ("ruth=ntfy://topic", "json://h.example/x")


def open_to(ground: Ground) -> TestClient:
    return TestClient(make_app(ground), base_url=BASE, client=("127.0.0.1", 50_000))


@pytest.fixture
def fan(ground: Ground) -> Ground:
    options = apprise.Options(urls=tuple(map(SecretStr, URLS)))
    settings = ground.settings.model_copy(update={"plugins": {"apprise": options}})
    return replace(ground, settings=settings, clock=FixedClock(NOON))


@pytest.fixture
def issue_id(fan: Ground) -> int:
    return happen(fan, Incident())


@pytest.fixture
def client(fan: Ground) -> Iterator[TestClient]:
    with open_to(fan) as client:
        yield client


def path(ground: Ground, issue_id: int, destination: str = "apprise:ruth", hours: float = 1) -> str:
    what = Answerable(issue_id, destination, NOON + timedelta(hours=hours))
    return f"/console/answer/{sign(ground.key, what)}"


def by(ground: Ground, issue_id: int) -> str:
    with reading(ground.engine) as session:
        row = handling_of(session, issue_id)
        return row.acknowledged_by if row and row.acknowledged_at else ""


def test_looking_decides_nothing_however_often(
    fan: Ground, client: TestClient, issue_id: int
) -> None:
    for method in ("GET", "HEAD", "GET"):
        answer = client.request(method, path(fan, issue_id))
        assert answer.status_code == 200
    assert "You answer as <bdi>ruth (link)</bdi>" in answer.text
    assert by(fan, issue_id) == ""


def test_the_button_acknowledges_as_the_user_the_destination_names(
    fan: Ground, client: TestClient, issue_id: int
) -> None:
    add_person(fan, "ruth", Role.APPROVER)
    answer = client.post(path(fan, issue_id), data={"x": "1"})
    assert answer.status_code == 200
    assert "acknowledged by <bdi>ruth, 12:00 UTC, 12 May</bdi>" in answer.text
    assert by(fan, issue_id) == "ruth"
    with reading(fan.engine) as session:
        entry = session.exec(select(AuditEntry).order_by(col(AuditEntry.number).desc())).first()
    assert entry is not None
    assert entry.act == "issue acknowledged"
    assert entry.payload is not None
    assert (entry.payload["by"], entry.payload["via"]) == ("ruth", "link")
    again = client.post(path(fan, issue_id, apprise.destinations(_options())[1]), data={"x": "1"})
    assert "acknowledged by <bdi>ruth" in again.text


def _options() -> apprise.Options:
    return apprise.Options(urls=tuple(map(SecretStr, URLS)))


def test_whoever_reads_at_an_address_without_a_name_is_named_by_it(
    fan: Ground, client: TestClient, issue_id: int
) -> None:
    client.post(path(fan, issue_id, apprise.destinations(_options())[1]), data={"x": "1"})
    assert by(fan, issue_id).startswith("json:")
    assert by(fan, issue_id).endswith("(link)")


def test_a_user_whose_role_is_too_low_is_told_so(
    fan: Ground, client: TestClient, issue_id: int
) -> None:
    add_person(fan, "ruth", Role.VIEWER)
    answer = client.post(path(fan, issue_id), data={"x": "1"})
    assert answer.status_code == 409
    assert "this needs a drafter" in answer.text
    assert by(fan, issue_id) == ""


@pytest.mark.parametrize(
    "broken",
    [
        lambda ground, number: path(ground, number)[:-1],
        lambda ground, number: path(ground, number, hours=0),
        lambda ground, number: path(ground, number, "apprise:gone"),
        lambda ground, number: path(ground, 999),
        lambda ground, number: "/console/answer/" + "a" * 5000,
        lambda ground, number: "/console/answer/a.b",
    ],
)
def test_a_link_that_is_not_good_changes_nothing(
    fan: Ground, client: TestClient, issue_id: int, broken: object
) -> None:
    address = broken(fan, issue_id)  # type: ignore[operator]
    for answer in (client.get(address), client.post(address, data={"x": "1"})):
        assert answer.status_code == 410
    assert by(fan, issue_id) == ""


def test_another_web_page_cannot_send_the_form(
    fan: Ground, client: TestClient, issue_id: int
) -> None:
    answer = client.post(
        path(fan, issue_id), data={"x": "1"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert by(fan, issue_id) == ""


def test_what_is_no_form_decides_nothing_and_says_where_the_button_is(
    fan: Ground, client: TestClient, issue_id: int
) -> None:
    answer = client.post(path(fan, issue_id))
    assert answer.status_code == 400
    assert "press its button" in " ".join(answer.text.split())
    assert by(fan, issue_id) == ""


def test_a_hostile_title_is_text(fan: Ground, client: TestClient, issue_id: int) -> None:
    with transaction(fan.engine) as session:
        issue = session.get_one(Issue, issue_id)
        issue.title = "<script>alert(1)</script>"
        session.add(issue)
    page = client.get(path(fan, issue_id)).text
    assert "<script>alert" not in page


def test_a_user_who_was_removed_answers_no_more_by_name(
    fan: Ground, client: TestClient, issue_id: int
) -> None:
    add_person(fan, "ruth", Role.ADMIN)
    remove_user(fan, OPERATOR, "ruth")
    assert client.get(path(fan, issue_id)).status_code == 410


def test_a_pager_that_gets_no_alerts_answers_its_calls(fan: Ground, issue_id: int) -> None:
    options = apprise.Options(urls=(SecretStr("pager=json://pager.example/x"),))
    paged = replace(fan, settings=fan.settings.model_copy(update={"plugins": {"apprise": options}}))
    assert "apprise:pager" not in {to.name for to in destinations(paged.settings)}
    with open_to(paged) as client:
        assert (
            client.post(path(paged, issue_id, "apprise:pager"), data={"x": "1"}).status_code == 200
        )
    assert by(paged, issue_id) == "pager (link)"
