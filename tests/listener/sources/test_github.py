"""A repository is followed by what changes in it, page by page, without jumping over anything."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from config.settings import Credential
from listener.diagnoses import DiagnosedError
from listener.sources.base import Batch, RawPost
from listener.sources.github import GithubSource, Options, build, recognises
from listener.tables import SourceState
from tests.listener.sources.fetching import NOON, Clock, loopback_client, place_at
from tests.places.github import ROOT, TOKEN, always, at, comment, github_web, issue, refusal
from tests.places.web import Reply, Web


def source_at(web: Web, path: str = "/fern/sync", **more: Any) -> GithubSource:
    options = Options(api_url=web.url(""), token=SecretStr(TOKEN))
    return build(place_at(web.url(path), options=options, **more), loopback_client())


def caught_up(web: Web, cursor: Mapping[str, Any]) -> tuple[list[RawPost], list[Batch]]:
    """Fetch until there is no more, a new source for each page as after a kill."""
    told: list[RawPost] = []
    batches: list[Batch] = []
    while not batches or batches[-1].more:
        batch = source_at(web).fetch(json.loads(json.dumps(dict(cursor))))
        batches.append(batch)
        told += batch.posts
        cursor = batch.cursor
        assert len(batches) < 50, "it never ends"
    return told, batches


def ids(told: list[RawPost]) -> set[str]:
    return {post.remote_id for post in told}


def issues(*numbers: int) -> list[dict[str, Any]]:
    return [issue(number) for number in numbers]


def named(numbers: range) -> set[str]:
    return {f"issues/{number}" for number in numbers}


def test_issues_and_comments_of_a_long_stop_come_whole() -> None:
    place, web = github_web(issue(1))
    with web:
        _, first = caught_up(web, {})
        place.issues += issues(*range(500, 750))
        place.comments = [comment(number) for number in range(900, 1130)]
        told, batches = caught_up(web, first[-1].cursor)
    assert ids(told) >= named(range(500, 750))
    assert ids(told) >= {f"issues/comments/{70_000 + number}" for number in range(900, 1130)}
    assert [batch.loss for batch in batches if batch.loss] == []


def test_a_change_between_two_pages_makes_none_jumped_over() -> None:
    """Numbered pages would miss issue 101: the changed one leaves a hole before it."""
    place, web = github_web(*issues(*range(1, 251)))
    with web:
        batch = source_at(web).fetch({})
        place.edit(50, "other words")
        told, _ = caught_up(web, batch.cursor)
    assert ids([*batch.posts, *told]) == named(range(1, 251))


def test_more_than_a_page_of_one_second_is_no_standstill() -> None:
    same = [issue(number, created_at=at(5), updated_at=at(5)) for number in range(1, 351)]
    _, web = github_web(*same, issue(400))
    with web:
        told, batches = caught_up(web, {})
    assert ids(told) == {*named(range(1, 351)), "issues/400"}
    assert len(batches) < 10


def test_a_change_that_shows_a_moment_late_is_heard() -> None:
    place, web = github_web(issue(1), issue(90))
    with web:
        _, first = caught_up(web, {})
        place.issues.append(issue(30))
        told, _ = caught_up(web, first[-1].cursor)
    assert "issues/30" in ids(told)


def test_an_edit_comes_by_itself() -> None:
    place, web = github_web(*issues(*range(1, 4)))
    with web:
        _, first = caught_up(web, {})
        place.edit(2, "other words")
        told, _ = caught_up(web, first[-1].cursor)
    assert [post.body for post in told if post.remote_id == "issues/2"][-1] == "<p>other words</p>"


def test_an_unchanged_repository_costs_no_quota() -> None:
    _, web = github_web(*issues(1, 2))
    with web:
        _, first = caught_up(web, {})
        _, second = caught_up(web, first[-1].cursor)
        told, third = caught_up(web, second[-1].cursor)
    assert told == []
    assert [asked.headers.get("if-none-match") is not None for asked in web.log[-2:]] == [True] * 2
    assert third[-1].more is False


def test_pull_requests_are_left_out_with_their_comments() -> None:
    place, web = github_web(
        issue(1), issue(2, pull_request={"url": "x"}, html_url=f"{ROOT}/pull/2")
    )
    place.comments = [comment(3), comment(4, html_url=f"{ROOT}/pull/2#issuecomment-4")]
    with web:
        told, _ = caught_up(web, {})
    assert ids(told) == {"issues/1", "issues/comments/70003"}


def test_an_old_issue_that_was_touched_is_no_news_but_a_new_comment_on_it_is() -> None:
    place, web = github_web(issue(1, created_at="2019-01-01T00:00:00Z"))
    place.comments = [comment(2, created_at="2019-01-02T00:00:00Z"), comment(3)]
    with web:
        told, _ = caught_up(web, {})
    assert ids(told) == {"issues/comments/70003"}
    assert told[0].thread_id == "issues/1"
    assert told[0].reply_to == told[0].thread_url == f"{ROOT}/issues/1"


@pytest.mark.parametrize(
    ("more", "name", "role"),
    [
        ({}, "user1", None),
        ({"author_association": "MEMBER"}, "user1", "staff"),
        ({"user": {"login": "ci[bot]", "id": 5, "type": "Bot"}}, "ci[bot]", "bot"),
        ({"user": None}, None, None),
    ],
)
def test_who_wrote_is_known(more: dict[str, Any], name: str | None, role: str | None) -> None:
    _, web = github_web(issue(1, **more))
    with web:
        (post,) = source_at(web).fetch({}).posts
    assert (post.author_name, post.role) == (name, role)


ODD: list[tuple[str, dict[str, Any], str]] = [
    ("no body", {"body": None, "body_html": None}, ""),
    ("only Markdown", {"body": "a *b*", "body_html": None}, "a *b*"),
    ("unknown fields", {"reactions": {"+1": 3}, "type": None}, "<p>It crashes.</p>"),
]


@pytest.mark.parametrize(("more", "body"), [one[1:] for one in ODD], ids=[one[0] for one in ODD])
def test_odd_issues_are_read(more: dict[str, Any], body: str) -> None:
    _, web = github_web(issue(1, **more))
    with web:
        assert [post.body for post in source_at(web).fetch({}).posts] == [body]


@pytest.mark.parametrize(
    "more", [{"id": None}, {"created_at": "soon"}, {"created_at": "0001-01-01T00:00:00+14:00"}]
)
def test_one_unreadable_issue_silences_no_other(more: dict[str, Any]) -> None:
    _, web = github_web(issue(1), issue(2, **more))
    with web:
        assert ids(caught_up(web, {})[0]) == {"issues/1"}


def test_a_renamed_repository_is_followed_and_its_new_address_told() -> None:
    moved = issue(1, html_url="https://github.com/fern/newsync/issues/1")
    place, web = github_web(moved)
    place.renamed = True
    with web:
        batch = source_at(web).fetch({})
    assert ids(list(batch.posts)) == {"issues/1"}
    assert batch.moved_to == "https://github.com/fern/newsync"
    assert all(asked.headers["authorization"] == f"Bearer {TOKEN}" for asked in web.log)


def test_deleted_issues_and_comments_show_when_asked_for_again() -> None:
    place, web = github_web(*issues(1, 2))
    place.comments = [comment(3)]
    with web:
        place.edit(1, "other words")
        wanted = ["issues/1", "issues/9", "issues/comments/70003", "issues/comments/70009"]
        again = source_at(web).recheck(wanted)
    assert [post.body for post in again.posts] == ["<p>other words</p>", "<p>Same here.</p>"]
    assert again.deleted == ("issues/9", "issues/comments/70009")


def test_a_repository_that_was_closed_to_us_has_not_deleted_its_posts() -> None:
    _, web = github_web(issue(1))
    with web, pytest.raises(DiagnosedError, match="private"):
        source_at(web, "/fern/other").recheck(["issues/1"])


def test_issues_that_were_only_switched_off_are_not_deleted() -> None:
    place, web = github_web(*issues(1, 2))
    place.has_issues = False
    with web:
        again = source_at(web).recheck(["issues/1", "issues/2"])
    assert (again.posts, again.deleted) == ((), ())


def test_an_issue_moved_to_another_repository_is_not_deleted() -> None:
    place, web = github_web()
    elsewhere = issue(77, html_url="https://github.com/fern/other/issues/77")
    place.faults = [always(Reply(200, json.dumps(elsewhere).encode()))]
    with web:
        again = source_at(web).recheck(["issues/1"])
    assert (again.posts, again.deleted) == ((), ())


def test_one_issue_that_is_refused_hides_no_other() -> None:
    place, web = github_web(issue(1))
    with web:
        place.faults = [always(Reply(502, b"<html>"))]
        again = source_at(web).recheck(["issues/2", "issues/9", "issues/1"])
        assert ([post.remote_id for post in again.posts], again.deleted) == (
            ["issues/1"],
            ("issues/9",),
        )
        place.faults = [always(Reply(502, b"<html>"))]
        with pytest.raises(DiagnosedError, match="look again later"):
            source_at(web).recheck(["issues/1"])


REFUSALS: list[tuple[str, Reply, SourceState, str]] = [
    ("401", refusal(401, "Bad credentials"), SourceState.NEEDS_LOGIN, "make a new one"),
    ("403", refusal(403, "Resource not accessible"), SourceState.FORBIDDEN, "credential"),
    ("404", refusal(404, "Not Found"), SourceState.NOT_FOUND, "check owner and name"),
    ("410", refusal(410, "Issues are disabled"), SourceState.GONE, "remove the source"),
    ("502", Reply(502, b"<html>"), SourceState.FAILING, "look again later"),
    ("no JSON", Reply(200, b"<html>"), SourceState.NOT_A_FEED, "api_url"),
    ("an object", Reply(200, b"{}"), SourceState.NOT_A_FEED, "api_url"),
    ("deep JSON", Reply(200, b"[" * 200_000), SourceState.NOT_A_FEED, "api_url"),
]


@pytest.mark.parametrize(
    ("reply", "state", "remedy"), [one[1:] for one in REFUSALS], ids=[one[0] for one in REFUSALS]
)
def test_a_refusal_is_named_with_a_remedy(reply: Reply, state: SourceState, remedy: str) -> None:
    place, web = github_web(issue(1))
    place.faults = [always(reply)]
    with web, pytest.raises(DiagnosedError, match=remedy) as caught:
        source_at(web).fetch({})
    assert caught.value.state is state
    assert len(place.asked) == 1
    assert TOKEN not in str(caught.value)


RESET = str(int((NOON + timedelta(seconds=90)).timestamp()))
LIMITS: list[tuple[str, Reply, float]] = [
    ("used up", refusal(403, "x", x_ratelimit_remaining="0", x_ratelimit_reset=RESET), 90.0),
    ("429", refusal(429, "x", x_ratelimit_remaining="0", x_ratelimit_reset=RESET), 90.0),
    ("secondary", refusal(403, "You have exceeded a secondary rate limit"), 60.0),
    ("retry-after", refusal(403, "x", retry_after="42"), 42.0),
    ("a bare 429", refusal(429, "x"), 60.0),
]


@pytest.mark.parametrize(
    ("reply", "wait_s"), [one[1:] for one in LIMITS], ids=[one[0] for one in LIMITS]
)
def test_a_request_to_wait_is_passed_on(reply: Reply, wait_s: float) -> None:
    place, web = github_web(issue(1))
    place.faults = [always(reply)]
    with web, pytest.raises(DiagnosedError, match=f"{wait_s:.0f} s") as caught:
        source_at(web).fetch({})
    assert (caught.value.state, caught.value.retry_after_s) == (SourceState.RATE_LIMITED, wait_s)


def test_a_quota_used_up_is_left_alone_until_it_is_given_again() -> None:
    place, web = github_web(*issues(*range(1, 151)))
    place.headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET}
    clock = Clock()
    with web:
        batch = source_at(web, clock=clock).fetch({})
        with pytest.raises(DiagnosedError, match="90 s"):
            source_at(web, clock=clock).fetch(batch.cursor)
        assert len(place.asked) == 1
        clock.at = NOON + timedelta(seconds=91)
        later = source_at(web, clock=clock).fetch(batch.cursor)
    assert (len(batch.posts), ids(list(later.posts)) >= named(range(101, 151))) == (100, True)


def test_a_credential_has_the_last_word() -> None:
    _, web = github_web(issue(1))
    credential = Credential(token=SecretStr("ghp_own"), api_url=web.url(""))
    with web:
        place = place_at(web.url("/fern/sync"), credential=credential)
        build(place, loopback_client()).fetch({})
    assert web.log[0].headers["authorization"] == "Bearer ghp_own"


def test_a_public_repository_needs_no_token() -> None:
    _, web = github_web(issue(1))
    with web:
        place = place_at(web.url("/fern/sync"), options=Options(api_url=web.url("")))
        assert len(build(place, loopback_client()).fetch({}).posts) == 1
    assert "authorization" not in web.log[0].headers


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://github.com/fern/sync", True),
        ("https://github.com/fern/sync.git", True),
        ("https://github.com/fern/sync/issues?q=is%3Aopen", True),
        ("https://github.com/fern/sync/discussions/", True),
        ("https://github.com/fern", False),
        ("https://github.com/orgs/fern/discussions", False),
        ("https://github.com/fern/sync/releases.atom", False),
        ("https://github.com.evil.example/fern/sync", False),
        ("", False),
    ],
)
def test_addresses_of_repositories_are_recognised(url: str, known: bool) -> None:
    assert recognises(url) is known
