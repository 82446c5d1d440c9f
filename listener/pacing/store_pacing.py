"""The queries on what the web was asked, and on what hosts and platforms allow.

Apart from the rest of the store because every look comes through here, twice.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from listener.pacing.metering import Spent
from listener.pacing.quotas import QuotaKey, QuotaLeft, latest
from listener.schedule import FARTHEST
from listener.tables import HostState, Quota, Source

_HOST: Final = select(HostState.retry_after_at, HostState.crawl_delay_s).where(
    col(HostState.host) == bindparam("host")
)
_USED_UP: Final = select(Quota.host, Quota.credential, Quota.resource, Quota.resets_at).where(
    col(Quota.credential) == bindparam("credential"),
    col(Quota.remaining) < 1,
    col(Quota.resets_at) > bindparam("now"),
    col(Quota.resets_at) <= bindparam("farthest"),
)
# Written once and read as plain columns: every look comes through here, also where nothing is new.


class HostAsked(NamedTuple):
    """What a host asked of us."""

    retry_after_at: datetime | None = None
    crawl_delay_s: float | None = None


def host_asked(session: Session, host: str) -> HostAsked:
    """Return what a host asked of us; nothing where it never asked."""
    row = session.connection().execute(_HOST, {"host": host}).first()
    return HostAsked() if row is None else HostAsked(*row)


def slow_host(session: Session, host: str, crawl_delay_s: float | None) -> None:
    """Remember what a host's robots.txt says now of the pause between two requests."""
    state = session.get(HostState, host) or HostState(host=host)
    state.crawl_delay_s = crawl_delay_s
    session.add(state)


def quotas_used_up(
    session: Session, credential: str, *, now: datetime
) -> Mapping[QuotaKey, datetime]:
    """Return which quotas of a credential are used up, and until when."""
    given = {"credential": credential, "now": now, "farthest": now + FARTHEST}
    rows = session.connection().execute(_USED_UP, given).all()
    return {QuotaKey(*row[:3]): row[3] for row in rows}


def note_spent(session: Session, source: Source, spent: Spent, *, now: datetime) -> None:
    """Count what a look asked, and remember what it was told of quotas."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    before = source.requests or 0 if source.requests_day == today else 0
    source.requests, source.requests_day = before + spent.requests, today
    session.add(source)
    for key, left in sorted(spent.quotas.items()):
        _note_quota(session, key, left)


def requests_today(source: Source, *, now: datetime) -> int:
    """Return how many requests the looks at a source made since the UTC day began."""
    day = source.requests_day
    return source.requests or 0 if day is not None and day.date() == now.date() else 0


def _note_quota(session: Session, key: QuotaKey, told: QuotaLeft) -> None:
    """Write what is left; two processes may be told of the same quota in this instant."""
    connection = session.connection()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {**key._asdict(), "remaining": told.remaining, "resets_at": told.resets_at}
    connection.execute(insert(Quota).values(values).on_conflict_do_nothing())
    row = session.get_one(Quota, tuple(key), with_for_update=True, populate_existing=True)
    left = latest(QuotaLeft(row.remaining, row.resets_at), told)
    row.remaining, row.resets_at = left.remaining, left.resets_at
