"""A quota is read as each platform writes it, and nothing is asked before it is given again."""

from datetime import datetime, timedelta

import pytest

from config.http_client import Response
from listener.diagnoses import DiagnosedError
from listener.pacing.quotas import (
    QuotaLeft,
    latest,
    quota_left,
    refuse_while_resting,
    reset_at,
    resource_of,
    rests_until,
)
from tests.listener.sources.fetching import NOON

SOON = NOON + timedelta(seconds=90)


def answer(**headers: str) -> Response:
    return Response(
        url="",
        final_url="",
        status=200,
        headers={f"x-ratelimit-{name}": value for name, value in headers.items()},
        body=b"",
        permanent_redirect=None,
        elapsed_s=0.0,
        retry_after_s=None,
    )


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("90", SOON),
        ("90.4", NOON + timedelta(seconds=90.4)),
        (str(int(SOON.timestamp())), SOON),
        (SOON.isoformat(), SOON),
        ("2026-05-12T12:01:30Z", SOON),
        ("soon", None),
        ("", None),
        ("1e300", None),
        ("nan", None),
        ("-5", NOON),
        ("9999999999", None),
        ("2026-05-12T11:00:00Z", None),
        ("2031-05-12T11:00:00Z", None),
    ],
)
def test_a_reset_is_seconds_or_a_time(told: str, at: datetime | None) -> None:
    assert reset_at(answer(reset=told), NOON) == at


@pytest.mark.parametrize(
    ("left", "rests"),
    [("0", True), ("0.0", True), ("0.9", True), ("1", False), ("599", False), ("", False)],
)
def test_only_a_quota_used_up_rests(left: str, rests: bool) -> None:
    assert (rests_until(answer(remaining=left, reset="90"), NOON) is not None) is rests


def test_nothing_is_asked_while_it_rests() -> None:
    with pytest.raises(DiagnosedError, match="the 90 s") as caught:
        refuse_while_resting("Reddit", SOON.isoformat(), NOON)
    assert caught.value.retry_after_s == 90.0
    refuse_while_resting("Reddit", SOON.isoformat(), SOON)
    refuse_while_resting("Reddit", None, NOON)


def test_a_rest_noted_while_the_clock_was_wrong_is_none() -> None:
    refuse_while_resting("Reddit", (NOON + timedelta(days=365)).isoformat(), NOON)


@pytest.mark.parametrize(
    ("remaining", "reset", "left"),
    [
        ("12", "90", QuotaLeft(12.0, SOON)),
        ("0", "90", QuotaLeft(0.0, SOON)),
        ("12", "", None),
        ("", "90", None),
        ("nan", "90", None),
        ("inf", "90", None),
    ],
)
def test_what_is_left_needs_a_number_and_a_time(
    remaining: str, reset: str, left: QuotaLeft | None
) -> None:
    assert quota_left(answer(remaining=remaining, reset=reset), NOON) == left


@pytest.mark.parametrize(
    ("url", "resource"),
    [
        ("https://api.github.com/repos/a/b/issues", "core"),
        ("https://api.github.com/search/issues?q=x", "search"),
        ("https://git.example/api/graphql", "graphql"),
        ("https://git.example/api/v3/research", "core"),
        ("http://[half", "core"),
    ],
)
def test_parts_of_an_api_are_counted_apart(url: str, resource: str) -> None:
    assert resource_of(url) == resource


def test_of_two_answers_that_crossed_the_smaller_rest_holds() -> None:
    late, early = QuotaLeft(3, SOON), QuotaLeft(7, SOON + timedelta(seconds=1))
    anew = QuotaLeft(60, SOON + timedelta(hours=1))

    assert latest(late, early) == latest(early, late) == late
    assert latest(late, anew) == anew
