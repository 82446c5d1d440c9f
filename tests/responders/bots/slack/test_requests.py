"""Signed requests by the real slack_bolt: good ones, and every kind of bad one."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient

from responders.bots.running import SLACK_PATH, bot_routes
from responders.bots.slack.requests import MAX_BYTES, Requests
from responders.decisions.drafts.approve import take_back
from tests.places.slack_people import SIGNING_SECRET, STRANGER, Click
from tests.responders.bots.held_stores import held
from tests.responders.bots.slack.conftest import Office
from tests.responders.decisions.deciding import RUTH, audit, draft, propose

NOW = 1_778_587_200
FORM = "application/x-www-form-urlencoded"


def signed(body: str, *, at: int = NOW, secret: str = SIGNING_SECRET) -> dict[str, str]:
    base = f"v0:{at}:{body}".encode()
    mark = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={mark}",
        "Content-Type": FORM,
    }  # fmt: skip


class Clock:
    now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def process(closed: Office, clock: Clock) -> TestClient:
    """Return what takes requests with a memory of its own, as another process has."""
    take = Requests(closed.ground, closed.options, now=clock).take
    return TestClient(Starlette(routes=[Route(SLACK_PATH, take, methods=["POST"])]))


@pytest.fixture
def web(closed: Office, clock: Clock) -> Iterator[TestClient]:
    with process(closed, clock) as client:
        yield client


@pytest.fixture
def by_request(closed: Office, web: TestClient) -> Callable[..., Any]:
    """Let the small Slack tell presses by signed requests."""

    def deliver(kind: str, body: dict[str, Any], click: Click) -> None:
        told = body if kind == "slash_commands" else {"payload": json.dumps(body)}
        answer = web.post(SLACK_PATH, content=urlencode(told), headers=signed(urlencode(told)))
        assert answer.status_code == 200
        closed.place.take_ack(click.id, answer.json() if answer.text else {})

    closed.place.deliver = deliver
    return deliver


def press_body(closed: Office, word: str) -> str:
    """Return what Slack would send for a press, without sending it."""
    kept: list[dict[str, Any]] = []
    closed.place.deliver = lambda _kind, body, _click: kept.append(body)
    closed.place.press(word)
    return urlencode({"payload": json.dumps(kept[0])})


def test_presses_forms_and_commands_are_taken(
    closed: Office, issue_id: int, by_request: Callable[..., Any]
) -> None:
    assert closed.place.press(f"gs:{issue_id}:ack").said == f"You acknowledged GS-{issue_id}."
    opened = closed.place.press(f"gs:{issue_id}:mute")
    closed.form(opened, reason="known")
    assert "is muted" in opened.said
    assert closed.place.command("/issues").said == "1 open issue:"
    refused = closed.place.press(f"gs:{issue_id}:take", by=STRANGER)
    assert refused.said.startswith("You may not decide here")


@pytest.mark.parametrize(
    "headers",
    [
        lambda body: {},
        lambda body: signed(body, secret="another"),
        lambda body: signed(body + "x"),
        lambda body: signed(body, at=NOW - 301),
        lambda body: signed(body, at=NOW + 301),
        lambda body: signed(body) | {"X-Slack-Request-Timestamp": "soon"},
        lambda body: signed(body) | {"X-Slack-Request-Timestamp": str(NOW + 1)},
        lambda body: signed(body) | {"X-Slack-Signature": "v0=\u00fc".encode("latin-1")},
        lambda body: signed(body) | {"X-Slack-Signature": ""},
    ],
)
def test_what_slack_did_not_sign_now_decides_nothing(
    closed: Office, issue_id: int, web: TestClient, headers: Callable[[str], Any]
) -> None:
    body = press_body(closed, f"gs:{issue_id}:ack")
    answer = web.post(SLACK_PATH, content=body, headers=headers(body))
    assert (answer.status_code, answer.text) == (401, "")
    assert "issue acknowledged" not in dict(audit(closed.ground))


def test_a_request_is_read_once(
    closed: Office, issue_id: int, web: TestClient, clock: Clock
) -> None:
    body = press_body(closed, f"gs:{issue_id}:ack")
    sent = [web.post(SLACK_PATH, content=body, headers=signed(body)) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [200, 401]
    clock.now += 299
    assert web.post(SLACK_PATH, content=body, headers=signed(body)).status_code == 401


def test_a_request_that_is_sent_to_a_second_process_is_decided_once(
    closed: Office, issue_id: int, clock: Clock
) -> None:
    """An approval that was taken back since must not come back with it."""
    number = propose(closed.ground, issue_id)
    row = draft(closed.ground, number)
    body = press_body(closed, f"gs:{issue_id}:yes:{number}:{row.version}:{row.text_sha256}")
    click = closed.place.clicks[-1]
    with ExitStack() as processes:
        first, second = (processes.enter_context(process(closed, clock)) for _ in range(2))
        assert first.post(SLACK_PATH, content=body, headers=signed(body)).status_code == 200
        assert click.said.startswith("Approved for")
        take_back(closed.ground, RUTH, number)
        assert second.post(SLACK_PATH, content=body, headers=signed(body)).status_code == 200
    assert len(click.shown) == 1
    assert draft(closed.ground, number).state == "pending"
    assert [act for act, _ in audit(closed.ground)].count("draft approved") == 1


def test_the_same_press_at_three_processes_at_once_is_decided_once(
    closed: Office, issue_id: int, clock: Clock
) -> None:
    body = press_body(closed, f"gs:{issue_id}:ack")
    click = closed.place.clicks[-1]
    with ExitStack() as processes:
        webs = [processes.enter_context(process(closed, clock)) for _ in range(3)]

        def post(web: TestClient) -> int:
            return web.post(SLACK_PATH, content=body, headers=signed(body)).status_code

        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(post, webs)) == [200, 200, 200]
        assert click.said == f"You acknowledged GS-{issue_id}."
    assert len(click.shown) == 1
    assert [act for act, _ in audit(closed.ground)].count("issue acknowledged") == 1


def test_a_request_of_four_minutes_ago_is_good(
    closed: Office, issue_id: int, web: TestClient
) -> None:
    body = press_body(closed, f"gs:{issue_id}:ack")
    assert web.post(SLACK_PATH, content=body, headers=signed(body, at=NOW - 240)).is_success


def test_with_a_store_that_another_one_holds_a_request_is_answered_within_a_second(
    closed: Office, issue_id: int, store_url: str, by_request: Callable[..., Any]
) -> None:
    with held(store_url):
        click = closed.place.press(f"gs:{issue_id}:ack")
        assert click.acked == {}
        assert click.took_s < 1.0
    assert click.said == f"You acknowledged GS-{issue_id}."


def test_a_request_that_is_too_long_is_not_read(web: TestClient) -> None:
    body = "x" * (MAX_BYTES + 1)
    assert web.post(SLACK_PATH, content=body, headers=signed(body)).status_code == 401


def test_bytes_that_are_no_text_are_refused(web: TestClient) -> None:
    answer = web.post(SLACK_PATH, content=b"\xff\xfe", headers=signed("x"))
    assert answer.status_code == 401


def test_slack_may_prove_the_address(web: TestClient) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"})
    headers = signed(body) | {"Content-Type": "application/json"}
    assert "abc" in web.post(SLACK_PATH, content=body, headers=headers).text


def test_there_is_an_address_only_with_a_secret(closed: Office) -> None:
    assert [route.path for route in bot_routes(closed.ground)] == [SLACK_PATH]
    plugins = {"slack": closed.options.model_copy(update={"signing_secret": None})}
    settings = closed.ground.settings.model_copy(update={"plugins": plugins})
    ground = type(closed.ground)(**{**closed.ground.__dict__, "settings": settings})
    assert bot_routes(ground) == []


def test_a_body_that_drips_is_given_up(
    closed: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("responders.bots.slack.requests.BODY_S", 0.05)
    requests = Requests(closed.ground, closed.options, now=clock)

    async def ask() -> int:
        pieces = iter([{"type": "http.request", "body": b"pay", "more_body": True}])

        async def receive() -> dict[str, Any]:
            found = next(pieces, None)
            if found is None:
                await asyncio.Event().wait()
            return found or {}

        scope = {"type": "http", "method": "POST", "headers": [], "path": SLACK_PATH}
        return (await requests.take(Request(scope, receive))).status_code

    assert asyncio.run(ask()) == 408
