"""An on-call team with a roster at a small Discord, a pager, and a clock that a test moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr
from sqlmodel import col, select

from classifiers.tables import IssueEvent
from config.clock import FixedClock
from config.database import reading, transaction
from config.ground import Ground
from config.leases import make_holder
from listener.tables import Product
from responders.decisions.drafts.store_saying import spoken
from responders.delivery.channels import apprise, discord, terminal
from responders.delivery.channels.base import Channel
from responders.delivery.outbox import channels_of, deliver_due
from responders.oncall.alert import alert_due
from responders.oncall.ladder.escalating import escalate_due
from responders.oncall.ladder.relieving import relieve_due
from responders.oncall.tables import CallMade
from responders.oncall.telling.refreshing import refresh_due
from tests.conftest import NOON
from tests.places.board import Board
from tests.places.discord import Discord
from tests.places.discord_clicks import CHANNEL, TOKEN

ROLE, RUTH_ID, TOM_ID = "900000000000000001", "900000000000000002", "900000000000000003"
MINUTE = timedelta(minutes=1)
DECLARED: Mapping[str, Any] = {
    "zone": "Europe/Berlin",
    "people": {"ruth": {"discord": RUTH_ID}, "tom": {"discord": TOM_ID}},
    "shifts": [
        {
            "name": "week", "people": ["ruth", "tom"], "from": "09:00", "until": "09:00",
            "since": "2026-05-11",
        }
    ],
}  # fmt: skip
"""NOON is 14:00 in Berlin, a Tuesday of Ruth's week."""


@dataclass(frozen=True)
class Heard:
    """One message that people heard, in minutes after noon."""

    minute: float
    text: str


@dataclass
class Team:
    """The passes, run whenever the clock moves; what people heard is collected with its time."""

    ground: Ground
    place: Discord
    pager: Board = field(default_factory=Board)
    at: datetime = NOON
    heard: list[Heard] = field(default_factory=list)
    pinged: list[Heard] = field(default_factory=list)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    processes: int = 1
    waits: int = 0
    """Set where something waits in the outbox that no pass has put there just now."""

    def __post_init__(self) -> None:
        options: dict[str, Any] = {
            "discord": discord.Options(
                token=SecretStr(TOKEN), channel_id=int(CHANNEL), api_url=self.place.api_url,
                role_id=int(ROLE),
            ),
            "apprise": apprise.Options(urls=(SecretStr("pager=json://127.0.0.1:9/"),)),
            "terminal": terminal.Options(enabled=False),
        }  # fmt: skip
        settings = self.ground.settings.model_copy(
            update={"plugins": {**self.ground.settings.plugins, **options}}
        )
        self.ground = replace(self.ground, settings=settings)
        self.channels = {**channels_of(self.ground), "apprise": self.pager}

    def set(self, **knobs: Any) -> None:
        """Change knobs of [oncall]."""
        oncall = self.ground.settings.oncall.model_copy(update=knobs)
        settings = self.ground.settings.model_copy(update={"oncall": oncall})
        self.ground = replace(self.ground, settings=settings)

    def now(self) -> Ground:
        """Return the installation at the time of the clock."""
        return replace(self.ground, clock=FixedClock(self.at))

    def look(self) -> None:
        """Run the passes of every process once, and collect what people heard."""
        for number in range(self.processes):
            ground = self.now()
            if number:
                ground = replace(ground, holder=make_holder())
            if alert_due(ground) + escalate_due(ground) + relieve_due(ground) + self.waits:
                self.waits = 0
                self._send(ground)
        self._collect()

    def _send(self, ground: Ground) -> None:
        deliver_due(ground, self.channels, machine=ground.clock)
        refresh_due(ground, self.channels, spoken, machine=ground.clock)

    def _collect(self) -> None:
        minute = (self.at - NOON) / MINUTE
        known = len(self.heard)
        for message in self.place.cards[known:]:
            self.heard.append(Heard(minute, str(message["content"]).replace("\\", "")))
        self.pinged += [
            Heard(minute, page.text) for page in self.pager.messages[len(self.pinged) :]
        ]

    def go(self, minutes: float, *, step: float = 1.0) -> None:
        """Let the clock go on, looking at each step."""
        for _ in range(round(minutes / step)):
            self.at += step * MINUTE
            self.look()

    def between(self, since: float, until: float) -> list[str]:
        """Return what the channel heard in these minutes after noon, the first left out."""
        return [one.text for one in self.heard if since < one.minute <= until]

    def log(self, issue_id: int, *kinds: str) -> list[str]:
        """Return the lines of an issue's log."""
        query = select(IssueEvent.text).where(IssueEvent.issue_id == issue_id)
        query = query.where(col(IssueEvent.kind).in_(kinds))
        with reading(self.ground.engine) as session:
            return list(session.exec(query.order_by(col(IssueEvent.id))).all())


def declare_oncall(ground: Ground, declared: Mapping[str, Any] = DECLARED) -> None:
    """Let the first product declare its on-call people."""
    with transaction(ground.engine) as session:
        product = session.exec(select(Product)).first()
        assert product is not None
        product.extra = {**product.extra, "oncall": dict(declared)}
        session.add(product)


def calls(ground: Ground) -> Sequence[CallMade]:
    """Return every call by issue and number."""
    query = select(CallMade).order_by(col(CallMade.issue_id), col(CallMade.number))
    with reading(ground.engine) as session:
        return session.exec(query).all()
