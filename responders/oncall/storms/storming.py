"""When alerts are a storm: the first few are cards of their own, all others one digest.

Pure. Counted over the whole installation, because all products share the channel and the people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Weather:
    """What the channel has had lately."""

    cards: int
    """Alerts within the window that were told each by itself."""
    last_at: datetime | None = None
    """The newest alert of the storm that runs; None while there is none."""


@dataclass(frozen=True)
class Placing:
    """Where an alert goes."""

    digest: bool
    reason: str


def place(weather: Weather, *, at_most: int, window: timedelta) -> Placing:
    """Say whether one more alert is told by itself or in the digest.

    While a storm runs everything joins its digest, so no window ever holds more than ``at_most``
    alerts of their own.
    """
    if weather.last_at is not None:
        return Placing(digest=True, reason="the storm is not over")
    if weather.cards >= at_most:
        told = f"{weather.cards} alerts within {_minutes(window)}"
        return Placing(digest=True, reason=f"{told} were told already")
    return Placing(digest=False, reason="it is calm")


def is_over(last_at: datetime, *, now: datetime, window: timedelta) -> bool:
    """Tell whether no alert came for a whole window."""
    return now - last_at >= window


def ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return numbers as ascending stretches: 1, 2, 3, 7 give (1, 3) and (7, 7)."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _minutes(window: timedelta) -> str:
    return f"{window.total_seconds() / 60:g} min"
