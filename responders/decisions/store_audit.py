"""The queries on the audit chain; apart, because every act asks them, and some nothing else."""

from collections.abc import Iterator, Sequence

from sqlalchemy import null, update
from sqlmodel import Session, col, select

from responders.decisions.tables_audit import AuditEntry, AuditHead

PAGE = 500
"""Entries read at a time, so that a long chain needs no more memory than a short one."""


def hold_head(session: Session) -> AuditHead:
    """Return the end of the chain, held until the transaction ends; others wait for it.

    PostgreSQL locks the row; on SQLite the writing transaction holds the whole store already.
    """
    query = select(AuditHead).where(AuditHead.id == 1).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def append(session: Session, held: AuditHead, entry: AuditEntry) -> None:
    """Add an entry behind the end that this transaction holds."""
    session.add(entry)
    held.number, held.hash = entry.number, entry.hash
    session.add(held)
    session.flush()


def entries(session: Session, *, after: int = 0) -> Iterator[AuditEntry]:
    """Yield the entries from the first or behind ``after``, in the order of their numbers."""
    while True:
        query = select(AuditEntry).where(AuditEntry.number > after)
        found = session.exec(query.order_by(col(AuditEntry.number)).limit(PAGE)).all()
        if not found:
            return
        yield from found
        after = found[-1].number


def newest_entries(
    session: Session, *, limit: int, before: int | None = None
) -> Sequence[AuditEntry]:
    """Return the newest entries, the last first; ``before`` a number, for the next page."""
    query = select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.number < before)
    return session.exec(query).all()


def last_entry_about(session: Session, subject: str, act: str) -> AuditEntry | None:
    """Return the newest entry of one act on one subject."""
    query = select(AuditEntry).where(AuditEntry.subject == subject, AuditEntry.act == act)
    return session.exec(query.order_by(col(AuditEntry.number).desc()).limit(1)).first()


def erase_payload(session: Session, number: int) -> bool:
    """Blank the payload of an entry with its salt; False when there is none any more."""
    statement = (
        update(AuditEntry)
        .where(col(AuditEntry.number) == number, col(AuditEntry.salt).is_not(None))
        .values(salt=None, payload=null())
    )
    return session.connection().execute(statement).rowcount == 1
