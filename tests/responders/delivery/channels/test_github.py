"""Replies at GitHub: locked and lost issues, its limits, and what strangers see."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from config.errors import PermanentError, TransientError
from config.settings import load_settings
from listener.sources.github import Options
from responders.delivery.channels.base import Ways
from responders.delivery.channels.github import Github, build
from responders.delivery.opening import client_of
from tests.places.faults import Answer
from tests.places.github import GithubPlace, comment, refusal
from tests.places.public import PublicPlace, public_place, writes
from tests.places.web import Asked, Script

TEXT = "Thanks @ann, see #12. We know that it hangs.\n\nNext word: https://p.example/gs_1"


@pytest.fixture
def place() -> Iterator[PublicPlace]:
    with public_place("github") as made:
        yield made


@pytest.fixture
def github(place: PublicPlace) -> GithubPlace:
    assert isinstance(place.place, GithubPlace)
    return place.place


@pytest.fixture
def way(place: PublicPlace) -> Github:
    made = place.channel()
    assert isinstance(made, Github)
    return made


def test_a_reply_names_nobody_and_has_the_id_by_which_it_is_heard(
    place: PublicPlace, github: GithubPlace, way: Github
) -> None:
    sent = way.send(place.message(TEXT))
    (ours,) = github.ours
    assert sent.remote_id == f"issues/comments/{ours['id']}"
    assert sent.url == ours["html_url"]
    assert "@ann" not in ours["body"]
    assert "#12" not in ours["body"]
    assert "https://p.example/gs_1" in ours["body"]


def test_our_own_is_found_on_the_last_of_many_pages(
    place: PublicPlace, github: GithubPlace, way: Github
) -> None:
    github.comments += [comment(number, TEXT) for number in range(250)]
    assert way.find(place.message(TEXT)) is None  # somebody else's with our words is not ours
    sent = way.send(place.message(TEXT))
    found = way.find(place.message(TEXT))
    assert found is not None
    assert found.remote_id == sent.remote_id
    github.comments += [comment(number) for number in range(1000)]
    with pytest.raises(PermanentError, match="too many"):
        way.find(place.message(TEXT))


@pytest.mark.parametrize(
    ("said", "target", "why"),
    [
        ({"locked": True}, {}, "locked"),
        ({}, {"thread": "issues/99"}, "deleted"),
        ({}, {"thread": "D_1"}, "discussion"),
        ({}, {"source_url": "https://github.com/"}, "repository"),
        ({"number": 2}, {}, "deleted"),
    ],
)
def test_what_cannot_be_answered_is_said_with_its_reason(
    place: PublicPlace, github: GithubPlace, way: Github, *,
    said: dict[str, Any], target: dict[str, Any], why: str,
) -> None:  # fmt: skip
    github.issues[0].update(said)
    with pytest.raises(PermanentError, match=why):
        way.send(place.message(TEXT, **target))
    assert not github.ours


def test_an_issue_locked_at_that_moment_is_refused_with_github_s_words(
    place: PublicPlace, way: Github
) -> None:
    def locked(_script: Script, _asked: Asked) -> Answer:
        return refusal(403, "Unable to create comment because issue is locked.")

    place.faulty.next(locked, writes)
    with pytest.raises(PermanentError, match="locked"):
        way.send(place.message(TEXT))


@pytest.mark.parametrize(
    ("answer", "wait_s"),
    [
        (refusal(403, "You have exceeded a secondary rate limit."), 60),
        (refusal(403, "Wait.", Retry_After="17"), 17),
        (refusal(429, "Slow down."), 60),
    ],
)
def test_a_limit_is_waited_for(
    place: PublicPlace, github: GithubPlace, way: Github, answer: Answer, wait_s: float
) -> None:
    def limited(_script: Script, _asked: Asked) -> Answer:
        return answer

    place.faulty.next(limited, writes)
    with pytest.raises(TransientError) as caught:
        way.send(place.message(TEXT))
    assert caught.value.retry_after_s == wait_s
    assert not github.ours


def test_strangers_are_asked_what_they_see(
    place: PublicPlace, github: GithubPlace, way: Github
) -> None:
    message = place.message(TEXT)
    sent = way.send(message)
    assert way.visible(message, sent).visible is True
    github.flagged = True
    assert way.visible(message, sent).visible is False
    github.private = True
    assert way.visible(message, sent).visible is None


def test_without_a_good_token_nothing_is_sent(place: PublicPlace, github: GithubPlace) -> None:
    environ = {
        "GROUNDSWELL__HTTP__ALLOW_HOSTS": '["127.0.0.1"]',
        "GROUNDSWELL__HTTP__SPACING_S": "0",
    }
    settings = load_settings(None, environ=environ)
    ways = Ways(settings.http, client_of(settings))
    for options in (Options(api_url=place.url), Options(api_url=place.url, token=SecretStr("bad"))):
        with pytest.raises(PermanentError, match="token"):
            build(options, ways=ways).send(place.message(TEXT))
    assert not github.ours
