"""What every channel promises, over each plug-in there is and over the fake the tests use.

A new channel adds its stage here; without one the first test fails.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from config import plugins
from config.errors import PermanentError, TransientError
from config.settings import Credential, load_settings
from listener.sources import github as github_source
from listener.sources import reddit as reddit_source
from responders.delivery.channels import (
    discord,
    discourse,
    github,
    github_ticket,
    manual,
    page,
    reddit,
    wordpress,
)
from responders.delivery.channels.base import (
    Capabilities,
    Changing,
    Channel,
    InDoubt,
    Message,
    Receipt,
    Showing,
    Standing,
    Ways,
)
from responders.delivery.channels.terminal import Terminal
from responders.delivery.marking import ticket_text
from responders.delivery.opening import ROOM, client_of
from tests.places import faults, github_tickets
from tests.places.board import Board
from tests.places.discord_webhook import DiscordPlace, fails_after_keeping, too_many
from tests.places.discourse import Forum, forum_post
from tests.places.github import TOKEN, GithubPlace, issue
from tests.places.github_tickets import Tracker
from tests.places.reddit import (
    CLIENT_ID,
    CLIENT_SECRET,
    PASSWORD,
    USERNAME,
    RedditPlace,
    submission,
)
from tests.places.shelf import Shelf
from tests.places.web import Asked, Web
from tests.places.wordpress import Blog, said, written

# discord.py imports a module that Python 3.13 drops; it works without it there.
pytestmark = pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")

SETTINGS = load_settings(
    None,
    environ={
        "GROUNDSWELL__HTTP__ALLOW_HOSTS": '["127.0.0.1"]',
        "GROUNDSWELL__HTTP__SPACING_S": "0",
    },
)
SHELF = Shelf()
WAYS = Ways(
    http=SETTINGS.http,
    client=client_of(SETTINGS),
    credentials={
        "forum": Credential(api_key=SecretStr("a-key"), api_username="fernsync"),
        "blog": Credential(username="ann", password=SecretStr("abcd efgh")),
    },
    publisher=SHELF,
)
MARK = "ab" * 16
MESSAGE = Message(key="x|1|alert|1", text="New, major: it hangs. GS-1.\nsecond line")


@dataclass(frozen=True)
class Stage:
    """A channel with its place, and what can be made to happen there."""

    channel: Channel
    standing: Callable[[], int]
    """How many messages stand there."""
    message: Message = MESSAGE
    ask_for_silence: Callable[[], Any] | None = None
    lose_the_next_answer: Callable[[], Any] | None = None


@contextmanager
def on_terminal() -> Iterator[Stage]:
    stream = io.StringIO()
    yield Stage(Terminal(stream), lambda: stream.getvalue().count("it hangs"))


@contextmanager
def on_discord() -> Iterator[Stage]:
    with DiscordPlace() as place:
        options = discord.Options(webhook_url=SecretStr(place.webhook_url))
        yield Stage(
            discord.build(options, ways=WAYS),
            lambda: len(place.messages),
            ask_for_silence=lambda: place.faults.append(too_many(3.0)),
            lose_the_next_answer=lambda: place.faults.append(fails_after_keeping),
        )


@contextmanager
def on_discourse() -> Iterator[Stage]:
    forum = Forum([forum_post(1), forum_post(2)])
    faulty = faults.Faulty(forum)
    with Web(faulty) as web:
        target = {
            "source_url": web.url("/"),
            "credential": "forum",
            "thread": "1",
            "thread_url": web.url("/t/topic-1/1"),
            "post": "2",
            "post_url": web.url("/t/topic-1/1/2"),
        }
        yield Stage(
            discourse.build(discourse.Options(), ways=WAYS),
            lambda: len(forum.by("fernsync")),
            Message(key="thread:1|1|ack|1", text=MESSAGE.text, target=target),
            ask_for_silence=lambda: faulty.next(faults.too_many(3), faults.POST),
            lose_the_next_answer=lambda: faulty.next(faults.lost_after, faults.POST),
        )


@contextmanager
def on_wordpress() -> Iterator[Stage]:
    blog = Blog([written(1)], [said(3)], password="abcd efgh")
    faulty = faults.Faulty(blog)
    with Web(faulty) as web:
        target = {
            "source_url": web.url("/"),
            "credential": "blog",
            "thread": "post-1",
            "post": "comment-3",
        }
        yield Stage(
            wordpress.build(wordpress.Options(), ways=WAYS),
            lambda: len([row for row in blog.comments if row.user]),
            Message(key="thread:1|1|ack|1", text=MESSAGE.text, target=target),
            ask_for_silence=lambda: faulty.next(faults.too_many(3), faults.POST),
            lose_the_next_answer=lambda: faulty.next(faults.lost_after, faults.POST),
        )


def to_api(asked: Asked) -> bool:
    """Match what writes, but for the log-in."""
    return faults.POST(asked) and "access_token" not in asked.path


@contextmanager
def on_reddit() -> Iterator[Stage]:
    place = RedditPlace([submission(1)])
    faulty = faults.Faulty(place)
    with Web(faulty) as web:
        options = reddit_source.Options(
            client_id=CLIENT_ID,
            client_secret=SecretStr(CLIENT_SECRET),
            username=USERNAME,
            password=SecretStr(PASSWORD),
            url=web.url(""),
            oauth_url=web.url(""),
        )
        target = {"source_url": web.url("/r/fernsync"), "thread": place.things[0]["name"]}
        yield Stage(
            reddit.build(options, ways=WAYS),
            lambda: len(place.ours),
            Message(key="thread:1|1|ack|1", text=MESSAGE.text, target=target),
            ask_for_silence=lambda: faulty.next(faults.too_many(3), to_api),
            lose_the_next_answer=lambda: faulty.next(faults.lost_after, to_api),
        )


@contextmanager
def on_github() -> Iterator[Stage]:
    place = GithubPlace([issue(1)])
    faulty = faults.Faulty(place)
    with Web(faulty) as web:
        options = github_source.Options(token=SecretStr(TOKEN), api_url=web.url(""))
        target = {"source_url": web.url("/fern/sync"), "thread": "issues/1", "post": "issues/1"}
        yield Stage(
            github.build(options, ways=WAYS),
            lambda: len(place.ours),
            Message(key="thread:1|1|ack|1", text=MESSAGE.text, target=target),
            ask_for_silence=lambda: faulty.next(faults.too_many(3), faults.POST),
            lose_the_next_answer=lambda: faulty.next(faults.lost_after, faults.POST),
        )


@contextmanager
def on_a_tracker() -> Iterator[Stage]:
    tracker = Tracker()
    faulty = faults.Faulty(tracker)
    with Web(faulty) as web:
        target = {
            "api_url": web.url("").rstrip("/"),
            "repository": github_tickets.REPOSITORY,
            "credential": "engineering",
            "mark": MARK,
            "asked_at": github_tickets.NOON.isoformat(),
        }
        keys = {"engineering": Credential(token=SecretStr(github_tickets.TOKEN))}
        text = ticket_text("It hangs", MESSAGE.text, MARK)
        yield Stage(
            github_ticket.build(github_ticket.Options(), ways=replace(WAYS, credentials=keys)),
            lambda: tracker.bearing(MARK),
            Message(key="github_ticket|1|ticket|1", text=text, target=target),
            ask_for_silence=lambda: faulty.next(faults.too_many(3), faults.POST),
            lose_the_next_answer=lambda: faulty.next(faults.lost_after, faults.POST),
        )


@contextmanager
def on_page() -> Iterator[Stage]:
    shelf = Shelf()
    channel = page.build(page.Options(), ways=replace(WAYS, publisher=shelf))
    yield Stage(channel, lambda: len(shelf.updates))


@contextmanager
def by_hand() -> Iterator[Stage]:
    yield Stage(manual.build(manual.Options(), ways=WAYS), lambda: 0)


@contextmanager
def on_board() -> Iterator[Stage]:
    board = Board(public=True, lookup=True)
    yield Stage(
        board,
        lambda: len(board.messages),
        ask_for_silence=lambda: board.faults.append("busy"),
        lose_the_next_answer=lambda: board.faults.append("lost_after"),
    )


STAGES = {
    "terminal": on_terminal,
    "discord": on_discord,
    "discourse": on_discourse,
    "github": on_github,
    "reddit": on_reddit,
    "wordpress": on_wordpress,
    "github_ticket": on_a_tracker,
    "page": on_page,
    "manual": by_hand,
    "board": on_board,
}


@pytest.fixture(params=sorted(STAGES))
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with STAGES[request.param]() as made:
        yield made


def test_every_channel_has_its_stage_here() -> None:
    assert set(plugins.names(ROOM)) <= set(STAGES)


@pytest.mark.parametrize("kind", plugins.names(ROOM))
def test_every_plug_in_exports_what_the_wiring_asks_for(kind: str) -> None:
    module = plugins.load(ROOM, kind)
    options = module.Options()
    assert isinstance(options, BaseModel)
    assert options.model_config.get("frozen")
    assert options.model_config.get("extra") == "forbid"
    assert module.destination(options) is None or isinstance(module.destination(options), str)
    assert callable(module.build)


def test_a_channel_says_what_it_can_do(stage: Stage) -> None:
    assert isinstance(stage.channel.capabilities, Capabilities)


@pytest.mark.parametrize("kind", plugins.names(ROOM))
def test_only_what_strangers_read_needs_no_destination(kind: str) -> None:
    module = plugins.load(ROOM, kind)
    public = getattr(module, "PUBLIC", False)
    assert not (public and module.destination(module.Options()))
    if public:
        assert module.build(module.Options(), ways=WAYS).capabilities.public


def test_one_send_makes_one_message_and_a_receipt(stage: Stage) -> None:
    receipt = stage.channel.send(stage.message)
    by_hand = stage.channel.capabilities.by_hand
    assert stage.standing() == (0 if by_hand else 1)
    assert receipt.at.tzinfo is not None
    assert receipt.rest_s >= 0


def test_a_text_handed_to_a_person_is_never_called_sent(stage: Stage) -> None:
    if not stage.channel.capabilities.by_hand:
        pytest.skip("this channel sends by itself")
    receipt = stage.channel.send(stage.message)
    assert (receipt.remote_id, receipt.url) == (None, None)
    assert not stage.channel.capabilities.lookup


def test_what_stands_there_is_found_where_the_channel_can_look(stage: Stage) -> None:
    assert stage.channel.find(stage.message) is None
    sent = stage.channel.send(stage.message)
    standing = stage.standing()
    if stage.channel.capabilities.lookup:
        found = stage.channel.find(stage.message)
        assert found is not None
        assert (found.remote_id, found.url) == (sent.remote_id, sent.url)
    assert stage.standing() == standing


def test_the_same_key_again_makes_one_message_where_the_channel_says_so(stage: Stage) -> None:
    if not stage.channel.capabilities.idempotent:
        pytest.skip("this channel makes no such promise")
    first = stage.channel.send(stage.message)
    again = stage.channel.send(stage.message)
    assert stage.standing() <= 1
    assert again.remote_id == first.remote_id


def test_a_request_for_silence_is_an_error_to_wait_for_and_nothing_stands(stage: Stage) -> None:
    if stage.ask_for_silence is None:
        pytest.skip("this place has no limits")
    stage.ask_for_silence()
    with pytest.raises(TransientError) as caught:
        stage.channel.send(stage.message)
    assert caught.value.retry_after_s
    assert stage.standing() == 0


def test_a_lost_answer_is_in_doubt_and_the_channel_does_not_try_again(stage: Stage) -> None:
    if stage.lose_the_next_answer is None:
        pytest.skip("this place gives no answers that could be lost")
    stage.lose_the_next_answer()
    with pytest.raises(InDoubt):
        stage.channel.send(stage.message)
    assert stage.standing() == 1
    if stage.channel.capabilities.lookup:
        assert stage.channel.find(stage.message) is not None


def change(message: Message, text: str, sent: Receipt) -> Message:
    target = {**message.target, "remote_id": sent.remote_id, "url": sent.url}
    return Message(key=f"{message.key}|2", text=text, target=target)


def test_a_reply_is_changed_as_often_as_asked_and_stands_there_once(stage: Stage) -> None:
    if not isinstance(stage.channel, Changing):
        pytest.skip("what stands there cannot be changed")
    sent = stage.channel.send(stage.message)
    other = change(stage.message, "We were wrong: it hangs no more. @ann, #12", sent)
    assert stage.channel.standing(other) is Standing.OTHERWISE
    for _ in range(2):
        changed = stage.channel.edit(other)
        assert (changed.remote_id, changed.url) == (sent.remote_id, sent.url)
    assert stage.channel.standing(other) is Standing.AS_ASKED
    assert stage.standing() == 1
    assert stage.channel.find(stage.message) is None


def test_a_reply_is_taken_away_and_taking_it_away_again_is_no_error(stage: Stage) -> None:
    if not isinstance(stage.channel, Changing):
        pytest.skip("what stands there cannot be changed")
    sent = stage.channel.send(stage.message)
    gone = change(stage.message, "", sent)
    for _ in range(2):
        stage.channel.remove(gone)
        assert stage.channel.standing(gone) is Standing.GONE


def test_a_reply_whose_number_is_not_known_is_not_changed(stage: Stage) -> None:
    if not isinstance(stage.channel, Changing):
        pytest.skip("what stands there cannot be changed")
    sent = stage.channel.send(stage.message)
    with pytest.raises(PermanentError):
        stage.channel.edit(change(stage.message, "a text", replace(sent, remote_id=None)))


def test_strangers_see_what_was_just_sent(stage: Stage) -> None:
    if not isinstance(stage.channel, Showing):
        pytest.skip("nobody can look there as a stranger")
    sent = stage.channel.send(stage.message)
    assert stage.channel.visible(stage.message, sent).visible is True
