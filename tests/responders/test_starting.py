"""How `run` and `demo` start: once or for good, at which time, on which workspace."""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.clock import ENVIRONMENT_KEY, SystemClock
from config.ground import Ground
from responders import passes, service, starting
from responders.cli import carry_out
from responders.demo.remembering import MEMORY, recall
from responders.passes import Pass
from responders.taking_turns import Step
from responders.workspace import CHOICE

RAN: list[tuple[str, bool, str]] = []


def _noting(what: Pass) -> Pass:
    def make(ground: Ground, everything: bool) -> Step:
        def step() -> int:
            RAN.append((what.name, everything, ground.clock.now().isoformat()))
            if what.name == "respond":
                raise ValueError("odd")
            return 0

        return step

    return Pass(what.name, make, part_of=what.part_of)


@pytest.fixture
def workspace(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, upgraded_at_once: None
) -> Iterator[Path]:
    """A workspace whose passes only note that they ran; respond fails."""
    RAN.clear()
    monkeypatch.setattr(CHOICE, "config", None)
    monkeypatch.delenv("GROUNDSWELL_CONFIG", raising=False)
    monkeypatch.setenv(ENVIRONMENT_KEY, "")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(passes, "PASSES", tuple(_noting(one) for one in passes.PASSES))
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    assert carry_out(["init"]) == 0
    yield tmp_path
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


@pytest.mark.usefixtures("workspace")
def test_once_runs_every_pass_once_in_order_and_a_failure_ends_with_1() -> None:
    assert carry_out(["run", "--once"]) == 1
    assert [name for name, *_ in RAN] == [one.name for one in passes.PASSES]


@pytest.mark.usefixtures("workspace")
def test_once_with_crawl_alone_asks_for_every_source() -> None:
    assert carry_out(["run", "--once", "--only", "crawl"]) == 0
    assert [(name, everything) for name, everything, _ in RAN] == [("crawl", True)]


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(("only", "told"), [("crawl", True), ("detect", False)])
def test_a_round_says_what_became_of_no_place(
    capsys: pytest.CaptureFixture[str], only: str, told: bool
) -> None:
    capsys.readouterr()
    carry_out(["run", "--once", "--only", only])
    assert ("groundswell source add URL" in capsys.readouterr().err) is told


@pytest.mark.usefixtures("workspace")
def test_now_is_the_time_of_the_whole_run() -> None:
    carry_out(["run", "--once", "--only", "detect", "--now", "2026-05-12T07:00:00+02:00"])
    assert RAN[0][2] == "2026-05-12T05:00:00+00:00"
    assert os.environ[ENVIRONMENT_KEY] == "2026-05-12T05:00:00Z"


@pytest.mark.usefixtures("workspace")
def test_a_time_that_is_none_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert carry_out(["run", "--once", "--now", "noonish"]) == 2
    assert "2026-05-12T07:00:00Z" in capsys.readouterr().err


def test_run_once_while_another_runs_shares_the_work(workspace: Path) -> None:
    from responders.occupancy import at_work
    from responders.workspace import read_settings

    with at_work(read_settings()):
        assert carry_out(["run", "--once", "--only", "deliver"]) == 0


@pytest.mark.parametrize("named", [False, True])
def test_without_settings_or_on_a_demo_workspace_the_demo_is_played(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    played: list[Path | None] = []

    def play(*, folder: Path | None = None, host: object, port: object) -> int:
        played.append(folder)
        return 0

    monkeypatch.setattr(starting, "start_demo", play)
    if named:
        (workspace / MEMORY).write_text(json.dumps({}))
    else:
        (workspace / "groundswell.toml").unlink()
    assert carry_out(["run"]) == 0
    assert [folder is not None for folder in played] == [named]


def test_the_machines_clock_counts_without_now(workspace: Path) -> None:
    before = SystemClock().now().isoformat()
    carry_out(["run", "--once", "--only", "crawl"])
    assert RAN[0][2] >= before


def test_the_demo_says_with_what_to_log_in_and_an_ordinary_workspace_does_not(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def supervise(ground: Ground, *, ready: str, **_asked: object) -> int:
        told.append(ready)
        return 0

    monkeypatch.setattr(service, "supervise", supervise)
    assert carry_out(["run"]) == 0
    folder = workspace / "demo"
    assert starting.start_demo(folder=folder) == 0
    memory = recall(folder)
    assert memory is not None
    assert told == ["", f"user=demo password={memory.password}"]
