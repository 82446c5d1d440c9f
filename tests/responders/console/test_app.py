"""The web app: what is served to whom, under which headers, and what is said when it cannot be."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from config.clock import SystemClock
from config.database import transaction
from config.ground import Ground
from config.tables import Beat
from responders.console.app import make_app
from responders.console.guarding import headers_for
from responders.page.folder import folder_of
from responders.passes import PASSES
from tests.responders.console.rooms import BASE, visiting


@pytest.fixture
def client(ground: Ground) -> Iterator[TestClient]:
    with TestClient(make_app(ground), base_url=BASE, client=("127.0.0.1", 50_000)) as client:
        yield client


def _beat_all(ground: Ground, *, age_s: float = 0.0) -> None:
    at = SystemClock().now() - timedelta(seconds=age_s)
    with transaction(ground.engine) as session:
        for one in PASSES:
            session.merge(Beat(name=one.name, at=at))


def _break_store(ground: Ground) -> None:
    with transaction(ground.engine) as session:
        session.connection().execute(text("ALTER TABLE source RENAME TO gone"))


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


@pytest.mark.parametrize(
    "path",
    ["/console/", "/console/login", "/console/static/console.css", "/console/x", "/healthz"],
)
def test_every_answer_has_the_strict_headers(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    wanted = dict(headers_for(path))
    assert {name: answer.headers.get(name) for name in wanted} == wanted


def test_the_page_is_served_from_its_files_and_to_everybody(ground: Ground) -> None:
    folder = folder_of(ground.settings)
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("<title>Known issues</title>", encoding="utf-8")
    with TestClient(
        make_app(ground), base_url="http://page.example", client=("192.0.2.7", 5)
    ) as far:
        answer = far.get("/")
        assert "Known issues" in answer.text
        assert "set-cookie" not in answer.headers
        assert far.get("/console/").status_code == 403


def test_the_page_is_served_when_the_store_is_gone_and_the_console_says_so(
    ground: Ground,
) -> None:
    folder = folder_of(ground.settings)
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("<title>Known issues</title>", encoding="utf-8")
    with visiting(ground) as visit:
        _break_store(ground)
        shown = visit.see("/console/", status=503)
        assert "The store does not answer" in shown
        assert "nothing was changed or sent" in shown
        assert "Known issues" in visit.see("/")
        assert visit.client.get("/healthz").status_code == 200


def test_what_breaks_unforeseen_is_told_without_a_trace(ground: Ground) -> None:
    app = make_app(ground)

    def broken(_request: object) -> None:
        raise RuntimeError("secret detail")

    app.router.routes.insert(0, type(app.router.routes[0])("/console/broken", broken))  # type: ignore[call-arg]  # a Route takes path and endpoint
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as client:
        answer = client.get("/console/broken")
    assert answer.status_code == 500
    assert "changed nothing and sent nothing" in " ".join(answer.text.split())
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_only_forms_change_anything(client: TestClient, method: str) -> None:
    assert client.request(method, "/console/").status_code == 405


def test_what_cannot_be_asked_for_that_way_is_told_in_words(client: TestClient) -> None:
    for path in ("/", "/console/", "/console/nothing", "/healthz"):
        answer = client.put(path)
        assert answer.status_code == 405
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}
        assert "nothing was changed" in answer.text


def test_the_look_has_one_source_of_tokens_and_may_be_kept(client: TestClient) -> None:
    answer = client.get("/console/static/tokens.css")
    assert "--ours" in answer.text
    assert answer.headers["cache-control"] == "no-cache"


def test_the_console_starts_without_the_model_and_without_discord() -> None:
    heavy = "{'torch', 'sentence_transformers', 'discord'}"
    program = (
        "import sys, responders.console.app, responders.console.deciding\n"
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"
