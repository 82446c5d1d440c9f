"""What a feed asks of those who read it, as its cursor keeps it between two looks.

Apart from following it, which is the same whatever pause is asked for: "not modified" brings no
feed, and older pages say nothing of the newest.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from config.http_client import Response
from listener.pacing.publisher_hints import Hints, asked_pause, hints_of, max_age_s


def told_hints(body: bytes) -> Mapping[str, Any]:
    """Return what a feed asks for, as the cursor keeps it."""
    hints = hints_of(body)
    return {"pause_s": hints.pause_s, "skip_hours": sorted(hints.skip_hours)}


def pause_of(response: Response, cursor: Mapping[str, Any], now: datetime) -> timedelta | None:
    """Return the pause that an answer asks for, and what is kept of the feed."""
    fresh_s = max_age_s(response.headers.get("cache-control"))
    return asked_pause(_kept(cursor), fresh_s=fresh_s, now=now)


def kept_pause(cursor: Mapping[str, Any], now: datetime) -> timedelta | None:
    """Return what the newest page asked for, where another one was read after it."""
    return asked_pause(_kept(cursor), fresh_s=0.0, now=now)


def _kept(cursor: Mapping[str, Any]) -> Hints:
    return Hints(cursor.get("pause_s") or 0.0, frozenset(cursor.get("skip_hours") or ()))
