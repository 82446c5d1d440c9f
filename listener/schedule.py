"""When a source is looked at next: plain arithmetic, so that it can be argued about and tested."""

import hashlib
from datetime import datetime, timedelta

LONGEST_WAIT = timedelta(hours=6)
"""A failing source is still looked at four times a day: never a silent pause."""
LONGEST_OBEYED = timedelta(hours=24)
"""A Retry-After beyond a day is taken for a mistake."""
JITTER = 0.1


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
