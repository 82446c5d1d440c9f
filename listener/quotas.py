"""What an API says of its quota, so that none is left unread and none is slept through.

A quota that is used up is noted in the cursor, and the next look asks nothing until it is given
again; the crawler lets the whole host rest, so the sources of one log-in share it.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from config.clock import parse_time
from config.http_client import Response
from listener.diagnoses import DiagnosedError
from listener.tables import SourceState

LONGEST: Final = timedelta(days=1)
"""A quota that is given again later than that is taken for a mistake."""


def rests_until(response: Response, now: datetime, *, prefix: str = "x-ratelimit-") -> str | None:
    """Return until when nothing may be asked; None while requests are left.

    The reset is a number of seconds, seconds since 1970, or a time; each platform has its own.
    """
    try:
        left = float(response.headers.get(f"{prefix}remaining", ""))
    except ValueError:
        return None
    at = reset_at(response, now, prefix=prefix)
    return at.isoformat() if left < 1 and at is not None else None


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
    if left_s > 0:
        raise limited(name, left_s)


def limited(name: str, seconds: float) -> DiagnosedError:
    """Return the diagnosis of a quota that is used up."""
    return DiagnosedError(
        SourceState.RATE_LIMITED,
        f"{name} gives no more answers for now: we wait the {seconds:,.0f} s it asks for",
        retry_after_s=seconds,
    )


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
