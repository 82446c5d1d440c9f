"""One request at a time to each host, with a pause between two.

Apart from the client because it is the only state that its threads share. A host's turn is waited
for on that host's own lock: a slow place never holds up the others.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

# Turns of hosts that were not heard of for a while are dropped when there are more than this.
_KEPT_TURNS: Final = 1_000


@dataclass(slots=True)
class _Turn:
    """Who is at one host; `free_at` is monotonic time, `users` counts those inside and waiting."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0
    users: int = 0


class HostPacing:
    """Hands out the turn at each host; safe to share between threads."""

    def __init__(self, spacing_s: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._spacing_s = spacing_s
        self._sleep = sleep
        self._guard = threading.Lock()
        self._turns: dict[str, _Turn] = {}
        self._own_spacing_s: dict[str, float] = {}

    def slow_down(self, host_port: str, spacing_s: float | None) -> None:
        """Leave a host alone for longer than the others; None is as long as they."""
        with self._guard:
            if spacing_s is None or spacing_s <= self._spacing_s:
                self._own_spacing_s.pop(host_port, None)
            else:
                self._own_spacing_s[host_port] = spacing_s

    @contextmanager
    def turn(self, host_port: str) -> Iterator[None]:
        """Wait for the host to be free, hold it, and leave it alone for its spacing afterwards."""
        turn = self._join(host_port)
        try:
            with turn.lock:
                wait_s = turn.free_at - time.monotonic()
                if wait_s > 0:
                    self._sleep(wait_s)
                try:
                    yield
                finally:
                    # Counted from the end: a host that answers slowly gets the whole pause too.
                    spacing_s = self._own_spacing_s.get(host_port, self._spacing_s)
                    turn.free_at = time.monotonic() + spacing_s
        finally:
            self._leave(turn)

    def _join(self, host_port: str) -> _Turn:
        with self._guard:
            if len(self._turns) > _KEPT_TURNS:
                self._forget_idle()
            turn = self._turns.setdefault(host_port, _Turn())
            turn.users += 1
            return turn

    def _leave(self, turn: _Turn) -> None:
        with self._guard:
            turn.users -= 1

    def _forget_idle(self) -> None:
        now = time.monotonic()
        idle = [key for key, turn in self._turns.items() if not turn.users and turn.free_at <= now]
        for key in idle:
            del self._turns[key]
