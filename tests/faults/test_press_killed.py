"""`kill -9` of a bot in the middle of a press, and three that hear the same one.

The process is killed while it waits for a store that another one holds, or once the decision stands
and before whoever pressed heard of it. A new process takes its place; pressed again, everything
was decided once, and nothing that nobody decided stands there.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from signal import SIGKILL
from typing import Any

import pytest
from pydantic import SecretStr

from config.clock import FixedClock
from config.database import make_engine, transaction
from config.ground import Ground
from config.leases import make_holder
from config.settings import load_settings
from responders.bots.running import tend
from responders.decisions import store_audit as decided
from responders.decisions.acting import Role
from responders.decisions.people import linking
from responders.decisions.people.people import add_user
from responders.delivery.channels import discord as discord_channel
from responders.delivery.channels import slack as slack_channel
from tests.conftest import NOON
from tests.places import discord_clicks, slack_people
from tests.places.discord import Discord
from tests.places.slack import Slack
from tests.places.web import Asked, Reply
from tests.responders.decisions.deciding import ADMIN, audit, draft, propose
from tests.responders.incidents import Incident, happen

pytestmark = pytest.mark.faults
_forks = multiprocessing.get_context("forkserver")
Options = discord_channel.Options | slack_channel.Options


def hear(store_url: str, name: str, options: Options) -> None:
    """Be a process of our own that listens until it is killed."""
    settings = load_settings(None, environ={"GROUNDSWELL__HTTP__SPACING_S": "0"})
    settings = settings.model_copy(update={"plugins": {**settings.plugins, name: options}})
    ground = Ground(
        settings=settings, engine=make_engine(store_url), clock=FixedClock(NOON), key=b"k" * 32,
        holder=make_holder(),
    )  # fmt: skip
    tend(ground, options, threading.Event())


class Cut:
    """Kills a process as soon as it would tell somebody what came of a press."""

    victim: BaseProcess | None = None

    def cuts(self, asked: Asked) -> bool:
        """Tell whether it did so now."""
        told = asked.path.endswith("/@original") or asked.path.startswith("/response/")
        if self.victim is None or not told:
            return False
        os.kill(self.victim.pid or 0, SIGKILL)
        self.victim = None
        return True


class CutDiscord(Cut, Discord):
    """A Discord that may do so."""

    def ordinary(self, asked: Asked) -> Reply:
        return Reply(500) if self.cuts(asked) else super().ordinary(asked)


class CutSlack(Cut, Slack):
    """A Slack that may do so."""

    def ordinary(self, asked: Asked) -> Reply:
        return Reply(500) if self.cuts(asked) else super().ordinary(asked)


@dataclass
class Scene:
    """A chat, an installation with an issue, and the processes that hear presses."""

    name: str
    place: Any
    options: Options
    ground: Ground
    store_url: str
    issue: int
    processes: list[BaseProcess] = field(default_factory=list)

    def start(self) -> BaseProcess:
        """Start a process, and wait until it listens."""
        line = self.place.gateway if self.name == "discord" else self.place.socket
        before = self.listening()
        process = _forks.Process(target=hear, args=(self.store_url, self.name, self.options))
        process.start()
        self.processes.append(process)
        line.wait(lambda: self.listening() > before)
        return process

    def listening(self) -> int:
        """Return how often one began to listen."""
        if self.name == "discord":
            return int(self.place.gateway.identified)
        return int(self.place.socket.connected)

    def press(self, word: str) -> Any:
        """Press a button of the card."""
        word = f"gs:{self.issue}:{word}"
        return self.place.press(word, on=CARD) if self.name == "discord" else self.place.press(word)

    def taken_note_of(self, click: Any) -> None:
        """Wait until a press was taken note of."""
        assert click.answer if self.name == "discord" else click.acked == {}

    def count(self, act: str) -> int:
        return [found for found, _ in audit(self.ground)].count(act)


CARD = {
    "id": "1263000000000000000", "type": 0, "channel_id": discord_clicks.CHANNEL, "content": "",
    "author": {"id": discord_clicks.BOT, "username": "groundswell", "discriminator": "0000",
               "avatar": None, "bot": True},
    "attachments": [], "embeds": [], "components": [], "mentions": [], "mention_roles": [],
    "mention_everyone": False, "pinned": False, "tts": False, "flags": 0,
    "timestamp": "2026-05-12T12:00:00+00:00", "edited_timestamp": None,
}  # fmt: skip


@pytest.fixture(params=["discord", "slack"])
def scene(
    request: pytest.FixtureRequest, ground: Ground, store_url: str, warm: None
) -> Iterator[Scene]:
    make: Callable[[], Any] = {"discord": CutDiscord, "slack": CutSlack}[request.param]
    add_user(ground, ADMIN, "Ruth", Role.APPROVER, None)
    linking.link(ground, ADMIN, "Ruth", discord_clicks.RUTH.id, chat=linking.DISCORD)
    linking.link(ground, ADMIN, "Ruth", slack_people.RUTH.id, chat=linking.SLACK)
    with make() as place:
        there = Scene(
            request.param, place, _options(request.param, place), ground, store_url,
            happen(ground, Incident()),
        )  # fmt: skip
        yield there
        for process in there.processes:
            process.kill()
            process.join()


def _options(name: str, place: Any) -> Options:
    if name == "discord":
        return discord_channel.Options(
            token=SecretStr(discord_clicks.TOKEN), channel_id=int(discord_clicks.CHANNEL),
            api_url=place.api_url, gateway_url=place.gateway.url,
        )  # fmt: skip
    return slack_channel.Options(
        bot_token=SecretStr(slack_people.BOT_TOKEN), app_token=SecretStr(slack_people.APP_TOKEN),
        channel_id=slack_people.CHANNEL, api_url=place.api_url,
    )  # fmt: skip


@contextmanager
def held(ground: Ground) -> Iterator[None]:
    """Hold what every act waits for, as another act does that takes its time."""
    with transaction(ground.engine) as session:
        decided.hold_head(session)
        yield


def killed(process: BaseProcess) -> None:
    process.kill()
    process.join()
    assert process.exitcode == -SIGKILL


def test_killed_before_it_decided_nothing_stands_and_the_next_press_counts(scene: Scene) -> None:
    first = scene.start()
    with held(scene.ground):
        click = scene.press("ack")
        scene.taken_note_of(click)
        killed(first)
    assert scene.count("issue acknowledged") == 0
    scene.start()
    assert scene.press("ack").said == f"You acknowledged GS-{scene.issue}."
    assert scene.count("issue acknowledged") == 1
    assert click.shown == []


def test_killed_after_it_decided_the_next_press_says_who_was_first(scene: Scene) -> None:
    number = propose(scene.ground, scene.issue)
    row = draft(scene.ground, number)
    yes = f"yes:{number}:{row.version}:{row.text_sha256}"
    scene.place.victim = first = scene.start()
    scene.press(yes)
    first.join(60)
    assert first.exitcode == -SIGKILL
    assert draft(scene.ground, number).state == "approved"
    scene.start()
    assert "approved this at 12:00 UTC, 12 May. Nothing was sent twice" in scene.press(yes).said
    assert scene.count("draft approved") == 1


def test_three_processes_decide_a_press_once_and_one_of_them_may_be_killed(scene: Scene) -> None:
    processes = [scene.start() for _ in range(3)]
    click = scene.press("take")
    assert click.said == f"You have GS-{scene.issue} now."
    assert scene.count("issue taken") == 1
    killed(processes[-1])
    if scene.name == "slack":  # it is noticed there, too, before somebody presses again
        scene.place.socket.wait(lambda: scene.place.socket.listening == 2)
    again = scene.press("back")
    assert again.said == f"Nobody has GS-{scene.issue} now."
    assert scene.count("issue handed back") == 1
    assert len(click.shown) == len(again.shown) == 1
