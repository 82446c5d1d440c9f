"""An account and a search are followed without holes, whatever their authors' programs write."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from pydantic import SecretStr

from listener.diagnoses import DiagnosedError
from listener.sources.base import Batch, RawPost
from listener.sources.bluesky import BlueskySource, build, recognises
from listener.tables import SourceState
from tests.listener.sources.fetching import NOON, Clock, loopback_client, place_at
from tests.places.bluesky import (
    DID,
    HANDLE,
    MEMBER,
    always,
    bluesky_web,
    options_for,
    post,
    refusal,
    told,
    uri,
)
from tests.places.web import RawReply, Reply, Web

ACCOUNT, SEARCH = f"/profile/{HANDLE}", "/search?q=crashes"


def source_at(web: Web, path: str = ACCOUNT, **more: Any) -> BlueskySource:
    given: dict[str, Any] = {"options": options_for(web)} | more
    return build(place_at(web.url(path), **given), loopback_client())


def caught_up(
    web: Web, cursor: Mapping[str, Any], path: str = ACCOUNT, **more: Any
) -> tuple[list[RawPost], list[Batch]]:
    """Fetch until there is no more, a new source for each page as after a kill."""
    found: list[RawPost] = []
    batches: list[Batch] = []
    while not batches or batches[-1].more:
        batch = source_at(web, path, **more).fetch(json.loads(json.dumps(dict(cursor))))
        batches.append(batch)
        found += batch.posts
        cursor = batch.cursor
        assert len(batches) < 50, "it never ends"
    return found, batches


def ids(found: list[RawPost]) -> set[str]:
    return {one.remote_id for one in found}


def named(*numbers: int) -> set[str]:
    return {uri(number) for number in numbers}


@pytest.mark.parametrize(("path", "more"), [(ACCOUNT, {}), (SEARCH, {"credential": MEMBER})])
def test_a_stop_of_days_is_caught_up_though_anchors_were_deleted(
    path: str, more: dict[str, Any]
) -> None:
    place, web = bluesky_web(*(post(number) for number in range(1, 131)))
    with web:
        _, first = caught_up(web, {}, path, **more)
        place.delete(*range(120, 131))
        place.posts += [post(number) for number in range(131, 381)]
        found, batches = caught_up(web, first[-1].cursor, path, **more)
    assert ids(found) >= named(*range(131, 381))
    assert [batch.loss for batch in batches if batch.loss] == []


def test_a_key_of_the_far_future_hides_no_later_post() -> None:
    place, web = bluesky_web(post(1))
    place.posts += [post(2) | {"uri": uri(1)[:-13] + key} for key in ("jzzzzzzzzzzzz", "self")]
    with web:
        _, first = caught_up(web, {})
        place.posts += [post(number) for number in range(10, 250)]
        found, _ = caught_up(web, first[-1].cursor)
    assert ids(found) >= named(*range(10, 250))


def test_an_account_is_looked_up_once_and_found_again_after_it_moved() -> None:
    place, web = bluesky_web(post(1))
    with web:
        _, first = caught_up(web, {})
        caught_up(web, first[-1].cursor)
        assert sum("resolveHandle" in path for path in place.asked) == 1
        place.lives_here, place.server = False, web.url("/moved")
        place.posts.append(post(2))
        found, later = caught_up(web, first[-1].cursor)
    assert ids(found) >= named(2)
    assert str(later[-1].cursor["server"]).endswith("/moved")


def test_a_log_in_serves_every_look_and_is_renewed_when_it_expires() -> None:
    place, web = bluesky_web(post(1))
    with web:
        for _ in range(3):
            caught_up(web, {}, SEARCH, credential=MEMBER)
        assert place.log_ins == 1
        place.token = "another"
        found, _ = caught_up(web, {}, SEARCH, credential=MEMBER)
    assert (place.log_ins, ids(found)) == (2, named(1))


def test_a_search_without_a_log_in_is_told_before_anything_is_asked() -> None:
    place, web = bluesky_web(post(1))
    with web, pytest.raises(DiagnosedError, match="--credential") as caught:
        source_at(web, SEARCH).fetch({})
    assert (caught.value.state, place.asked) == (SourceState.NEEDS_LOGIN, [])


def test_a_wrong_password_is_told() -> None:
    _, web = bluesky_web(post(1))
    wrong = MEMBER.model_copy(update={"password": SecretStr("nope-nope")})
    with web, pytest.raises(DiagnosedError, match="app password") as caught:
        source_at(web, SEARCH, credential=wrong).fetch({})
    assert caught.value.state is SourceState.NEEDS_LOGIN
    assert "nope" not in str(caught.value)


def link(start: int, end: int, address: str = "https://a.example/long") -> dict[str, Any]:
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": address}
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


TEXT = "Größe: a.example/l… <b>"
LINKED = '<p>Größe: <a href="https://a.example/long">a.example/l…</a> &lt;b&gt;</p>'
PLAIN = "<p>Größe: a.example/l… &lt;b&gt;</p>"
FACETS: list[tuple[str, list[Any], str]] = [
    ("counted in bytes", [link(9, 23)], LINKED),
    ("one over another", [link(9, 23), link(10, 12)], LINKED),
    ("beyond the end", [link(9, 2300)], PLAIN),
    ("backwards", [link(23, 9)], PLAIN),
    ("negative", [link(-3, 9)], PLAIN),
    ("hostile", [link(9, 23, "javascript:alert(1)")], PLAIN),
    ("a mention", [{"index": {"byteStart": 0, "byteEnd": 3}, "features": [{"did": DID}]}], PLAIN),
    ("odd", [None, 7, {}, {"index": {}}, {"index": {"byteStart": "x"}, "features": 3}], PLAIN),
]


@pytest.mark.parametrize(
    ("facets", "body"), [one[1:] for one in FACETS], ids=[one[0] for one in FACETS]
)
def test_links_are_read_as_their_program_wrote_them(facets: list[Any], body: str) -> None:
    _, web = bluesky_web(post(1, TEXT, facets=facets))
    with web:
        assert source_at(web).fetch({}).posts[0].body == body


EMBEDS: list[tuple[str, Any, str]] = [
    ("alt texts", {"images": [{"alt": 'a "red" error'}, {"alt": ""}, 3]},
     '<p><img alt="a &quot;red&quot; error"></p>'),
    ("a card", {"external": {"uri": "https://a.example/x", "title": "Fern & co"}},
     '<p><a href="https://a.example/x">Fern &amp; co</a></p>'),
    ("both", {"media": {"images": [{"alt": "x"}]}, "record": {}}, '<p><img alt="x"></p>'),
    ("a hostile card", {"external": {"uri": "javascript:1", "title": "x"}}, ""),
    ("odd", {"images": {"alt": 3}, "external": "x"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("embed", "shown"), [one[1:] for one in EMBEDS], ids=[one[0] for one in EMBEDS]
)
def test_what_hangs_on_a_post_is_kept(embed: Any, shown: str) -> None:
    _, web = bluesky_web(post(1, "x", embed=embed))
    with web:
        assert source_at(web).fetch({}).posts[0].body == f"<p>x</p>{shown}"


def test_a_reply_names_its_thread_and_what_it_answers() -> None:
    reply = {"root": {"uri": uri(1), "cid": "x"}, "parent": {"uri": uri(2), "cid": "x"}}
    _, web = bluesky_web(post(1), post(3, reply=reply))
    with web:
        first, answer = source_at(web).fetch({}).posts
    page = f"https://bsky.app/profile/{DID}/post/"
    assert answer.thread_id == first.thread_id == uri(1)
    assert answer.thread_url == first.url == page + uri(1).rpartition("/")[2]
    assert answer.reply_to == page + uri(2).rpartition("/")[2]
    assert (first.author_id, first.author_name, first.lang) == (DID, HANDLE, "en")


def test_a_time_after_it_came_is_not_believed() -> None:
    late = {"uri": uri(1), "record": post(1)["value"] | {"createdAt": "2031-01-01T00:00:00Z"}}
    late |= {"author": {"did": DID, "handle": HANDLE}, "indexedAt": "2026-05-12T06:00:01Z"}
    place, web = bluesky_web()
    place.faults = [always(told({"posts": [late]}))]
    with web:
        (one,) = source_at(web, SEARCH, credential=MEMBER).fetch({}).posts
    assert one.published_at is not None
    assert one.published_at.year == 2026


@pytest.mark.parametrize(
    "odd",
    [
        None,
        {},
        post(2) | {"uri": "at://nobody/x/y"},
        post(2) | {"uri": f"at://{DID}/app.bsky.feed.post/<script>"},
        post(2, createdAt="soon"),
        post(2, createdAt="0001-01-01T00:00:00+14:00"),
        post(2, reply={"root": 3}),
    ],
)
def test_one_odd_post_silences_no_other(odd: Any) -> None:
    place, web = bluesky_web()
    place.faults = [always(told({"records": [odd, post(1)]}))]
    with web:
        assert ids(list(source_at(web).fetch({}).posts)) == named(1)


def test_deleted_posts_show_when_asked_for_again() -> None:
    place, web = bluesky_web(*(post(number) for number in range(1, 41)))
    with web:
        place.delete(7)
        again = source_at(web).recheck([uri(number) for number in range(1, 41)])
    assert (len(again.posts), again.deleted) == (39, (uri(7),))
    # Two for all; who the author is, whether it is gone, and whether its author is.
    assert len(place.asked) == 5


@pytest.mark.parametrize("path", [ACCOUNT, SEARCH])
def test_a_standing_post_that_the_service_does_not_show_is_not_deleted(path: str) -> None:
    place, web = bluesky_web(*(post(number) for number in range(1, 6)))
    place.unknown = named(2, 3)
    with web:
        place.delete(4, 5)
        again = source_at(web, path).recheck([uri(number) for number in range(1, 6)])
    assert (ids(list(again.posts)), again.deleted) == (named(1), (uri(4), uri(5)))
    assert sum(DID in unquote(asked).partition("?")[0] for asked in place.asked) == 1


def test_a_post_told_oddly_is_not_deleted() -> None:
    place, web = bluesky_web()
    odd = {"uri": uri(1), "author": {"did": DID}, "record": post(1)["value"]}
    place.faults = [always(told({"posts": [odd, None, {"uri": []}]}))]
    with web:
        again = source_at(web).recheck([uri(1)])
    assert (again.posts, again.deleted) == ((), ())


UNSURE: list[tuple[str, Reply | RawReply]] = [
    ("closed for a while", refusal(400, "Repo has been deactivated", "RepoDeactivated")),
    ("no such account", refusal(400, "Could not find repo", "RepoNotFound")),
    ("another 400", refusal(400, "Error: rkey must be a string")),
    ("429", refusal(429, "x", "RateLimitExceeded")),
    ("502", Reply(502, b"<html>")),
    ("404 of a web page", Reply(404, b"<html>")),
    ("400 that is no object", Reply(400, b'["RecordNotFound"]')),
    ("deep JSON", Reply(400, b"[" * 200_000)),
    ("hung up", lambda _connection: None),
]


@pytest.mark.parametrize("reply", [one[1] for one in UNSURE], ids=[one[0] for one in UNSURE])
def test_only_a_server_that_says_so_has_deleted_a_post(reply: Reply | RawReply) -> None:
    place, web = bluesky_web(post(1))
    place.record_fault = always(reply)
    with web:
        again = source_at(web).recheck([uri(1), uri(2), "at://odd"])
    assert (ids(list(again.posts)), again.deleted) == (named(1), ())


def test_an_older_server_says_it_without_the_name() -> None:
    place, web = bluesky_web()
    place.record_fault = always(refusal(400, f"Could not locate record: {uri(1)}"))
    with web:
        assert source_at(web).recheck([uri(1)]).deleted == (uri(1),)


def test_an_account_that_nobody_knows_has_not_deleted_its_posts() -> None:
    place, web = bluesky_web()
    place.server = "nowhere"
    with web:
        assert source_at(web).recheck([uri(1), uri(2)]).deleted == ()
    assert len(place.asked) == 2


NO_RECORD = refusal(400, "Could not locate record: x", "RecordNotFound")
NO_REPO = refusal(400, "Could not find repo", "RepoNotFound")


def state_of(status: str) -> Reply:
    """Say what became of an account that is not active."""
    return told({"did": DID, "active": False, "status": status})


@pytest.mark.parametrize(
    ("record", "account", "gone"),
    [
        (NO_REPO, NO_REPO, True),
        (NO_REPO, state_of("deleted"), True),
        (NO_RECORD, state_of("takendown"), True),
        (refusal(400, "x", "RepoTakendown"), refusal(400, "x", "RepoTakendown"), True),
        (NO_RECORD, state_of("deactivated"), False),
        (NO_RECORD, state_of("suspended"), False),
        (NO_RECORD, state_of("of another day"), False),
        (refusal(400, "x", "RepoDeactivated"), refusal(400, "x", "RepoDeactivated"), False),
        (NO_RECORD, refusal(400, "x", "RepoDeactivated"), False),
        (NO_REPO, Reply(501, b"{}"), False),
        (NO_RECORD, Reply(503, b"busy"), False),
        (NO_RECORD, Reply(200, b"[]"), True),
        (NO_RECORD, refusal(404, "no such method", "MethodNotImplemented"), True),
        (NO_RECORD, refusal(400, "x", ["RepoNotFound"]), True),
    ],
)
def test_a_post_goes_with_a_deleted_account_and_stays_with_one_closed_for_a_while(
    record: Reply, account: Reply, gone: bool
) -> None:
    place, web = bluesky_web(post(3))
    place.unknown = named(3)
    place.record_fault, place.standing = always(record), account
    with web:
        again = source_at(web).recheck([uri(1), uri(2), uri(3)])
    assert set(again.deleted) == (named(1, 2, 3) if gone else set())
    asked = sum("getRepoStatus" in path for path in place.asked)
    assert asked == 1 or account.status == 503, "each account is asked about once"


def test_a_name_that_was_given_up_for_good_takes_its_posts_along() -> None:
    place, web = bluesky_web(post(1))
    place.given_up, place.unknown = True, named(1)
    with web:
        assert source_at(web).recheck([uri(1)]).deleted == (uri(1),)
        with pytest.raises(DiagnosedError) as caught:
            source_at(web).fetch({})
    assert caught.value.state is SourceState.GONE


REFUSALS: list[tuple[str, Reply, SourceState, str]] = [
    ("no account", refusal(400, "x", "RepoNotFound"), SourceState.NOT_FOUND, "check the name"),
    ("403", Reply(403), SourceState.FORBIDDEN, "owner"),
    ("502", Reply(502, b"<html>"), SourceState.FAILING, "look again later"),
    ("no JSON", Reply(200, b"<html>"), SourceState.NOT_A_FEED, r"\[bluesky\]"),
    ("other JSON", Reply(200, b"{}"), SourceState.NOT_A_FEED, r"\[bluesky\]"),
    ("deep JSON", Reply(200, b"[" * 200_000), SourceState.NOT_A_FEED, r"\[bluesky\]"),
    (
        "429",
        refusal(429, "x", "RateLimitExceeded", ratelimit_reset=str(int(NOON.timestamp()) + 90)),
        SourceState.RATE_LIMITED,
        "90 s",
    ),
    ("a bare 429", refusal(429, "x"), SourceState.RATE_LIMITED, "300 s"),
]


@pytest.mark.parametrize(
    ("reply", "state", "remedy"), [one[1:] for one in REFUSALS], ids=[one[0] for one in REFUSALS]
)
def test_a_refusal_is_named_with_a_remedy(reply: Reply, state: SourceState, remedy: str) -> None:
    place, web = bluesky_web(post(1))
    place.faults = [always(reply)] * 2
    with web, pytest.raises(DiagnosedError, match=remedy) as caught:
        source_at(web).fetch({})
    assert caught.value.state is state


@pytest.mark.parametrize("path", ["/profile/nobody.example", "/about"])
def test_nobodys_address_is_told(path: str) -> None:
    _, web = bluesky_web(post(1))
    with web, pytest.raises(DiagnosedError, match=r"check the name|profile/NAME") as caught:
        source_at(web, path).fetch({})
    assert caught.value.state is SourceState.NOT_FOUND


def test_a_quota_used_up_is_left_alone_until_it_is_given_again() -> None:
    place, web = bluesky_web(*(post(number) for number in range(1, 151)))
    reset = str(int((NOON + timedelta(seconds=90)).timestamp()))
    place.headers = {"ratelimit-remaining": "0", "ratelimit-reset": reset}
    clock = Clock()
    with web:
        batch = source_at(web, clock=clock).fetch({})
        asked = len(place.asked)
        with pytest.raises(DiagnosedError, match="90 s"):
            source_at(web, clock=clock).fetch(batch.cursor)
        assert len(place.asked) == asked
        clock.at = NOON + timedelta(seconds=91)
        later = source_at(web, clock=clock).fetch(batch.cursor)
    assert ids([*batch.posts, *later.posts]) == named(*range(1, 151))


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://bsky.app/profile/fern.example", True),
        (f"https://bsky.app/profile/{DID}", True),
        ("https://bsky.app/search?q=fernsync", True),
        ("https://bsky.app/hashtag/fernsync", True),
        ("https://bsky.app/profile/fern.example/post/3k", False),
        ("https://bsky.app/", False),
        ("https://bsky.app.evil.example/profile/x", False),
    ],
)
def test_addresses_are_recognised(url: str, known: bool) -> None:
    assert recognises(url) is known
