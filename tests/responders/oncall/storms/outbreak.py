"""An on-call channel in a storm: the passes second by second, and a collector of what came when."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import SecretStr
from sqlmodel import select

from classifiers.tables import Issue, Severity
from config.clock import Clock, FixedClock
from config.database import reading
from config.ground import Ground
from config.leases import make_holder
from responders.decisions.drafts.store_saying import spoken
from responders.delivery.channels import discord, terminal
from responders.delivery.channels.base import Channel
from responders.delivery.outbox import channels_of, deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.alert import alert_due
from responders.oncall.tables import Alert, DigestShown, Storm
from responders.oncall.telling.digesting import tell_storms
from responders.oncall.telling.refreshing import refresh_due
from responders.oncall.telling.refreshing_digests import refresh_digests
from tests.conftest import NOON
from tests.places.discord import Discord
from tests.places.discord_clicks import CHANNEL, TOKEN
from tests.responders.incidents import Incident, Said, happen

LOOKS = 2000
STORM = 10
"""Cards of a storm by default; what comes beyond goes into the digest."""


def with_discord(ground: Ground, place: Discord, **knobs: Any) -> Ground:
    """Return the installation with its bot in the small Discord, and no other destination."""
    return with_bot(ground, place.api_url, **knobs)


def with_bot(ground: Ground, api_url: str, **knobs: Any) -> Ground:
    """Return the installation with its bot where that address answers."""
    options = discord.Options(token=SecretStr(TOKEN), channel_id=int(CHANNEL), api_url=api_url)
    off = terminal.Options(enabled=False)
    plugins = {**ground.settings.plugins, "discord": options, "terminal": off}
    console = ground.settings.console.model_copy(update={"url": "https://console.example/console/"})
    oncall = ground.settings.oncall.model_copy(update=knobs)
    return replace(
        ground,
        settings=ground.settings.model_copy(
            update={"plugins": plugins, "console": console, "oncall": oncall}
        ),
    )


def break_out(ground: Ground, count: int, *, first: int = 1, **incident: Any) -> list[int]:
    """Let so many issues of their own begin; return their ids."""
    return [
        happen(
            ground,
            Incident(
                title=f"Problem number {n}", said=[Said(thread=f"t{n}")],
                **{"severity": Severity.MINOR, **incident},
            ),
        )
        for n in range(first, first + count)
    ]  # fmt: skip


class Watch:
    """The passes over an installation; each second on its clock is one look."""

    def __init__(self, ground: Ground, channels: Mapping[str, Channel] | None = None) -> None:
        self.ground = ground
        self.channels = channels if channels is not None else channels_of(ground)
        self.at = NOON
        self.more: list[Callable[[Ground, FixedClock], object]] = []
        """Passes that are run besides."""

    def look(self, *, later: timedelta = timedelta(seconds=1), times: int = 1) -> None:
        """Run the passes so often."""
        for _ in range(times):
            self.at += later
            clock = FixedClock(self.at)
            ground = replace(self.ground, clock=clock)
            alert_due(ground)
            tell_storms(ground)
            deliver_due(ground, self.channels, machine=clock)
            refresh_due(ground, self.channels, spoken, machine=clock)
            refresh_digests(ground, self.channels, machine=clock)
            for run in self.more:
                run(ground, clock)
            deliver_due(ground, self.channels, machine=clock)


def work_until_quiet(ground: Ground, *, machine: Clock | None = None) -> None:
    """Be one process of several: run the passes until everything due was told."""
    mine = replace(ground, holder=make_holder(), clock=FixedClock(NOON + timedelta(seconds=1)))
    channels, pause = channels_of(mine), threading.Event()
    for _ in range(LOOKS):
        alert_due(mine)
        tell_storms(mine)
        deliver_due(mine, channels, machine=machine)
        refresh_due(mine, channels, spoken, machine=machine)
        refresh_digests(mine, channels, machine=machine)
        if _is_quiet(mine):
            return
        pause.wait(0.02)  # whoever has the lease goes on meanwhile
    raise AssertionError("it never becomes quiet")


def _is_quiet(ground: Ground) -> bool:
    with reading(ground.engine) as session:
        told = {row.issue_id for row in session.exec(select(Alert)).all()}
        issues = {row.id for row in session.exec(select(Issue)).all()}
        sends = session.exec(select(Delivery)).all()
        shown = session.exec(select(DigestShown)).all()
        storms = session.exec(select(Storm)).all()
    done = all(row.state is DeliveryState.SENT for row in sends)
    return told == issues and done and len(shown) == len(storms) and all(s.shown for s in shown)


def queued(ground: Ground, kind: str) -> list[Delivery]:
    """Return the messages of a kind, in order."""
    with reading(ground.engine) as session:
        query = select(Delivery).where(Delivery.kind == kind)
        return sorted(session.exec(query).all(), key=lambda row: row.id or 0)


def issue_row(ground: Ground, number: int) -> Issue:
    """Read an issue."""
    with reading(ground.engine) as session:
        return session.get_one(Issue, number)
