"""`kill -9` of a real process between what a place did and our record of it, for each place."""

import multiprocessing
import os
from dataclasses import dataclass, replace
from signal import SIGKILL

import pytest

from config.clock import FixedClock
from config.database import make_engine
from config.ground import Ground
from config.leases import make_holder
from config.settings import load_settings
from responders.delivery.channels.base import Capabilities, Channel, Message, Receipt
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import DeliveryState
from tests.conftest import NOON
from tests.places.public import KINDS, channel_at, public_place
from tests.responders.delivery.conftest import Day, approved, begin

PATIENCE_S = 60.0
TEXT = "We know, and we are on it."

_forks = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Doomed:
    """A channel whose process ends once the place has done what it was asked."""

    channel: Channel

    @property
    def capabilities(self) -> Capabilities:
        """What the channel can do."""
        return self.channel.capabilities

    def send(self, message: Message) -> Receipt:
        """Send, and end."""
        receipt = self.channel.send(message)
        os.kill(os.getpid(), SIGKILL)
        return receipt

    def find(self, message: Message) -> Receipt | None:
        """Look through the channel."""
        return self.channel.find(message)


@pytest.fixture
def day(ground: Ground) -> Day:
    return begin(ground)


def send_and_die(store_url: str, kind: str, place_url: str) -> None:
    """Be a process that sends and is killed before it records anything."""
    ground = Ground(
        settings=load_settings(None, environ={}), engine=make_engine(store_url),
        clock=FixedClock(NOON), key=b"k" * 32, holder=make_holder(),
    )  # fmt: skip
    deliver_due(ground, {kind: Doomed(channel_at(kind, place_url))}, machine=FixedClock(NOON))


@pytest.mark.faults
@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_process_leaves_one_reply_and_the_next_one_finds_it(day: Day, kind: str) -> None:
    with public_place(kind) as place:
        key = day.put(
            public=True, to="source:1", text=TEXT, channel=kind, target=place.target, kind="ack",
            approved_sha256=approved(TEXT),
        )  # fmt: skip
        url = day.ground.engine.url.render_as_string(hide_password=False)
        process = _forks.Process(target=send_and_die, args=(url, kind, place.url))
        process.start()
        process.join(PATIENCE_S)
        assert process.exitcode == -SIGKILL
        assert (place.times(TEXT), day.row(key).state) == (1, DeliveryState.SENDING)
        ground = replace(day.ground, holder=make_holder())
        assert deliver_due(ground, {kind: place.channel()}, machine=FixedClock(NOON)) == 1
        row = day.row(key)
        assert (row.state, place.times(TEXT)) == (DeliveryState.SENT, 1)
        assert row.remote_id
