"""A kill at each commit of what follows from a text: links, told threads, promises, follow-ups.

In one process, as for the public places: a kill is an error that nothing of ours may catch, before
and after each commit. Whoever comes next must end where a life without a kill ends: nothing is
told, promised, proposed or sent twice, and nothing is forgotten.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from logging import ERROR
from pathlib import Path

import pytest
from sqlmodel import col, select, update

from config.clock import FixedClock
from config.database import make_engine, transaction
from config.ground import Ground
from config.http_client import HttpKnobs, PoliteClient
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.ledger.settling import record_sent
from responders.voice.respond import respond_due
from responders.voice.tables import Draft
from responders.voice.watching.links import LinkWatch
from responders.voice.watching.minding import mind_due
from tests.conftest import NOON
from tests.faults.exchanging import undone
from tests.faults.mutants_of_the_loop import MUTANTS
from tests.faults.stores import SqliteStores, difference, dump
from tests.faults.test_public_channels import Boundaries
from tests.places.board import Killed
from tests.places.web import Reply, Web
from tests.responders.delivery.conftest import dead_holder
from tests.responders.incidents import Incident, Said, happen
from tests.responders.voice.acts import (
    all_drafts,
    approve,
    end,
    later,
    respond,
    send_all,
    set_state,
)

Act = Callable[[Ground], object]
PAGE = "status.fernsync.example"
THREADS = [Said(thread="a"), Said(thread="b"), Said(thread="c")]
PLACE = Incident(said=THREADS, source_kind="discourse", reply=True)


def proposed(ground: Ground) -> int:
    """Let something happen in three threads, and propose what is owed."""
    issue = happen(ground, PLACE)
    respond(ground)
    return issue


def on_their_way(ground: Ground) -> None:
    """Let the page and three replies stand in public, unrecorded."""
    for draft in all_drafts(ground, proposed(ground)):
        approve(ground, draft)
        end(ground, draft)


def told_and_solved(ground: Ground) -> None:
    """Let all threads be told; then the issue is resolved."""
    issue = proposed(ground)
    send_all(ground, issue)
    set_state(later(ground, hours=1), issue, "resolved", note="Fixed since 12:30 UTC.")


def told(ground: Ground) -> None:
    """Let all threads be told, with a promise."""
    send_all(ground, proposed(ground))


def closed_there(ground: Ground) -> None:
    """Let two places refuse their replies for good."""
    for draft in all_drafts(ground, proposed(ground))[:2]:
        approve(ground, draft)
        end(ground, draft, "failed")
    with transaction(ground.engine) as session:
        session.connection().execute(
            update(Delivery)
            .where(col(Delivery.state) == DeliveryState.FAILED)
            .values(forbidden="the thread is locked")
        )


def settles(ground: Ground) -> None:
    """Record what was sent, and hand it down to the listener."""
    record_sent(ground)
    mind_due(ground)


def hours_on(hours: float) -> Act:
    """Return the respond pass, so many hours later."""
    return lambda ground: respond_due(later(ground, hours=hours), page_url="https://x.example/")


@dataclass(frozen=True)
class Life:
    """What is there, and what runs then."""

    before: Act
    act: Act


LIVES = {
    "sent texts are recorded": Life(on_their_way, settles),
    "the end is told back": Life(told_and_solved, hours_on(1)),
    "a promise is nearly due": Life(told, hours_on(3.2)),
    "a promise is overdue": Life(told, hours_on(5)),
    "closed threads are let be": Life(closed_there, hours_on(0)),
}


class Mortal(Boundaries):
    """Boundaries of a process that does nothing more once it was killed, not even tidy up."""

    def reach(self, label: str) -> None:
        """Note a boundary; go no further from the one asked for on."""
        self.labels.append(label)
        if self.kill_at is not None and len(self.labels) > self.kill_at:
            raise Killed


@dataclass
class Bench:
    """A store that is put back before each kill."""

    ground: Ground
    stores: SqliteStores
    caplog: pytest.LogCaptureFixture

    def run(self, act: Act, kill_at: int | None = None) -> list[str]:
        """Let a process do something, until it is killed; return its boundaries."""
        engine = make_engine(self.stores.url)
        boundaries = Mortal(kill_at)
        try:
            with undone():
                boundaries.around_commits()
                act(replace(self.ground, engine=engine, holder=dead_holder()))
        except Killed:
            assert kill_at is not None
        finally:
            engine.dispose()
        return boundaries.labels

    def wrong(self, act: Act) -> Iterator[str]:
        """Kill at each boundary, let others go on, and say what differs from a life without.

        A life that fails is like every other that fails, so nothing may fail in it.
        """
        self.stores.keep("before")
        self.caplog.clear()
        labels = self.run(act)
        failed = [row.getMessage() for row in self.caplog.records if row.levelno >= ERROR]
        assert not failed, f"it fails without a kill: {failed}"
        expected = dump(self.stores.url)
        self.run(act)
        again = difference(dump(self.stores.url), expected)
        assert again is None, f"a second run changes something: {again}"
        assert len(labels) > 2
        for number in range(len(labels)):
            self.stores.put_back("before")
            assert len(self.run(act, kill_at=number)) > number
            for _ in range(2):
                self.run(act)
            found = difference(dump(self.stores.url), expected)
            if found is not None:
                yield f"killed {labels[number]} ({number}): {found}"


@pytest.fixture
def bench(
    ground: Ground, tmp_path: Path, sqlite_template: bytes, caplog: pytest.LogCaptureFixture
) -> Bench:
    folder = tmp_path / "bench"
    folder.mkdir()
    stores = SqliteStores(folder, sqlite_template)
    return Bench(replace(ground, clock=FixedClock(NOON)), stores, caplog)


@pytest.mark.faults
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("life", sorted(LIVES))
def test_a_kill_between_two_steps_doubles_and_forgets_nothing(bench: Bench, life: str) -> None:
    bench.run(LIVES[life].before)
    assert list(bench.wrong(LIVES[life].act)) == []


@pytest.mark.faults
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_kill_between_two_links_asks_each_that_is_left_and_tells_every_draft(
    bench: Bench,
) -> None:
    with Web(lambda asked: Reply(404 if "lost" in asked.path else 200)) as web:
        roots = [f"http://{PAGE}:{web.port}/{name}" for name in ("known", "lost", "more")]

        def before(ground: Ground) -> None:
            proposed(ground)
            with transaction(ground.engine) as session:
                for number, draft in enumerate(session.exec(select(Draft)).all()):
                    draft.text += f"\n{roots[number % 3]} {roots[1]}"

        def ask(ground: Ground) -> None:
            knobs = HttpKnobs(user_agent="t/1", spacing_s=0.0, deadline_s=2.0, allow_hosts=(PAGE,))
            client = PoliteClient(knobs, resolver=lambda _host, _port: ["127.0.0.1"])
            LinkWatch(ground, client, machine=FixedClock(NOON)).ask_due()

        bench.run(before)
        assert list(bench.wrong(ask)) == []


@pytest.mark.faults
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_draft_that_is_marked_sent_in_a_transaction_of_its_own_is_seen(bench: Bench) -> None:
    bench.run(on_their_way)
    with undone():
        MUTANTS["marked_sent_alone"]()
        wrong = list(bench.wrong(settles))
    assert any("after commit" in one and "rows instead of" in one for one in wrong)


@pytest.mark.faults
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_life_that_fails_alike_with_and_without_a_kill_is_not_called_well(bench: Bench) -> None:
    bench.run(on_their_way)
    with undone():
        MUTANTS["marked_sent_beside"]()
        with pytest.raises(AssertionError, match="it fails without a kill"):
            list(bench.wrong(settles))
