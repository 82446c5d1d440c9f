"""Do something at many places side by side, so that a slow one keeps no other waiting.

Apart from the crawl because it is a rule of its own: what is asked of one place is asked in turn,
only so many places are busy at a time, and one that takes longer than a moment no longer counts as
busy. Places that drip their answers for as long as they may then cost a thread each, and nobody
else's time; and what becomes due meanwhile need not wait for them.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

MOMENT_S: Final = 0.3
"""Machine seconds after which a place that is still busy makes room for another. With eight workers
two dozen slow places together then keep the others waiting for less than a second."""
ASKED_S: Final = 1.0
"""Machine seconds after which it is asked again what is due."""
MOST: Final = 8
"""So many times ``workers`` may be busy in all, the slow ones included."""

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class SideBySide(Generic[Task, Outcome]):
    """How tasks are done.

    Attributes:
        act: does one task; it raises nothing.
        place: names where a task is done; tasks of one place are done in turn.
        name: tells tasks apart; each is done once.
        workers: how many are busy at a time, those aside that are busy for long.
        ends: monotonic seconds after which only the first task is begun, unless one begun before
            then is slow: while it must be waited for anyway, it keeps no other waiting.
    """

    act: Callable[[Task], Outcome]
    place: Callable[[Task], str]
    name: Callable[[Task], Hashable]
    workers: int
    ends: float

    def do(self, due: Callable[[], Sequence[Task]]) -> list[Outcome]:
        """Do all tasks that are due, and those that become due before the last one ends.

        The first one is done however little time there is, so that every pass moves on.

        Args:
            due: gives what is to be done now, the most urgent first.

        Returns:
            The outcomes in the order in which the tasks were begun.
        """
        with ThreadPoolExecutor(MOST * self.workers, thread_name_prefix="crawl") as pool:
            run = _Run(self, pool)
            run.learn(due())
            while True:
                run.begin()
                if not run.busy:
                    return [future.result() for future in run.began]
                wait(run.busy, timeout=MOMENT_S, return_when=FIRST_COMPLETED)
                run.clear()
                if run.is_idle:
                    run.learn(due())


class _Run(Generic[Task, Outcome]):
    """One pass: what waits, by its place; what is busy; what was begun."""

    def __init__(self, how: SideBySide[Task, Outcome], pool: ThreadPoolExecutor) -> None:
        self._how = how
        self._pool = pool
        self._waiting: dict[str, deque[Task]] = {}
        self._names: set[Hashable] = set()
        self._learnt_at = 0.0
        self._ends = how.ends
        self.busy: dict[Future[Outcome], tuple[str, float]] = {}
        self.began: list[Future[Outcome]] = []

    def learn(self, due: Sequence[Task]) -> None:
        """Let what is due and was not begun wait for its turn."""
        self._waiting = {}
        self._learnt_at = time.monotonic()
        for task in due:
            if self._how.name(task) not in self._names:
                self._waiting.setdefault(self._how.place(task), deque()).append(task)

    def begin(self) -> None:
        """Begin what may be begun."""
        if self._is_over:
            self._waiting = {}
        emptied: list[str] = []
        for place in self._places():
            if not self._has_room:
                break
            self._begin(place)
            if not self._waiting[place]:
                emptied.append(place)
            if self._is_over:
                break
        for place in emptied:
            del self._waiting[place]

    def _begin(self, place: str) -> None:
        now = time.monotonic()
        if not self._names:
            self._ends = max(self._ends, now)  # the first one counts as in time
        task = self._waiting[place].popleft()
        future = self._pool.submit(self._how.act, task)
        self.busy[future] = (place, now)
        self.began.append(future)
        self._names.add(self._how.name(task))

    def clear(self) -> None:
        """Forget what has ended."""
        for future in [future for future in self.busy if future.done()]:
            del self.busy[future]

    @property
    def is_idle(self) -> bool:
        """Whether there is room for more than waits, and a moment has passed since it was asked."""
        asked_s = time.monotonic() - self._learnt_at
        return asked_s >= ASKED_S and self._has_room and not any(self._places())

    @property
    def _is_over(self) -> bool:
        """Whether nothing more is begun: its time is up, and it waits for no slow task of it.

        Those begun later do not count, or a host with many slow sources would never let it end.
        """
        now = time.monotonic()
        if not self._names or now < self._ends:
            return False
        slow = min(self._ends, now - MOMENT_S)
        return not any(began_at <= slow for _, began_at in self.busy.values())

    @property
    def _has_room(self) -> bool:
        recent = time.monotonic() - MOMENT_S
        quick = sum(began_at > recent for _, began_at in self.busy.values())
        return quick < self._how.workers and len(self.busy) < MOST * self._how.workers

    def _places(self) -> Iterator[str]:
        """Give the places where something waits and nothing is done, the most urgent first."""
        taken = {place for place, _ in self.busy.values()}
        return (place for place in self._waiting if place not in taken)


def one_writer(database: str) -> AbstractContextManager[object]:
    """Return what lets the threads of a pass write one after the other where only one can.

    Who finds SQLite taken sleeps up to a tenth of a second before it asks again: eight threads
    spent more time asleep than at work.
    """
    return threading.Lock() if database == "sqlite" else nullcontext()
