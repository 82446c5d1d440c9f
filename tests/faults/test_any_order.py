"""Random orders of everything that can happen between a report and the last word: the laws hold."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from classifiers.tables import IssueState
from config.ground import Ground
from responders.decisions.acting import Actor
from tests.faults.story import RUTH, TOM, Story
from tests.places.board import Fault
from tests.postgres import PostgresServer

NUMBERS = st.integers(0, 3)
FAULTS: tuple[Fault | None, ...] = (
    None, None, None, "busy", "down", "refused", "lost_before", "lost_after", "broke_after",
    "killed_before", "killed_after",
)  # fmt: skip
PHASES = (IssueState.INVESTIGATING, IssueState.IDENTIFIED, IssueState.RESOLVED)
Begin = Callable[[bool], Story]


class AnyOrder(RuleBasedStateMachine):
    """What may happen next."""

    begin: ClassVar[Begin]
    """Makes a story; each test sets its own."""

    def __init__(self) -> None:
        super().__init__()
        self.story: Story | None = None

    @property
    def it(self) -> Story:
        """The story, once it has begun."""
        assert self.story is not None
        return self.story

    @initialize(lookup=st.booleans())
    def begins(self, lookup: bool) -> None:
        """A place that can be read back, or one that cannot."""
        self.story = type(self).begin(lookup)

    @rule(thread=NUMBERS)
    def post_joins(self, thread: int) -> None:
        self.it.post_joins(thread)

    @rule(thread=NUMBERS)
    def erase(self, thread: int) -> None:
        self.it.erase(thread)

    @rule(minutes=st.sampled_from((1, 45, 300)))
    def later(self, minutes: int) -> None:
        self.it.later(minutes)

    @rule()
    def respond(self) -> None:
        self.it.respond()

    @rule(number=NUMBERS, words=st.sampled_from(("one", "two")))
    def edit(self, number: int, words: str) -> None:
        self.it.edit(number, words)

    @rule(number=NUMBERS, who=st.sampled_from((RUTH, TOM)), undo_s=st.sampled_from((0, 0, 60)))
    def approve(self, number: int, who: Actor, undo_s: float) -> None:
        self.it.approve(number, who, undo_s)

    @rule(who=st.sampled_from((RUTH, TOM)))
    def approve_together(self, who: Actor) -> None:
        self.it.approve_together(who)

    @rule(number=NUMBERS, who=st.sampled_from((RUTH, TOM)))
    def claim(self, number: int, who: Actor) -> None:
        self.it.claim(number, who)

    @rule(two=st.booleans())
    def ask_for_two(self, two: bool) -> None:
        self.it.ask_for_two(two)

    @rule(number=NUMBERS)
    def reject(self, number: int) -> None:
        self.it.reject(number)

    @rule(number=NUMBERS)
    def take_back(self, number: int) -> None:
        self.it.take_back(number)

    @rule()
    def pause(self) -> None:
        self.it.pause()

    @precondition(lambda self: self.story and self.story.paused)
    @rule()
    def resume(self) -> None:
        self.it.resume()

    @rule(state=st.sampled_from(PHASES))
    def change_state(self, state: IssueState) -> None:
        self.it.change_state(state)

    @rule(number=NUMBERS)
    def settle(self, number: int) -> None:
        self.it.settle(number)

    @rule(number=NUMBERS)
    def tamper(self, number: int) -> None:
        self.it.tamper(number)

    @rule(fault=st.sampled_from(FAULTS))
    def deliver(self, fault: Fault | None) -> None:
        self.it.deliver(fault)

    @rule()
    def restart(self) -> None:
        self.it.restart()

    @invariant()
    def laws_hold(self) -> None:
        """Every law holds after every step."""
        if self.story is not None:
            self.story.check()

    def teardown(self) -> None:
        """And in the end all that is called sent stands there, and nothing else."""
        if self.story is not None:
            try:
                self.story.end()
            finally:
                self.story.close()


def play(begin: Begin, *, examples: int, steps: int) -> None:
    """Play random orders; each breaks off at the first law that does not hold."""
    run_state_machine_as_test(
        type("Here", (AnyOrder,), {"begin": staticmethod(begin)}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@contextmanager
def on_files(ground: Ground, folder: Path, template: bytes) -> Iterator[Begin]:
    """Let each story have a file of its own."""

    def begin(lookup: bool) -> Story:
        file = folder / "story.db"
        for suffix in ("", "-wal", "-shm"):
            Path(f"{file}{suffix}").unlink(missing_ok=True)
        file.write_bytes(template)
        return Story(ground, f"sqlite:///{file}", lookup=lookup)

    yield begin


@contextmanager
def on_a_server(ground: Ground, server: PostgresServer) -> Iterator[Begin]:
    """Let each story have a database of its own."""
    with ExitStack() as databases:
        yield lambda lookup: Story(
            ground, databases.enter_context(server.fresh_database()), lookup=lookup
        )


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_whatever_happens_in_whatever_order_the_laws_hold(
    ground: Ground, tmp_path: Path, sqlite_template: bytes
) -> None:
    with on_files(ground, tmp_path, sqlite_template) as begin:
        play(begin, examples=10, steps=15)


@pytest.mark.faults
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_and_in_many_long_orders(ground: Ground, tmp_path: Path, sqlite_template: bytes) -> None:
    with on_files(ground, tmp_path, sqlite_template) as begin:
        play(begin, examples=25, steps=25)


@pytest.mark.faults
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_and_on_the_larger_database(ground: Ground, postgres: PostgresServer) -> None:
    with on_a_server(ground, postgres) as begin:
        play(begin, examples=6, steps=15)
