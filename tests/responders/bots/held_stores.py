"""A store that another connection holds, as a long change or a migration does.

SQLite lets readers pass and every writer wait; PostgreSQL's locks let nobody near a table.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.engine import make_url

from config.ground import Ground


@contextmanager
def held(store_url: str) -> Iterator[None]:
    """Hold a whole store for a block."""
    if store_url.startswith("sqlite"):
        path = make_url(store_url).database
        assert path is not None
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    plain = store_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(plain) as store:
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        for (name,) in store.execute(query).fetchall():
            lock = sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE")
            store.execute(lock.format(sql.Identifier(name)))
        yield
        store.rollback()


@contextmanager
def held_up(ground: Ground) -> Iterator[threading.Event]:
    """Let the store answer nobody before the event is set."""
    go = threading.Event()

    def wait(*_: Any) -> None:
        assert go.wait(10)

    event.listen(ground.engine, "before_cursor_execute", wait)
    try:
        yield go
    finally:
        go.set()
        event.remove(ground.engine, "before_cursor_execute", wait)
