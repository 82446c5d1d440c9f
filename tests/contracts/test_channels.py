"""What every channel promises, over each plug-in there is and over the fake the tests use.

A new channel adds its stage here; without one the first test fails.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from config import plugins
from config.errors import TransientError
from config.settings import HttpKnobs, load_settings
from responders.delivery.channels import discord
from responders.delivery.channels.base import Capabilities, Channel, InDoubt, Message
from responders.delivery.channels.terminal import Terminal
from responders.delivery.opening import ROOM
from tests.places.board import Board
from tests.places.discord_webhook import DiscordPlace, fails_after_keeping, too_many

# discord.py imports a module that Python 3.13 drops; it works without it there.
pytestmark = pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")

HTTP: HttpKnobs = load_settings(None, environ={}).http
MESSAGE = Message(key="x|1|alert|1", text="New, major: it hangs. GS-1.\nsecond line")


@dataclass(frozen=True)
class Stage:
    """A channel with its place, and what can be made to happen there."""

    channel: Channel
    standing: Callable[[], int]
    """How many messages stand there."""
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
            discord.build(options, http=HTTP),
            lambda: len(place.messages),
            ask_for_silence=lambda: place.faults.append(too_many(3.0)),
            lose_the_next_answer=lambda: place.faults.append(fails_after_keeping),
        )


@contextmanager
def on_board() -> Iterator[Stage]:
    board = Board(public=True, lookup=True)
    yield Stage(
        board,
        lambda: len(board.messages),
        ask_for_silence=lambda: board.faults.append("busy"),
        lose_the_next_answer=lambda: board.faults.append("lost_after"),
    )


STAGES = {"terminal": on_terminal, "discord": on_discord, "board": on_board}


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


def test_one_send_makes_one_message_and_a_receipt(stage: Stage) -> None:
    receipt = stage.channel.send(MESSAGE)
    assert stage.standing() == 1
    assert receipt.at.tzinfo is not None
    assert receipt.rest_s >= 0


def test_what_stands_there_is_found_where_the_channel_can_look(stage: Stage) -> None:
    assert stage.channel.find(MESSAGE) is None
    sent = stage.channel.send(MESSAGE)
    if stage.channel.capabilities.lookup:
        found = stage.channel.find(MESSAGE)
        assert found is not None
        assert found.remote_id == sent.remote_id
    assert stage.standing() == 1


def test_a_request_for_silence_is_an_error_to_wait_for_and_nothing_stands(stage: Stage) -> None:
    if stage.ask_for_silence is None:
        pytest.skip("this place has no limits")
    stage.ask_for_silence()
    with pytest.raises(TransientError) as caught:
        stage.channel.send(MESSAGE)
    assert caught.value.retry_after_s
    assert stage.standing() == 0


def test_a_lost_answer_is_in_doubt_and_the_channel_does_not_try_again(stage: Stage) -> None:
    if stage.lose_the_next_answer is None:
        pytest.skip("this place gives no answers that could be lost")
    stage.lose_the_next_answer()
    with pytest.raises(InDoubt):
        stage.channel.send(MESSAGE)
    assert stage.standing() == 1
