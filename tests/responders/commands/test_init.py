"""A workspace made from nothing, and never over an old one."""

import io
import os
import stat
from pathlib import Path

import pytest

from config.database import reading
from config.settings import load_settings
from listener.store import products
from responders.cli import carry_out
from responders.commands.init import SETTINGS
from responders.workspace import CHOICE, open_ground, plugin_sections


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(CHOICE, "config", None)
    monkeypatch.delenv("GROUNDSWELL_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def _products(folder: Path) -> list[tuple[str, list[str], str]]:
    ground = open_ground(folder / "groundswell.toml")
    with reading(ground.engine) as session:
        found = [(row.name, row.languages, row.query) for row in products(session)]
    ground.engine.dispose()
    return found


def test_init_makes_settings_key_and_store_with_a_product_that_takes_every_post(
    tmp_path: Path,
) -> None:
    assert carry_out(["init", "here"]) == 0
    assert _products(tmp_path / "here") == [("default", ["en"], "")]
    for name in ("secret.key", "groundswell.toml", "groundswell.db"):
        assert stat.S_IMODE((tmp_path / "here" / name).stat().st_mode) == 0o600, name
    ignored = (tmp_path / "here" / ".gitignore").read_text().splitlines()
    assert {"secret.key", "*.db*"} <= set(ignored)


@pytest.mark.usefixtures("upgraded_at_once")
def test_init_again_changes_nothing(tmp_path: Path) -> None:
    carry_out(["init"])
    names = ("groundswell.toml", "secret.key", "groundswell.db")
    before = {name: (tmp_path / name).read_bytes() for name in names}
    assert carry_out(["init"]) == 0
    assert {name: (tmp_path / name).read_bytes() for name in names} == before


@pytest.mark.usefixtures("upgraded_at_once")
def test_init_completes_what_is_missing_and_keeps_the_rest(tmp_path: Path) -> None:
    own = '[database]\nurl = "sqlite:///mine.db"\n'
    (tmp_path / "groundswell.toml").write_text(own)
    assert carry_out(["init"]) == 0
    assert (tmp_path / "groundswell.toml").read_text() == own
    assert (tmp_path / "mine.db").is_file()


def test_an_unwritable_place_is_one_line_with_a_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert carry_out(["init", "file/below"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "cannot be written" in line
    assert "groundswell init DIR" in line


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_one_line_with_a_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o500)
    assert carry_out(["init"]) == 1
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.usefixtures("upgraded_at_once")
def test_on_a_terminal_it_asks_for_product_and_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("Kettle\nen, DE\n"))
    assert carry_out(["init"]) == 0
    assert _products(tmp_path) == [("Kettle", ["en", "de"], "")]


def test_the_commented_settings_are_valid_and_say_what_the_defaults_are(tmp_path: Path) -> None:
    file = tmp_path / "groundswell.toml"
    file.write_text(SETTINGS)
    written = load_settings(file, environ={}, plugins=plugin_sections())
    default = load_settings(None, environ={}, plugins=plugin_sections())
    assert written.model_dump(exclude={"folder"}) == default.model_dump(exclude={"folder"})
