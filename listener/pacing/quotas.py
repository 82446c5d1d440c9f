"""What an API says of its quota, so that none is left unread and none is slept through.

A quota belongs to a credential at a host, so all sources that ask in its name share it, in every
process: what an answer says of it is a row (``metering.py``), and while it is used up nobody
asks. The plug-ins note it in their cursors as well.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from config.clock import parse_time
from config.http_client import Response
from listener.diagnoses import QuotaUsedError
from listener.tables import SourceState

LONGEST: Final = timedelta(days=1)
"""A quota that is given again later than that is taken for a mistake."""
SAME_WINDOW: Final = timedelta(seconds=5)
"""Two answers that tell of one quota may differ so much about its end: some count whole seconds."""
_PREFIXES: Final = ("x-ratelimit-", "ratelimit-")
_COUNTED_APART: Final = ("graphql", "search")
"""Parts of an API with a quota of their own.

Source: https://docs.github.com/en/rest/rate-limit/rate-limit
"""


class QuotaKey(NamedTuple):
    """Whose quota it is, and of what."""

    host: str
    credential: str
    resource: str


@dataclass(frozen=True)
class QuotaLeft:
    """What is left of a quota until it is given again."""

    remaining: float
    resets_at: datetime


def quota_left(response: Response, now: datetime) -> QuotaLeft | None:
    """Return what an answer says of its quota; None where it says nothing that can be used."""
    for prefix in _PREFIXES:
        remaining = _remaining(response, prefix)
        at = reset_at(response, now, prefix=prefix)
        if remaining is not None and at is not None:
            return QuotaLeft(remaining, at)
    return None


def resource_of(url: str) -> str:
    """Return which part of an API an address belongs to."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return "core"
    parts = set(path.lower().split("/"))
    return next((name for name in _COUNTED_APART if name in parts), "core")


def latest(known: QuotaLeft, told: QuotaLeft) -> QuotaLeft:
    """Return which of two words about a quota to go by.

    Within one window a quota only shrinks: of two answers that crossed, the smaller one holds.
    """
    if abs(known.resets_at - told.resets_at) <= SAME_WINDOW:
        return min(known, told, key=lambda left: left.remaining)
    return told


def rests_until(response: Response, now: datetime, *, prefix: str = "x-ratelimit-") -> str | None:
    """Return until when nothing may be asked; None while requests are left.

    The reset is a number of seconds, seconds since 1970, or a time; each platform has its own.
    """
    left = _remaining(response, prefix)
    at = reset_at(response, now, prefix=prefix)
    return at.isoformat() if left is not None and left < 1 and at is not None else None


def reset_at(response: Response, now: datetime, *, prefix: str = "x-ratelimit-") -> datetime | None:
    """Return when the quota is given again."""
    told = response.headers.get(f"{prefix}reset", "")
    try:
        seconds = float(told)
    except ValueError:
        at = _time(told)
    else:
        at = _after(seconds, now)
    return at if at is not None and now <= at <= now + LONGEST else None


def refuse_while_resting(name: str, until: str | None, now: datetime) -> None:
    """Return if the quota allows a request.

    Raises:
        DiagnosedError: it does not yet.
    """
    left_s = (parse_time(until) - now).total_seconds() if until else 0.0
    if 0 < left_s <= LONGEST.total_seconds():  # a longer one was noted while a clock was wrong
        raise limited(name, left_s)


def limited(name: str, seconds: float) -> QuotaUsedError:
    """Return the diagnosis of a quota that is used up."""
    return QuotaUsedError(
        SourceState.RATE_LIMITED,
        f"{name} gives no more answers for now: we wait the {seconds:,.0f} s it asks for",
        retry_after_s=seconds,
    )


def _remaining(response: Response, prefix: str) -> float | None:
    try:
        left = float(response.headers.get(f"{prefix}remaining", ""))
    except ValueError:
        return None
    return left if math.isfinite(left) else None


def _after(seconds: float, now: datetime) -> datetime | None:
    if seconds <= LONGEST.total_seconds():
        return now + timedelta(seconds=max(seconds, 0.0))
    try:  # more than a day can only be a time since 1970; what is no number is neither
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _time(text: str) -> datetime | None:
    try:
        return parse_time(text)
    except (ValueError, OverflowError):
        return None
