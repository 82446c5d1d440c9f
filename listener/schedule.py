"""When a source is looked at next: plain arithmetic, so that it can be argued about and tested."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_WAIT = timedelta(hours=6)
"""A failing source is still looked at four times a day: never a silent pause."""
LONGEST_OBEYED = timedelta(hours=24)
"""A Retry-After beyond a day is taken for a mistake."""
FARTHEST = timedelta(days=2)
"""No pause is longer. One that seems to be was written while the machine's clock was wrong, and
must not silence a place for as long as the clock had jumped."""
JITTER = 0.1
RHYTHM_POSTS = 10
"""The last posts that make the rhythm: enough to tell, few enough to follow a change."""
LOOKS_A_PAUSE = 4
"""Looks in the pause that is to be expected: a post then waits an eighth of it on average."""
BURST = timedelta(hours=1)
"""How long places are looked at more often once something breaks at one of them."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often places may be looked at, by the settings."""

    shortest: timedelta
    longest: timedelta
    burst: timedelta
    """While something breaks."""


def interval_for(
    pace: Pace,
    *,
    usual_pause: timedelta | None = None,
    quiet: timedelta = timedelta(),
    asked: timedelta | None = None,
    hurried: bool = False,
) -> timedelta:
    """Return how long to wait after a look that was answered.

    A quarter of the pause that is to be expected: the mean pause of its last posts, the present
    silence counted in, but never more than the present silence, for where one has just written
    others follow. A forum with a post each 40 minutes is looked at each 10; one where somebody
    wrote a minute ago as often as we may; one silent since two hours each half hour.

    Args:
        pace: the bounds.
        usual_pause: the mean pause between its last posts (see ``usual_pause_of``); None while
            there are too few.
        quiet: how long ago a look last brought something new.
        asked: the pause that the publisher asks for; it only lengthens, and within the bounds.
        hurried: something breaks here or beside it.
    """
    if hurried:
        return min(pace.burst, pace.shortest)
    expected = quiet
    if usual_pause is not None:
        expected = min(quiet, usual_pause + quiet / RHYTHM_POSTS)
    wait = max(expected / LOOKS_A_PAUSE, asked or timedelta(), pace.shortest)
    return min(wait, max(pace.longest, pace.shortest))


def usual_pause_of(times: Sequence[datetime]) -> timedelta | None:
    """Return the mean pause between posts; None for fewer than two.

    Args:
        times: when its last posts were written, in any order.
    """
    if len(times) < 2:
        return None
    return (max(times) - min(times)) / (len(times) - 1)


def next_due(
    now: datetime,
    *,
    interval: timedelta,
    failures: int = 0,
    retry_after_s: float | None = None,
    name: str = "",
) -> datetime:
    """Return when to look again.

    A success waits one interval, give or take a tenth that depends on the source's name only, so
    that many sources spread out. Each failure in a row doubles the wait, up to six hours. What the
    host asked for only lengthens it. At an interval of 5 minutes the third failure in a row waits
    40 minutes.
    """
    wait = interval * (1 + JITTER * _spread(name)) * float(2 ** min(failures, 16))
    wait = min(wait, max(LONGEST_WAIT, interval * (1 + JITTER)))
    return max(now + wait, asked_until(now, retry_after_s) or now)


def asked_until(now: datetime, retry_after_s: float | None) -> datetime | None:
    """Return until when the host asked for silence; None when it did not ask.

    This and nothing else holds its other sources back: our own backoff is about one source only.
    """
    if retry_after_s is None:
        return None
    return now + timedelta(seconds=min(max(retry_after_s, 0), LONGEST_OBEYED.total_seconds()))


def _spread(name: str) -> float:
    """Return a number from -1 to 1 that is always the same for a name."""
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**31 - 1
