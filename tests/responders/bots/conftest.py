"""The real bot, listening to a small Discord, over an installation with an issue in it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from pydantic import SecretStr

from config.ground import Ground
from responders.bots.running import tend
from responders.decisions.acting import Role
from responders.decisions.people.linking import link
from responders.decisions.people.people import add_user
from responders.delivery.channels import discord as channel
from tests.places.discord import Discord
from tests.places.discord_clicks import CHANNEL, ONCALL, RUTH, TOKEN
from tests.responders.decisions.deciding import ADMIN

# discord.py imports a module that Python 3.13 drops; it works without it there.
QUIET = pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")


@dataclass
class Office:
    """An installation, its chat and the bot between them."""

    ground: Ground
    place: Discord
    options: channel.Options
    stop: threading.Event
    thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the bot, as a process would, and wait until it listens."""
        self.stop = threading.Event()
        before = self.place.gateway.identified
        self.thread = threading.Thread(
            target=tend, args=(self.ground, self.options, self.stop), name="bot"
        )
        self.thread.start()
        self.place.gateway.wait(lambda: self.place.gateway.identified > before)

    def end(self) -> None:
        """End the bot."""
        self.stop.set()
        if self.thread is not None:
            self.thread.join(10)
            assert not self.thread.is_alive()


@pytest.fixture
def library() -> Iterator[None]:
    """Put back where the library speaks to."""
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@pytest.fixture
def place() -> Iterator[Discord]:
    with Discord() as running:
        yield running


@pytest.fixture
def office(ground: Ground, place: Discord, library: None) -> Iterator[Office]:
    options = channel.Options(
        token=SecretStr(TOKEN), channel_id=int(CHANNEL), role_id=int(ONCALL),
        api_url=place.api_url, gateway_url=place.gateway.url,
    )  # fmt: skip
    plugins = {**ground.settings.plugins, "discord": options}
    settings = ground.settings.model_copy(update={"plugins": plugins})
    made = Office(replace(ground, settings=settings), place, options, threading.Event())
    add_user(ground, ADMIN, "Ruth", Role.APPROVER, None)
    link(ground, ADMIN, "Ruth", RUTH.id)
    made.start()
    yield made
    made.end()
