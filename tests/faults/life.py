"""The life of one process of ours, from a step to a later one, unless it is killed on the way.

It is forked from a small warm process (multiprocessing's fork server), so a life costs a few
hundredths of a second. Two stand-ins make it quick and hide no boundary, for neither touches the
store nor the network: answers are parsed in this process, and every post is taken for English.
"""

import logging
import os
import sys
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from classifiers.detect import Detector
from config.database import make_engine
from config.ground import Ground
from config.leases import make_holder
from config.settings import load_settings
from listener import crawl, parsing, parsing_worker
from responders import passes
from responders.workspace import plugin_sections
from tests.faults import mutants
from tests.faults.boundaries import Boundaries
from tests.faults.exchanging import exchange
from tests.faults.scenario import FIRST_LOOK, STEPS
from tests.places.tiny_embedder import TinyEmbedder

KEY = b"k" * 32


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


@dataclass
class StepClock:
    """A clock that stands still within a step."""

    at: datetime = FIRST_LOOK

    def now(self) -> datetime:
        """Return the time of the step."""
        return self.at


def live(life: Life, parent: Connection) -> None:
    """Go through the steps; tell the parent each one and what boundaries there were."""
    sys.stdout = (life.folder / "terminal.txt").open("a", encoding="utf-8")
    logging.basicConfig(filename=life.folder / "log.txt", force=True)
    _stand_in()
    mutants.apply(life.mutant)
    boundaries = Boundaries(life.kill_at)
    boundaries.install()
    clock = StepClock()
    here = ground(life.folder, clock)
    runners = [passes.Runner(here, what) for what in _passes()]
    for number in range(life.first, life.last + 1):
        clock.at = STEPS[number].now
        parent.send(("begins", number))
        parent.recv()  # the places show this step now
        for runner in runners:
            boundaries.where = f"step {number + 1} · {runner.name}"
            if runner.run() is None:
                parent.send(("failed", boundaries.where))
    parent.send(("done", boundaries.labels))
    sys.stdout.flush()
    os._exit(0)


def ground(folder: Path, clock: StepClock) -> Ground:
    """Open the installation in a folder."""
    settings = load_settings(folder / "groundswell.toml", environ={}, plugins=plugin_sections())
    return Ground(
        settings=settings,
        engine=make_engine(settings.database_url()),
        clock=clock,
        key=KEY,
        holder=make_holder(),
    )


def _passes() -> list[passes.Pass]:
    """Return the passes of the house, the model exchanged."""

    def detect(ground: Ground, _everything: bool) -> passes.Step:
        return Detector(ground, TinyEmbedder()).detect_due

    return [replace(what, make=detect) if what.name == "detect" else what for what in passes.PASSES]


def _stand_in() -> None:
    def run(_self: object, name: str, job: dict[str, Any], _timeout_s: float) -> object:
        return parsing_worker.JOBS[name](**job)

    exchange(parsing.ParseWorkers, "_run", run)
    exchange(crawl, "detect_language", lambda _text: "en")
