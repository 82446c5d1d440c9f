"""How the steps of a pass take turns: none that fails or hangs may hold up another.

Apart from the passes, because it knows nothing of them: a step is anything that moves things and
says how many.
"""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

FIRST_REST_S, LONGEST_REST_S = 1.0, 60.0
GRACE_S = 0.25
"""So long a run waits for destinations that are served at once; a slow one is left to itself."""

Step = Callable[[], int]
"""One run of a pass; returns how many things it moved."""


def rest_s(failures: int) -> float:
    """Return how long to wait after so many failures in a row: 1 s, doubling to a minute."""
    return float(min(FIRST_REST_S * 2.0 ** min(failures - 1, 10), LONGEST_REST_S))


@dataclass
class _Turn:
    step: Step
    failures: int = 0
    not_before: float = float("-inf")
    """Monotonic time."""
    error: Exception | None = None
    """Why its last run failed; None: it went well."""


class Steps:
    """Several steps as one: each runs though one before it failed, and rests by itself."""

    def __init__(self, *steps: Step) -> None:
        self._turns = [_Turn(step) for step in steps]
        self.moved = 0
        """How many things the last run moved, though a step of it failed."""
        self.failures = 0
        """How often in a row the first step that failed in the last run did; 0: none failed."""

    def __call__(self) -> int:
        """Run all of them; the first error is told once the others had their turn."""
        return self.run(float("inf"))

    def run(self, now: float) -> int:
        """Run those that do not rest at ``now`` (monotonic); return how many things they moved.

        Raises:
            Exception: the first error of this run.
        """
        self.moved, self.failures, failed = 0, 0, list[_Turn]()
        for turn in self._turns:
            if turn.not_before > now:
                continue
            try:
                self.moved += turn.step()
            except Exception as error:  # noqa: BLE001 - told below
                turn.error, turn.failures = error, turn.failures + 1
                turn.not_before = time.monotonic() + rest_s(turn.failures)
                failed.append(turn)
            else:
                turn.error, turn.failures, turn.not_before = None, 0, float("-inf")
        if failed and failed[0].error is not None:
            self.failures = failed[0].failures
            raise failed[0].error
        return self.moved

    @property
    def trouble(self) -> Exception | None:
        """Why the first step that rests failed; None when all went well."""
        return next((turn.error for turn in self._turns if turn.error is not None), None)


def in_turn(*steps: Step) -> Steps:
    """Return the steps as one: each runs though one before it failed; the first error is told."""
    return Steps(*steps)


@dataclass
class _Runs:
    """A step in a thread of its own."""

    steps: Steps
    thread: threading.Thread | None = None
    moved: int = 0
    """What it moved since somebody asked."""
    error: Exception | None = None
    guard: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Run the step once, unless it is still at it."""
        if self.thread is None or not self.thread.is_alive():
            self.thread = threading.Thread(target=self._run, daemon=True)
            self.thread.start()

    def _run(self) -> None:
        error = None
        try:
            self.steps.run(time.monotonic())
        except Exception as failure:  # noqa: BLE001 - told by whoever asks
            error = failure
        with self.guard:
            self.moved, self.error = self.moved + self.steps.moved, error or self.error

    def take(self) -> tuple[int, Exception | None]:
        """Return what it moved and what went wrong since this was asked last."""
        with self.guard:
            found = self.moved, self.error
            self.moved, self.error = 0, None
            return found


class Abreast(Steps):
    """Steps that run at once, each in a thread of its own, by their names.

    Args:
        steps: what runs.
        wanted: the names of those that have something to do; without it all have.
        grace_s: how long a run waits for them.
    """

    def __init__(
        self,
        steps: Mapping[str, Step],
        *,
        wanted: Callable[[], Collection[str]] | None = None,
        grace_s: float = GRACE_S,
    ) -> None:
        super().__init__()
        self._wanted = wanted or steps.keys
        self._runs = {
            name: _Runs(step if isinstance(step, Steps) else Steps(step))
            for name, step in steps.items()
        }
        self._grace_s = grace_s

    def run(self, now: float) -> int:  # noqa: ARG002 - each step keeps its own rest
        """Let those run that are not still at it; return what was moved since the last look."""
        wanted = self._wanted()
        for name, runs in self._runs.items():
            if name in wanted:
                runs.begin()
        until = time.monotonic() + self._grace_s
        for runs in self._runs.values():
            if runs.thread is not None:
                runs.thread.join(max(until - time.monotonic(), 0.0))
        found = [runs.take() for runs in self._runs.values()]
        self.moved = sum(moved for moved, _ in found)
        error = next((error for _, error in found if error is not None), None)
        self.failures = max(runs.steps.failures for runs in self._runs.values()) if error else 0
        if error is not None:
            raise error
        return self.moved

    @property
    def trouble(self) -> Exception | None:
        """Why the first step that rests failed; None when all went well."""
        found = (runs.steps.trouble for runs in self._runs.values())
        return next((error for error in found if error is not None), None)
