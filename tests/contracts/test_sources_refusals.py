"""One suite over every kind of source: what it makes of a place that refuses, or is another one.

Every answer but the log-in's is exchanged, so each kind is asked as its real client asks.
"""

import json

import pytest
from pydantic import SecretStr

from config.errors import GroundswellError
from config.settings import Credential
from listener.health import Diagnosis, diagnose
from listener.tables import SourceState as State
from tests.contracts.source_fakes import FAKES, Answer, Fake, drained, plugin_of, source_of
from tests.places.web import Reply, Web, raw

MAX_ASKED = 12
"""A place that refuses is not asked on and on; WordPress tries two ways in, and its feeds."""
CHALLENGE = b"<html><title>Just a moment...</title><p>Enable JavaScript and cookies to continue"
HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json"}
CUT = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"


@pytest.fixture(params=[kind for kind in FAKES if kind != "records"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind that asks the web; a file refuses nothing."""
    return str(request.param)


def refused(kind: str, fake: Fake, answer: Answer) -> Diagnosis:
    """Look at a place that gives this answer to everything; return the diagnosis."""
    fake.say(1, "it crashes")
    assert fake.web is not None
    fake.wrap(lambda _asked, _reply: answer)
    with pytest.raises(GroundswellError) as caught:
        drained(source_of(kind, fake.url, fake.options), {})
    assert len(fake.web.log) <= MAX_ASKED
    diagnosis = diagnose(caught.value)
    assert "\n" not in diagnosis.reason
    return diagnosis


ELSE = {State.NOT_A_FEED, State.HTML, State.EMPTY, State.TOO_LARGE, State.NOT_FOUND}
REFUSALS = [
    (401, {State.NEEDS_LOGIN}),
    (403, {State.FORBIDDEN, State.NEEDS_LOGIN}),
    (404, {State.NOT_FOUND}),
    (410, {State.GONE}),
    (418, {State.FAILING}),
    (429, {State.RATE_LIMITED}),
    (500, {State.FAILING}),
    (502, {State.FAILING}),
    (503, {State.FAILING}),
]


@pytest.mark.parametrize(("status", "states"), REFUSALS)
def test_a_refusal_is_named_with_its_remedy(
    kind: str, fake: Fake, status: int, states: set[State]
) -> None:
    diagnosis = refused(kind, fake, Reply(status, b'{"message": "No", "error": "No"}', JSON))
    assert diagnosis.state in states
    assert ":" in diagnosis.reason, "a diagnosis ends with a remedy"


@pytest.mark.parametrize("status", [429, 503])
def test_a_place_that_asks_us_to_wait_is_obeyed(kind: str, fake: Fake, status: int) -> None:
    diagnosis = refused(kind, fake, Reply(status, b"{}", JSON | {"Retry-After": "37"}))
    assert (diagnosis.state, diagnosis.retry_after_s) == (State.RATE_LIMITED, 37.0)


@pytest.mark.parametrize("status", [403, 503])
def test_a_challenge_page_is_told_from_a_refusal(kind: str, fake: Fake, status: int) -> None:
    assert refused(kind, fake, Reply(status, CHALLENGE, HTML)).state is State.CHALLENGE


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><p>Welcome to our shop",
        b"",
        b"{",
        b'[{"id": 1',
        b'{"latest_posts": [{"id":',
        b"null",
        b"7",
        b'"posts"',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\x89PNG\r\n\x1a\n\x00\x00",
        json.dumps({"items": [], "posts": None, "records": 7, "data": []}).encode(),
    ],
    ids=lambda body: str(body[:12]),
)
@pytest.mark.parametrize("headers", [HTML, JSON], ids=["as HTML", "as JSON"])
def test_something_else_is_never_taken_for_an_empty_place(
    kind: str, fake: Fake, body: bytes, headers: dict[str, str]
) -> None:
    if plugin_of(kind) == "records" and not body:
        return  # an empty file is a file
    diagnosis = refused(kind, fake, Reply(200, body, headers))
    assert diagnosis.state in ELSE
    assert ":" in diagnosis.reason


def test_an_answer_that_is_cut_off_is_tried_again_later(kind: str, fake: Fake) -> None:
    assert refused(kind, fake, raw(CUT + b'[{"id": 1')).state is State.UNREACHABLE


SECRET = "correct-horse-battery"
MARKS = ("authorization", "api-key", "user-api-key", "cookie")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_credential_follows_to_another_host_or_shows_in_words(
    kind: str, fake: Fake, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    key = SecretStr(SECRET)
    credential = Credential(token=key, api_key=key, username="reader", password=key)
    said = ""
    with Web(lambda _asked: Reply(403, b"{}", JSON)) as elsewhere:
        fake.wrap(lambda asked, _: Reply(status, b"", {"Location": elsewhere.url(asked.path)}))
        try:
            drained(source_of(kind, fake.url, fake.options, credential), {})
        except GroundswellError as error:
            said = f"{error!r} {error.__cause__!r} {diagnose(error).reason}"
    told = [f"{asked.path} {asked.headers}" for asked in elsewhere.log]
    assert not [asked for asked in elsewhere.log if set(MARKS) & set(asked.headers)]
    assert SECRET not in said + " ".join(told) + caplog.text + str(caplog.records)
    assert all(SECRET not in str(vars(record)) for record in caplog.records)
