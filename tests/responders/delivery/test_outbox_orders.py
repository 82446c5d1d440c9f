"""Random orders of everything that can happen to messages: the laws of the outbox hold in each."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select, update

from config.database import durable, reading, transaction
from responders.delivery import store
from responders.delivery.tables import Delivery, DeliveryState
from tests.places.board import Board, Fault
from tests.responders.delivery.conftest import NUMBERS, Day, approved, dead_holder

FAULTS: tuple[Fault, ...] = ("busy", "down", "lost_before", "lost_after", "broke_after",
                             "killed_before", "killed_after")  # fmt: skip
Event = tuple[str, int]
"""What happens, and to which draft; of a run of the pass, which fault its first send meets."""
EVENTS: tuple[Event, ...] = (
    *((what, number) for what in ("approve", "cancel", "settle", "tamper") for number in range(3)),
    *(("approve", number) for number in range(3)),
    *(("deliver", number) for number in range(len(FAULTS) + 1)),
    *((what, 0) for what in ("pause", "resume", "wait", "wait")),
)
ORDERS = st.lists(st.sampled_from(EVENTS), min_size=6, max_size=25)
LOST = [("approve", 0), ("deliver", FAULTS.index("lost_after")), ("wait", 0), ("deliver", 7)]
KILLED = [("approve", 0), ("deliver", FAULTS.index("killed_after")), ("wait", 0), ("deliver", 7)]
HELD = [("approve", 0), ("pause", 0), ("deliver", 7), ("cancel", 0), ("approve", 0), ("deliver", 7)]
SETTLED = [*LOST, ("approve", 0), ("settle", 0), ("approve", 0), ("deliver", 7)]
"""Orders that chance might miss."""


class Story:
    """Three drafts, the board they go to, and what people approved of each."""

    def __init__(self, day: Day, *, lookup: bool) -> None:
        self.day = day
        self.board = Board(public=True, lookup=lookup)
        self.place = f"place {next(NUMBERS)}"
        self.keys = [f"{self.place}|{number}|ack|1" for number in range(3)]
        self.approved: dict[str, set[str]] = {key: set() for key in self.keys}
        self.paused = False

    def happen(self, event: str, number: int) -> None:
        """Let one thing happen."""
        key = self.keys[number % len(self.keys)]
        match event:
            case "approve":
                self.approve(key)
            case "cancel" | "settle" if self.known(key):
                self.decide(event, key)
            case "tamper":
                with transaction(self.day.ground.engine) as session:
                    changed = update(Delivery).where(col(Delivery.key) == key)
                    session.connection().execute(changed.values(text="Buy now!"))
            case "pause" | "resume":
                self.paused = event == "pause"
                self.day.pause(self.paused)
            case "deliver":
                self.board.faults = [*FAULTS[number : number + 1]]
                self.deliver()
            case "wait":
                self.day.at += timedelta(minutes=10)

    def approve(self, key: str) -> None:
        """Queue the draft's next words, as an approval does."""
        text = f"Version {next(NUMBERS)} of {key}."
        row = Delivery(
            key=key, product_id=self.day.product_id, channel="board", destination=self.place,
            kind="ack", public=True, text=text, approved_sha256=approved(text),
            next_try_at=self.day.at, created_at=self.day.at,
        )  # fmt: skip
        with durable(self.day.ground.engine) as session:
            if store.queue(session, row) or store.requeue(session, row):
                self.approved[key].add(text)

    def decide(self, event: str, key: str) -> None:
        """Take it back, or look at the board and say what stands there."""
        if event == "cancel":
            self.day.cancel(key)
            return
        stands = self.board.times(key) > 0
        self.day.settle(key, sent_url=f"https://board.example/{key}" if stands else None)

    def known(self, key: str) -> bool:
        """Tell whether it was ever queued."""
        with reading(self.day.ground.engine) as session:
            query = select(Delivery.id).where(Delivery.key == key)
            return session.exec(query).first() is not None

    def deliver(self) -> None:
        """Run the pass; while everything is held, nothing may be sent."""
        sends = self.board.sends
        self.day.run({"board": self.board}, holder=dead_holder())
        assert self.board.sends == sends or not self.paused

    def check(self) -> None:
        """See that every law held."""
        for key in self.keys:
            assert self.board.times(key) <= 1
        for message in self.board.messages:
            if message.key in self.approved:
                assert message.text in self.approved[message.key]

    def end(self) -> None:
        """Let everything come to its end; then what is called sent stands, and nothing else."""
        self.happen("resume", 0)
        self.board.faults = []
        for _ in range(3):
            self.deliver()
            self.day.at += timedelta(hours=2)
        self.check()
        for key in filter(self.known, self.keys):
            row = self.day.row(key)
            assert row.state is not DeliveryState.SENDING
            assert (row.state is DeliveryState.SENT) <= (self.board.times(key) == 1)


def laws(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def play(day: Day, order: list[Event], *, lookup: bool) -> None:
    with transaction(day.ground.engine) as session:  # each order begins with nothing to do
        done = update(Delivery).values(state=DeliveryState.CANCELLED)
        session.connection().execute(done)
    day.pause(False)
    story = Story(day, lookup=lookup)
    for event, number in order:
        story.happen(event, number)
        story.check()
    story.end()


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@laws(60)
@given(order=ORDERS, lookup=st.booleans())
@example(order=LOST, lookup=False)
@example(order=KILLED, lookup=False)
@example(order=KILLED, lookup=True)
@example(order=HELD, lookup=True)
@example(order=SETTLED, lookup=False)
def test_whatever_happens_in_whatever_order_the_laws_hold(
    day: Day, order: list[Event], lookup: bool
) -> None:
    play(day, order, lookup=lookup)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@laws(15)
@given(order=ORDERS, lookup=st.booleans())
@example(order=LOST, lookup=False)
@example(order=KILLED, lookup=False)
@example(order=KILLED, lookup=True)
@example(order=HELD, lookup=True)
@example(order=SETTLED, lookup=False)
def test_and_they_hold_on_the_larger_database(day: Day, order: list[Event], lookup: bool) -> None:
    play(day, order, lookup=lookup)
