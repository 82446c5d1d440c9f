"""Whatever happens in whatever order: who said that they want no answer gets none from then on.

On SQLite only: the order is the matter, not the database.
"""

import os
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from config.clock import FixedClock
from config.database import make_engine, reading, transaction
from config.errors import GroundswellError, TransientError
from config.ground import Ground
from config.keys import make_key
from config.leases import make_holder
from config.settings import load_settings
from listener.tables import Post
from responders.decisions.acting import Actor, Role
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.edit import edit
from responders.decisions.drafts.settle import settle
from responders.decisions.people.optout import add_optout
from responders.delivery.channels.base import Capabilities, InDoubt, Message, Receipt
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.ledger.settling import record_sent
from responders.voice.respond import respond_due
from responders.voice.tables import Draft, DraftState, OptOut
from responders.workspace import plugin_sections
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, happen, say_more
from tests.responders.voice.test_respond_laws import address_in

ADA = Actor("Ada", Role.ADMIN, "console")
WISH = "Please stop replying to me."
STEPS = (
    "respond", "respond", "approve", "approve", "deliver", "deliver", "edit", "wish", "note",
    "say", "doubt", "busy", "settle", "record", "wait", "erase",
)  # fmt: skip
LENGTHS = [timedelta(minutes=minutes) for minutes in (5, 35, 65, 125)]
EXAMPLES = int(os.environ.get("GROUNDSWELL_LAWS", "8"))


class Board:
    """A place that takes texts, loses answers or is busy, and remembers whom it showed what."""

    capabilities = Capabilities(public=True, lookup=False, idempotent=False)

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.next: Exception | None = None

    def send(self, message: Message) -> Receipt:
        error, self.next = self.next, None
        if error is not None:
            raise error
        self.shown.append(message.key)
        url = f"https://forum.example/r/{len(self.shown)}"
        return Receipt(remote_id=message.key, url=url, at=NOON)

    def find(self, message: Message) -> Receipt | None:
        return None


@pytest.fixture(scope="module")
def empty(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wishes") / "empty.db"
    path.write_bytes(sqlite_template)
    return path


class Life:
    """One installation in which Ann reports two issues, and others do, too."""

    def __init__(self, folder: Path, empty: Path | str) -> None:
        environ = {"GROUNDSWELL__DATABASE__URL": address_in(folder, empty)}
        self.ground = Ground(
            settings=load_settings(None, environ=environ, plugins=plugin_sections()),
            engine=make_engine(environ["GROUNDSWELL__DATABASE__URL"]),
            clock=FixedClock(NOON),
            key=make_key(folder / "secret.key"),
            holder=make_holder(),
        )
        said = [Said(thread="a", author="Ann"), Said(thread="b"), Said(thread="c", author="Ann")]
        self.issues = [
            happen(self.ground, Incident(said=said, reply=True, source_kind="discourse"))
            for _ in range(2)
        ]
        self.board, self.wished, self.before = Board(), False, 0

    def step(self, name: str, number: int) -> None:
        """Do one thing; what is refused did not happen."""
        if name in {"settle", "edit", "approve"}:
            act = partial(self._to_a_row, name)
        else:
            act = getattr(self, f"_{name}")
        with suppress(GroundswellError):
            act(number)
        self.check()

    def _respond(self, _: int) -> None:
        respond_due(self.ground, page_url="https://status.example/")
        self.wished = self.wished or self._heard()

    def _deliver(self, _: int) -> None:
        deliver_due(self.ground, {"discourse": self.board, "page": self.board})

    def _record(self, _: int) -> None:
        record_sent(self.ground)

    def _say(self, number: int) -> None:
        say_more(self.ground, self.issues[number % 2], Said(thread=f"n{number}", author="Ann"))

    def _wish(self, number: int) -> None:
        said = Said(thread=f"w{number}", text=WISH, author="Ann")
        say_more(self.ground, self.issues[number % 2], said)

    def _note(self, _: int) -> None:
        self.wished = True
        add_optout(self.ground, ADA, author="ann", place="forum.example")

    def _doubt(self, _: int) -> None:
        self.board.next = InDoubt("the answer was lost")

    def _busy(self, _: int) -> None:
        self.board.next = TransientError("it is busy")

    def _wait(self, number: int) -> None:
        now = self.ground.clock.now() + LENGTHS[number % 4]
        self.ground = replace(self.ground, clock=FixedClock(now))

    def _erase(self, number: int) -> None:
        with transaction(self.ground.engine) as session:
            posts = session.exec(select(Post).where(Post.author == "Ann")).all()
            if posts:
                post = posts[number % len(posts)]
                post.text, post.author, post.erased_at = "", None, self.ground.clock.now()

    def _to_a_row(self, name: str, number: int) -> None:
        rows = self._doubts() if name == "settle" else self._drafts()
        if not rows:
            return
        chosen = rows[number % len(rows)]
        if name == "settle":
            settle(self.ground, ADA, chosen, sent_url=None)
        elif name == "edit":
            edit(self.ground, ADA, chosen, f"My own words {number}.")
        else:
            approve(self.ground, ADA, chosen, override="as it is")

    def _drafts(self) -> list[int]:
        with reading(self.ground.engine) as session:
            rows = session.exec(select(Draft).order_by(col(Draft.id))).all()
        return [row.id or 0 for row in rows if row.state is DraftState.PENDING]

    def _doubts(self) -> list[int]:
        with reading(self.ground.engine) as session:
            rows = session.exec(select(Delivery).order_by(col(Delivery.id))).all()
        return [row.id or 0 for row in rows if row.state is DeliveryState.IN_DOUBT]

    def _heard(self) -> bool:
        with reading(self.ground.engine) as session:
            return bool(session.exec(select(OptOut)).all())

    def to_ann(self, session: Session) -> int:
        """Return how many texts the board shows that answer Ann."""
        hers = session.exec(select(Post.id).where(Post.author_key == "of Ann")).all()
        rows = session.exec(select(Delivery)).all()
        keys = {row.key for row in rows if row.post_id in set(hers)}
        return sum(key in keys for key in self.board.shown)

    def check(self) -> None:
        with reading(self.ground.engine) as session:
            now = self.to_ann(session)
        if self.wished:
            assert now == self.before, "Ann was answered although she asked for silence"
        self.before = now


@settings(
    max_examples=EXAMPLES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@example([("approve", 1), ("wish", 0), ("respond", 0), ("deliver", 0)])
@example([("approve", 1), ("note", 0), ("deliver", 0)])
@example([("wish", 0), ("respond", 0), ("edit", 0), ("approve", 0), ("deliver", 0)])
@example(
    [
        ("approve", 1), ("doubt", 0), ("deliver", 0), ("note", 0), ("settle", 0), ("wait", 3),
        ("deliver", 0),
    ]
)  # fmt: skip
@example([("approve", 1), ("busy", 0), ("deliver", 0), ("note", 0), ("wait", 3), ("deliver", 0)])
@example(
    [
        ("wish", 0),
        ("respond", 0),
        ("erase", 0),
        ("say", 3),
        ("respond", 0),
        ("approve", 2),
        ("deliver", 0),
    ]
)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 20)), max_size=25))
def test_after_a_wish_nothing_is_sent_to_its_author(
    empty: Path, steps: list[tuple[str, int]]
) -> None:
    with TemporaryDirectory() as folder:
        live(Path(folder), empty, steps)


@pytest.mark.faults
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("seed", range(6))
def test_and_on_the_larger_database(tmp_path: Path, store_url: str, seed: int) -> None:
    chance = Random(seed)
    live(tmp_path, store_url, [(chance.choice(STEPS), chance.randrange(20)) for _ in range(25)])


def live(folder: Path, empty: Path | str, steps: list[tuple[str, int]]) -> None:
    """Take the steps, after the first drafts."""
    life = Life(folder, empty)
    try:
        for name, number in [("respond", 0), *steps]:
            life.step(name, number)
    finally:
        life.ground.engine.dispose()
