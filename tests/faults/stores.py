"""Stores that can be photographed, put back and compared, on both databases."""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import MetaData, Table

from config.database import make_engine
from tests.postgres import KEEPER

Dump = Mapping[str, list[dict[str, Any]]]

PASSING = frozenset({"lease", "beat"})
"""Tables that tell who works and when: a kill leaves traces there, and may."""
TRACES: Mapping[str, frozenset[str]] = {
    "delivery": frozenset({"tries", "lease_holder", "lease_until"}),
    "auditentry": frozenset({"salt", "digest", "previous", "hash"}),
    "audithead": frozenset({"hash"}),
    "source": frozenset({"took_s", "requests", "next_due_at"}),
    "post": frozenset({"rechecked_at"}),
}
"""Columns that count tries, looks or seconds, or that chance has a hand in: each audit entry has
its own salt. A look at a post that a kill cut short comes with the place's next turn."""
OF_ALERTS = ("remote_id", "url")
"""What names one of two messages where an alert went out twice; a public text never does."""

_TABLES = (
    "SELECT table_name FROM information_schema.tables "
    "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
)
_NUMBERED = (
    "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' "
    "AND column_name = 'id' AND column_default LIKE 'nextval%'"
)


class Stores(Protocol):
    """The stores of one kind of database: one in use, and photographs of it."""

    url: str
    """Of the store in use."""

    def keep(self, name: str) -> None:
        """Photograph the store in use; nobody may be using it."""
        ...

    def put_back(self, name: str) -> None:
        """Make the store in use what the photograph shows."""
        ...

    def tidy(self) -> None:
        """Let the database notice that a process was killed."""
        ...


class SqliteStores:
    """Files."""

    def __init__(self, folder: Path, template: bytes) -> None:
        self._folder = folder
        self._file = folder / "groundswell.db"
        self._file.write_bytes(template)
        self.url = f"sqlite:///{self._file}"

    def keep(self, name: str) -> None:
        """Copy the store into one file."""
        with closing(sqlite3.connect(self._file)) as store:
            store.execute("VACUUM INTO ?", (str(self._folder / f"{name}.kept"),))

    def put_back(self, name: str) -> None:
        """Copy the file back; what a killed process left beside it goes."""
        for suffix in ("-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self._folder / f"{name}.kept", self._file)

    def tidy(self) -> None:
        """Nothing: the next process that opens the file recovers it."""


class PostgresStores:
    """The rows of one database; putting rows back is much quicker than copying databases.

    Args:
        url: the address of an empty store at our version.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._kept: dict[str, dict[str, bytes]] = {}
        with self._connected() as store:
            # The server is never killed here, so it need not wait for its disk.
            name = sql.Identifier(store.info.dbname)
            store.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
            self._tables = [name for (name,) in store.execute(_TABLES).fetchall()]

    def keep(self, name: str) -> None:
        """Read all rows."""
        with self._connected() as store:
            self._kept[name] = {table: _read(store, table) for table in self._tables}

    def put_back(self, name: str) -> None:
        """Write them over what is there now."""
        with self._connected() as store:
            _wait_for_others(store)
            with store.transaction():
                store.execute("SET LOCAL session_replication_role = replica")  # any order will do
                for table, rows in self._kept[name].items():
                    store.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                    _write(store, table, rows)
            _close_gaps(store)

    def tidy(self) -> None:
        """Wait until the server has rolled back, then close the gaps in its numbers.

        A sequence does not give back what a rolled back transaction took. The gap means nothing,
        but it would make every later row look different.
        """
        with self._connected() as store:
            _wait_for_others(store)
            _close_gaps(store)

    def _connected(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self.url, autocommit=True)


def _wait_for_others(store: "psycopg.Connection[Any]") -> None:
    others = (
        "SELECT pg_sleep(0.005) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend' AND application_name <> %s LIMIT 1"
    )
    while store.execute(others, [KEEPER]).fetchone():
        pass


def _close_gaps(store: "psycopg.Connection[Any]") -> None:
    for (name,) in store.execute(_NUMBERED).fetchall():
        store.execute(
            sql.SQL(
                "SELECT setval(pg_get_serial_sequence({name}, 'id'), "
                "(SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
            ).format(name=sql.Literal(f'"{name}"'), table=sql.Identifier(name))
        )


def _read(store: "psycopg.Connection[Any]", table: str) -> bytes:
    query = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
    with store.cursor() as cursor, cursor.copy(query) as copy:
        return b"".join(map(bytes, copy))


def _write(store: "psycopg.Connection[Any]", table: str, rows: bytes) -> None:
    query = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))
    with store.cursor() as cursor, cursor.copy(query) as copy:
        copy.write(rows)


def dump(url: str) -> Dump:
    """Return all rows that a kill may not change, in the order of their keys."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return {
                name: [_kept(dict(row)) for row in connection.exec_driver_sql(query).mappings()]
                for name, query in _queries(url).items()
            }
    finally:
        engine.dispose()


def _kept(row: dict[str, Any]) -> dict[str, Any]:
    if row.get("public") in (0, False):
        return {name: value for name, value in row.items() if name not in OF_ALERTS}
    return row


@cache
def _queries(url: str) -> Mapping[str, str]:
    """Return what asks for each table; they are read from the database, so none is forgotten."""
    engine = make_engine(url)
    known = MetaData()
    known.reflect(engine)
    engine.dispose()
    return {table.name: _query(table) for table in known.sorted_tables if table.name not in PASSING}


def _query(table: Table) -> str:
    left_out = TRACES.get(table.name, frozenset())
    columns = ", ".join(f'"{c.name}"' for c in table.columns if c.name not in left_out)
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
    return f'SELECT {columns} FROM "{table.name}" ORDER BY {keys}'


def difference(found: Dump, expected: Dump) -> str | None:
    """Say where two stores differ first; None when they are equal."""
    for name, rows in expected.items():
        if found[name] == rows:
            continue
        if len(found[name]) != len(rows):
            return f"table {name} has {len(found[name])} rows instead of {len(rows)}"
        for have, want in zip(found[name], rows, strict=True):
            changed = [key for key in want if have[key] != want[key]]
            if changed:
                told = [
                    f"{key} {have[key]!r:.120} instead of {want[key]!r:.120}" for key in changed
                ]
                return f"table {name} differs: {'; '.join(told)}"
    return None
