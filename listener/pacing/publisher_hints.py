"""How often a publisher wants to be asked, as a feed and its headers say: pure.

They say so in four ways, none of which is a promise; what is odd is passed over. Looked for in the
head of the feed as it stands, because feedparser drops two of them.

Sources: https://www.rssboard.org/rss-specification (ttl, skipHours),
https://web.resource.org/rss/1.0/modules/syndication/,
https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.1 (max-age).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_HEAD_BYTES: Final = 20_000
_FIRST_ITEM: Final = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>/]")
_TTL: Final = re.compile(rb"<ttl>\s*(\d{1,9})\s*</ttl>")
_PERIOD: Final = re.compile(rb"<(?:\w+:)?updatePeriod>\s*(\w{5,7})\s*</")
_FREQUENCY: Final = re.compile(rb"<(?:\w+:)?updateFrequency>\s*(\d{1,6})\s*</")
_SKIPPED: Final = re.compile(rb"<skipHours>((?:\s|<hour>|</hour>|\d){1,2000})</skipHours>")
_MAX_AGE: Final = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_PERIODS_S: Final = {
    b"hourly": 3600.0,
    b"daily": 86_400.0,
    b"weekly": 604_800.0,
    b"monthly": 2_592_000.0,
    b"yearly": 31_536_000.0,
}


@dataclass(frozen=True)
class Hints:
    """What the feed itself says."""

    pause_s: float = 0.0
    skip_hours: frozenset[int] = frozenset()
    """Hours of the UTC day, 0 to 23, in which it is not to be asked."""


def hints_of(body: bytes) -> Hints:
    """Return what the head of a feed asks for; nothing where it says nothing."""
    head = body[:_HEAD_BYTES]
    first = _FIRST_ITEM.search(head)
    head = head[: first.start()] if first else head
    return Hints(max(_ttl_s(head), _period_s(head)), _skip_hours(head))


def max_age_s(cache_control: str | None) -> float:
    """Return for how many seconds an answer says it stays fresh; 0 where it does not say."""
    found = _MAX_AGE.search(cache_control or "")
    return float(found[1]) if found else 0.0


def asked_pause(hints: Hints, *, fresh_s: float, now: datetime) -> timedelta | None:
    """Return the longest pause that was asked for; None where nobody asked.

    Args:
        hints: what the feed says.
        fresh_s: how long its answer stays fresh.
        now: aware UTC.
    """
    pause = timedelta(seconds=min(max(hints.pause_s, fresh_s), _PERIODS_S[b"yearly"]))
    pause = max(pause, _until_asked(hints.skip_hours, now) - now)
    return pause or None


def _until_asked(skipped: Iterable[int], now: datetime) -> datetime:
    """Return the end of the skipped hours that ``now`` is in; ``now`` outside of them."""
    hours = frozenset(skipped)
    at = now
    for _ in range(24):
        if at.hour not in hours:
            return at
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return now  # all hours: that cannot be meant


def _ttl_s(head: bytes) -> float:
    found = _TTL.search(head)
    return 60.0 * int(found[1]) if found else 0.0


def _period_s(head: bytes) -> float:
    period, frequency = _PERIOD.search(head), _FREQUENCY.search(head)
    if period is None:
        return 0.0
    times = int(frequency[1]) if frequency else 1
    return _PERIODS_S.get(period[1].lower(), 0.0) / max(times, 1)


def _skip_hours(head: bytes) -> frozenset[int]:
    found = _SKIPPED.search(head)
    told = re.findall(rb"<hour>\s*(\d{1,2})\s*</hour>", found[1]) if found else []
    return frozenset(int(hour) % 24 for hour in told if int(hour) <= 24)
