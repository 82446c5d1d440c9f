"""The web app against real stores: what it shows, to whom, and that strangers' words stay words."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select
from starlette.testclient import TestClient

from classifiers.tables import Issue
from config.clock import SystemClock
from config.database import transaction
from config.ground import Ground
from config.tables import Beat
from listener.tables import Source, SourceState, Thread
from responders.console.app import make_app
from responders.console.guarding import HEADERS
from responders.passes import PASSES
from responders.voice.tables import Draft
from tests.conftest import NOON
from tests.responders.incidents import Incident, happen

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def client(ground: Ground) -> Iterator[TestClient]:
    with TestClient(
        make_app(ground), base_url="http://127.0.0.1:8080", client=("127.0.0.1", 50000)
    ) as client:
        yield client


def _beat_all(ground: Ground, *, age_s: float = 0.0) -> None:
    at = SystemClock().now() - timedelta(seconds=age_s)
    with transaction(ground.engine) as session:
        for one in PASSES:
            session.merge(Beat(name=one.name, at=at))


def _draft(ground: Ground, issue_id: int, words: str, *, number: int = 1) -> None:
    with transaction(ground.engine) as session:
        issue = session.get_one(Issue, issue_id)
        thread = session.exec(select(Thread)).first()
        session.add(
            Draft(
                key=f"k{number}",
                product_id=issue.product_id,
                issue_id=issue_id,
                thread_id=thread.id if thread else None,
                kind="ack",
                phase="investigating",
                channel="manual",
                language="en",
                text=words,
                text_sha256="-",
                next_update_by=NOON + timedelta(hours=4, minutes=5),
                created_at=NOON,
            )
        )


def test_healthz_answers_whatever_the_passes_do(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_readyz_says_which_pass_has_not_run(client: TestClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == [f"{one.name} has not run yet" for one in PASSES]


def test_readyz_is_well_when_every_pass_ran_lately(ground: Ground, client: TestClient) -> None:
    _beat_all(ground, age_s=30)
    assert client.get("/readyz").status_code == 200


def test_readyz_says_that_a_pass_is_late(ground: Ground, client: TestClient) -> None:
    _beat_all(ground, age_s=90)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"][0].startswith("crawl last ran 9")


def test_the_page_says_when_each_place_was_heard_and_nothing_of_any_issue(
    ground: Ground, client: TestClient
) -> None:
    happen(ground, Incident(title="Trays stay locked"))
    with transaction(ground.engine) as session:
        for source in session.exec(select(Source)).all():
            source.name, source.state, source.last_heard_at = "Board <b>", SourceState.OK, NOON
            session.add(source)
    shown = client.get("/").text
    assert "Board &lt;b&gt;" in shown
    assert "12:00 UTC, 12 May 2026" in shown
    assert "Trays" not in shown
    assert "No known issue is published." in shown


def test_the_page_never_says_that_all_is_well(client: TestClient) -> None:
    shown = client.get("/").text.lower()
    assert not any(words in shown for words in ("operational", "all is well", "no problems"))


def test_the_console_shows_an_issue_with_its_reason_quotes_and_drafts(
    ground: Ground, client: TestClient
) -> None:
    issue = happen(ground, Incident(title="Trays stay locked"))
    for number in range(5):
        _draft(ground, issue, f"Thanks, we know of it. ({number})", number=number)
    shown = client.get("/console/").text
    assert "Trays stay locked" in shown
    assert "7 posts by 7 people within 19 min" in shown
    assert ">16:05</time>" in shown
    assert [f"we know of it. ({number})" in shown for number in range(5)] == [True] * 5


def test_words_of_strangers_stay_words(ground: Ground, client: TestClient) -> None:
    issue = happen(ground, Incident(title=HOSTILE, reason=HOSTILE, key_phrases=["alert"]))
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, issue)
        row.quotes = [{"post_id": 1, "text": HOSTILE, "url": "javascript:alert(3)"}]
        session.add(row)
    _draft(ground, issue, HOSTILE)
    shown = client.get("/console/").text
    assert "<script" not in shown
    assert "<img" not in shown
    assert "javascript:" not in shown
    assert "style=" not in shown


@pytest.mark.parametrize("path", ["/", "/console/", "/healthz", "/nowhere", "/static/tokens.css"])
def test_every_answer_has_the_strict_headers_and_no_cookie(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
    assert "set-cookie" not in answer.headers


def test_another_machine_is_refused_the_console_and_not_the_page(ground: Ground) -> None:
    with TestClient(make_app(ground), base_url="http://127.0.0.1", client=("192.0.2.7", 5)) as afar:
        assert afar.get("/console/").status_code == 403
        assert "this machine only" in afar.get("/console/").text
        assert afar.get("/").status_code == 200


def test_a_strangers_name_for_this_machine_is_refused_the_console(client: TestClient) -> None:
    assert client.get("/console/", headers={"Host": "rebound.example"}).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed_here_yet(client: TestClient, method: str) -> None:
    assert client.request(method, "/console/").status_code == 405


def test_a_store_that_does_not_answer_is_said_in_words(ground: Ground, client: TestClient) -> None:
    with transaction(ground.engine) as session:
        session.connection().execute(text("ALTER TABLE source RENAME TO gone"))
    for path in ("/", "/console/"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "does not answer" in answer.text
    assert client.get("/healthz").status_code == 200
