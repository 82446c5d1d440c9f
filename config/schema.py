"""The store's schema: which version it has, and how it gets to ours.

Apart from the engine, because only set-up, `doctor` and tests need Alembic.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from config.errors import GroundswellError

FOLDER = Path(__file__).parent / "migrations"


class NewerDatabase(GroundswellError):
    """The store was written by a newer Groundswell than this one."""


def newest() -> str:
    """Return the version that this Groundswell writes."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "the product ships at least one migration"  # noqa: S101
    return head


def current(engine: Engine) -> str | None:
    """Return the version the store has; None for an empty store."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def pending(engine: Engine) -> bool:
    """Tell whether the store must be upgraded before use.

    Raises:
        NewerDatabase: the store is newer than the product.
    """
    found = current(engine)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
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


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config
