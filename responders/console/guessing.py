"""How often a password may be guessed: few times, then a wait that doubles.

In memory, so a restart forgives; the cost of a single check (Argon2id) holds as well.
Counted by name and peer together, so that a stranger elsewhere cannot lock Ruth out; and by peer
alone, more mildly, because whole teams sit behind one address.
"""

import threading
from dataclasses import dataclass

PER_NAME, PER_PEER = 5, 30
"""Wrong passwords before the first wait."""
FIRST_WAIT_S, LONGEST_WAIT_S = 30.0, 900.0
FORGOTTEN_AFTER_S = 3600.0
REMEMBERED = 10_000
"""Keys kept at the most: nobody can fill the memory with invented names."""


@dataclass
class _Count:
    wrong: int = 0
    until: float = 0.0
    last: float = 0.0


class Guesses:
    """The wrong passwords of late; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], _Count] = {}

    def wait_s(self, name: str, peer: str, *, now_s: float) -> float:
        """Return how many seconds to wait before the next try; 0.0 when it may be tried now.

        Args:
            name: the name to log in with.
            peer: where the request came from.
            now_s: monotonic machine time.
        """
        with self._lock:
            waits = [
                count.until - now_s
                for key, _ in _keys(name, peer)
                if (count := self._counts.get(key)) is not None
            ]
        return max([0.0, *waits])

    def wrong(self, name: str, peer: str, *, now_s: float) -> None:
        """Count a wrong password: the fifth costs 30 s, the sixth 60 s, …, 15 min at most."""
        with self._lock:
            self._forget(now_s)
            for key, allowed in _keys(name, peer):
                count = self._counts.setdefault(key, _Count())
                count.wrong += 1
                count.last = now_s
                over = count.wrong - allowed
                if over >= 0:
                    count.until = now_s + min(FIRST_WAIT_S * 2.0 ** min(over, 20), LONGEST_WAIT_S)

    def right(self, name: str, peer: str) -> None:
        """Forget the wrong passwords of somebody who then knew it; the peer's own count stays."""
        with self._lock:
            self._counts.pop(_keys(name, peer)[0][0], None)

    def _forget(self, now_s: float) -> None:
        old = [key for key, one in self._counts.items() if now_s - one.last > FORGOTTEN_AFTER_S]
        for key in old:
            del self._counts[key]
        while len(self._counts) >= REMEMBERED:
            del self._counts[next(iter(self._counts))]


def _keys(name: str, peer: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return ((f"name {name.casefold()[:200]}", peer), PER_NAME), (("anybody", peer), PER_PEER)
