"""Messages to send, and a day on which the clocks can be moved."""

import itertools
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from sqlmodel import select

from config.clock import FixedClock
from config.database import durable, reading, transaction
from config.ground import Ground
from config.leases import make_holder
from listener.tables import Product
from responders.delivery import store
from responders.delivery.channels.base import Channel
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from tests.conftest import NOON
from tests.places.board import Killed

NUMBERS = itertools.count(1)


def approved(text: str) -> str:
    """Return what an approval of a text binds to."""
    return sha256(text.encode()).hexdigest()


@dataclass
class Day:
    """An outbox and the time it works at; every pass is a process of its own when told so."""

    ground: Ground
    product_id: int
    at: datetime = NOON

    def put(self, *, public: bool = False, to: str = "board", **values: object) -> str:
        """Queue a message, approved if strangers read it, and return its key."""
        number = next(NUMBERS)
        text = str(values.get("text", f"It hangs, number {number}."))
        row = Delivery(
            key=f"{to}|{number}|alert|1", product_id=self.product_id, channel="board",
            destination=to, kind="alert", public=public, text=text, next_try_at=NOON,
            created_at=NOON, approved_sha256=approved(text) if public else None,
        )  # fmt: skip
        for name, value in values.items():
            setattr(row, name, value)
        with transaction(self.ground.engine) as session:
            session.add(row)
        return row.key

    def row(self, key: str) -> Delivery:
        """Read a message back."""
        with reading(self.ground.engine) as session:
            return session.exec(select(Delivery).where(Delivery.key == key)).one()

    def id(self, key: str) -> int:
        """Return the number of a message."""
        return self.row(key).id or 0

    def pause(self, paused: bool = True) -> bool:
        """Hold everything back, or let it go on."""
        with durable(self.ground.engine) as session:
            return store.set_paused(session, paused, by="Ruth", reason="a storm", now=self.at)

    def cancel(self, key: str) -> bool:
        """Take a message back."""
        number = self.id(key)
        with durable(self.ground.engine) as session:
            return store.cancel(session, number)

    def settle(self, key: str, *, sent_url: str | None) -> bool:
        """Say what became of a doubt."""
        number = self.id(key)
        with durable(self.ground.engine) as session:
            if sent_url is not None:
                return store.settle_sent(session, number, url=sent_url, now=self.at)
            return store.settle_not_sent(session, number, now=self.at) is not None

    def run(self, channels: Mapping[str, Channel], *, holder: str | None = None) -> bool:
        """Run the pass; returns False when it was killed in the middle."""
        clock = FixedClock(self.at)
        ground = replace(self.ground, clock=clock, holder=holder or self.ground.holder)
        try:
            deliver_due(ground, channels, machine=clock)
        except Killed:
            return False
        return True

    def run_until_quiet(self, channels: Mapping[str, Channel], key: str) -> Delivery:
        """Run passes, each long after the last, until nothing is queued or being sent."""
        for _ in range(30):
            row = self.row(key)
            if row.state not in {DeliveryState.QUEUED, DeliveryState.SENDING}:
                return row
            self.run(channels, holder=dead_holder())
            self.at += timedelta(hours=2)
        raise AssertionError(f"it never settles: {self.row(key)}")


@pytest.fixture
def day(ground: Ground) -> Day:
    return begin(ground)


def begin(ground: Ground) -> Day:
    """Return a day of an installation with one product."""
    with transaction(ground.engine) as session:
        product = Product(name="Fernsync", created_at=NOON)
        session.add(product)
        session.flush()
        assert product.id is not None
        return Day(ground, product.id)


_DEAD: list[str] = []


def dead_holder() -> str:
    """Return the name of a process of this machine that has ended."""
    if not _DEAD:
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        machine, _, number = make_holder().split(":")
        _DEAD.append(f"{machine}:{ended.pid}:{number}")
    return _DEAD[0]
