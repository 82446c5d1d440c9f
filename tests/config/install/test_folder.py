"""The marks in ``.venv``: what a set-up that was cut short leaves, and what comes of it."""

import shutil
import sys
from pathlib import Path

import pytest

from config.install.folder import Environment
from config.install.rules import FINGERPRINTED, is_current

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    for name in (*FINGERPRINTED, "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return Environment(tmp_path, "run")


def lay_python(environment: Environment, script: str) -> None:
    environment.python.parent.mkdir(parents=True, exist_ok=True)
    environment.python.write_text(f"#!/bin/sh\n{script}\n")
    environment.python.chmod(0o755)


def test_a_finished_set_up_is_recognised_again(environment: Environment) -> None:
    environment.begin()
    environment.finish(environment.wanted())
    assert is_current(environment.stamp(), environment.wanted())


def test_a_set_up_killed_on_its_way_has_no_stamp_though_an_older_one_ended_well(
    environment: Environment,
) -> None:
    environment.begin()
    environment.finish(environment.wanted())
    environment.begin()
    assert environment.stamp() is None


def test_a_folder_left_by_a_killed_set_up_is_made_anew(environment: Environment) -> None:
    lay_python(environment, "exit 0")
    assert environment.may_be_kept(environment.wanted())
    environment.begin()
    assert not environment.may_be_kept(environment.wanted())


def test_after_a_refusal_the_next_set_up_goes_on_in_the_same_folder(
    environment: Environment,
) -> None:
    lay_python(environment, "exit 0")
    environment.begin()
    environment.hold()
    assert environment.may_be_kept(environment.wanted())


def test_a_folder_whose_python_does_not_start_is_made_anew(environment: Environment) -> None:
    lay_python(environment, "exit 1")
    assert not environment.may_be_kept(environment.wanted())
    environment.python.unlink()
    environment.python.symlink_to("nowhere")
    assert not environment.may_be_kept(environment.wanted())


def test_a_folder_copied_from_elsewhere_is_made_anew(
    environment: Environment, tmp_path: Path
) -> None:
    lay_python(environment, "exit 0")
    environment.begin()
    environment.finish(environment.wanted())
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in (*FINGERPRINTED, "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(environment.folder, copy / ".venv")
    moved = Environment(copy, "run")
    assert moved.stamp() is not None
    assert not moved.may_be_kept(moved.wanted())


def test_discarding_takes_the_folder_and_what_an_earlier_discarding_left(
    environment: Environment, tmp_path: Path
) -> None:
    environment.begin()
    (tmp_path / ".venv-discarded").mkdir()
    (tmp_path / ".venv-discarded" / "half").touch()
    environment.discard()
    assert not list(tmp_path.glob(".venv*"))


@pytest.mark.parametrize(
    ("folder", "found"),
    [
        ("torch-2.13.0+cpu.dist-info", True),
        ("torch-2.13.0.dist-info", True),
        ("torch-2.13.1+cpu.dist-info", False),
        ("torchvision-2.13.0.dist-info", False),
    ],
)
def test_torch_counts_by_its_version_whichever_its_build(
    environment: Environment, folder: str, found: bool
) -> None:
    (environment.folder / "lib" / "python3.11" / "site-packages" / folder).mkdir(parents=True)
    assert environment.has_torch("2.13.0") is found


def test_this_very_python_runs(environment: Environment) -> None:
    environment.python.parent.mkdir(parents=True)
    lay_python(environment, f'exec "{sys.executable}" "$@"')
    assert environment.runs()
