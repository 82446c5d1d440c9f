"""What many tests stand on: an empty store on both databases, a clock that stands still."""

import logging
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from pydantic import BaseModel
from sqlalchemy import Engine, text

from classifiers.embedders.sentence import Options, SentenceEmbedder, build
from config import schema
from config.clock import FixedClock
from config.database import make_engine
from config.ground import Ground
from config.keys import make_key
from config.leases import make_holder
from config.settings import Settings, load_settings
from responders.workspace import plugin_sections
from tests import collecting, in_memory, statements
from tests.lived import LivedStores
from tests.postgres import PostgresServer

hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")
"""A busy machine is no fault of the code; speed is measured by `make bench`."""

FLOORS = ("config", "listener", "classifiers", "responders")
NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)

statements.share()
in_memory.work_in_memory()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for tests undisturbed."""
    with collecting.undisturbed():
        return (yield)


@pytest.hookimpl(trylast=True)  # after the order was made random
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the long files begin first."""
    collecting.longest_first(items)


@pytest.fixture(autouse=True)
def logs_as_new() -> Iterator[None]:
    """Begin and end each test with a log nobody set up.

    Not as it was found: what a whole module stands on is made before this, and sets the log up too.
    A handler that stayed would write to a closed stream.
    """
    _forget_the_log()
    yield
    _forget_the_log()


def _forget_the_log() -> None:
    root = logging.getLogger()
    root.handlers[:] = [one for one in root.handlers if type(one).__module__.startswith("_pytest")]
    root.setLevel(logging.WARNING)
    for floor in FLOORS:
        logging.getLogger(floor).setLevel(logging.NOTSET)


@pytest.fixture(autouse=True)
def reddit_as_new() -> None:
    """Keep no token of another test's Reddit: the system may give this one the same address."""
    door = sys.modules.get("listener.platforms.reddit_door")  # loaded only where it is used
    if door is not None:
        vars(door)["_tokens"].clear()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of our own, stopped for certain at the end.

    Not in pytest's own folder: a later run tidies that up while this one still works.
    """
    with (
        tempfile.TemporaryDirectory(prefix="groundswell-", ignore_cleanup_errors=True) as folder,
        PostgresServer(Path(folder) / "data") as server,
    ):
        yield server


@pytest.fixture(scope="session")
def lived() -> LivedStores:
    """The stories that tests begin after; each is lived through once."""
    return LivedStores()


@pytest.fixture(scope="session")
def packaged() -> SentenceEmbedder:
    """The packaged model, loaded once for all tests that need real likeness."""
    return build(Options())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A migrated, empty SQLite store; copying it is quicker than migrating each time."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    engine = make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return path.read_bytes()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store at our version, on each database in turn."""
    if request.param == "sqlite":
        path = tmp_path / "groundswell.db"
        path.write_bytes(request.getfixturevalue("sqlite_template"))
        yield f"sqlite:///{path}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.fresh_database() as url:
            yield url


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    """An engine on an empty store, on each database in turn."""
    made = make_engine(store_url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def sections() -> Mapping[str, type[BaseModel]]:
    """What checks the sections of plug-ins; asking each plug-in takes a while."""
    return plugin_sections()


@pytest.fixture
def settings(tmp_path: Path, store_url: str, sections: Mapping[str, type[BaseModel]]) -> Settings:
    """The default settings with the store of the test and an account at a forum, nothing else."""
    environ = {"GROUNDSWELL__DATABASE__URL": store_url, "GROUNDSWELL__HTTP__SPACING_S": "0"}
    file = tmp_path / "groundswell.toml"
    known = '[credentials.forum]\napi_key = "a-key"\napi_username = "fernsync"\n'
    file.write_text(f'[http]\nallow_hosts = ["127.0.0.1"]\n{known}', encoding="utf-8")
    return load_settings(file, environ=environ, plugins=sections)


@pytest.fixture
def ground(settings: Settings, engine: Engine, tmp_path: Path) -> Ground:
    """An installation with an empty store at noon, on each database in turn."""
    return Ground(
        settings=settings,
        engine=engine,
        clock=FixedClock(NOON),
        key=make_key(tmp_path / "secret.key"),
        holder=make_holder(),
    )
