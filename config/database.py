"""The store's engine and its transactions, the same for SQLite and PostgreSQL.

SQLite begins every writing transaction with BEGIN IMMEDIATE: a transaction that reads first and
writes later fails at once with SQLITE_BUSY_SNAPSHOT, whatever the busy timeout says.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import URL, DateTime, Dialect, Engine, String, TypeDecorator, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session, SQLModel, create_engine

from config.errors import SettingsError

BUSY_TIMEOUT_MS = 15_000
LONGEST_GAP_S = 0.05
"""Half of SQLite's longest wait between two looks for the lock; more would only be slow."""

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""A constraint without a name could not be changed by a later migration."""


class UtcTime(TypeDecorator[datetime]):
    """A column of aware UTC times; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: nobody could know which zone was meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the stored time as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[StrEnum]) -> type[TypeDecorator[StrEnum]]:
    """Return the column type of a StrEnum: kept as text, so a new word needs no migration."""

    class Words(TypeDecorator[StrEnum]):
        impl = String
        cache_ok = True

        def process_result_value(self, value: str | None, _dialect: Dialect) -> StrEnum | None:
            return None if value is None else kind(value)

    return Words


def make_engine(url: str) -> Engine:
    """Return an engine for ``sqlite:///FILE`` or ``postgresql://…``.

    Raises:
        SettingsError: the URL is none that the house knows.
    """
    parsed = check_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
            hide_parameters=True,  # an error must not carry a stranger's words into the log
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": "-c timezone=utc"},
    )


def check_url(url: str) -> URL:
    """Return the parts of a database address.

    Raises:
        SettingsError: it is none that the house knows.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: the port is no number
        raise SettingsError(
            "[database] url is not a database address; write sqlite:///groundswell.db "
            "or postgresql://user:password@host/name"
        ) from error
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        named = parsed.get_backend_name()
        raise SettingsError(f"[database] url names {named}; use sqlite or postgresql")
    return parsed


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Open a writing transaction; commit at the end, roll back on any error."""
    options = engine.execution_options(writes=True)
    with Session(options, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def durable(engine: Engine) -> Iterator[Session]:
    """Open a writing transaction that survives a power cut: for the outbox and approvals."""
    options = engine.execution_options(writes=True, durable=True)
    with Session(options, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a session that only reads; it never waits for a writer."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


def give_way(engine: Engine, held_s: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Leave the store to other writers for as long as a loop of writes just held it.

    SQLite has one writer at a time and no queue: who waits looks again every tenth of a second, and
    finds the store taken each time when a loop begins its next transaction at once. Measured with
    200 alerts in one go: another writer waited up to 2.9 s for each of its writes.

    Args:
        engine: the store; PostgreSQL lets several write and needs no gap.
        held_s: how long the last transaction took.
        sleep: waits.

    Source: https://sqlite.org/c3ref/busy_timeout.html
    """
    if engine.dialect.name == "sqlite":
        sleep(min(held_s, LONGEST_GAP_S))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Take transactions over from the driver and set the pragmas of the house."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what is erased leaves no trace in the file
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    """Begin the way the session asked for."""
    options = connection.get_execution_options()
    level = "FULL" if options.get("durable") else "NORMAL"
    if connection.info.get("synchronous") != level:  # it stays so until it is told otherwise
        connection.exec_driver_sql(f"PRAGMA synchronous={level}")
        connection.info["synchronous"] = level
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


def ping(engine: Engine) -> None:
    """Ask the database for one row.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: it does not answer.
    """
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
