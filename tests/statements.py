"""Lets all engines of a test process share what they know of the house's statements.

A statement is turned into SQL once for each engine, and every test has an engine of its own: that
was a third of the time of tests that use the store. A service turns it once in its life; so do the
tests now. Only the SQL is shared, no connection and no row.
"""

from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import WARN_LINTING, SQLCompiler
from sqlalchemy.util import LRUCache

from config import database

_KNOWN: LRUCache[Any, Any] = LRUCache(3000)


def share() -> None:
    """Share from now on; statements are known by their dialect, so those of a kind must be equal.

    All of a kind are, for `make_engine` gives each the same knobs, and the tests use one server.
    """
    for kind in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        setattr(kind, "__hash__", lambda dialect: hash(type(dialect)))  # noqa: B010
        setattr(kind, "__eq__", _alike)  # noqa: B010
    assert hasattr(database, "create_engine")
    setattr(database, "create_engine", _sharing)  # noqa: B010


def _alike(one: DefaultDialect, other: object) -> bool:
    return type(one) is type(other)


def _sharing(*given: Any, **named: Any) -> Engine:
    engine = create_engine(*given, **named)
    assert hasattr(engine, "_compiled_cache")
    engine._compiled_cache = _KNOWN
    return engine


def learn(engine: Engine) -> None:
    """Turn every statement that is known into the SQL of another database, too.

    Args:
        engine: of that database; no statement is run on it.
    """
    with engine.connect():  # a dialect learns how to write from its server
        pass
    for (_, _, columns, _, many), known in list(_KNOWN.items()):
        if not isinstance(known, SQLCompiler) or isinstance(known.statement, Insert):
            continue  # an insert of SQLite's own is made anew for the other database
        assert known.statement is not None
        known.statement._compile_w_cache(
            engine.dialect, compiled_cache=_KNOWN, column_keys=list(columns),
            for_executemany=many, linting=WARN_LINTING,
        )  # fmt: skip
