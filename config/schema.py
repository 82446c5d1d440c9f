"""The store's schema: which version it has, and how it gets to ours.

Apart from the engine, because only set-up and an upgrade need Alembic. Every command asks whether
the store is of our version, and `pause` may not take the second in which Alembic is imported; so
that is read from the steps and from Alembic's one table without it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect

from config.errors import GroundswellError

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"
_STEP = re.compile(r'^revision = "(\w+)"$.*?^down_revision = (?:"(\w+)"|None)$', re.M | re.S)


class NewerDatabase(GroundswellError):
    """The store was written by a newer Groundswell than this one."""


@cache
def _before() -> dict[str, str | None]:
    """Return the steps, each with the one before it."""
    texts = (file.read_text(encoding="utf-8") for file in (FOLDER / "versions").glob("0*.py"))
    return {found[1]: found[2] for text in texts if (found := _STEP.search(text))}


def newest() -> str:
    """Return the version that this Groundswell writes."""
    before = _before()
    (last,) = before.keys() - set(before.values())
    return last


def current(engine: Engine) -> str | None:
    """Return the version the store has; None for an empty store."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return None if found is None else str(found[0])


def pending(engine: Engine) -> bool:
    """Tell whether the store must be upgraded before use.

    Raises:
        NewerDatabase: the store is newer than the product.
    """
    found = current(engine)
    if found is not None and found not in _before():
        raise NewerDatabase(
            f"the store is at version {found}, which this Groundswell does not know; "
            "install the newer Groundswell again, or restore a backup made before the upgrade"
        )
    return found != newest()


def upgrade(engine: Engine) -> None:
    """Bring the store to our version in one transaction.

    SQLite changes a table by making it anew, and a table that others point to can only be dropped
    while nobody watches; what points nowhere is looked for before the end.
    Source: https://www.sqlite.org/lang_altertable.html#otheralter

    Raises:
        GroundswellError: a row points nowhere; the store is left as it was.
    """
    from alembic import command

    config = _config()
    writing = engine.execution_options(writes=True)
    with writing.connect() as connection, _unwatched(connection), connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _check_pointers(connection)


@contextmanager
def _unwatched(connection: Connection) -> Iterator[None]:
    """Let SQLite drop tables that others point to; it takes that word between transactions only."""
    if connection.dialect.name != "sqlite":
        yield
        return
    bare = connection.connection
    bare.cursor().execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        bare.cursor().execute("PRAGMA foreign_keys=ON")


def _check_pointers(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    astray = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if astray is not None:
        raise GroundswellError(
            f"a row of {astray[0]} points to a row of {astray[2]} that is not there; "
            "restore a backup, then run `groundswell db upgrade`"
        )


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config
