"""How every source fares, from the rows: for `source list`, `status` and whoever shows places.

Apart from ``health`` because it asks the store.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from listener import store
from listener.health import LEAST_SILENCE, Standing, silence, standing
from listener.tables import Source, SourceState

TIMES = 200
"""Posts whose times make the rhythm of a place."""


def standings(
    session: Session, sources: Iterable[Source], *, now: datetime
) -> Mapping[str, Standing]:
    """Return how sources fare, by name."""
    rows = list(sources)
    newest = store.newest_posts(session)
    gaps = store.latest_gaps(session)
    return {
        row.name: standing(
            row.state,
            row.reason,
            quiet=_quiet(session, row, newest.get(row.id or 0)),
            last_gap_at=gaps.get(row.id or 0),
            took_s=row.took_s,
            now=now,
        )
        for row in rows
    }


def _quiet(session: Session, row: Source, newest: datetime | None) -> timedelta | None:
    watched = row.enabled and row.state is SourceState.OK and row.last_heard_at is not None
    if not watched or newest is None or row.last_heard_at is None:
        return None
    if row.last_heard_at - newest <= LEAST_SILENCE:
        return None  # most places, without a look at their posts
    times = store.post_times(session, row.id or 0, limit=TIMES)
    return silence(times, heard_at=row.last_heard_at)
