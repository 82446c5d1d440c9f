"""What Reddit refuses is named, and asked for once; the polite client carries praw's requests."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from config.http_client import HttpKnobs, PoliteClient, RefusedAddress, TimedOut, TooLarge
from listener.diagnoses import DiagnosedError
from listener.sources.reddit import build
from listener.tables import SourceState
from tests.listener.sources.fetching import (
    NOON,
    Clock,
    loopback_client,
    place_at,
    reddit_options,
    reddit_source,
)
from tests.places.reddit import always, posts, reddit_web, refusal, submission
from tests.places.web import Reply, raw

REFUSALS: list[tuple[str, Reply, SourceState, str]] = [
    ("500", refusal(500, "Internal Server Error"), SourceState.FAILING, "look again later"),
    ("502", Reply(502, b"<html>Bad gateway</html>"), SourceState.FAILING, "look again later"),
    ("503", refusal(503, "Service Unavailable"), SourceState.FAILING, "look again later"),
    ("403", refusal(403, "Forbidden"), SourceState.FORBIDDEN, "owner"),
    (
        "quarantine",
        refusal(403, "Forbidden", reason="quarantined"),
        SourceState.FORBIDDEN,
        "opt in",
    ),
    ("no JSON", Reply(200, b"<html>hello</html>"), SourceState.NOT_A_FEED, "oauth_url"),
    ("other JSON", Reply(200, b'["x"]'), SourceState.NOT_A_FEED, "oauth_url"),
    ("null", Reply(200, b"null"), SourceState.NOT_A_FEED, "oauth_url"),
    ("an object", Reply(200, b'{"data": {"children": 3}}'), SourceState.NOT_A_FEED, "oauth_url"),
]


@pytest.mark.parametrize(
    ("reply", "state", "remedy"), [one[1:] for one in REFUSALS], ids=[one[0] for one in REFUSALS]
)
def test_a_refusal_is_asked_for_once_and_named_with_a_remedy(
    reply: Reply, state: SourceState, remedy: str
) -> None:
    place, web = reddit_web(submission(1))
    place.faults = [always(reply)]
    with web, pytest.raises(DiagnosedError, match=remedy) as caught:
        reddit_source(web).fetch({})
    assert caught.value.state is state
    assert sum(path.startswith("/r/") for path in place.asked) == 1


@pytest.mark.parametrize("headers", [{"retry_after": "77"}, {"x_ratelimit_reset": "77"}])
def test_a_request_to_wait_is_passed_on_and_not_slept_through(headers: dict[str, str]) -> None:
    place, web = reddit_web(submission(1))
    place.faults = [always(refusal(429, "Too Many Requests", **headers))]
    with web, pytest.raises(DiagnosedError, match="77 s") as caught:
        reddit_source(web).fetch({})
    assert (caught.value.state, caught.value.retry_after_s) == (SourceState.RATE_LIMITED, 77.0)


def test_a_quota_used_up_is_left_alone_until_it_is_given_again() -> None:
    place, web = reddit_web(*posts(*range(1, 251)))
    place.headers = {
        "x-ratelimit-remaining": "0.0", "x-ratelimit-used": "996", "x-ratelimit-reset": "345",
    }  # fmt: skip
    clock = Clock()
    with web:
        batch = reddit_source(web, clock=clock).fetch({})
        asked = len(place.asked)
        with pytest.raises(DiagnosedError, match="345 s") as caught:
            reddit_source(web, clock=clock).fetch(batch.cursor)
        assert len(place.asked) == asked
        clock.at = NOON + timedelta(seconds=346)
        place.headers = {}
        later = reddit_source(web, clock=clock).fetch(batch.cursor)
    assert caught.value.retry_after_s == 345.0
    assert (len(batch.posts), len(later.posts)) == (100, 100)


def test_an_expired_token_is_renewed_once() -> None:
    place, web = reddit_web(submission(1))
    with web:
        reddit_source(web).fetch({})
        before = place.tokens
        reddit_source(web).fetch({})
        assert place.tokens == before, "a token serves every look while it holds"
        place.token = "another"
        assert len(reddit_source(web).fetch({}).posts) == 1
        assert place.tokens == before + 1
        place.faults = [always(refusal(401, "Unauthorized"))] * 2
        with pytest.raises(DiagnosedError, match="client_secret") as caught:
            reddit_source(web).fetch({})
    assert caught.value.state is SourceState.NEEDS_LOGIN


@pytest.mark.parametrize(
    "more",
    [
        {"client_id": None},
        {"client_secret": SecretStr("wrong")},
        {"password": SecretStr("wrong")},
    ],
)
def test_a_wrong_log_in_is_told(more: dict[str, Any]) -> None:
    _, web = reddit_web(submission(1))
    with web, pytest.raises(DiagnosedError, match=r"client_id.*\[reddit\]") as caught:
        reddit_source(web, options=reddit_options(web, **more)).fetch({})
    assert caught.value.state is SourceState.NEEDS_LOGIN
    assert "wrong" not in str(caught.value)


def test_an_application_without_an_account_reads_too() -> None:
    place, web = reddit_web(submission(1))
    with web:
        source = reddit_source(web, options=reddit_options(web, username=None, password=None))
        assert len(source.fetch({}).posts) == 1
    assert b"grant_type=client_credentials" in web.log[0].body
    assert place.tokens == 1


@pytest.mark.parametrize(
    ("closed", "state"),
    [("private", SourceState.FORBIDDEN), ("banned", SourceState.GONE)],
)
def test_a_closed_subreddit_is_named(closed: str, state: SourceState) -> None:
    place, web = reddit_web(submission(1))
    setattr(place, closed, True)
    with web, pytest.raises(DiagnosedError, match="remove the source") as caught:
        reddit_source(web).fetch({})
    assert caught.value.state is state


def test_a_subreddit_that_is_not_there_is_told() -> None:
    _, web = reddit_web(submission(1))
    with web, pytest.raises(DiagnosedError, match="check the subreddit's name") as caught:
        reddit_source(web, "/r/fernsink").fetch({})
    assert caught.value.state is SourceState.NOT_FOUND


def test_the_polite_client_carries_every_request_of_praw() -> None:
    place, web = reddit_web(submission(1))
    with web:
        guarded = PoliteClient(HttpKnobs(user_agent="Groundswell-tests/1"))
        source = build(place_at(web.url("/r/fernsync"), options=reddit_options(web)), guarded)
        with pytest.raises(RefusedAddress):
            source.fetch({})
    assert place.asked == []


def test_the_cap_holds() -> None:
    place, web = reddit_web(submission(1))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    place.faults = [always(raw(head + b" " * 12_000_000))]
    with web, pytest.raises(TooLarge):
        reddit_source(web).fetch({})


def test_the_deadline_holds() -> None:
    place, web = reddit_web(submission(1))
    with web:
        reddit_source(web).fetch({})
        place.faults = [always(raw(b"HTTP/1.1 200 OK\r\n\r\n", then=lambda: web.stopping.wait(10)))]
        where = place_at(web.url("/r/fernsync"), options=reddit_options(web))
        with pytest.raises(TimedOut):
            build(where, loopback_client(deadline_s=0.3)).fetch({})


def test_no_praw_ini_has_a_say(tmp_path: Path) -> None:
    (tmp_path / "praw.ini").write_text("[DEFAULT]\noauth_url=http://evil.example\nbroken")
    code = (
        "import warnings; warnings.simplefilter('error');"
        "from listener.platforms import reddit_door as d;"
        "login = d.Login(client_id='i', client_secret='s', url='http://a.example',"
        "oauth_url='http://b.example');"
        "print(d.Door(login, None, None)._reddit().config.oauth_url)"
    )
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": root, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("http://b.example", "")
