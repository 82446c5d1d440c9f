"""A hashtag, an account and a search are followed without holes; only what is meant for all."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from config.settings import Credential
from listener.diagnoses import DiagnosedError
from listener.sources.base import Batch, RawPost
from listener.sources.mastodon import MastodonSource, build, resembles
from listener.tables import SourceState
from tests.listener.sources.fetching import NOON, Clock, loopback_client, place_at
from tests.places.mastodon import TOKEN, always, mastodon_web, refusal, status, status_id
from tests.places.web import Reply, Web

MEMBER = Credential(token=SecretStr(TOKEN))


def source_at(web: Web, path: str = "/tags/fernsync", **more: Any) -> MastodonSource:
    return build(place_at(web.url(path), **more), loopback_client())


def caught_up(
    web: Web, cursor: Mapping[str, Any], path: str = "/tags/fernsync", **more: Any
) -> tuple[list[RawPost], list[Batch]]:
    """Fetch until there is no more, a new source for each page as after a kill."""
    told: list[RawPost] = []
    batches: list[Batch] = []
    while not batches or batches[-1].more:
        batch = source_at(web, path, **more).fetch(json.loads(json.dumps(dict(cursor))))
        batches.append(batch)
        told += batch.posts
        cursor = batch.cursor
        assert len(batches) < 50, "it never ends"
    return told, batches


def ids(told: list[RawPost]) -> set[str]:
    return {post.remote_id for post in told}


def named(*numbers: int) -> set[str]:
    return {status_id(number) for number in numbers}


def test_a_stop_of_days_is_caught_up_though_anchors_were_deleted() -> None:
    place, web = mastodon_web(*(status(number) for number in range(1, 61)))
    with web:
        _, first = caught_up(web, {})
        place.delete(*range(50, 61))
        place.statuses += [status(number) for number in range(61, 311)]
        told, batches = caught_up(web, first[-1].cursor)
    assert ids(told) >= named(*range(61, 311))
    assert [batch.loss for batch in batches if batch.loss] == []


def test_the_first_look_takes_a_bounded_history() -> None:
    _, web = mastodon_web(*(status(number) for number in range(1, 401)))
    with web:
        told, batches = caught_up(web, {})
    assert (ids(told), len(batches)) == (named(*range(201, 401)), 5)


def test_a_post_that_another_server_delivers_late_is_heard() -> None:
    """Its id is of its own time, below those that were told before."""
    place, web = mastodon_web(status(1), status(5))
    with web:
        _, first = caught_up(web, {})
        place.statuses.append(status(3))
        told, _ = caught_up(web, first[-1].cursor)
    assert status_id(3) in ids(told)


def test_an_account_is_looked_up_once_and_followed_without_boosts() -> None:
    boost = status(10, reblog=status(1))
    place, web = mastodon_web(*(status(number) for number in range(1, 5)), boost)
    with web:
        told, first = caught_up(web, {}, "/@user3")
        place.statuses.append(status(17))
        later, _ = caught_up(web, first[-1].cursor, "/@user3")
    assert (ids(told), ids(later)) == (named(3), named(3, 17))
    assert sum("lookup" in path for path in place.asked) == 1


def test_a_search_needs_a_token_and_finds() -> None:
    _, web = mastodon_web(status(1, "sync broke"), status(2, "all well"))
    with web:
        with pytest.raises(DiagnosedError, match="--credential") as caught:
            source_at(web, "/search?q=sync").fetch({})
        told, _ = caught_up(web, {}, "/search?q=sync", credential=MEMBER)
    assert caught.value.state is SourceState.NEEDS_LOGIN
    assert ids(told) == named(1)


ODD: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("a content warning", {"spoiler_text": "rant", "sensitive": True}, {"title": "rant"}),
    (
        "an alt text",
        {"media_attachments": [{"description": 'a "red" error'}, {"description": None}]},
        {"body": '<p>It crashes.</p><p><img alt="a &quot;red&quot; error"></p>'},
    ),
    (
        "a remote author",
        {"account": {"acct": "ann@other.example", "bot": True}},
        {"author_id": "ann@other.example", "role": "bot"},
    ),
    ("no language", {"language": None}, {"lang": None}),
    ("no link", {"url": None, "uri": "https://a.example/1"}, {"url": "https://a.example/1"}),
    ("a hostile link", {"url": "javascript:alert(1)"}, {"url": None}),
    ("unlisted", {"visibility": "unlisted"}, {"lang": "en"}),
]


@pytest.mark.parametrize(
    ("more", "expected"), [one[1:] for one in ODD], ids=[one[0] for one in ODD]
)
def test_oddities_are_read(more: dict[str, Any], expected: dict[str, Any]) -> None:
    _, web = mastodon_web(status(1, **more))
    with web:
        (post,) = source_at(web).fetch({}).posts
    assert {name: getattr(post, name) for name in expected} == expected


def test_a_reply_names_what_it_answers() -> None:
    _, web = mastodon_web(status(1), status(2, in_reply_to_id=status_id(1)))
    with web:
        first, answer = source_at(web).fetch({}).posts
    assert first.author_id == f"user1@{web.host_port}"
    assert answer.thread_id == first.thread_id == status_id(1)
    assert (answer.reply_to or "").endswith(status_id(1))


@pytest.mark.parametrize(
    "more", [{"visibility": "direct"}, {"visibility": "private"}, {"reblog": status(9)}]
)
def test_what_is_not_meant_for_all_is_left_out(more: dict[str, Any]) -> None:
    _, web = mastodon_web(status(1), status(2, **more))
    with web:
        assert ids(caught_up(web, {})[0]) == named(1)


@pytest.mark.parametrize(
    "odd", [None, 7, {}, status(2) | {"id": None}, status(2) | {"created_at": "soon"}]
)
def test_one_odd_post_silences_no_other(odd: Any) -> None:
    place, web = mastodon_web()
    place.faults = [always(Reply(200, json.dumps([odd, status(1)]).encode()))]
    with web:
        assert ids(list(source_at(web).fetch({}).posts)) == named(1)


def test_deleted_posts_show_when_asked_for_again() -> None:
    place, web = mastodon_web(status(1), status(2))
    with web:
        place.edit(1, "other words")
        again = source_at(web).recheck([status_id(1), status_id(7)])
        place.faults = [always(Reply(404, b"<html>a proxy</html>"))]
        with pytest.raises(DiagnosedError, match="nothing is there"):
            source_at(web).recheck([status_id(1)])
    assert [post.body for post in again.posts] == ["<p>other words</p>"]
    assert again.deleted == (status_id(7),)


def test_one_post_that_is_refused_hides_no_other() -> None:
    place, web = mastodon_web(status(1))
    with web:
        place.faults = [always(Reply(503))]
        again = source_at(web).recheck([status_id(7), status_id(8), status_id(1)])
        assert (len(again.posts), again.deleted) == (1, (status_id(8),))
        place.faults = [always(refusal(429, "Too many requests"))]
        with pytest.raises(DiagnosedError, match="300 s"):
            source_at(web).recheck([status_id(7), status_id(1)])


REFUSALS: list[tuple[str, Reply, SourceState, str]] = [
    ("401", refusal(401, "The access token is invalid"), SourceState.NEEDS_LOGIN, "token"),
    ("422", refusal(422, "requires an authenticated user"), SourceState.NEEDS_LOGIN, "token"),
    ("403", refusal(403, "This action is not allowed"), SourceState.FORBIDDEN, "owner"),
    ("404", refusal(404, "Record not found"), SourceState.NOT_FOUND, "check the address"),
    ("410", Reply(410), SourceState.GONE, "remove the source"),
    ("503", Reply(503), SourceState.FAILING, "look again later"),
    ("no JSON", Reply(200, b"<html>"), SourceState.NOT_A_FEED, "check the address"),
    ("an object", Reply(200, b"{}"), SourceState.NOT_A_FEED, "check the address"),
    ("deep JSON", Reply(200, b"[" * 200_000), SourceState.NOT_A_FEED, "check the address"),
    ("429", refusal(429, "Too many requests", retry_after="42"), SourceState.RATE_LIMITED, "42 s"),
    ("a bare 429", refusal(429, "Too many"), SourceState.RATE_LIMITED, "300 s"),
    (
        "a 429 with a reset",
        refusal(429, "Too many requests", x_ratelimit_reset="2026-05-12T12:01:30.000Z"),
        SourceState.RATE_LIMITED,
        "90 s",
    ),
]


@pytest.mark.parametrize(
    ("reply", "state", "remedy"), [one[1:] for one in REFUSALS], ids=[one[0] for one in REFUSALS]
)
def test_a_refusal_is_named_with_a_remedy(reply: Reply, state: SourceState, remedy: str) -> None:
    place, web = mastodon_web(status(1))
    place.faults = [always(reply)]
    with web, pytest.raises(DiagnosedError, match=remedy) as caught:
        source_at(web).fetch({})
    assert caught.value.state is state
    assert len(place.asked) == 1


def test_a_quota_used_up_is_left_alone_until_it_is_given_again() -> None:
    place, web = mastodon_web(*(status(number) for number in range(1, 61)))
    reset = "2026-05-12T12:01:30.000Z"
    place.headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    clock = Clock()
    with web:
        batch = source_at(web, clock=clock).fetch({})
        with pytest.raises(DiagnosedError, match="90 s"):
            source_at(web, clock=clock).fetch(batch.cursor)
        assert len(place.asked) == 1
        clock.at = NOON + timedelta(seconds=91)
        later = source_at(web, clock=clock).fetch(batch.cursor)
    assert ids([*batch.posts, *later.posts]) == named(*range(1, 61))


@pytest.mark.parametrize(
    ("url", "like"),
    [
        ("https://social.example/tags/fernsync", True),
        ("https://social.example/@ann", True),
        ("https://social.example/@ann@other.example", True),
        ("https://www.youtube.com/@ann", False),
        ("https://social.example/@ann/1234", False),
        ("https://social.example/about", False),
    ],
)
def test_addresses_that_look_like_it_are_told(url: str, like: bool) -> None:
    assert resembles(url) is like


def test_another_page_of_a_server_is_no_source() -> None:
    _, web = mastodon_web()
    with web, pytest.raises(DiagnosedError, match="/tags/WORD") as caught:
        source_at(web, "/about").fetch({})
    assert caught.value.state is SourceState.NOT_FOUND
