"""One holder at a time, and none that slept past its time writes over its successor."""

import multiprocessing
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from config import leases
from config.clock import FixedClock
from config.database import make_engine, reading, transaction
from config.leases import LeaseLost
from config.tables import Beat, Lease

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
AT_NOON = FixedClock(NOON)
LATER = FixedClock(NOON + timedelta(seconds=leases.PASS_LEASE_S + 1))
SOON = FixedClock(NOON + timedelta(seconds=leases.PASS_LEASE_S - 1))
US, THEM = "host-a:1:aa", "host-b:1:bb"


def held_by(engine: Engine, holder: str, clock: FixedClock = AT_NOON) -> leases.Held:
    held = leases.acquire(engine, "crawl:1", holder=holder, clock=clock)
    assert held is not None
    return held


def dead_holder() -> str:
    """Return a holder of this machine whose process has ended."""
    code = "from config.leases import make_holder; print(make_holder())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_lease_has_one_holder(engine: Engine) -> None:
    held_by(engine, US)

    assert leases.acquire(engine, "crawl:1", holder=THEM, clock=SOON) is None
    assert leases.acquire(engine, "crawl:2", holder=THEM, clock=SOON) is not None


def test_its_holder_may_take_it_again_under_the_same_number(engine: Engine) -> None:
    assert held_by(engine, US).number == held_by(engine, US).number == 1


def test_a_lease_that_ran_out_goes_to_the_next_under_a_larger_number(engine: Engine) -> None:
    first = held_by(engine, US)
    second = held_by(engine, THEM, LATER)

    assert second.number == first.number + 1


def test_a_lease_taken_while_the_clock_was_wrong_holds_nobody_up(engine: Engine) -> None:
    held_by(engine, US, FixedClock(AT_NOON.at + timedelta(days=365)))

    assert held_by(engine, THEM).number == 2


def test_a_lease_given_back_is_free_at_once(engine: Engine) -> None:
    leases.release(engine, held_by(engine, US), clock=AT_NOON)

    assert held_by(engine, THEM).number == 2


def test_who_lost_a_lease_cannot_give_back_that_of_the_next(engine: Engine) -> None:
    first = held_by(engine, US)
    held_by(engine, THEM, LATER)

    leases.release(engine, first, clock=LATER)

    assert leases.acquire(engine, "crawl:1", holder=US, clock=LATER) is None


def test_a_lost_lease_rolls_back_what_its_old_holder_wrote(engine: Engine) -> None:
    first = held_by(engine, US)
    held_by(engine, THEM, LATER)

    def write_late() -> None:
        with transaction(engine) as session:
            session.add(Beat(name="crawl", at=NOON))
            session.flush()
            leases.check(session, first, now=LATER.now())

    with pytest.raises(LeaseLost, match="nothing was written"):
        write_late()

    with reading(engine) as session:
        assert session.exec(select(Beat)).all() == []


def test_working_keeps_a_lease_alive(engine: Engine) -> None:
    held = held_by(engine, US)

    with transaction(engine) as session:
        leases.check(session, held, now=SOON.now())

    assert leases.acquire(engine, "crawl:1", holder=THEM, clock=LATER) is None


def test_a_dead_process_of_this_machine_gives_way_at_once(engine: Engine) -> None:
    first = held_by(engine, dead_holder())

    assert held_by(engine, leases.make_holder()).number == first.number + 1


def test_a_living_process_of_this_machine_keeps_its_lease(engine: Engine) -> None:
    held_by(engine, leases.make_holder())

    assert leases.acquire(engine, "crawl:1", holder=THEM, clock=SOON) is None


@pytest.mark.parametrize("holder", ["elsewhere:999999999:aa", "", "nonsense", "a:b:c", ":::"])
def test_nobody_can_tell_whether_a_holder_elsewhere_is_dead(holder: str) -> None:
    assert not leases.holder_is_dead(holder)


def test_a_process_number_of_another_container_says_nothing_about_ours() -> None:
    machine, _, rest = dead_holder().partition(":")
    assert leases.holder_is_dead(f"{machine}:{rest}")
    assert not leases.holder_is_dead(f"{machine}x:{rest}")


def test_a_process_of_somebody_else_is_alive() -> None:
    machine = leases.make_holder().partition(":")[0]

    assert not leases.holder_is_dead(f"{machine}:1:aa")
    assert not leases.holder_is_dead(f"{machine}:{os.getpid()}:aa")


def test_of_many_threads_one_gets_the_lease(engine: Engine) -> None:
    barrier = threading.Barrier(8)
    got: list[leases.Held | None] = []

    def take(holder: str) -> None:
        barrier.wait()
        got.append(leases.acquire(engine, "crawl:1", holder=holder, clock=AT_NOON))

    threads = [threading.Thread(target=take, args=(f"host-{n}:1:aa",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 8
    assert len([held for held in got if held is not None]) == 1


def _take_in_a_process(url: str, holder: str, barrier: Barrier) -> bool:
    engine = make_engine(url)
    barrier.wait()
    held = leases.acquire(engine, "crawl:1", holder=holder, clock=LATER)
    engine.dispose()
    return held is not None


def test_of_many_processes_one_gets_a_lease_that_ran_out(engine: Engine, store_url: str) -> None:
    held_by(engine, US)
    spawn = multiprocessing.get_context("spawn")
    with spawn.Manager() as manager, spawn.Pool(3) as pool:
        barrier = manager.Barrier(3)
        tasks = [(store_url, f"host-{n}:1:aa", barrier) for n in range(3)]
        won = pool.starmap(_take_in_a_process, tasks, chunksize=1)

    assert sorted(won) == [False, False, True]
    with reading(engine) as session:
        assert _row(session).number == 2


def test_a_block_gives_its_lease_back_also_after_an_error(engine: Engine) -> None:
    def hold_and_break() -> None:
        with leases.holding(engine, "crawl:1", clock=AT_NOON, holder=US) as held:
            assert held is not None
            raise RuntimeError

    with pytest.raises(RuntimeError):
        hold_and_break()

    assert held_by(engine, THEM).number == 2


def test_a_block_without_the_lease_leaves_the_holder_alone(engine: Engine) -> None:
    held_by(engine, US)

    with leases.holding(engine, "crawl:1", clock=SOON, holder=THEM) as held:
        assert held is None

    with reading(engine) as session:
        assert _row(session).holder == US
        assert _row(session).expires_at > NOON


def _row(session: Session) -> Lease:
    return session.exec(select(Lease).where(col(Lease.name) == "crawl:1")).one()
