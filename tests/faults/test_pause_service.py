"""A pause while the service sends: from its commit on nothing begins to leave.

The service runs as it does for people, with a queue that takes it most of a minute; then somebody
pauses on the command line. What is asserted are rows and what arrived, never how fast this machine
is today.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.tables import Beat
from listener.tables import Product
from responders.delivery.opening import destinations
from responders.delivery.tables import Delivery, DeliveryState, Pause
from responders.workspace import open_ground
from tests.faults.harness import Installation
from tests.faults.scenario import STEPS
from tests.faults.test_service_killed import ROOT, installation, running, until

__all__ = ("installation",)

WAITING = 120
"""Messages in the queue; one every second, as the client spaces them."""
BEFORE = 4
"""So many are out when somebody pauses."""
PASSES = 3
"""The pass that sends ran so often after the pause, and sent nothing."""
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def ground(installation: Installation) -> Iterator[Ground]:
    found = open_ground(installation.folder / "groundswell.toml", environ={})
    with closing(found.engine.raw_connection()):
        yield found
    found.engine.dispose()


def fill_the_queue(ground: Ground) -> None:
    """Let many messages wait for the on-call channel."""
    now = SystemClock().now()
    to = destinations(ground.settings)[0]
    with transaction(ground.engine) as session:
        product = session.exec(select(Product)).first()
        assert product is not None
        for number in range(WAITING):
            session.add(
                Delivery(
                    key=f"pause|{number}", product_id=product.id or 0, channel=to.channel,
                    destination=to.name, kind="reminder", text=f"message {number}",
                    payload={"content": f"message {number}"}, next_try_at=now, created_at=now,
                )
            )  # fmt: skip


def sent(ground: Ground) -> list[datetime]:
    with reading(ground.engine) as session:
        rows = session.exec(select(Delivery).where(Delivery.state == DeliveryState.SENT)).all()
        return sorted(row.sent_at for row in rows if row.sent_at)


def beaten_at(ground: Ground) -> datetime | None:
    with reading(ground.engine) as session:
        row = session.get(Beat, "deliver")
        return row.at if row else None


def beats(ground: Ground, count: int) -> bool:
    """Wait until the pass that sends noted so often that it ran."""
    seen = {beaten_at(ground)}

    def all_seen() -> bool:
        seen.add(beaten_at(ground))
        return len(seen) > count

    return until(all_seen)


def groundswell(environ: Mapping[str, str], folder: Path, *words: str) -> None:
    config = str(folder / "groundswell.toml")
    command = [sys.executable, "-m", "responders.cli", "--config", config, *words]
    subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True)


@pytest.mark.faults
def test_nothing_begins_to_leave_once_a_pause_is_committed(
    installation: Installation, ground: Ground
) -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "GROUNDSWELL__HTTP__SPACING_S": "1.0"}
    discord = installation.world.discord
    installation.world.show(STEPS[0])
    fill_the_queue(ground)
    with running(installation, environ, "paused"):
        assert until(lambda: len(sent(ground)) >= BEFORE)
        groundswell(environ, installation.folder, "pause", "--reason", "wrong link")
        arrived = len(discord.messages)
        assert beats(ground, PASSES)
        assert len(discord.messages) <= arrived + 1, "one may have been under way"
        with reading(ground.engine) as session:
            paused = session.get_one(Pause, 1)
        assert paused.paused
        late = [at for at in sent(ground) if at > paused.at + A_SECOND]
        assert len(late) <= 1, "only the answer to one that had begun"
        assert len(sent(ground)) < WAITING, "the queue was still long"

        groundswell(environ, installation.folder, "resume", "--yes")
        held = len(discord.messages)
        assert until(lambda: len(discord.messages) > held)
    texts = [message["content"] for message in discord.messages]
    assert len(texts) == len(set(texts))
