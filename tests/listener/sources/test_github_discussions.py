"""Discussions are followed from the newest change back, with their comments and replies."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import SecretStr

from listener.diagnoses import DiagnosedError
from listener.sources.base import Batch, RawPost
from listener.sources.github import GithubSource, Options, build
from listener.tables import SourceState
from tests.listener.sources.fetching import loopback_client, place_at
from tests.places.github import (
    ROOT,
    TOKEN,
    always,
    at,
    discussion,
    github_web,
    listing,
    refusal,
    said,
)
from tests.places.web import Reply, Web


def source_at(
    web: Web, path: str = "/fern/sync/discussions", token: str | None = TOKEN
) -> GithubSource:
    secret = SecretStr(token) if token else None
    options = Options(api_url=web.url(""), token=secret)
    return build(place_at(web.url(path), options=options), loopback_client())


def caught_up(web: Web, cursor: Mapping[str, Any]) -> tuple[list[RawPost], list[Batch]]:
    told: list[RawPost] = []
    batches: list[Batch] = []
    while not batches or batches[-1].more:
        batch = source_at(web).fetch(json.loads(json.dumps(dict(cursor))))
        batches.append(batch)
        told += batch.posts
        cursor = batch.cursor
        assert len(batches) < 50, "it never ends"
    return told, batches


def test_a_stop_is_caught_up_with_every_comment_and_reply() -> None:
    place, web = github_web()
    place.discussions = [discussion(1)]
    with web:
        _, first = caught_up(web, {})
        reply = said(903, "a reply")
        answer = said(902, "a comment", replies=listing(reply))
        place.discussions = [
            discussion(1, updatedAt=at(903), comments=listing(answer)),
            *(discussion(number) for number in range(500, 580)),
        ]
        told, batches = caught_up(web, first[-1].cursor)
    by_id = {post.remote_id: post for post in told}
    assert set(by_id) >= {"D_902", "D_903", *(f"D_{number}" for number in range(500, 580))}
    assert by_id["D_902"].reply_to == by_id["D_1"].url == f"{ROOT}/discussions/1"
    assert by_id["D_903"].reply_to == by_id["D_902"].url
    assert {by_id[name].thread_id for name in ("D_1", "D_902", "D_903")} == {by_id["D_1"].url}
    assert (by_id["D_1"].title, by_id["D_902"].title) == ("Discussion 1", None)
    assert [batch.loss for batch in batches if batch.loss] == []


def test_more_new_comments_than_are_shown_is_a_gap() -> None:
    place, web = github_web()
    place.discussions = [discussion(1)]
    with web:
        _, first = caught_up(web, {})
        shown = listing(*(said(number, "x") for number in range(950, 1000)), total=80)
        place.discussions = [discussion(1, updatedAt=at(1000), comments=shown)]
        told, batches = caught_up(web, first[-1].cursor)
        _, after = caught_up(web, batches[-1].cursor)
    assert len(told) == 51
    assert "more than 50 new comments" in (batches[-1].loss.reason if batches[-1].loss else "")
    assert after[-1].loss is None


def test_a_deleted_discussion_shows_when_asked_for_again() -> None:
    place, web = github_web()
    place.discussions = [discussion(1), discussion(2)]
    with web:
        again = source_at(web).recheck(["D_1", "D_404", "D_2"])
    assert [post.remote_id for post in again.posts] == ["D_1", "D_2"]
    assert again.deleted == ("D_404",)


HIDDEN: list[tuple[str, list[dict[str, Any]]]] = [
    ("refused", [{"type": "FORBIDDEN", "message": "enforces SAML"}]),
    ("one of two refused", [{"type": kind, "message": "x"} for kind in ("NOT_FOUND", "FORBIDDEN")]),
    ("refused as one of both", [{"type": "FORBIDDEN", "message": "x", "path": ["nodes", 1]}]),
    ("untyped", [{"message": "Something went wrong"}]),
    ("gone and untyped", [{"type": "NOT_FOUND", "message": "x"}, {"message": "timeout"}]),
]


@pytest.mark.parametrize("errors", [one[1] for one in HIDDEN], ids=[one[0] for one in HIDDEN])
def test_a_discussion_that_github_does_not_show_is_not_deleted(
    errors: list[dict[str, Any]],
) -> None:
    place, web = github_web()
    body = json.dumps({"data": {"nodes": [None, None]}, "errors": errors})
    place.faults = [always(Reply(200, body.encode()))]
    with web, pytest.raises(DiagnosedError) as caught:
        source_at(web).recheck(["D_1", "D_2"])
    assert caught.value.state is SourceState.FAILING


@pytest.mark.parametrize("kind", ["FORBIDDEN", "INTERNAL", "None"])
def test_a_discussion_that_is_refused_hides_no_other(kind: str) -> None:
    place, web = github_web()
    errors = [
        {"type": kind, "message": "not yours", "path": ["nodes", 0]},
        {"type": "NOT_FOUND", "message": "gone", "path": ["nodes", 1]},
        {"type": kind, "message": "not yours", "path": ["nodes", 2, "author"]},
    ]
    nodes = [None, None, discussion(3) | {"author": None}]
    body = json.dumps({"data": {"nodes": nodes}, "errors": errors})
    place.faults = [always(Reply(200, body.encode()))]
    with web:
        again = source_at(web).recheck(["D_1", "D_2", "D_3"])
    assert ([post.remote_id for post in again.posts], again.deleted) == (["D_3"], ("D_2",))


@pytest.mark.parametrize(("kind", "heard"), [("FORBIDDEN", True), ("INTERNAL", False)])
def test_a_look_goes_on_past_a_discussion_that_is_not_ours_to_see(kind: str, heard: bool) -> None:
    """What GitHub merely failed to look up comes with the next look, so this one must not end."""
    place, web = github_web()
    page = {"pageInfo": {"hasNextPage": False}, "nodes": [None, discussion(1)]}
    errors = [{"type": kind, "message": "x", "path": ["repository", "discussions", "nodes", 0]}]
    body = json.dumps({"data": {"repository": {"discussions": page}}, "errors": errors})
    place.faults = [always(Reply(200, body.encode()))]
    with web:
        if heard:
            assert "D_1" in {post.remote_id for post in source_at(web).fetch({}).posts}
        else:
            with pytest.raises(DiagnosedError, match="answers with an error"):
                source_at(web).fetch({})


@pytest.mark.parametrize("more", [{}, {"errors": None}, {"errors": []}])
def test_a_discussion_left_out_without_an_error_is_not_deleted(more: dict[str, Any]) -> None:
    place, web = github_web()
    place.faults = [always(Reply(200, json.dumps({"data": {"nodes": [None]}} | more).encode()))]
    with web:
        again = source_at(web).recheck(["D_1"])
    assert (again.posts, again.deleted) == ((), ())


def test_a_repository_that_was_closed_to_us_has_not_deleted_its_discussions() -> None:
    _, web = github_web()
    with web, pytest.raises(DiagnosedError, match="private"):
        source_at(web, "/fern/other/discussions").recheck(["D_1"])


@pytest.mark.parametrize("author", [None, {"login": "app", "__typename": "Bot"}])
def test_who_wrote_is_known(author: dict[str, str] | None) -> None:
    place, web = github_web()
    place.discussions = [discussion(1, author=author)]
    with web:
        (post,) = source_at(web).fetch({}).posts
    assert (post.author_name, post.role) == ((None, None) if author is None else ("app", "bot"))


@pytest.mark.parametrize("odd", [None, {}, {"comments": None}, {"comments": {"nodes": [None]}}])
def test_an_odd_discussion_silences_no_other(odd: dict[str, Any] | None) -> None:
    place, web = github_web()
    strange = None if odd is None else (discussion(2) | odd if odd else {})
    page = {"pageInfo": {"hasNextPage": False}, "nodes": [strange, discussion(1)]}
    body = json.dumps({"data": {"repository": {"discussions": page}}})
    place.faults = [always(Reply(200, body.encode()))]
    with web:
        assert "D_1" in {post.remote_id for post in source_at(web).fetch({}).posts}


def failure(kind: str, message: str) -> Reply:
    body = json.dumps({"data": None, "errors": [{"type": kind, "message": message}]})
    return Reply(200, body.encode())


@pytest.mark.parametrize(
    ("reply", "state", "remedy"),
    [
        (failure("FORBIDDEN", "not\nby token"), SourceState.FAILING, "not by token.*: check"),
        (failure("RATE_LIMITED", "x"), SourceState.RATE_LIMITED, "60 s"),
        (Reply(200, b'{"data": {"repository": null}}'), SourceState.NOT_FOUND, "check owner"),
        (Reply(200, b"[1]"), SourceState.NOT_A_FEED, "api_url"),
        (Reply(200, b'{"errors": "x"}'), SourceState.NOT_A_FEED, "api_url"),
        (refusal(401, "Bad credentials"), SourceState.NEEDS_LOGIN, "make a new one"),
    ],
)
def test_a_refusal_is_named_with_a_remedy(reply: Reply, state: SourceState, remedy: str) -> None:
    place, web = github_web()
    place.faults = [always(reply)]
    with web, pytest.raises(DiagnosedError, match=remedy) as caught:
        source_at(web).fetch({})
    assert caught.value.state is state
    assert "\n" not in str(caught.value)


def test_no_token_is_told_before_anything_is_asked() -> None:
    place, web = github_web()
    with web, pytest.raises(DiagnosedError, match=r"\[github\]") as caught:
        source_at(web, token=None).fetch({})
    assert (caught.value.state, place.asked) == (SourceState.NEEDS_LOGIN, [])


def test_another_repository_is_not_there() -> None:
    _, web = github_web()
    with web, pytest.raises(DiagnosedError, match="check owner and name"):
        source_at(web, "/fern/other/discussions").fetch({})
