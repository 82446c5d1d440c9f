"""Each channel with a place of its own, and what can be made to happen there."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from pydantic import SecretStr

from config.settings import Credential, load_settings
from listener.sources import github as github_source
from listener.sources import reddit as reddit_source
from responders.delivery.channels import (
    apprise,
    discord,
    discourse,
    github,
    github_ticket,
    manual,
    page,
    reddit,
    slack,
    wordpress,
)
from responders.delivery.channels.base import (
    Channel,
    Message,
    Ways,
)
from responders.delivery.channels.terminal import Terminal
from responders.delivery.marking import ticket_text
from responders.delivery.opening import client_of
from tests.places import faults, github_tickets, slack_faults
from tests.places.board import Board
from tests.places.discord_webhook import DiscordPlace, fails_after_keeping, too_many
from tests.places.discourse import Forum, forum_post
from tests.places.github import TOKEN, GithubPlace, issue
from tests.places.github_tickets import Tracker
from tests.places.mail import MailPlace
from tests.places.reddit import (
    CLIENT_ID,
    CLIENT_SECRET,
    PASSWORD,
    USERNAME,
    RedditPlace,
    submission,
)
from tests.places.shelf import Shelf
from tests.places.slack import Slack
from tests.places.slack_people import BOT_TOKEN, CHANNEL
from tests.places.web import Asked, Web
from tests.places.wordpress import Blog, said, written

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
def on_slack() -> Iterator[Stage]:
    with Slack() as place:
        options = slack.Options(
            bot_token=SecretStr(BOT_TOKEN), channel_id=CHANNEL, api_url=place.api_url
        )
        yield _slack_stage(place, options, lambda: len(place.messages))


@contextmanager
def on_slacks_webhook() -> Iterator[Stage]:
    with Slack() as place:
        options = slack.Options(webhook_url=SecretStr(place.webhook_url))
        yield _slack_stage(place, options, lambda: len(place.webhooks))


def _slack_stage(place: Slack, options: slack.Options, standing: Callable[[], int]) -> Stage:
    return Stage(
        slack.build(options, ways=WAYS),
        standing,
        ask_for_silence=lambda: place.faults.append(slack_faults.too_many(3)),
        lose_the_next_answer=lambda: place.faults.append(slack_faults.fails_after_doing),
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
def by_mail() -> Iterator[Stage]:
    with MailPlace() as place:
        url = f"mailto://127.0.0.1:{place.port}?from=gs@example.org&to=ann@example.org"
        options = apprise.Options(urls=(SecretStr(url),))
        to = apprise.destination(options) or ""
        channel = apprise.build(options, ways=WAYS)
        yield Stage(channel, lambda: len(place.letters), replace(MESSAGE, destination=to))


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
    "apprise": by_mail,
    "terminal": on_terminal,
    "discord": on_discord,
    "slack": on_slack,
    "slack_webhook": on_slacks_webhook,
    "discourse": on_discourse,
    "github": on_github,
    "reddit": on_reddit,
    "wordpress": on_wordpress,
    "github_ticket": on_a_tracker,
    "page": on_page,
    "manual": by_hand,
    "board": on_board,
}
