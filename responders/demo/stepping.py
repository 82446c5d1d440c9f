"""The whole day in a minute: the clock is set forward step by step, and each pass runs once a step.

Apart from the playing, because nothing here waits: the places are real and in their own process,
only the time is ours. So the same day comes out each time, however slow the machine.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from config.clock import rfc3339
from responders.demo.hosting import Places
from responders.demo.play import Workspace
from responders.demo.script import DAY_END, DAY_START
from responders.passes import PASSES

STEP: Final = timedelta(minutes=5)


@dataclass
class SteppedClock:
    """A clock that stands still until it is set."""

    at: datetime

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self.at


@dataclass(frozen=True)
class Stepped:
    """A day that is gone through in steps."""

    engine: Engine
    clock: SteppedClock
    places: Places
    passes: tuple[Callable[[], object], ...]
    step: timedelta

    def times(self) -> Iterator[datetime]:
        """Go through the day; when a time is given out, all passes have run at it."""
        at = DAY_START
        while at <= DAY_END:
            self.clock.at = at
            self.places.set_clock(rfc3339(at))
            for run in self.passes:
                run()
            yield at
            at += self.step


@contextmanager
def stepped_day(folder: Path, *, step: timedelta = STEP) -> Iterator[Stepped]:
    """Make the workspace anew and give the day to go through; it is left behind as played.

    Raises:
        GroundswellError: the workspace cannot be used, or the places did not start.
    """
    workspace = Workspace(folder, fresh=True)
    try:
        with Places(
            clock=rfc3339(DAY_START), replies=workspace.replies, moved=workspace.declare
        ) as places:
            workspace.declare(places.ports)
            clock = SteppedClock(DAY_START)
            ground = workspace.ground(clock)
            # Each source is looked at in each step: its own turn may be seconds after ours.
            passes = tuple(what.make(ground, what.name == "crawl") for what in PASSES)
            yield Stepped(workspace.engine, clock, places, passes, step)
            workspace.keep(shown=clock.at, ports=places.ports)
    finally:
        workspace.close()
