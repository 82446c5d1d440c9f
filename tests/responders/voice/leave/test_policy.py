"""May we answer here, now, them? One table for each rule."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from responders.voice.leave.policy import (
    DAY,
    NO_BOT_HOSTS,
    Answer,
    DeclaredPolicy,
    PlacePolicy,
    PostFacts,
    ThreadFacts,
    Verdict,
    full_until,
    is_bot,
    may_answer,
)
from responders.voice.leave.withholding import Lane
from tests.conftest import NOON


def ask(
    policy: dict[str, Any] | None = None,
    *,
    thread: dict[str, Any] | None = None,
    post: dict[str, Any] | None = None,
) -> Verdict:
    where: dict[str, Any] = {"place": "forum", "host": "forum.example"} | (thread or {})
    said: dict[str, Any] = {"author": "ann", "published_at": NOON - timedelta(hours=1)}
    return may_answer(
        ThreadFacts(**where),
        PostFacts(**said | (post or {})),
        PlacePolicy(**(policy or {})),
        now=NOON,
    )


def test_where_nobody_said_anything_we_may() -> None:
    assert ask() == Verdict(Answer.YES)


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        ({"opted_out": True}, "its author asked us not to answer them"),
        ({"ours": True}, "it is our own"),
        ({"role": "staff"}, "it is our own"),
        ({"role": "bot"}, "a bot wrote it"),
        ({"author": "AutoModerator"}, "a bot wrote it"),
        ({"author": "renovate[bot]"}, "a bot wrote it"),
        ({"author": "release-bot"}, "a bot wrote it"),
        ({"author": "u/AutoModerator"}, "a bot wrote it"),
        ({"gone": True}, "it was deleted"),
    ],
)
def test_some_posts_are_never_answered(post: dict[str, Any], reason: str) -> None:
    verdict = ask(post=post)
    assert (verdict.answer, verdict.reason) == (Answer.NEVER, reason)
    assert verdict.remedy


@pytest.mark.parametrize("name", ["Robot", "botanist", "abbot", "talbot", "Bot Ross", "", None])
def test_people_whose_names_sound_so_are_no_bots(name: str | None) -> None:
    assert not is_bot(name)


@pytest.mark.parametrize(
    ("policy", "thread", "answer", "reason"),
    [
        ({}, {"locked": True}, Answer.NEVER, "the thread is locked"),
        ({}, {"gone": True}, Answer.NEVER, "it was deleted"),
        ({"allowed": False}, {}, Answer.NEVER, "the policy allows no replies at forum"),
        (
            {"allowed": False, "why": "their rules"},
            {},
            Answer.NEVER,
            "the policy allows no replies at forum: their rules",
        ),
        ({"no_bots": True}, {}, Answer.BY_HAND, "bots are not welcome at forum"),
        ({}, {"host": "stackoverflow.com"}, Answer.BY_HAND, "bots are not welcome at forum"),
        ({}, {"host": "dba.stackexchange.com"}, Answer.BY_HAND, "bots are not welcome at forum"),
    ],
)
def test_some_places_want_none_of_ours(
    policy: dict[str, Any], thread: dict[str, Any], answer: Answer, reason: str
) -> None:
    verdict = ask(policy, thread=thread)
    assert (verdict.answer, verdict.reason) == (answer, reason)


@pytest.mark.parametrize(
    "host", ["mystackoverflow.com", "forum.example", "stackoverflow.com.evil.example"]
)
def test_only_the_places_we_know_keep_bots_out_unasked(host: str) -> None:
    assert ask(thread={"host": host}).answer is Answer.YES


def test_an_operator_may_say_that_bots_are_welcome_all_the_same() -> None:
    for host in NO_BOT_HOSTS:
        assert ask({"no_bots": False}, thread={"host": host}).answer is Answer.YES


@pytest.mark.parametrize("name", ["Ann", "ANN", " ann "])
def test_an_author_whom_the_policy_never_answers_is_known_however_they_write(name: str) -> None:
    assert ask({"never_answer": ["ann"]}, post={"author": name}).answer is Answer.NEVER
    assert ask({"never_answer": ["annika"]}, post={"author": name}).answer is Answer.YES


def test_a_young_post_waits_until_it_is_old_enough() -> None:
    young = {"published_at": NOON - timedelta(minutes=4)}
    verdict = ask({"min_age_minutes": 10}, post=young)
    assert (verdict.answer, verdict.until) == (Answer.WAIT, NOON + timedelta(minutes=6))
    assert ask({"min_age_minutes": 4}, post=young).answer is Answer.YES


def test_a_full_thread_waits_until_the_oldest_text_is_a_day_old() -> None:
    sent = [NOON - timedelta(hours=hours) for hours in (2, 5, 30)]
    verdict = ask({"replies_per_thread_per_day": 2}, thread={"in_thread": sent})
    assert (verdict.answer, verdict.until) == (Answer.WAIT, NOON + timedelta(hours=19))
    assert verdict.reason == "2 texts of ours are the most in this thread within a day"
    assert ask({"replies_per_thread_per_day": 3}, thread={"in_thread": sent}).answer is Answer.YES
    verdict = ask({"replies_per_day": 1}, thread={"at_place": sent})
    assert verdict.until == NOON + timedelta(hours=22)
    assert verdict.reason == "1 text of ours is the most at forum within a day"


@given(
    sent=st.lists(st.integers(-3000, 120).map(lambda n: NOON + timedelta(minutes=n)), max_size=30),
    limit=st.integers(0, 8),
)
def test_at_the_time_that_is_told_there_is_room_and_not_before(
    sent: list[datetime], limit: int
) -> None:
    until = full_until(sent, limit, now=NOON)
    lately = [moment for moment in sent if moment > NOON - DAY]
    if limit == 0 or len(lately) < limit:
        assert until is None
        return
    assert until is not None
    assert until > NOON
    assert full_until(sent, limit, now=until) is None
    assert full_until(sent, limit, now=until - timedelta(microseconds=1)) is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_hours": "22-7"},
        {"quiet_hours": "22:00-22:00"},
        {"quiet_hours": "25:00-07:00"},
        {"quiet_hours": "22:00-07:00", "time_zone": "Europe/Atlantis"},
        {"quiet_hours": "22:00-07:00", "time_zone": "../../etc/passwd"},
        {"replies_per_thread_per_day": -1},
        {"disclosure": "two\nlines"},
        {"disclosure": "x" * 201},
        {"never_answer": [""]},
        {"alowed": True},
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PlacePolicy(**wrong)


def test_a_place_says_only_what_is_different_there() -> None:
    policy = DeclaredPolicy.model_validate(
        {
            "disclosure": "I work for Fernsync.",
            "replies_per_day": 9,
            "places": {"forum": {"allowed": False}, "board": {"replies_per_day": 2}},
        }
    )
    assert (policy.at("forum").allowed, policy.at("forum").replies_per_day) == (False, 9)
    assert (policy.at("board").allowed, policy.at("board").replies_per_day) == (True, 2)
    assert policy.at("elsewhere") == PlacePolicy(
        disclosure="I work for Fernsync.", replies_per_day=9
    )


def test_who_is_asked_is_named_by_lane_else_for_all() -> None:
    policy = DeclaredPolicy.model_validate({"person": "Ruth", "persons": {"legal": "Lena"}})
    assert (policy.asked(Lane.LEGAL), policy.asked(Lane.SAFETY)) == ("Lena", "Ruth")
    assert DeclaredPolicy().asked(Lane.LEGAL) == ""


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({}, "replies allowed"),
        ({"allowed": False, "why": "their rules"}, "no replies: their rules"),
        ({"no_bots": True}, "no bots: people write by hand"),
        (
            {"quiet_hours": "22:00-07:00", "time_zone": "Europe/Berlin", "replies_per_day": 3},
            "quiet 22:00-07:00 Europe/Berlin, 3 a day",
        ),
        ({"disclosure": "I work there."}, "discloses"),
    ],
)
def test_a_policy_is_one_line_of_a_list(policy: dict[str, Any], words: str) -> None:
    assert PlacePolicy(**policy).in_words() == words
