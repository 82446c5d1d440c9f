"""The store's schema: which version it has, and how it gets to ours.

Apart from the engine, because only set-up, `doctor` and tests need Alembic.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from config.database import transaction
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
    """Bring the store to our version in one transaction."""
    config = _config()
    with transaction(engine) as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config
