"""An installation on each database, its life without a kill known."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.harness import Installation, World, warm_up
from tests.faults.stores import PostgresStores, SqliteStores
from tests.postgres import PostgresServer


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """The places, in this process; the lives run in others."""
    warm_up()
    with World() as places:
        yield places


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(
    request: pytest.FixtureRequest, tmp_path: Path, world: World
) -> Iterator[Installation]:
    """An installation that has lived once, on each database in turn."""
    world.discord.messages = []
    if request.param == "sqlite":
        template: bytes = request.getfixturevalue("sqlite_template")
        made = Installation(tmp_path, SqliteStores(tmp_path, template), world)
        made.prepare()
        yield made
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.fresh_database() as home:
        stores = PostgresStores(home, "killed")
        made = Installation(tmp_path, stores, world)
        made.prepare()
        yield made
        stores.close()
