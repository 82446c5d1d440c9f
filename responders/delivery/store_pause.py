"""The queries on the pause: read with every claim, and written in a hurry."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select, update

from responders.delivery.tables_pause import Pause


def paused(session: Session, *, hold: bool = False) -> Pause | None:
    """Return who holds everything back, and why; None while messages may leave.

    With ``hold`` the answer stays true until the transaction ends: a pause waits for it, so that
    nothing is claimed once a pause was committed.
    """
    row = _pause(session, hold=hold)
    return row if row is not None and row.paused else None


def set_paused(session: Session, paused: bool, *, by: str, reason: str, now: datetime) -> bool:
    """Hold everything back, or let it go on; False when it is so already."""
    _make_pause(session, now=now)
    statement = (
        update(Pause)
        .where(col(Pause.id) == 1, col(Pause.paused).is_not(paused))
        .values(paused=paused, by=by, reason=reason, at=now)
    )
    return session.connection().execute(statement).rowcount == 1


def _pause(session: Session, *, hold: bool) -> Pause | None:
    query = select(Pause).where(Pause.id == 1).execution_options(populate_existing=True)
    if not hold:
        return session.exec(query).first()
    return session.exec(query.with_for_update(read=True)).first()


def make_pause(session: Session, *, now: datetime) -> None:
    """See to it that the row is there: what is not there cannot be held."""
    if _pause(session, hold=False) is None:
        _make_pause(session, now=now)


def _make_pause(session: Session, *, now: datetime) -> None:
    connection = session.connection()
    insert = _inserting(connection.dialect.name)
    row = {"id": 1, "paused": False, "by": "", "reason": "", "at": now}
    connection.execute(insert(Pause).values(**row).on_conflict_do_nothing())


def _inserting(dialect: str) -> Callable[[type[Pause]], Any]:
    """Return the INSERT that can leave a row as it is; of the other database nothing is read."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]  # the same words
    return insert
