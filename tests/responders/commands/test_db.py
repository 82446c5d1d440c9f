"""`groundswell db …` as a person uses it: upgrade, back up, restore elsewhere."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from config import schema
from config.database import reading
from listener.store import products
from responders.cli import carry_out
from responders.occupancy import at_work
from responders.workspace import CHOICE, open_ground, read_settings

ALL_STEPS = schema.upgrade


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, upgraded_at_once: None) -> None:
    monkeypatch.setattr(CHOICE, "config", None)
    monkeypatch.delenv("GROUNDSWELL_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def _sql(store: Path, statement: str) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute(statement)


def _names(file: Path) -> list[str]:
    ground = open_ground(file)
    with reading(ground.engine) as session:
        names = [row.name for row in products(session)]
    ground.engine.dispose()
    return names


def test_a_backup_restored_elsewhere_is_the_same_installation(tmp_path: Path) -> None:
    carry_out(["init", "one"])
    _sql(tmp_path / "one/groundswell.db", "UPDATE product SET name = 'Kettle'")
    assert carry_out(["db", "backup", "b.tar", "--config", "one/groundswell.toml"]) == 0
    carry_out(["init", "two"])
    assert carry_out(["db", "restore", "b.tar", "--config", "two/groundswell.toml"]) == 0
    assert _names(tmp_path / "two/groundswell.toml") == ["Kettle"]
    keys = [(tmp_path / place / "secret.key").read_bytes() for place in ("one", "two")]
    assert keys[0] == keys[1]


def test_a_restore_is_refused_while_a_service_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    carry_out(["init"])
    carry_out(["db", "backup", "b.tar"])
    before = (tmp_path / "groundswell.db").read_bytes()
    with at_work(read_settings()):
        assert carry_out(["db", "restore", "b.tar"]) == 1
        assert carry_out(["db", "upgrade"]) == 1
    assert "stop it first" in capsys.readouterr().err
    assert (tmp_path / "groundswell.db").read_bytes() == before


@pytest.mark.parametrize("words", [["db", "upgrade"], ["status"], ["run", "--once"]])
def test_a_newer_store_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    carry_out(["init"])
    _sql(tmp_path / "groundswell.db", "UPDATE alembic_version SET version_num = '9999'")
    capsys.readouterr()
    assert carry_out(words) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "9999" in line
    assert "restore a backup" in line


def test_upgrade_makes_an_empty_store_ready(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out(["init"])
    monkeypatch.setattr(schema, "upgrade", ALL_STEPS)
    (tmp_path / "groundswell.db").unlink()
    assert carry_out(["status"]) == 1
    assert carry_out(["db", "upgrade"]) == 0
    assert carry_out(["status"]) == 0
    capsys.readouterr()
    assert carry_out(["db", "upgrade"]) == 0
    assert "already" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["status"], ["db", "upgrade"], ["db", "backup", "b.tar"]])
def test_a_store_that_is_none_names_the_way_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    carry_out(["init"])
    carry_out(["db", "backup", "whole.tar"])
    (tmp_path / "groundswell.db").write_bytes(b"no database" * 999)
    capsys.readouterr()

    assert carry_out(words) == 1

    (line,) = capsys.readouterr().err.splitlines()
    assert "`groundswell db restore FILE`" in line
    assert carry_out(["db", "restore", "whole.tar"]) == 0
    assert carry_out(["status"]) == 0
