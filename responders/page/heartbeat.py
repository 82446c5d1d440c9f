"""How each place fares, as anybody may read it: pure rules over what the listener noted.

Quiet and silent are told apart: quiet is a place where we look and nobody writes, silent one where
we cannot look. A place whose look is long overdue is silent, whatever it last answered.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from responders.delivery.inert import plain
from responders.page.snapshot import PlaceState

ANSWERING = frozenset({"ok", "empty"})
"""States of a source in which it answers; ``new`` is before the first look."""
LOOKS_SHOWN = timedelta(hours=1)
QUIET_AFTER = timedelta(hours=24)
LATE = timedelta(minutes=30)
"""A look so long overdue will not come by itself: nobody listens there."""


def state_of(
    state: str,
    *,
    heard_at: datetime | None,
    next_due_at: datetime | None,
    written_at: datetime | None,
    now: datetime,
) -> PlaceState:
    """Return how a place fares.

    Args:
        state: what the last look found (``listener.tables.SourceState``).
        heard_at: when it last answered.
        next_due_at: when it is to be looked at next.
        written_at: when its newest post came in, if within the last day.
        now: aware UTC.
    """
    if state == "new" or (state in ANSWERING and heard_at is None):
        return "new"
    if state not in ANSWERING or (next_due_at is not None and now - next_due_at > LATE):
        return "silent"
    lately = written_at is not None and now - written_at <= QUIET_AFTER
    return "heard" if lately else "quiet"


def looks_with(
    looks: Sequence[datetime], heard_at: datetime | None, *, now: datetime
) -> list[datetime]:
    """Return the looks of the last hour, a new one added, oldest first."""
    known = {*looks, *([heard_at] if heard_at else [])}
    return sorted(look for look in known if now - LOOKS_SHOWN <= look <= now)


def public_name(name: str) -> str:
    """Return a source's name as anybody may read it: of an address only the host.

    The rest of an address may hold a token: ``https://forum.example/feed?key=1`` is
    ``forum.example``.
    """
    if "://" not in name:
        return plain(name) or "a place"
    try:
        return urlsplit(name).hostname or "a place"
    except ValueError:
        return "a place"
