"""A ticket is made once, found by its mark, and a refusal says what to do."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from config.errors import PermanentError, TransientError
from config.settings import Credential
from responders.delivery.channels.base import InDoubt, Message, Ways
from responders.delivery.channels.github_ticket import GithubTicket, Options, build
from responders.delivery.marking import ticket_text
from tests.contracts.channel_stages import SETTINGS
from tests.listener.sources.fetching import loopback_client
from tests.places import faults
from tests.places.github_tickets import NOON, REPOSITORY, TOKEN, Tracker
from tests.places.web import Reply, Web

MARK = "ab" * 16
TEXT = ticket_text("GS-1: it hangs", "7 people say so.", MARK)


class Stage:
    def __init__(self, web: Web, tracker: Tracker, faulty: faults.Faulty) -> None:
        self.web, self.tracker, self.faulty = web, tracker, faulty
        self.target: dict[str, Any] = {
            "api_url": web.url("").rstrip("/"), "repository": REPOSITORY, "credential": "eng",
            "mark": MARK, "asked_at": NOON.isoformat(),
        }  # fmt: skip

    def channel(self, token: str = TOKEN) -> GithubTicket:
        keys = {"eng": Credential(token=SecretStr(token)), "none": Credential()}
        return build(Options(), ways=Ways(SETTINGS.http, loopback_client(), keys))

    def message(self, **target: Any) -> Message:
        return Message(key="k", text=TEXT, target=self.target | target)


@pytest.fixture
def stage() -> Iterator[Stage]:
    tracker = Tracker()
    faulty = faults.Faulty(tracker)
    with Web(faulty) as web:
        yield Stage(web, tracker, faulty)


def test_the_ticket_says_what_was_approved(stage: Stage) -> None:
    receipt = stage.channel().send(stage.message())
    (made,) = stage.tracker.issues
    assert (made["title"], made["body"].startswith("7 people say so.")) == ("GS-1: it hangs", True)
    assert MARK in made["body"]
    assert (receipt.remote_id, receipt.url) == ("1", made["html_url"])


def test_it_is_found_by_its_mark_among_many_on_any_page(stage: Stage) -> None:
    stage.tracker.add("ours", f"text\n\n<!-- groundswell:{MARK} -->")
    for number in range(250):
        stage.tracker.add(f"another {number}", f"<!-- groundswell:{'cd' * 16} -->")
    found = stage.channel().find(stage.message())
    assert found is not None
    assert found.remote_id == "1"


def test_a_copy_of_the_mark_is_not_ours(stage: Stage) -> None:
    for title in ("ours", "a copy"):
        stage.tracker.add(title, f"<!-- groundswell:{MARK} -->")
    found = stage.channel().find(stage.message())
    assert found is not None
    assert found.remote_id == "1"


def test_what_is_older_than_the_asking_is_not_read(stage: Stage) -> None:
    for number in range(150):
        stage.tracker.add(f"old {number}", created_at="2026-05-01T00:00:00Z")
    assert stage.channel().find(stage.message()) is None
    assert len([one for one in stage.tracker.asked if one.startswith("GET")]) == 1
    asked_at = (NOON + timedelta(days=9)).isoformat()
    assert stage.channel().find(stage.message(asked_at=asked_at)) is None


def test_too_many_to_look_through_is_for_a_person(stage: Stage) -> None:
    for number in range(1_001):
        stage.tracker.add(f"another {number}")
    with pytest.raises(PermanentError, match="more than 1000 issues came to acme/app since"):
        stage.channel().find(stage.message())


@pytest.mark.parametrize("fault", faults.AFTER, ids=lambda fault: fault.__name__)
def test_an_answer_that_proves_nothing_is_in_doubt_and_not_asked_again(
    stage: Stage, fault: faults.Fault
) -> None:
    stage.faulty.next(fault, faults.POST)
    with pytest.raises(InDoubt):
        stage.channel().send(stage.message())
    assert (stage.tracker.writes, len(stage.tracker.issues)) == (1, 1)


def test_a_limit_is_waited_for(stage: Stage) -> None:
    stage.faulty.next(faults.too_many(7), faults.POST)
    with pytest.raises(TransientError) as caught:
        stage.channel().send(stage.message())
    assert (caught.value.retry_after_s, stage.tracker.issues) == (7.0, [])
    stage.faulty.next(
        lambda _script, _asked: Reply(403, b'{"message": "secondary rate limit"}'), faults.POST
    )
    with pytest.raises(TransientError) as caught:
        stage.channel().send(stage.message())
    assert caught.value.retry_after_s == 60.0


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"credential": "none"}, r"\[credentials.none\] holds no token"),
        ({"credential": None}, "no credential is named"),
        ({"repository": "../x"}, "is no repository"),
        ({"repository": "acme/other"}, r"no such repository, or .* \(404\); it says “Not Found”"),
    ],
)
def test_what_cannot_be_written_says_why(stage: Stage, target: dict[str, Any], words: str) -> None:
    with pytest.raises(PermanentError, match=words):
        stage.channel().send(stage.message(**target))
    assert stage.tracker.issues == []


def test_a_refused_token_and_a_closed_tracker_are_told(stage: Stage) -> None:
    with pytest.raises(PermanentError, match="refuses the token"):
        stage.channel("wrong").send(stage.message())
    stage.tracker.has_issues = False
    with pytest.raises(PermanentError, match="issues switched off"):
        stage.channel().send(stage.message())


def test_a_tracker_that_does_not_answer_a_look_is_asked_later(stage: Stage) -> None:
    stage.faulty.next(faults.fails_before, faults.GET)
    with pytest.raises(TransientError):
        stage.channel().find(stage.message())
    stage.faulty.next(lambda _script, _asked: Reply(200, b"<html>"), faults.GET)
    with pytest.raises(PermanentError, match="something else than issues"):
        stage.channel().find(stage.message())
