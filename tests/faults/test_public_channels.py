"""What can go wrong at each public place x a kill wherever a reply leaves: it stands there once.

In one process, so that every place, fault and boundary can be tried: a kill is an error that
nothing of ours may catch, raised before and after each commit, look and send. One kill of a real
process for each place shows that the two are alike (``test_public_channels_killed.py``).
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.engine.default import DefaultDialect

from config.database import transaction
from config.ground import Ground
from config.leases import make_holder
from responders.delivery import store
from responders.delivery.channels.base import Capabilities, Channel, Message, Receipt
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from tests.conftest import NOON
from tests.faults.exchanging import exchange, undone
from tests.faults.mutants_of_the_loop import MUTANTS
from tests.faults.test_faulty_platform import FAULTS
from tests.places.board import Killed
from tests.places.faults import Answer
from tests.places.public import KINDS, PublicPlace, public_place, writes
from tests.places.web import Asked, Script
from tests.responders.delivery.conftest import Day, approved, begin, dead_holder

DEADLINE_S = 0.25
"""How long silence is waited for."""
PATIENCE_S = 60.0
TEXT = "We know, and we are on it."


@dataclass
class Boundaries:
    """Counts what this process reaches and ends it at the boundary asked for."""

    kill_at: int | None = None
    labels: list[str] = field(default_factory=list)

    def reach(self, label: str) -> None:
        """Note a boundary; go no further if it is the one."""
        self.labels.append(label)
        if len(self.labels) - 1 == self.kill_at:
            raise Killed

    def around_commits(self) -> None:
        """Put a boundary before and after each commit, until the block ``undone`` ends."""
        commit: Any = DefaultDialect.do_commit

        def watched(dialect: Any, connection: Any) -> None:
            self.reach("before commit")
            commit(dialect, connection)
            self.reach("after commit")

        exchange(DefaultDialect, "do_commit", watched)


@dataclass(frozen=True)
class Mortal:
    """A channel with a boundary before and after what it does; a blind one cannot look."""

    channel: Channel
    boundaries: Boundaries
    blind: bool = False

    @property
    def capabilities(self) -> Capabilities:
        """What the channel can do."""
        return replace(self.channel.capabilities, lookup=not self.blind)

    def send(self, message: Message) -> Receipt:
        """Send through the channel."""
        self.boundaries.reach("before send")
        receipt = self.channel.send(message)
        self.boundaries.reach("after send")
        return receipt

    def find(self, message: Message) -> Receipt | None:
        """Look through the channel."""
        self.boundaries.reach("before look")
        return self.channel.find(message)


@dataclass
class Case:
    """One reply at one place on a day of its own."""

    day: Day
    place: PublicPlace
    channel: Channel
    text: str
    blind: bool = False

    def queue(self) -> str:
        """Approve the reply and queue it."""
        return self.day.put(
            public=True, to=f"source:{self.text}", text=self.text, channel=self.place.kind,
            target=self.place.target, kind="ack", approved_sha256=approved(self.text),
            next_try_at=self.day.at,
        )  # fmt: skip

    def meet(self, fault: str, kill_at: int | None) -> list[str]:
        """Let a process send it to a place with a fault, until it is killed there."""
        boundaries = Boundaries(kill_at)
        self.place.faulty.next(FAULTS[fault], writes)
        with undone():
            boundaries.around_commits()
            way = Mortal(self.channel, boundaries, self.blind)
            self.day.run({self.place.kind: way}, holder=dead_holder())
        self.place.faulty.forget()
        return boundaries.labels

    def go_on(self, key: str, at_once: bool) -> Delivery:
        """Let others go on until nothing is under way; say at each step how often it stands."""
        way = Mortal(self.channel, Boundaries(), self.blind)
        if not at_once:
            self.day.at += timedelta(hours=2)
        return self.day.run_until_quiet({self.place.kind: way}, key)


@pytest.fixture
def day(ground: Ground) -> Day:
    return begin(ground)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Iterator[PublicPlace]:
    with public_place(request.param) as made:
        yield made


def verdict(case: Case, fault: str, kill_at: int | None, *, at_once: bool = True) -> str | None:
    """Live through a case; return what is wrong."""
    case.day.at = NOON
    key = case.queue()
    case.meet(fault, kill_at)
    if case.place.times(case.text) > 1:
        return f"{fault}, {kill_at}: it stands there more than once already"
    row = case.go_on(key, at_once)
    times = case.place.times(case.text)
    if (row.state, times) != (DeliveryState.SENT, 1):
        return f"{fault}, killed at {kill_at}: {row.state} ({row.reason}), stands {times} times"
    if not (row.remote_id and row.url):
        return f"{fault}, killed at {kill_at}: sent without a receipt"
    return None


@pytest.mark.faults
@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_whatever_a_place_does_and_wherever_we_are_killed_a_reply_stands_there_once(
    day: Day, place: PublicPlace, fault: str
) -> None:
    channel = place.channel(deadline_s=DEADLINE_S if "silence" in fault else 5.0)
    first = Case(day, place, channel, f"Without a kill, at {fault}.")
    first.queue()
    labels = first.meet(fault, None)
    assert {"before send", "before look"} <= set(labels)
    wrong = []
    for number in range(len(labels)):
        case = Case(day, place, channel, f"Case {number}, killed {labels[number]} at {fault}.")
        wrong.append(verdict(case, fault, number, at_once=number % 2 == 0))
    assert not [words for words in wrong if words]


def test_a_reply_whose_answer_was_lost_is_found_there(day: Day, place: PublicPlace) -> None:
    assert verdict(Case(day, place, place.channel(), TEXT), "the answer is lost", None) is None


def test_where_nobody_can_look_a_doubt_waits_for_a_person(day: Day, place: PublicPlace) -> None:
    case = Case(day, place, place.channel(), TEXT, blind=True)
    key = case.queue()
    case.meet("the answer is lost", None)
    row = case.go_on(key, at_once=False)
    assert (row.state, place.times(TEXT)) == (DeliveryState.IN_DOUBT, 1)
    assert "look there whether it stands" in row.reason


def test_without_a_look_the_reply_stands_twice(day: Day, place: PublicPlace) -> None:
    case = Case(day, place, place.channel(), TEXT)
    with undone():
        MUTANTS["nothing_is_read_back"]()
        wrong = verdict(case, "the answer is lost", None)
    assert wrong is not None
    assert "stands 2 times" in wrong or "more than once" in wrong


def sent_while_another_sends(day: Day, place: PublicPlace) -> int:
    """Let a process send while another one's request is under way; return how often it stands."""
    under_way, go_on = threading.Event(), threading.Event()

    def held(script: Script, asked: Asked) -> Answer:
        under_way.set()
        go_on.wait(PATIENCE_S)
        return script(asked)

    Case(day, place, place.channel(), TEXT).queue()
    place.faulty.next(held, writes)
    first, second = (replace(day.ground, holder=make_holder()) for _ in range(2))
    with ThreadPoolExecutor(1) as pool:
        ways = {place.kind: place.channel(deadline_s=PATIENCE_S)}
        sending = pool.submit(deliver_due, first, ways)
        try:
            assert under_way.wait(PATIENCE_S)
            deliver_due(second, {place.kind: place.channel()})
        finally:
            go_on.set()
        sending.result(PATIENCE_S)
    return place.times(TEXT)


@pytest.mark.parametrize(("mutant", "times"), [(None, 1), ("nobody_holds_a_lease", 2)])
def test_what_another_process_is_sending_is_left_to_it_by_its_lease_alone(
    day: Day, place: PublicPlace, mutant: str | None, times: int
) -> None:
    block: AbstractContextManager[None] = undone() if mutant else nullcontext()
    with block:
        if mutant:
            MUTANTS[mutant]()
        assert sent_while_another_sends(day, place) == times


@pytest.mark.parametrize(("keyless", "times"), [(False, 1), (True, 2)])
def test_the_key_of_a_reply_keeps_it_single(
    day: Day, place: PublicPlace, keyless: bool, times: int
) -> None:
    case = Case(day, place, place.channel(), TEXT)
    known = day.row(case.queue())
    again = Delivery(**known.model_dump(exclude={"id"}))
    if keyless:
        again.key = f"{again.key}|again"
    with transaction(day.ground.engine) as session:
        assert store.queue(session, again) is keyless
    for _ in range(2):
        day.run({place.kind: case.channel})
    assert place.times(TEXT) == times
