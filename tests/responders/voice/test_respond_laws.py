"""Whatever people and machines do, in whatever order: what must hold of drafts, threads, promises.

On SQLite only: what the databases do differently is shown elsewhere, here the order is the matter.
"""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel, select

from classifiers.tables import Issue
from config.clock import FixedClock
from config.database import make_engine, reading
from config.ground import Ground
from config.keys import make_key
from config.leases import make_holder
from config.settings import load_settings
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice import store
from responders.voice.ledger.settling import record_sent
from responders.voice.tables import Draft, DraftState, DraftVersion, Promise, Told
from responders.workspace import plugin_sections
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, happen, say_more
from tests.responders.voice import acts

Step = tuple[str, int]
Row = TypeVar("Row", bound=SQLModel)
STATES = ("investigating", "identified", "monitoring", "resolved")
STEPS = (
    "respond", "respond", "approve", "approve", "sent", "sent", "record", "record", "rejected",
    "silent", "edit", "failed", "cancelled", "state", "state", "say", "wait", "merge",
)  # fmt: skip
ALL_ROWS: tuple[type[SQLModel], ...] = (Draft, DraftVersion, Told, Promise, Delivery)
EXAMPLES = int(os.environ.get("GROUNDSWELL_LAWS", "8"))


@pytest.fixture(scope="module")
def empty(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store to copy."""
    path = tmp_path_factory.mktemp("laws") / "empty.db"
    path.write_bytes(sqlite_template)
    return path


def address_in(folder: Path, empty: Path | str) -> str:
    """Return the address of an empty store: of a copy in the folder, or the one that was given."""
    if isinstance(empty, str):
        return empty
    path = folder / "groundswell.db"
    path.write_bytes(empty.read_bytes())
    return f"sqlite:///{path}"


class Life:
    """One installation with two issues, moved by numbered steps."""

    def __init__(self, folder: Path, empty: Path | str) -> None:
        url = address_in(folder, empty)
        self.ground = Ground(
            settings=load_settings(
                None, environ={"GROUNDSWELL__DATABASE__URL": url}, plugins=plugin_sections()
            ),
            engine=make_engine(url),
            clock=FixedClock(NOON),
            key=make_key(folder / "secret.key"),
            holder=make_holder(),
        )
        said = [Said(thread="a"), Said(thread="b")]
        self.issues = [happen(self.ground, Incident(said=said)) for _ in range(2)]
        self.told_phases: list[tuple[int, str]] = []

    def step(self, name: str, number: int) -> None:
        """Do one thing, if it can be done now; ``number`` chooses to what."""
        act = self.acts().get(name)
        if act is not None:
            act(number)
        else:
            self._to_a_message(name, number)
        self.check()

    def acts(self) -> Mapping[str, Callable[[int], object]]:
        """Return what can be done, by name."""
        return {
            "respond": lambda _: acts.respond(self.ground),
            "record": lambda _: record_sent(self.ground),
            "approve": lambda n: self._to_a_draft(n, lambda row: acts.approve(self.ground, row)),
            "edit": lambda n: self._to_a_draft(n, lambda row: acts.edit(self.ground, row, f"T{n}")),
            "rejected": lambda n: self._to_a_draft(n, lambda row: self._no(row, "rejected")),
            "silent": lambda n: self._to_a_draft(n, lambda row: self._no(row, "silent")),
            "state": lambda n: acts.set_state(self.ground, self._open(n), STATES[n % 4]),
            "say": lambda n: say_more(self.ground, self._open(n), Said(thread=f"n{n % 5}")),
            "wait": self._wait,
            "merge": self._merge,
        }

    def _to_a_draft(self, number: int, act: Callable[[Draft], None]) -> None:
        rows = [row for row in self.rows(Draft) if row.state is DraftState.PENDING]
        rows = [row for row in rows if not self._is_merged(row.issue_id)]
        if rows:
            act(rows[number % len(rows)])

    def _no(self, row: Draft, state: str) -> None:
        acts.decide(self.ground, row, state)

    def _to_a_message(self, state: str, number: int) -> None:
        waiting = {row.id for row in self.rows(Delivery) if row.state is DeliveryState.QUEUED}
        rows = [row for row in self.rows(Draft) if row.delivery_id in waiting]
        if rows:
            acts.end(self.ground, rows[number % len(rows)], state)

    def _wait(self, number: int) -> None:
        self.ground = acts.later(self.ground, minutes=7 + 40 * (number % 9))

    def _merge(self, number: int) -> None:
        if number % 4 == 0 and not self._is_merged(self.issues[0]):
            acts.merge(self.ground, *self.issues)

    def _is_merged(self, issue: int) -> bool:
        with reading(self.ground.engine) as session:
            return session.get_one(Issue, issue).merged_into is not None

    def _open(self, number: int) -> int:
        issue = self.issues[number % 2]
        return self.issues[1] if self._is_merged(issue) else issue

    def rows(self, table: type[Row]) -> list[Row]:
        with reading(self.ground.engine) as session:
            return list(session.exec(select(table)).all())

    def check(self) -> None:
        """Hold what was done against the laws that hold at any moment."""
        drafts = self.rows(Draft)
        live = [row for row in drafts if row.state in store.LIVE]
        places = Counter((self._home(row), row.thread_id, self._entry(row)) for row in live)
        assert max(places.values(), default=0) <= 1, "two live drafts for one place"
        told = self.rows(Told)
        first: dict[tuple[int, int], int] = {}
        for row in sorted(told, key=lambda row: row.id or 0):
            first.setdefault((self._root(row.issue_id), row.thread_id), row.draft_id)
        for draft in drafts:
            if draft.thread_id and draft.kind == "update":
                assert (self._home(draft), draft.thread_id) in first, "a follow-up to nobody"
        for draft in drafts:
            assert (draft.next_update_by is None) == (draft.phase == "resolved")
        assert len({row.delivery_id for row in told}) == len(told)
        self._check_phases(told)

    def _check_phases(self, told: list[Told]) -> None:
        """Two texts in a row for one thread never say the same phase."""
        by_thread: dict[tuple[int, int], list[str]] = {}
        for row in sorted(told, key=lambda row: (row.told_at, row.id or 0)):
            by_thread.setdefault((row.issue_id, row.thread_id), []).append(row.phase)
        for phases in by_thread.values():
            assert all(a != b for a, b in pairwise(phases)), phases

    def _root(self, issue: int) -> int:
        return self.issues[1] if self._is_merged(issue) else issue

    def _home(self, row: Draft) -> int:
        """An entry on the page stays its own; threads belong to the whole."""
        return row.issue_id if row.thread_id is None else self._root(row.issue_id)

    def _entry(self, row: Draft) -> bool:
        return row.thread_id is None

    def come_to_rest(self) -> None:
        """Let the passes run until they find nothing more; after that they change nothing."""
        for _ in range(8):
            record_sent(self.ground)
            if acts.respond(self.ground) == 0:
                break
            self.check()
        before = [self._dump(table) for table in ALL_ROWS]
        other = replace(self.ground, holder=make_holder())
        for ground in (self.ground, other):
            assert (record_sent(ground), acts.respond(ground)) == (0, 0)
        assert [self._dump(table) for table in ALL_ROWS] == before

    def _dump(self, table: type[SQLModel]) -> list[str]:
        return [row.model_dump_json() for row in self.rows(table)]

    def finish(self) -> None:
        """Approve and send whatever is proposed, until nothing is."""
        for _ in range(12):
            self.come_to_rest()
            waiting = [row for row in self.rows(Draft) if row.state is DraftState.PENDING]
            queued = {
                row.id
                for row in self.rows(Delivery)
                if row.public and row.state is DeliveryState.QUEUED
            }
            for row in waiting:
                acts.approve(self.ground, row)
            for row in self.rows(Draft):
                if row in waiting or row.delivery_id in queued:
                    acts.end(self.ground, row)
            if not waiting and not queued:
                return
            self.check()
        raise AssertionError("there is no end of it")


LIVES = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 40)), min_size=8, max_size=16)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(steps=LIVES)
def test_in_any_order_each_told_thread_gets_each_phase_once(empty: Path, steps: list[Step]) -> None:
    with TemporaryDirectory() as folder:
        live(Path(folder), empty, steps)


@pytest.mark.faults
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("seed", range(4))
def test_and_on_the_larger_database(tmp_path: Path, store_url: str, seed: int) -> None:
    chance = Random(seed)
    live(tmp_path, store_url, [(chance.choice(STEPS), chance.randrange(40)) for _ in range(14)])


def live(folder: Path, empty: Path | str, steps: list[Step]) -> None:
    """Take the steps, then come to the end."""
    life = Life(folder, empty)
    try:
        for name, number in steps:
            life.step(name, number)
        life.come_to_rest()
        life.finish()
        end_of(life)
    finally:
        life.ground.engine.dispose()


def end_of(life: Life) -> None:
    """Once all that was proposed is sent, every told thread knows the phase, unless one said no."""
    with reading(life.ground.engine) as session:
        for issue in life.issues:
            row = session.get_one(Issue, issue)
            if row.merged_into is not None:
                continue
            phase = "investigating" if row.state == "new" else str(row.state)
            last = {told.thread_id: told.phase for told in store.told(session, issue)}
            noes = {
                (draft.thread_id, draft.phase)
                for draft in session.exec(select(Draft)).all()
                if draft.state in store.LEFT_ALONE
            }
            for thread, said in last.items():
                assert said == phase or (thread, phase) in noes
