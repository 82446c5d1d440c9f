"""The real bot, listening to a small Slack, over an installation with an issue in it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from pydantic import SecretStr

from config.ground import Ground
from responders.bots.running import tend
from responders.decisions.acting import Role
from responders.decisions.people.linking import SLACK, link
from responders.decisions.people.people import add_user
from responders.delivery.channels import slack as channel
from tests.places.slack import Slack
from tests.places.slack_people import (
    APP_TOKEN,
    BOT_TOKEN,
    CHANNEL,
    MATS,
    RUTH,
    SIGNING_SECRET,
    Click,
    Member,
)
from tests.responders.decisions.deciding import ADMIN
from tests.responders.incidents import Incident, happen


@dataclass
class Office:
    """An installation, its chat and the bot between them."""

    ground: Ground
    place: Slack
    options: channel.Options
    stop: threading.Event
    thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the bot, as a process would, and wait until it listens."""
        self.stop = threading.Event()
        before = self.place.socket.connected
        self.thread = threading.Thread(
            target=tend, args=(self.ground, self.options, self.stop), name="bot"
        )
        self.thread.start()
        self.place.socket.wait(lambda: self.place.socket.connected > before)

    def end(self) -> None:
        """End the bot."""
        self.stop.set()
        if self.thread is not None:
            self.thread.join(10)
            assert not self.thread.is_alive()

    def form(self, opened: Click, *, by: Member = RUTH, **words: str) -> Click:
        """Let somebody fill the form that a press opened."""
        return self.place.fill(opened.view, words, by)


@pytest.fixture
def place() -> Iterator[Slack]:
    with Slack() as running:
        yield running


@pytest.fixture
def issue_id(ground: Ground) -> int:
    return happen(ground, Incident())


@pytest.fixture
def closed(ground: Ground, place: Slack) -> Office:
    """An office whose bot has not begun."""
    options = channel.Options(
        bot_token=SecretStr(BOT_TOKEN), app_token=SecretStr(APP_TOKEN), channel_id=CHANNEL,
        approvers=(MATS.id,), api_url=place.api_url, signing_secret=SecretStr(SIGNING_SECRET),
    )  # fmt: skip
    plugins = {**ground.settings.plugins, "slack": options}
    settings = ground.settings.model_copy(update={"plugins": plugins})
    add_user(ground, ADMIN, "Ruth", Role.APPROVER, None)
    link(ground, ADMIN, "Ruth", RUTH.id, chat=SLACK)
    return Office(replace(ground, settings=settings), place, options, threading.Event())


@pytest.fixture
def office(closed: Office) -> Iterator[Office]:
    closed.start()
    yield closed
    closed.end()
