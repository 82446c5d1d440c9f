"""How every source fares, from the rows: for `source list`, `status` and whoever shows places.

Apart from ``health`` because it asks the store.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from listener import store
from listener.health import GAP, LEAST_SILENCE, SILENT, Standing, silence, spell_of, standing
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


@dataclass(frozen=True)
class Trouble:
    """A place that a person should be told of."""

    source: Source
    fares: Standing
    since: datetime
    """When this spell of it began."""

    @property
    def kind(self) -> str:
        """What the spell is called: one that fails may do so in many ways, and is one spell."""
        apart = {SILENT, GAP, SourceState.GONE}
        return self.fares.state if self.fares.state in apart else "failing"


def troubles(session: Session, *, now: datetime) -> list[Trouble]:
    """Return the watched places that a person should be told of, by name."""
    rows = [row for row in store.sources(session) if is_watched(row)]
    fare, newest = standings(session, rows, now=now), store.newest_posts(session)
    found = []
    for row in rows:
        fares = fare[row.name]
        since = spell_of(
            fares,
            failing_since=row.failing_since,
            newest_at=newest.get(row.id or 0),
            gaps=_gaps(session, row) if fares.state == GAP else (),
            now=now,
        )
        if since is not None:
            found.append(Trouble(row, fares, since))
    return found


def is_watched(source: Source) -> bool:
    """Tell whether somebody still means to hear it; one that is gone waits for a person."""
    return source.enabled or source.kind == store.MANUAL or source.state is SourceState.GONE


def _gaps(session: Session, row: Source) -> list[datetime]:
    return [gap.found_at for gap in store.gaps(session, row.id or 0)]


def _quiet(session: Session, row: Source, newest: datetime | None) -> timedelta | None:
    watched = row.enabled and row.state is SourceState.OK and row.last_heard_at is not None
    if not watched or newest is None or row.last_heard_at is None:
        return None
    if row.last_heard_at - newest <= LEAST_SILENCE:
        return None  # most places, without a look at their posts
    times = store.post_times(session, row.id or 0, limit=TIMES)
    since = row.first_heard_at or row.created_at
    return silence(times, heard_at=row.last_heard_at, since=since)
