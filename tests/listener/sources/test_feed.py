"""What a feed is asked, what is made of its answers, and what the operator reads."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from config.errors import TransientError
from config.settings import Credential
from listener.diagnoses import DiagnosedError
from listener.platforms.feed_following import FeedSource
from listener.sources.feed import build
from listener.tables import SourceState
from tests.listener.sources.fetching import NOON, Clock, loopback_client, place_at
from tests.places.feeds import FeedFormat, FeedPlace, feed_item, feed_web
from tests.places.web import Asked, RawReply, Reply, Web


def source_at(url: str, clock: Clock | None = None) -> FeedSource:
    return build(place_at(url, clock=clock), loopback_client())


def test_an_unchanged_feed_is_not_sent_again() -> None:
    _, web = feed_web(feed_item(1), feed_item(2))
    with web:
        source = source_at(web.url("/feed"))
        first = source.fetch({})
        second = source.fetch(first.cursor)
    assert [post.title for post in first.posts] == ["Post 1", "Post 2"]
    assert (second.posts, second.unchanged, second.cursor) == ((), True, first.cursor)
    etag = first.cursor["etag"]
    assert etag.startswith('W/"')
    assert [asked.headers.get("if-none-match") for asked in web.log] == [None, etag]


def test_a_lying_not_modified_is_believed_for_a_day_only() -> None:
    place, web = feed_web(feed_item(1))
    place.lying = True
    clock = Clock()
    with web:
        source = source_at(web.url("/feed"), clock)
        cursor = source.fetch({}).cursor
        place.items.append(feed_item(2))
        clock.at += timedelta(hours=23)
        assert source.fetch(cursor).unchanged
        clock.at += timedelta(hours=1)
        late = source.fetch(cursor)
    assert [post.title for post in late.posts] == ["Post 1", "Post 2"]


def test_the_same_body_without_validators_is_not_read_again() -> None:
    body = (
        b"<rss version='2.0'><channel><title>t</title><item><guid>1</guid></item></channel></rss>"
    )
    with Web(lambda _: Reply(body=body)) as web:
        source = source_at(web.url())
        cursor = source.fetch({}).cursor
        assert source.fetch(cursor).unchanged


def test_not_modified_without_a_body_ever_is_told() -> None:
    with (
        Web(lambda _: Reply(304)) as web,
        pytest.raises(DiagnosedError, match="without ever") as caught,
    ):
        source_at(web.url()).fetch({})
    assert caught.value.state is SourceState.FAILING


def test_a_full_turnover_of_the_feed_is_a_gap() -> None:
    place, web = feed_web(feed_item(1), feed_item(2))
    place.shown = 2
    with web:
        source = source_at(web.url("/feed"))
        first = source.fetch({})
        place.items += [feed_item(number) for number in range(3, 9)]
        second = source.fetch(first.cursor)
        place.items.append(feed_item(9))
        third = source.fetch(second.cursor)
    assert (first.loss, third.loss) == (None, None)
    assert second.loss is not None
    assert second.loss.after_at == feed_item(2).published_at
    assert second.loss.before_at == feed_item(7).published_at


def test_dates_to_come_are_not_believed() -> None:
    clock = Clock(NOON - timedelta(days=30))
    _, web = feed_web(feed_item(1))
    with web:
        assert source_at(web.url("/feed"), clock).fetch({}).posts[0].published_at is None


def test_a_log_in_reaches_the_feed_only_as_a_header() -> None:
    _, web = feed_web(feed_item(1))
    credential = Credential.model_validate({"username": "me", "password": "secret"})
    with web:
        place = place_at(web.url("/feed"), credential=credential)
        build(place, loopback_client()).fetch({})
    assert web.log[0].headers["authorization"] == "Basic bWU6c2VjcmV0"


def test_a_move_for_good_is_told() -> None:
    place, web = feed_web(feed_item(1))
    with web:
        web.script = lambda asked: (
            Reply(301, headers={"Location": "/feed"}) if asked.path == "/old" else place(asked)
        )
        assert source_at(web.url("/old")).fetch({}).moved_to == web.url("/feed")


def test_more_items_than_wanted_are_left_unread() -> None:
    _, web = feed_web(*(feed_item(number) for number in range(40)))
    with web:
        place = place_at(web.url("/feed"), max_items=10)
        assert len(build(place, loopback_client()).fetch({}).posts) == 10


HTML = "<!doctype html><html><head><title>{}</title>{}</head><body>{}</body></html>"
OFFER = '<link rel="alternate" type="application/rss+xml" href="/comments/feed">'
PARKED = HTML.format("x.org", "", "This domain may be for sale")
ANUBIS = HTML.format("Making sure you&#39;re not a bot!", "", "Loading...")
CHALLENGE = HTML.format("Just a moment...", "", "Enable JavaScript and cookies to continue")
ANSWERS: list[tuple[str, Reply, SourceState, str]] = [
    (
        "a page",
        Reply(body=HTML.format("Blog", "", "hi").encode()),
        SourceState.HTML,
        "offers no feed",
    ),
    (
        "a page with a feed",
        Reply(body=HTML.format("Blog", OFFER, "hi").encode()),
        SourceState.HTML,
        r"offers http://127\.0\.0\.1:\d+/comments/feed: use that address",
    ),
    (
        "a log-in page",
        Reply(body=HTML.format("In", "", "<input type=password>").encode()),
        SourceState.HTML,
        "log-in page",
    ),
    ("a parked domain", Reply(body=PARKED.encode()), SourceState.HTML, "parked domain"),
    ("a challenge", Reply(body=CHALLENGE.encode()), SourceState.CHALLENGE, "asks for a browser"),
    ("a challenge of Anubis", Reply(body=ANUBIS.encode()), SourceState.CHALLENGE, "a browser"),
    ("a refused challenge", Reply(403, CHALLENGE.encode()), SourceState.CHALLENGE, "user agent"),
    (
        "a marked challenge",
        Reply(403, b"", {"cf-mitigated": "challenge"}),
        SourceState.CHALLENGE,
        "user agent",
    ),
    ("JSON", Reply(body=b'{"error": 1}'), SourceState.NOT_A_FEED, "no JSON Feed"),
    ("deep JSON", Reply(body=b"[" * 100_000), SourceState.NOT_A_FEED, "is no feed"),
    (
        "a picture",
        Reply(body=b"\x89PNG\r\n\x1a\n\0\0", headers={"Content-Type": "image/png"}),
        SourceState.NOT_A_FEED,
        "image/png",
    ),
    ("nothing", Reply(body=b" \n"), SourceState.EMPTY, "nothing at all"),
    ("a file name", Reply(body=b"/etc/hostname"), SourceState.NOT_A_FEED, "is no feed"),
    ("other XML", Reply(body=b"<svg><g/></svg>"), SourceState.NOT_A_FEED, "is no feed"),
    ("deep XML", Reply(body=b"<rss><channel>" + b"<a>" * 90_000), SourceState.TOO_LARGE, "nested"),
    ("401", Reply(401), SourceState.NEEDS_LOGIN, "--credential"),
    ("403", Reply(403), SourceState.FORBIDDEN, "owner"),
    ("404", Reply(404), SourceState.NOT_FOUND, "check the address"),
    ("410", Reply(410), SourceState.GONE, "remove the source"),
    ("418", Reply(418), SourceState.FAILING, "answers 418"),
    ("500", Reply(500), SourceState.FAILING, "look again later"),
    ("503", Reply(503), SourceState.FAILING, "look again later"),
]


@pytest.mark.parametrize(
    ("reply", "state", "remedy"), [case[1:] for case in ANSWERS], ids=[case[0] for case in ANSWERS]
)
def test_what_came_instead_is_named_with_a_remedy(
    reply: Reply, state: SourceState, remedy: str
) -> None:
    with Web(lambda _: reply) as web, pytest.raises(DiagnosedError, match=remedy) as caught:
        source_at(web.url()).fetch({})
    assert caught.value.state is state
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("status", [429, 503])
def test_a_request_to_wait_is_passed_on(status: int) -> None:
    reply = Reply(status, headers={"Retry-After": "120"})
    with Web(lambda _: reply) as web, pytest.raises(DiagnosedError, match="120 s") as caught:
        source_at(web.url()).fetch({})
    assert (caught.value.state, caught.value.retry_after_s) == (SourceState.RATE_LIMITED, 120.0)


LATE: list[Callable[[], bytes]] = [
    lambda: b"<rss><channel><item>" + b"<a b='" * 1_600_000 + b"</item></channel></rss>"
]


@pytest.mark.parametrize("body", LATE)
def test_a_feed_that_takes_too_long_is_given_up(body: Callable[[], bytes]) -> None:
    data = body()
    with Web(lambda _: Reply(body=data)) as web:
        source = build(place_at(web.url(), parse_timeout_s=1.0), loopback_client())
        with pytest.raises(DiagnosedError, match="longer than 1 s") as caught:
            source.fetch({})
    assert caught.value.state is SourceState.TOO_LARGE


@pytest.mark.parametrize(
    ("ahead", "believed"), [(timedelta(minutes=2), NOON), (timedelta(days=1), None)]
)
def test_a_clock_a_little_ahead_is_believed(ahead: timedelta, believed: datetime | None) -> None:
    _, web = feed_web(replace(feed_item(1), published_at=NOON + ahead))
    with web:
        (post,) = source_at(web.url("/feed")).fetch({}).posts
    assert post.published_at == believed


@pytest.mark.parametrize("where", ["<guid", "post-2</guid", "</title>", "<description>"])
@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_half_a_post_of_an_answer_that_was_cut_short_is_left_out_and_had_later(
    where: str, kind: FeedFormat
) -> None:
    """The length fits and nothing says that more was to come; half an id would be another post."""
    place = FeedPlace([feed_item(1), feed_item(2), feed_item(3)], format=kind)
    words = {"atom": {"<guid": "<id", "post-2</guid": "post-2</id", "<description>": "<content"}}
    mark = words.get(kind, {}).get(where, where).encode()

    def cut_short(asked: Asked) -> Reply | RawReply:
        told = place(asked)
        assert isinstance(told, Reply)
        assert told.status == 200, "what was cut short must be asked for anew"
        second = told.body.index(b"post-3")
        second = told.body.index(b"<item" if kind == "rss" else b"<entry", second)
        return replace(told, body=told.body[: told.body.index(mark, second) + 3])

    with Web(cut_short) as web:
        source = source_at(web.url("/feed"))
        first = source.fetch({})
        assert [post.remote_id for post in first.posts] == ["post-3"]
        again = source.fetch(first.cursor)
        assert not again.unchanged
        web.script = place
        whole = source.fetch(again.cursor)
    assert [post.remote_id for post in whole.posts] == ["post-1", "post-2", "post-3"]
    assert whole.loss is None


def test_an_answer_cut_short_in_its_first_post_is_asked_for_again() -> None:
    torn = Reply(body=b"<rss version='2.0'><channel><item><guid>po")
    with (
        Web(lambda asked: torn) as web,
        pytest.raises(TransientError, match="in the midst of its first entry"),
    ):
        source_at(web.url("/feed")).fetch({})


def test_items_that_end_in_their_tag_and_lists_of_items_are_whole() -> None:
    body = (
        b"<rdf:RDF xmlns='http://purl.org/rss/1.0/' "
        b"xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        b"<item rdf:about='http://a.example/1'><title>One</title></item>"
        b"<channel><items><rdf:Seq/></items></channel><item/></rdf:RDF>"
    )
    with Web(lambda asked: Reply(body=body, headers={"ETag": '"a"'})) as web:
        batch = source_at(web.url("/feed")).fetch({})
    assert batch.cursor["etag"] == '"a"'
    assert len(batch.posts) >= 1
