"""Stores in which something has happened: lived through once, copied for every other test.

Many tests begin after the same story. Living it took most of their time, and it comes to the same
each time; so the first test that needs a story lives it, and the next ones get a copy of what it
left. Every test still has a store of its own, whichever of them comes first.
"""

import pickle
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

T = TypeVar("T")


class Copy(Protocol):
    """What a store held at one moment."""

    def put(self, url: str) -> None:
        """Let another store hold that and nothing else."""


class LivedStores:
    """The stories that were lived through in this process, for each kind of database."""

    def __init__(self) -> None:
        self._lived: dict[tuple[str, str], tuple[Copy, bytes]] = {}

    def after(self, story: str, url: str, live: Callable[[], T]) -> T:
        """Let a store be as a story leaves it; return what living it returned, or a copy of that.

        Args:
            story: its name; two that differ in anything have two names.
            url: the address of a store that nobody else is writing to.
            live: lives it, in the store at `url`; what it returns can be pickled.
        """
        kind = make_url(url).get_backend_name()
        known = self._lived.get((story, kind))
        if known is None:
            told = live()
            held = copy_of_file(url) if kind == "sqlite" else copy_of_rows(url)
            self._lived[story, kind] = held, pickle.dumps(told)
            return told
        copy, words = known
        copy.put(url)
        found: T = pickle.loads(words)
        return found


@dataclass(frozen=True)
class FileCopy:
    """A SQLite store, kept in memory."""

    pages: sqlite3.Connection

    def put(self, url: str) -> None:
        """Copy page by page: whoever has the file open already sees the new ones."""
        with closing(_file(url)) as store:
            self.pages.backup(store)


def copy_of_file(url: str) -> FileCopy:
    """Return a copy of a SQLite store."""
    pages = sqlite3.connect(":memory:")
    with closing(_file(url)) as store:
        store.backup(pages)
    return FileCopy(pages)


def _file(url: str) -> sqlite3.Connection:
    return sqlite3.connect(str(make_url(url).database))


@dataclass(frozen=True)
class RowsCopy:
    """The rows of a PostgreSQL store; its tables are those of every store of the tests.

    Making a database from a template takes longer than most tests.
    """

    rows: dict[str, bytes]
    """Of each table that has any."""
    numbers: dict[str, int]
    """The number that each sequence gave last."""

    def put(self, url: str) -> None:
        """Copy the rows, whatever they point to, and let the numbers go on from there."""
        with _server(url) as store:
            store.execute("SET LOCAL session_replication_role = replica")  # looks at no pointer
            for table in {*self.rows, *_filled(store)}:
                store.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for table, rows in self.rows.items():
                name = sql.Identifier(table)
                told = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(name)
                with store.cursor().copy(told) as into:
                    into.write(rows)
            for sequence, last in self.numbers.items():
                store.execute("SELECT setval(%s::regclass, %s)", [f'"{sequence}"', last])


def copy_of_rows(url: str) -> RowsCopy:
    """Return a copy of the rows of a PostgreSQL store."""
    with _server(url) as store:
        rows = {table: _rows(store, table) for table in _filled(store)}
        numbers = store.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
        ).fetchall()
        return RowsCopy(rows, dict(numbers))


@contextmanager
def _server(url: str) -> Iterator[psycopg.Connection[Any]]:
    address = make_url(url).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as store:
        yield store


def _filled(store: psycopg.Connection[Any]) -> list[str]:
    """Return the tables that hold a row."""
    found = store.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    ask = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
            sql.Literal(name), sql.Identifier(name)
        )
        for (name,) in found
    )
    return sorted(name for (name,) in store.execute(ask).fetchall())


def _rows(store: psycopg.Connection[Any], table: str) -> bytes:
    told = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
    with store.cursor().copy(told) as out:
        return b"".join(bytes(part) for part in out)
