"""Whatever people decide, in whatever order, with the real acts and passes: each told thread gets
one follow-up for each change of state, never two, and none that nobody approved since.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, SQLModel, select

from classifiers.tables import Issue, IssueState
from config.clock import FixedClock
from config.database import reading, transaction
from config.errors import PermanentError
from config.ground import Ground
from listener.tables import Thread
from responders.decisions.drafts.approve import approve
from responders.decisions.issues import merge, state
from responders.decisions.tables import Approval
from responders.delivery.channels.base import Channel
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice import store
from responders.voice.ledger.settling import record_sent
from responders.voice.phases import phase_of
from responders.voice.store_respond import reported_in
from responders.voice.tables import Draft, DraftState, Told
from tests.places.board import Board
from tests.responders.decisions.deciding import RUTH, posts_in
from tests.responders.incidents import Said, erase, say_more
from tests.responders.voice import acts
from tests.responders.voice.test_respond_laws import Life

Step = tuple[str, int]
Row = TypeVar("Row", bound=SQLModel)
STATES = tuple(IssueState)[1:]
STEPS = (
    "respond", "respond", "approve", "approve", "approve", "deliver", "deliver", "record", "state",
    "state", "reopen", "merge", "unmerge", "split", "say", "erase", "lock", "busy", "wait",
)  # fmt: skip
EXAMPLES = int(os.environ.get("GROUNDSWELL_LAWS", "4"))


@pytest.fixture(scope="module")
def empty(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store to copy."""
    path = tmp_path_factory.mktemp("told-back") / "empty.db"
    path.write_bytes(sqlite_template)
    return path


class Days:
    """One installation with two issues, moved by the acts of people and by the passes."""

    def __init__(self, folder: Path, empty: Path | str) -> None:
        self.ground: Ground = Life(folder, empty).ground
        self.board = Board(public=True, lookup=True)
        self.number = 0

    def step(self, name: str, number: int) -> None:
        """Do one thing, if it can be done now."""
        with suppress(PermanentError):  # a refusal is one of the things that can happen
            self.acts()[name](number)
        self.check()

    def acts(self) -> Mapping[str, Callable[[int], object]]:
        """Return what can be done, by name."""
        return {
            "respond": lambda _: acts.respond(self.ground),
            "record": lambda _: record_sent(self.ground),
            "deliver": lambda _: self.deliver(),
            "approve": self._approve,
            "state": lambda n: self._set(n, STATES[n % 4]),
            "reopen": lambda n: self._set(n, IssueState.INVESTIGATING),
            "merge": lambda n: merge.merge(
                self.ground, RUTH, self._issue(n), into=self._issue(n + 1)
            ),
            "unmerge": lambda n: merge.unmerge(self.ground, RUTH, self._issue(n)),
            "split": self._split,
            "say": self._say,
            "erase": lambda n: erase(self.ground, f"number {n % 4}"),
            "lock": self._lock,
            "busy": lambda _: self.board.faults.append("busy"),
            "wait": self._wait,
        }

    def deliver(self) -> None:
        """Send what is due; every channel is the one board."""
        kinds = {row.channel for row in self.rows(Delivery)}
        channels: dict[str, Channel] = dict.fromkeys(kinds, self.board)
        deliver_due(self.ground, channels, machine=self.ground.clock)

    def _approve(self, number: int) -> None:
        rows = [row for row in self.rows(Draft) if row.state is DraftState.PENDING]
        if rows:
            approve(self.ground, RUTH, rows[number % len(rows)].id or 0)

    def _set(self, number: int, new: IssueState) -> None:
        state.set_state(self.ground, RUTH, self._issue(number), new)

    def _split(self, number: int) -> None:
        issue = self._issue(number)
        posts = posts_in(self.ground, issue)
        merge.split(self.ground, RUTH, issue, posts[:1], f"Part {number}")

    def _say(self, number: int) -> None:
        self.number += 1
        said = Said(thread=f"n{number % 5}", text=f"It hangs, says number {self.number % 4}.")
        say_more(self.ground, self._issue(number), said)

    def _lock(self, number: int) -> None:
        with transaction(self.ground.engine) as session:
            threads = session.exec(select(Thread)).all()
            threads[number % len(threads)].locked = True

    def _wait(self, number: int) -> None:
        by = timedelta(minutes=7 + 40 * (number % 5))
        self.ground = replace(self.ground, clock=FixedClock(self.ground.clock.now() + by))

    def _issue(self, number: int) -> int:
        rows = self.rows(Issue)
        return rows[number % len(rows)].id or 0

    def rows(self, table: type[Row]) -> list[Row]:
        """Return all rows of a table."""
        with reading(self.ground.engine) as session:
            return list(session.exec(select(table)).all())

    def check(self) -> None:
        """Hold what was done against the laws that hold at any moment."""
        told = sorted(self.rows(Told), key=lambda row: (row.told_at, row.id or 0))
        assert len({row.delivery_id for row in told}) == len(told)
        self._each_sent_text_has_its_own_approval()
        self._one_live_draft_for_each_thread_of_an_issue()
        self._nothing_that_is_ahead_of_its_issue_may_leave()

    def _each_sent_text_has_its_own_approval(self) -> None:
        holding = [row for row in self.rows(Approval) if row.taken_back_at is None]
        for sent in self.rows(Delivery):
            if sent.public and sent.state is DeliveryState.SENT:
                mine = [row for row in holding if row.delivery_id == sent.id]
                assert [row.text_sha256 for row in mine] == [sent.approved_sha256]

    def _one_live_draft_for_each_thread_of_an_issue(self) -> None:
        seen = set()
        for row in self.rows(Draft):
            if row.thread_id is not None and row.state in store.LIVE:
                key = (row.issue_id, row.thread_id)
                assert key not in seen, "two drafts for one thread"
                seen.add(key)

    def _nothing_that_is_ahead_of_its_issue_may_leave(self) -> None:
        """What was approved before its issue went back waits for another yes."""
        rows = {row.id: row for row in self.rows(Delivery)}
        for draft in self.rows(Draft):
            sent = rows.get(draft.delivery_id)
            if sent is None or sent.state is not DeliveryState.QUEUED:
                continue
            with reading(self.ground.engine) as session:
                issue = session.get_one(Issue, store.whole(session, draft.issue_id))
            order = [phase_of(one) for one in IssueState]
            assert order.index(draft.phase) <= order.index(phase_of(issue.state)), draft.phase

    def finish(self) -> None:
        """Approve and send whatever is proposed, until nothing is."""
        for _ in range(25):
            self.board.faults.clear()
            self.deliver()
            moved = record_sent(self.ground) + acts.respond(self.ground)
            waiting = [row for row in self.rows(Draft) if row.state is DraftState.PENDING]
            for row in waiting:
                with suppress(PermanentError):  # such as a text that the linter blocks
                    approve(self.ground, RUTH, row.id or 0)
                    moved += 1
            self.check()
            if not moved:
                return
            self._wait(0)
        raise AssertionError("there is no end of it")

    def told_phases(self) -> Mapping[tuple[int, int], list[str]]:
        """Return what each thread was told of each whole issue, in order."""
        found: dict[tuple[int, int], list[str]] = {}
        for row in sorted(self.rows(Told), key=lambda row: (row.told_at, row.id or 0)):
            found.setdefault((row.issue_id, row.thread_id), []).append(row.phase)
        return found


ALL: list[Step] = [("approve", 0)] * 8
TOLD: list[Step] = [("respond", 0), *ALL, ("deliver", 0), ("record", 0), ("state", 3)]
"""Both issues are told of; then the second is resolved."""
REOPENED: list[Step] = [*TOLD, ("respond", 0), *ALL, ("reopen", 1), ("deliver", 0), ("record", 0)]
"""It is open again after its end was approved and before that left."""
HELD_UP: list[Step] = [
    *TOLD, ("respond", 0), *ALL, ("busy", 0), ("deliver", 0), ("reopen", 1), ("wait", 1),
    ("deliver", 0), ("record", 0),
]  # fmt: skip
"""The same, and the place had asked us to wait meanwhile."""
MERGED: list[Step] = [*TOLD, ("respond", 0), *ALL, ("merge", 1), ("deliver", 0), ("unmerge", 1)]
LIVES = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 40)), min_size=8, max_size=18)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(steps=LIVES)
@example(steps=REOPENED)
@example(steps=HELD_UP)
@example(steps=MERGED)
def test_each_change_is_told_back_once_and_only_with_a_yes(empty: Path, steps: list[Step]) -> None:
    with TemporaryDirectory() as folder:
        live(Path(folder), empty, steps)


@pytest.mark.faults
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("steps", [REOPENED, HELD_UP, MERGED], ids=["reopened", "held", "merged"])
def test_and_on_the_larger_database(tmp_path: Path, store_url: str, steps: list[Step]) -> None:
    live(tmp_path, store_url, steps)


def live(folder: Path, empty: Path | str, steps: list[Step]) -> None:
    """Take the steps, then come to the end."""
    days = Days(folder, empty)
    try:
        for name, number in steps:
            days.step(name, number)
        days.finish()
        end_of(days)
    finally:
        days.ground.engine.dispose()


def end_of(days: Days) -> None:
    """Every told thread that still reports the issue knows its phase; none was told it twice."""
    for phases in days.told_phases().values():
        assert all(one != other for one, other in pairwise(phases)), phases
    with reading(days.ground.engine) as session:
        for issue in session.exec(select(Issue)).all():
            if issue.merged_into is not None:
                continue
            family = store.family(session, issue.id or 0)
            last = {row.thread_id: row.phase for row in store.told(session, issue.id or 0)}
            for thread, phase in last.items():
                if _reports(session, family, thread):
                    assert phase == phase_of(issue.state)


def _reports(session: Session, family: Sequence[int], thread: int) -> bool:
    return bool(reported_in(session, family, thread))
