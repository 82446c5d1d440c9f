"""An installation on each database, its life without a kill known."""

from collections.abc import Iterator
from contextlib import closing

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


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, world: World
) -> Iterator[Installation]:
    """An installation that has lived once, on each database in turn."""
    folder = tmp_path_factory.mktemp("installation")
    world.discord.messages = []
    if request.param == "sqlite":
        template: bytes = request.getfixturevalue("sqlite_template")
        made = Installation(folder, SqliteStores(folder, template), world)
        made.prepare()
        yield made
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.fresh_database() as home, closing(PostgresStores(home, "killed")) as stores:
        made = Installation(folder, stores, world)
        made.prepare()
        yield made
