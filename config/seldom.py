"""An act that a pass is asked to do in each round, and that is worth doing less often."""

import time
from collections.abc import Callable


class Seldom:
    """Does an act at most once in so many machine seconds, for the life of a pass."""

    def __init__(self, every_s: float, act: Callable[[], int]) -> None:
        self._every_s = every_s
        self._act = act
        self._done_at = float("-inf")

    def __call__(self) -> int:
        """Do it if it rested for long enough; return what it returned, 0 while it rests."""
        if time.monotonic() - self._done_at < self._every_s:
            return 0
        self._done_at = time.monotonic()
        return self._act()
