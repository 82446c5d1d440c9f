"""The whole day in a minute: the clock is set forward step by step, and each pass runs once a step.

Apart from the playing, because nothing here waits: the places are real and in their own process,
only the time is ours. So the same day comes out each time, however slow the machine.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from config.clock import rfc3339
from config.ground import Ground
from responders.demo.hosting import Places
from responders.demo.play import Workspace
from responders.demo.script import DAY_END, DAY_START
from responders.passes import PASSES
from responders.taking_turns import Step

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

    clock: SteppedClock
    places: Places
    workspace: Workspace
    ground: Ground
    passes: Mapping[str, Sequence[Step]]
    step: timedelta

    def times(self) -> Iterator[datetime]:
        """Go through the day; when a time is given out, all passes have run at it."""
        at = DAY_START
        while at <= DAY_END:
            self.clock.at = at
            self.places.set_clock(rfc3339(at))
            self.run()
            self.workspace.keep(shown=at, ports=self.places.ports)
            yield at
            at += self.step

    def run(self, *only: str) -> None:
        """Run the passes once in their order, all or those named."""
        for name, steps in self.passes.items():
            if not only or name in only:
                for step in steps:
                    step()

    def restarted(self) -> "Stepped":
        """Return the same moment of the day as a service finds it that was started again."""
        ground = self.workspace.ground(self.clock)
        return replace(self, ground=ground, passes=_passes(ground))


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
            yield Stepped(clock, places, workspace, ground, _passes(ground), step)
    finally:
        workspace.close()


def _passes(ground: Ground) -> Mapping[str, Sequence[Step]]:
    """Open the passes; each source is looked at each time, for its own turn may be just after."""
    found: dict[str, list[Step]] = {}
    for what in PASSES:
        step = what.make(ground, what.name == "crawl")
        found.setdefault(what.part_of or what.name, []).append(step)
    return found
