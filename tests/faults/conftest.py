"""Installations on each database, their life without a kill known."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.faults.harness import Benches, Installation, warm_up
from tests.faults.stores import PostgresStores, SqliteStores, Stores
from tests.faults.world import World
from tests.postgres import PostgresServer

SIDE_BY_SIDE = 2


@pytest.fixture(scope="session")
def warm(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sqlite_template: bytes
) -> None:
    """Let the process that others are forked from be a warm one; see ``seasoning``."""
    template: Path = tmp_path_factory.mktemp("warm") / "empty.db"
    template.write_bytes(sqlite_template)
    server = None
    if any("postgresql" in item.nodeid for item in request.session.items):
        postgres: PostgresServer = request.getfixturevalue("postgres")
        server = postgres.own_url
    warm_up(template, server)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def benches(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Benches]:
    """Installations that have lived once, on each database in turn."""
    with fresh_benches(request, tmp_path_factory) as ready:
        ready.prepare()
        yield ready


@contextmanager
def fresh_benches(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Benches]:
    """Open installations that have not lived yet, on the database that is asked for."""
    request.getfixturevalue("warm")
    with ExitStack() as stack:
        made = []
        for _ in range(SIDE_BY_SIDE):
            folder = tmp_path_factory.mktemp("installation")
            stores: Stores
            if request.param == "sqlite":
                stores = SqliteStores(folder, request.getfixturevalue("sqlite_template"))
            else:
                server: PostgresServer = request.getfixturevalue("postgres")
                stores = PostgresStores(stack.enter_context(server.fresh_database()))
            made.append(Installation(folder, stores, stack.enter_context(World())))
        yield Benches(made, request.param)
