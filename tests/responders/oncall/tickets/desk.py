"""A tracker beside an installation, for the tests of what is handed on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import SecretStr
from sqlmodel import col, select

from config.clock import FixedClock
from config.database import reading
from config.ground import Ground
from config.settings import Credential
from listener.sources.github import Options as Github
from responders.decisions.issues import ticket as handing_on
from responders.decisions.issues.ticket import Where, Words
from responders.delivery.channels.base import Channel, Ways
from responders.delivery.channels.github_ticket import Options, build
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery
from responders.oncall.tables import Suggestion, Ticket
from responders.oncall.tickets.suggesting import suggest_due
from responders.oncall.tickets.ticketing import look_at_tickets
from tests.listener.sources.fetching import loopback_client
from tests.places.faults import Faulty
from tests.places.github_tickets import REPOSITORY, TOKEN, Tracker
from tests.places.web import Web
from tests.responders.decisions.deciding import RUTH

WORDS = Words("GS-1: it hangs", "7 people say so.", 0, quotes=False)


@dataclass
class Desk:
    """An installation, its tracker, and the time."""

    ground: Ground
    tracker: Tracker
    faulty: Faulty
    web: Web

    @property
    def where(self) -> Where:
        """Where tickets go."""
        return Where(self.web.url("").rstrip("/"), REPOSITORY, "eng")

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.at(self.ground.clock.now() + timedelta(**by))

    def at(self, moment: datetime) -> None:
        """Let it be another time."""
        self.ground = replace(self.ground, clock=FixedClock(moment))

    def channels(self, *, deadline_s: float = 10.0) -> Mapping[str, Channel]:
        """Return the way to the tracker."""
        client = loopback_client(deadline_s=deadline_s)
        ways = Ways(self.ground.settings.http, client, self.ground.settings.credentials)
        return {"github_ticket": build(Options(), ways=ways)}

    def ask(self, issue: int, words: Words = WORDS) -> int:
        """Ask for a ticket."""
        return handing_on.ask(self.ground, RUTH, issue, self.where, words)

    def link(self, issue: int, number: int = 1) -> None:
        """Link a ticket that is there."""
        url = f"https://github.com/{REPOSITORY}/issues/{number}"
        handing_on.link(self.ground, RUTH, issue, self.where, number=number, url=url)

    def deliver(self) -> None:
        """Run the deliver pass; its leases run on the same time."""
        deliver_due(self.ground, self.channels(), machine=self.ground.clock)

    def look(self) -> int:
        """Look at tickets an hour later, and suggest what follows."""
        self.later(hours=1)
        look_at_tickets(self.ground, loopback_client())
        return suggest_due(self.ground)

    def tickets(self) -> list[Ticket]:
        """Return all tickets, those unlinked too."""
        with reading(self.ground.engine) as session:
            return list(session.exec(select(Ticket).order_by(col(Ticket.id))).all())

    def suggestions(self) -> list[Suggestion]:
        """Return everything that was suggested, oldest first."""
        with reading(self.ground.engine) as session:
            return list(session.exec(select(Suggestion).order_by(col(Suggestion.id))).all())

    def deliveries(self, kind: str) -> list[Delivery]:
        """Return the messages of a kind."""
        with reading(self.ground.engine) as session:
            query = select(Delivery).where(Delivery.kind == kind).order_by(col(Delivery.id))
            return list(session.exec(query).all())


@contextmanager
def desk(ground: Ground) -> Iterator[Desk]:
    """Put a tracker beside an installation."""
    tracker = Tracker()
    faulty = Faulty(tracker)
    with Web(faulty) as web:
        keys = {"eng": Credential(token=SecretStr(TOKEN), api_url=web.url("").rstrip("/"))}
        plugins = {**ground.settings.plugins, "github": Github(api_url=web.url("").rstrip("/"))}
        settings = ground.settings.model_copy(update={"credentials": keys, "plugins": plugins})
        yield Desk(replace(ground, settings=settings), tracker, faulty, web)
