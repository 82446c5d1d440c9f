"""What one round of the passes says of the places that it left alone: which, until when, and why.

Apart from the crawl, which is silent about them: a service comes back to them by itself, a person
who asked for one round does not.
"""

from collections.abc import Sequence
from datetime import datetime

from config.database import reading
from config.ground import Ground
from listener import store
from listener.tables import Source

NAMED = 5
"""So many are named; the rest is counted."""
NOBODY = "No place is listened to yet: groundswell source add URL"


def left_alone(ground: Ground, *, everything: bool) -> str:
    """Say which places are not looked at now; empty when all are.

    Args:
        ground: the installation.
        everything: also those not due yet are looked at.
    """
    now = ground.clock.now()
    with reading(ground.engine) as session:
        watched = [row for row in store.sources(session) if row.enabled]
        due = {row.id for row in store.due_sources(session, now=now, everything=everything)}
    if not watched:
        return NOBODY
    return sentence([row for row in watched if row.id not in due], everything=everything)


def sentence(rows: Sequence[Source], *, everything: bool) -> str:
    """Say it of these places, the first one due first; empty for none.

    Example: "1 place was not due yet: forum (10:05 UTC). Look now: groundswell run --once --only
    crawl".
    """
    if not rows:
        return ""
    ordered = sorted(rows, key=lambda row: (str(_due_at(row)), row.name))
    named = [f"{row.name} ({_at(_due_at(row))})" for row in ordered[:NAMED]]
    if len(ordered) > NAMED:
        named.append(f"and {len(ordered) - NAMED} more")
    count = f"{len(rows)} place{'s' if len(rows) > 1 else ''}"
    if everything:
        return f"{count} asked us to wait until then: {', '.join(named)}."
    verb = "were" if len(rows) > 1 else "was"
    remedy = "Look now: groundswell run --once --only crawl"
    return f"{count} {verb} not due yet: {', '.join(named)}. {remedy}"


def _due_at(row: Source) -> datetime | None:
    """Return when a place may be asked again."""
    times = [at for at in (row.next_due_at, row.retry_after_at) if at is not None]
    return max(times, default=None)


def _at(moment: datetime | None) -> str:
    return "time unknown" if moment is None else f"{moment:%H:%M} UTC"
