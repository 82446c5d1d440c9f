"""A house to visit: console and page on loopback with a store of its own, and a forum beside it.

Nothing is stood in for: the server is the one of `groundswell run`, the passes are its passes, and
the forum takes replies as Discourse does. Only the clock is ours: a day can be gone through.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import select

from config import schema
from config.database import make_engine, reading
from config.ground import Ground
from config.keys import make_key
from config.leases import make_holder
from config.settings import load_settings
from responders.api.serving import serve
from responders.decisions.acting import Actor, Role
from responders.decisions.people import people
from responders.decisions.tables import User
from responders.delivery.channels.base import Channel
from responders.delivery.outbox import channels_of, deliver_due
from responders.page.publish import PagePublisher, publish_due
from responders.voice.ledger.settling import record_sent
from responders.voice.respond import respond_due
from responders.workspace import plugin_sections
from tests.conftest import NOON
from tests.places.discourse import Forum
from tests.places.web import Web

OPERATOR = Actor("operator", Role.ADMIN, "command line")
RUTH = Actor("ruth", Role.APPROVER, "console")
PASSWORD = "a long enough password"
USERNAME = "fern_ana"
CREDENTIAL = "community"
PAGE_URL = "https://status.fernsync.example/"
PARTING_S = 60.0
"""The machine may be busy; a server that does not end by then is a failure."""
SETTINGS = """\
[database]
url = "sqlite:///groundswell.db"

[http]
allow_hosts = ["127.0.0.1"]
spacing_s = 0

[console]
port = {port}

[page]
name = "Fernsync"
url = "{page_url}"

[credentials.{credential}]
api_key = "a key of the forum"
api_username = "{username}"
api_url = "{forum}"
"""


@dataclass
class StepClock:
    """A clock that stands still until somebody moves it."""

    at: datetime = NOON

    def now(self) -> datetime:
        """Return the time it shows."""
        return self.at


@dataclass
class House:
    """One installation that is served."""

    ground: Ground
    clock: StepClock
    forum: Forum
    channels: dict[str, Channel]
    url: str
    """Without a slash at its end."""

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.clock.at += timedelta(**span)

    def respond(self) -> int:
        """Propose what is due."""
        return respond_due(self.ground)

    def deliver(self) -> None:
        """Send what is due, note it and write the page."""
        deliver_due(self.ground, self.channels)
        record_sent(self.ground)
        publish_due(self.ground, machine=self.clock)

    def let_in(self, name: str, role: Role, password: str | None = None) -> str:
        """Make an account; return the cookie of a log-in, for checking a password is slow."""
        people.add_user(self.ground, OPERATOR, name, role, password)
        return self.log_in(name)

    def log_in(self, name: str) -> str:
        """Return the cookie of a log-in of somebody known."""
        with reading(self.ground.engine) as session:
            user = session.exec(select(User).where(User.name == name)).one()
        return people.log_in(self.ground, user)


@contextmanager
def open_house(folder: Path) -> Iterator[House]:
    """Set an installation up in a folder and serve it for a block."""
    forum = Forum()
    with Web(forum) as web, socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        clock = StepClock()
        ground = _ground(folder, clock, port=port, forum=web.url(""))
        house = House(
            ground=ground,
            clock=clock,
            forum=forum,
            channels=dict(channels_of(ground, PagePublisher(ground))),
            url=f"http://127.0.0.1:{port}",
        )
        stop = threading.Event()
        serving = threading.Thread(target=serve, args=(ground, listening, stop), name="serve")
        serving.start()
        try:
            yield house
        finally:
            stop.set()
            serving.join(PARTING_S)
            ground.engine.dispose()
        assert not serving.is_alive(), "the server did not end"


def _ground(folder: Path, clock: StepClock, *, port: int, forum: str) -> Ground:
    file = folder / "groundswell.toml"
    text = SETTINGS.format(
        port=port, page_url=PAGE_URL, credential=CREDENTIAL, username=USERNAME, forum=forum
    )
    file.write_text(text, encoding="utf-8")
    settings = load_settings(file, environ={}, plugins=plugin_sections())
    engine = make_engine(settings.database_url())
    schema.upgrade(engine)
    return Ground(
        settings=settings,
        engine=engine,
        clock=clock,
        key=make_key(folder / "secret.key"),
        holder=make_holder(),
    )
