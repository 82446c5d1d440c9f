"""Who gets in, how often, and that nothing is told to anybody else."""

import json

import pytest
from starlette.testclient import TestClient

from config.clock import FixedClock
from config.ground import Ground
from responders.api import keys as keys_module
from responders.api.answering import all_ways
from responders.api.serving import make_app
from responders.console.door import SESSION
from responders.decisions.acting import Role
from responders.decisions.people import people
from tests.conftest import NOON
from tests.responders.api.asked import API, Program, asking, outside
from tests.responders.console.rooms import BASE, OPERATOR, add_person


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Authorization": "Bearer "}, {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic cnV0aDpwdw=="}, {"Authorization": f"Bearer {'k' * 5000}"},
        {"Authorization": "Bearer \u00ff"},
    ],
)  # fmt: skip
def test_every_way_is_shut_without_a_key(ground: Ground, headers: dict[str, str]) -> None:
    shown = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    with outside(ground) as client:
        for way in all_ways()[:20]:
            path = way.path.replace("{id}", "1").replace("{name}", "forum")
            answer = client.request(way.method, f"{API}{path}", headers=shown)
            if answer.status_code == 429:
                break  # so many wrong keys are enough
            assert answer.status_code == 401, path
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert set(answer.json()) == {"error", "reason"}
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_key_is_told_so_and_a_missing_one_how_to_get_it(ground: Ground) -> None:
    with outside(ground) as client:
        without = client.get(f"{API}/status")
        wrong = client.get(f"{API}/status", headers={"Authorization": "Bearer mistyped"})
    assert without.json()["error"] == "no_key"
    assert wrong.json()["error"] == "wrong_key"
    assert "opens nothing" in wrong.json()["reason"]
    assert 'error="invalid_token"' in wrong.headers["WWW-Authenticate"]
    assert "error" not in without.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/status", "GET, HEAD"),
        ("DELETE", "/drafts/3", "GET, HEAD"),
        ("GET", "/drafts/3/approve", "POST"),
        ("PUT", "/pause", "POST"),
        ("OPTIONS", "/openapi.json", "GET, HEAD"),
    ],
)
def test_a_way_that_is_asked_for_wrongly_says_which_methods_it_takes(
    ground: Ground, method: str, path: str, allowed: str
) -> None:
    with asking(ground) as program:
        answer = program.client.request(method, f"{API}{path}", headers=program.headers)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == allowed
    assert answer.json()["error"] == "not_that_way"
    assert allowed in answer.json()["reason"]


def test_a_cookie_opens_nothing_here(ground: Ground) -> None:
    cookie = people.log_in(ground, add_person(ground))
    with outside(ground) as client:
        client.cookies.set(SESSION, cookie)
        assert client.get(f"{API}/status").status_code == 401
        assert client.post(f"{API}/pause", json={"reason": "x"}).status_code == 401


def test_a_removed_persons_key_and_an_old_one_open_nothing(ground: Ground) -> None:
    with asking(ground) as program:
        people.remove_user(ground, OPERATOR, "ruth")
        assert program.get("/status", status=401)["error"] == "wrong_key"
    people.add_user(ground, OPERATOR, "ines", Role.ADMIN, None)
    key = people.make_token(ground, OPERATOR, "ines")
    later = Ground(
        settings=ground.settings, engine=ground.engine, key=ground.key, holder=ground.holder,
        clock=FixedClock(NOON.replace(year=NOON.year + 1, month=6)),
    )  # fmt: skip
    with TestClient(make_app(later), base_url=BASE) as client:
        Program(client, key).get("/status", status=401)


def test_wrong_keys_are_slowed_down(ground: Ground) -> None:
    with outside(ground) as client:
        statuses = [
            client.get(f"{API}/status", headers={"Authorization": f"Bearer no{n}"}).status_code
            for n in range(8)
        ]
        answer = client.get(f"{API}/status", headers={"Authorization": "Bearer no"})
    assert statuses[:5] == [401] * 5
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 25


def test_a_right_key_waits_for_nobodys_wrong_ones(ground: Ground) -> None:
    with asking(ground) as program:
        for n in range(8):  # such as a scraper's old key, from the same machine or proxy
            program.client.get(f"{API}/status", headers={"Authorization": f"Bearer no{n}"})
        program.get("/status")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_module, "A_MINUTE", 3)


@pytest.mark.usefixtures("few")
def test_a_key_may_ask_only_so_often(ground: Ground) -> None:
    with asking(ground) as program:
        for _ in range(3):
            program.get("/status")
        assert program.get("/status", status=429)["error"] == "too_often"


def test_a_strange_host_is_refused_though_the_key_is_right(ground: Ground) -> None:
    with asking(ground) as program:
        headers = {**program.headers, "Host": "evil.example"}
        answer = program.client.get(f"{API}/status", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"] == "not_allowed"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x" * 200_001, "application/json", 413),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"{", "application/json", 422),
        (b"[1]", "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b'{"reason": NaN}', "application/json", 422),
        (b'{"reason": "\\ud800"}', "application/json", 200),
    ],
)
def test_a_body_is_read_within_bounds(ground: Ground, body: bytes, kind: str, status: int) -> None:
    with asking(ground) as program:
        headers = {**program.headers, "Content-Type": kind}
        answer = program.client.post(f"{API}/pause", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    json.loads(answer.text)


def test_the_description_names_every_way_and_holds_no_secret(ground: Ground) -> None:
    with outside(ground) as client:
        found = client.get(f"{API}/openapi.json").json()
    assert found["openapi"] == "3.1.0"
    named = {(method.upper(), path) for path, ways in found["paths"].items() for method in ways}
    assert named == {(way.method, way.path) for way in all_ways()}
    assert found["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    ids = [one["operationId"] for ways in found["paths"].values() for one in ways.values()]
    assert len(ids) == len(set(ids))


def test_every_reference_of_the_description_leads_somewhere(ground: Ground) -> None:
    with outside(ground) as client:
        text = client.get(f"{API}/openapi.json").text
    found = json.loads(text)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(found["components"]["schemas"])
    assert "$defs" not in text


def test_a_store_that_is_gone_is_told_without_a_trace(ground: Ground) -> None:
    with asking(ground) as program:
        ground.engine.dispose()
        with ground.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE promise")
        found = program.get("/promises", status=503)
    assert found == {
        "error": "not_now", "reason": "the store does not answer; nothing was changed",
    }  # fmt: skip
