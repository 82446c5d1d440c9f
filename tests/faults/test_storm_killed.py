"""`kill -9` of real processes in the middle of a storm, and three that work on one at once.

The place kills the process while its request is under way: before the message stands there, after,
or while the digest is being edited. Another process goes on; nothing is told twice or never.
"""

import multiprocessing
import os
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from signal import SIGKILL

import pytest
from sqlmodel import select

from config.clock import FixedClock
from config.database import make_engine, reading
from config.ground import Ground
from config.leases import make_holder
from config.settings import load_settings
from responders.oncall.tables import Alert
from tests.conftest import NOON
from tests.places.discord import Discord, Fault
from tests.places.web import Asked, Reply
from tests.responders.oncall.storms.outbreak import STORM, break_out, with_bot, work_until_quiet

pytestmark = pytest.mark.faults
PATIENCE_S = 60.0
ISSUES = 16

_forks = multiprocessing.get_context("forkserver")


def work(store_url: str, api_url: str) -> None:
    """Be a process of our own that works until everything is told."""
    settings = load_settings(None, environ={"GROUNDSWELL__HTTP__SPACING_S": "0"})
    ground = Ground(
        settings=settings, engine=make_engine(store_url), clock=FixedClock(NOON), key=b"k" * 32,
        holder=make_holder(),
    )  # fmt: skip
    work_until_quiet(with_bot(ground, api_url))


@dataclass
class Scene:
    """A storm that is about to be told."""

    place: Discord
    ground: Ground
    store_url: str
    issues: list[int]

    def start(self) -> BaseProcess:
        """Start a process that tells it."""
        process = _forks.Process(target=work, args=(self.store_url, self.place.api_url))
        process.start()
        return process

    def told(self) -> list[int]:
        """Return the issues that are recorded as told, in order."""
        with reading(self.ground.engine) as session:
            return sorted(row.issue_id for row in session.exec(select(Alert)).all())


@pytest.fixture
def scene(ground: Ground, store_url: str, warm: None) -> Iterator[Scene]:
    with Discord() as place:
        there = with_bot(ground, place.api_url)
        yield Scene(place, there, store_url, break_out(there, ISSUES))


def is_digest(asked: Asked) -> bool:
    return b"Storm: " in asked.body


def killing(victim: BaseProcess, *, method: str, done: bool) -> Fault:
    """Kill the process as soon as its request about the digest came, done or not."""

    def fault(place: Discord, asked: Asked) -> Reply:
        if not (is_digest(asked) and asked.method == method):
            place.faults.append(fault)
            return place.ordinary(asked)
        answer = place.ordinary(asked) if done else Reply(500, b"", {})
        os.kill(victim.pid or 0, SIGKILL)
        return answer

    return fault


def ended(process: BaseProcess) -> int | None:
    process.join(PATIENCE_S)
    return process.exitcode


def is_told_once(scene: Scene) -> None:
    lines = [message["content"] for message in scene.place.cards]
    assert scene.told() == scene.issues
    assert len(lines) == len(set(lines)) == STORM + 1
    (digest,) = [line for line in lines if line.startswith("Storm: ")]
    assert digest.startswith(f"Storm: {ISSUES - STORM} issues more")


Case = tuple[str, bool, bool]
CASES: dict[str, Case] = {
    "before it stood there": ("POST", False, True),
    "after it stood there": ("POST", True, False),
    "after it stood there, and its nonce is forgotten": ("POST", True, True),
    "in the middle of an edit": ("PATCH", True, True),
}


@pytest.mark.parametrize("case", CASES)
def test_a_process_killed_while_it_tells_of_a_storm_leaves_no_second_digest(
    scene: Scene, case: str
) -> None:
    method, done, forgotten = CASES[case]
    victim = scene.start()
    scene.place.faults.append(killing(victim, method=method, done=done))
    assert ended(victim) == -SIGKILL
    scene.place.faults.clear()
    if forgotten:
        scene.place.forget_nonces()
    assert ended(scene.start()) == 0
    is_told_once(scene)


def test_three_processes_tell_a_storm_as_one_would(scene: Scene) -> None:
    processes = [scene.start() for _ in range(3)]
    assert [ended(process) for process in processes] == [0, 0, 0]
    is_told_once(scene)
