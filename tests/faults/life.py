"""The life of one process of ours, from a step to a later one, unless it is killed on the way.

It is forked from a small warm process (multiprocessing's fork server), so a life costs a few
tenths of a second. Two stand-ins make it quick and hide no boundary, for neither touches the store
nor the network: answers are parsed in this process, and every text is taken for English. To load
the real model of languages would take each life ten times as long as all else that it does.
The page's machine time is that of the step, so that its files are the same to the letter each time.
"""

import logging
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from lingua import ConfidenceValue, Language

from classifiers.detect import Detector
from config.clock import SystemClock
from config.database import make_engine
from config.ground import Ground
from config.leases import make_holder
from config.settings import load_settings
from listener.reading import language, parsing, parsing_worker
from responders import passes
from responders.delivery import outbox
from responders.delivery.channels import discourse
from responders.delivery.channels.base import Capabilities
from responders.page import publish
from responders.taking_turns import Step
from responders.workspace import plugin_sections
from tests.faults import mutants, mutants_of_the_loop, person
from tests.faults.boundaries import Boundaries
from tests.faults.exchanging import exchange
from tests.faults.scenario import FIRST_LOOK, STEPS
from tests.places.tiny_embedder import TinyEmbedder

KEY = b"k" * 32
BLIND = Capabilities(public=True, lookup=False, idempotent=False)


@dataclass(frozen=True)
class Life:
    """What one process is to do."""

    folder: Path
    """Holds its settings file, what it prints and its log."""
    first: int
    last: int
    """Its steps, both counted from 0, the last one included."""
    kill_at: int | None = None
    """The boundary at which it is killed, counted from 0 at its start."""
    mutant: str | None = None
    later_s: float = 0.0
    """How much machine time went by before it, as its outbox sees it: leases run out meanwhile."""
    minutes: float = 0.0
    """How much later than its steps say the installation's clock stands."""
    deadline_s: float | None = None
    """How long it waits for an answer, if not as long as usual."""
    parts: tuple[str, ...] = ()
    """What happens in each step, if not what the scenario says."""
    blind: bool = False
    """The forum's channel cannot read back what stands there."""


@dataclass(frozen=True)
class LaterClock:
    """The machine's clock, some time later."""

    by: timedelta

    def now(self) -> datetime:
        """Return the time."""
        return SystemClock().now() + self.by


@dataclass
class StepClock:
    """A clock that stands still within a step."""

    at: datetime = FIRST_LOOK

    def now(self) -> datetime:
        """Return the time of the step."""
        return self.at


class English:
    """The model of a world in which all is English."""

    def compute_language_confidence_values(self, _text: str) -> list[ConfidenceValue]:
        """Return that it is English for certain."""
        return [ConfidenceValue(Language.ENGLISH, 1.0), ConfidenceValue(Language.GERMAN, 0.0)]


def live(life: Life, parent: Connection) -> None:
    """Go through the steps; tell the parent each one and what boundaries there were."""
    sys.stdout = (life.folder / "terminal.txt").open("a", encoding="utf-8")
    logging.basicConfig(filename=life.folder / "log.txt", force=True)

    def begins(number: int) -> None:
        parent.send(("begins", number))
        parent.recv()  # the places show this step now

    clock = StepClock()
    stand_in(life, clock)
    mutants.apply(life.mutant, mutants_of_the_loop.MUTANTS)
    boundaries = Boundaries(life.kill_at)
    boundaries.install()
    for where in go_through(life, ground(life, clock), clock, boundaries, begins):
        parent.send(("failed", where))
    parent.send(("done", (boundaries.labels, boundaries.kinds)))
    sys.stdout.flush()
    os._exit(0)


def go_through(
    life: Life,
    here: Ground,
    clock: StepClock,
    boundaries: Boundaries,
    begins: Callable[[int], None],
) -> Iterator[str]:
    """Live through the steps, and yield which parts of them failed.

    Args:
        life: what is to be done.
        here: the installation.
        clock: its clock, which is set to the time of each step.
        boundaries: are told which part is done.
        begins: called with each step before it.
    """
    runners = defaultdict(list)
    for what in _passes():
        runners[what.part_of or what.name].append(passes.Runner(here, what))
    for number in range(life.first, life.last + 1):
        clock.at = STEPS[number].now + timedelta(minutes=life.minutes)
        begins(number)
        for part in life.parts or STEPS[number].parts:
            boundaries.where = f"step {number + 1} · {part}"
            if not _done(part, here, runners):
                yield boundaries.where


def _done(part: str, ground: Ground, runners: Mapping[str, Sequence[passes.Runner]]) -> bool:
    """Let a pass run or the person act; returns whether it went well."""
    if part in runners:
        ends = [runner.run() for runner in runners[part]]
        return None not in ends
    try:
        person.PARTS[part](ground)
    except Exception:
        logging.exception("the person could not")
        return False
    return True


def ground(life: Life, clock: StepClock) -> Ground:
    """Open the installation in a life's folder."""
    environ = {"GROUNDSWELL__HTTP__DEADLINE_S": str(life.deadline_s)} if life.deadline_s else {}
    file = life.folder / "groundswell.toml"
    settings = load_settings(file, environ=environ, plugins=plugin_sections())
    return Ground(
        settings=settings,
        engine=make_engine(settings.database_url()),
        clock=clock,
        key=KEY,
        holder=make_holder(),
    )


def _passes() -> list[passes.Pass]:
    """Return the passes of the house, the model exchanged."""

    def detect(ground: Ground, _everything: bool) -> Step:
        return Detector(ground, TinyEmbedder()).detect_due

    return [replace(what, make=detect) if what.name == "detect" else what for what in passes.PASSES]


def stand_in(life: Life, clock: StepClock) -> None:
    """Exchange what would be slow, and the machine's clock."""

    def run(_self: object, name: str, job: dict[str, Any], _timeout_s: float) -> object:
        return parsing_worker.JOBS[name](**job)

    exchange(parsing.ParseWorkers, "_run", run)
    exchange(language, "_detector", English)
    machine = LaterClock(timedelta(seconds=life.later_s))
    exchange(outbox, "SystemClock", lambda: machine)
    exchange(publish, "SystemClock", lambda: clock)
    if life.blind:
        exchange(discourse.Discourse, "capabilities", BLIND)
