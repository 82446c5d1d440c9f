"""What can go wrong at Discord and Slack x a kill wherever an alert leaves: it always arrives.

As for the public places (``test_public_channels``), in one process. A bot's card stands there once,
by its nonce or because it is found again; a webhook can do neither, so a doubt sends it once more.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from config.ground import Ground
from config.settings import Settings, load_settings
from responders.delivery.channels import discord, slack
from responders.delivery.channels.base import Channel
from responders.delivery.opening import ways_of
from responders.delivery.tables import DeliveryState
from tests.conftest import NOON
from tests.faults.exchanging import undone
from tests.faults.mutants_of_the_loop import MUTANTS
from tests.faults.test_faulty_platform import FAULTS
from tests.faults.test_public_channels import Boundaries, Mortal
from tests.places import discord as discord_place
from tests.places import slack as slack_place
from tests.places.discord_clicks import CHANNEL as DISCORD_CHANNEL
from tests.places.discord_clicks import TOKEN
from tests.places.discord_webhook import DiscordPlace
from tests.places.faults import Answer, Faulty
from tests.places.slack_people import BOT_TOKEN, CHANNEL
from tests.places.web import Asked
from tests.responders.delivery.conftest import Day, begin, dead_holder

# discord.py imports a module that Python 3.13 drops; it works without it there.
pytestmark = pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")

DEADLINE_S = 0.25
"""How long silence is waited for."""
LOSES_THE_ANSWER = "the answer is lost"
NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Bench:
    """A place, our channel to it, and what stands there."""

    place: Any
    kind: str
    open: Callable[[Settings], Channel]
    cards: Callable[[], list[dict[str, Any]]]
    once: bool
    """Whether a card stands there once, and not at least once."""

    def times(self, text: str) -> int:
        """Count the cards with a text."""
        return sum(text in json.dumps(card) for card in self.cards())

    def channel(self, deadline_s: float) -> Channel:
        """Return our channel to it."""
        environ = {
            "GROUNDSWELL__HTTP__ALLOW_HOSTS": '["127.0.0.1"]',
            "GROUNDSWELL__HTTP__SPACING_S": "0",
            "GROUNDSWELL__HTTP__DEADLINE_S": str(deadline_s),
        }
        return self.open(load_settings(None, environ=environ))

    def fails_next(self, fault: str) -> None:
        """Let the next request that changes something meet a fault."""

        def met(place: Any, asked: Asked) -> Answer:
            faulty = Faulty(place.ordinary)
            faulty.next(FAULTS[fault])
            return faulty(asked)

        self.place.faults.append(met)

    def much_later(self) -> None:
        """Let the minutes pass in which a nonce is remembered."""
        if isinstance(self.place, discord_place.Discord):
            self.place.forget_nonces()


@contextmanager
def discord_bot() -> Iterator[Bench]:
    with discord_place.Discord() as place:
        options = discord.Options(
            token=SecretStr(TOKEN), channel_id=int(DISCORD_CHANNEL), api_url=place.api_url
        )
        yield Bench(
            place, "discord", lambda settings: discord.build(options, ways=ways_of(settings)),
            lambda: place.cards, once=True,
        )  # fmt: skip


@contextmanager
def discord_webhook() -> Iterator[Bench]:
    with DiscordPlace() as place:
        options = discord.Options(webhook_url=SecretStr(place.webhook_url))
        yield Bench(
            place, "discord", lambda settings: discord.build(options, ways=ways_of(settings)),
            lambda: place.messages, once=False,
        )  # fmt: skip


@contextmanager
def slack_bot() -> Iterator[Bench]:
    with slack_place.Slack() as place:
        options = slack.Options(
            bot_token=SecretStr(BOT_TOKEN), channel_id=CHANNEL, api_url=place.api_url
        )
        yield Bench(
            place, "slack", lambda settings: slack.build(options, ways=ways_of(settings)),
            lambda: place.cards, once=True,
        )  # fmt: skip


@contextmanager
def slack_webhook() -> Iterator[Bench]:
    with slack_place.Slack() as place:
        options = slack.Options(webhook_url=SecretStr(place.webhook_url))
        yield Bench(
            place, "slack", lambda settings: slack.build(options, ways=ways_of(settings)),
            lambda: place.webhooks, once=False,
        )  # fmt: skip


BENCHES = {
    "discord's bot": discord_bot,
    "discord's webhook": discord_webhook,
    "slack's bot": slack_bot,
    "slack's webhook": slack_webhook,
}
BOTS = ("discord's bot", "slack's bot")


@pytest.fixture
def day(ground: Ground) -> Day:
    return begin(ground)


@pytest.fixture(params=sorted(BENCHES))
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with BENCHES[request.param]() as made:
        yield made


def meet(
    day: Day, bench: Bench, ways: Mapping[str, Channel], fault: str, kill_at: int | None
) -> tuple[str, list[str]]:
    """Let a process send an alert to a place with a fault, until it is killed."""
    day.at = NOON
    # Each to a destination of its own: one that asked for silence would let the next alert wait.
    key = day.put(channel=bench.kind, to=f"{bench.kind}:channel:{next(NUMBERS)}")
    boundaries = Boundaries(kill_at)
    bench.fails_next(fault)
    with undone():
        boundaries.around_commits()
        mortal = {kind: Mortal(way, boundaries) for kind, way in ways.items()}
        assert day.run(mortal, holder=dead_holder()) is (kill_at is None)
    bench.place.faults.clear()
    return key, boundaries.labels


def verdict(
    day: Day, bench: Bench, fault: str, kill_at: int | None, *, at_once: bool = False
) -> str | None:
    """Live through a case to its end; return what is wrong."""
    ways = {bench.kind: bench.channel(DEADLINE_S if "silence" in fault else 5.0)}
    key, _ = meet(day, bench, ways, fault, kill_at)
    if not at_once:
        day.at += timedelta(hours=2)
        bench.much_later()
    row = day.run_until_quiet(ways, key)
    cards = bench.times(row.text)
    if row.state is not DeliveryState.SENT or not 1 <= cards <= (1 if bench.once else 2):
        return f"{fault}, killed at {kill_at}: {row.state} ({row.reason}), {cards} cards"
    return None


@pytest.mark.faults
@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_whatever_a_place_does_and_wherever_we_are_killed_an_alert_arrives_and_a_card_once(
    day: Day, bench: Bench, fault: str
) -> None:
    ways = {bench.kind: bench.channel(DEADLINE_S if "silence" in fault else 5.0)}
    first, labels = meet(day, bench, ways, fault, None)
    assert {"before send", "before commit", "after commit"} <= set(labels)
    day.run_until_quiet(ways, first)
    wrong = [
        verdict(day, bench, fault, number, at_once=number % 2 == 0) for number in range(len(labels))
    ]
    assert not [words for words in wrong if words]


@pytest.mark.parametrize("name", BOTS)
def test_without_a_look_a_card_stands_twice(day: Day, name: str) -> None:
    with BENCHES[name]() as bench, undone():
        assert verdict(day, bench, LOSES_THE_ANSWER, None) is None
        MUTANTS["nothing_is_read_back"]()
        wrong = verdict(day, bench, LOSES_THE_ANSWER, None)
    assert wrong is not None
    assert "2 cards" in wrong
