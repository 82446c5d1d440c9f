"""The service as real processes: ready, killed, restarted, stopped."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.errors import GroundswellError
from config.settings import load_settings
from responders import service
from responders.cli import carry_out
from responders.workspace import CHOICE

ROOT = Path(__file__).parents[2]
PATIENCE_S = 90
"""The machine may be busy; nothing here is waited for by a fixed time."""


@dataclass
class Running:
    """A service under test and what it said."""

    process: subprocess.Popen[str]
    ready: dict[str, str]
    log: Path

    @property
    def place(self) -> str:
        return self.ready["page"].removeprefix("http://").rstrip("/")

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.place, timeout=PATIENCE_S)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def children(self) -> dict[str, int]:
        """The pid of each child as it was started last."""
        found = {}
        for line in self.log.read_text().splitlines():
            event = json.loads(line) if line.startswith("{") else {}
            if event.get("event") == "child_started":
                found[event["child"]] = event["pid"]
        return found


def until(true: Callable[[], bool]) -> bool:
    """Look again and again until it is true; a condition, not a time, ends the wait."""
    pause = threading.Event()
    for _ in range(PATIENCE_S * 10):
        if true():
            return True
        pause.wait(0.1)
    return False


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def running(folder: Path, *words: str) -> Iterator[Running]:
    log = folder / "log.jsonl"
    config = str(folder / "groundswell.toml")
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-m", "responders.cli", "--config", config, "run", *words],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("ready "), log.read_text()
            ready = dict(word.split("=", 1) for word in line.split()[1:])
            yield Running(process, ready, log)
        finally:
            if process.poll() is None:
                process.terminate()


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upgraded_at_once: None) -> Path:
    monkeypatch.setattr(CHOICE, "config", None)
    monkeypatch.delenv("GROUNDSWELL_CONFIG", raising=False)
    assert carry_out(["init", str(tmp_path)]) == 0
    return tmp_path


def test_a_run_says_once_that_it_is_ready_serves_and_stops_cleanly(workspace: Path) -> None:
    with running(workspace, "--port", "0") as run:
        assert set(run.ready) == {"console", "page"}
        assert run.get("/healthz")[0] == 200
        assert until(lambda: run.get("/")[0] == 200)  # once *work* has written the page
        assert 'name="password"' in run.get("/console/login")[1]
        children = run.children()
        assert all(alive(pid) for pid in children.values())
        run.process.send_signal(signal.SIGTERM)
        assert run.process.wait(PATIENCE_S) == 0
        assert run.process.stdout is not None
        assert run.process.stdout.read() == ""
        assert not any(alive(pid) for pid in children.values())


def test_a_worker_runs_the_passes_alone_and_stops_cleanly(workspace: Path) -> None:
    words = [sys.executable, "-m", "responders.cli", "worker", "--config"]
    log = workspace / "log.jsonl"
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [*words, str(workspace / "groundswell.toml")],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == "ready worker\n"
        run = Running(process, {}, log)
        assert until(lambda: bool(run.children()))
        children = run.children()
        assert set(children) == {"work"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    assert not any(alive(pid) for pid in children.values())


@pytest.mark.faults
def test_a_crash_of_work_leaves_serve_alone_and_is_mended(workspace: Path) -> None:
    with running(workspace, "--port", "0") as run:
        before = run.children()
        os.kill(before["work"], signal.SIGKILL)
        assert run.get("/healthz")[0] == 200
        assert until(lambda: run.children()["work"] != before["work"])
        assert run.children()["serve"] == before["serve"]


@pytest.mark.faults
def test_a_crash_of_serve_keeps_the_address(workspace: Path) -> None:
    with running(workspace, "--port", "0") as run:
        before = run.children()
        os.kill(before["serve"], signal.SIGKILL)
        assert until(lambda: run.children()["serve"] != before["serve"])
        assert run.get("/healthz")[0] == 200


@pytest.mark.faults
def test_children_stop_when_their_supervisor_is_killed(workspace: Path) -> None:
    with running(workspace, "--port", "0") as run:
        children = run.children()
        run.process.kill()
        run.process.wait(PATIENCE_S)
        assert until(lambda: not any(alive(pid) for pid in children.values()))


def test_a_port_in_use_is_one_line_with_a_remedy(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = str(workspace / "groundswell.toml")
        capsys.readouterr()
        assert carry_out(["run", "--port", str(port), "--config", config]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert f"port {port} on 127.0.0.1 is in use" in line
    assert "--port" in line


def test_an_address_that_is_not_ours_is_one_line() -> None:
    with pytest.raises(GroundswellError, match="cannot listen on"):
        service.bind("192.0.2.1", 0)


@pytest.mark.parametrize(
    ("crashes", "wait_s"), [(1, 0.5), (2, 1), (3, 2), (6, 16), (7, 30), (1000, 30)]
)
def test_a_child_that_crashes_again_is_waited_for_longer(crashes: int, wait_s: float) -> None:
    assert service.pause_s(crashes) == wait_s


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")]
)
def test_the_addresses_shown_can_be_opened(host: str, shown: str) -> None:
    with service.bind(host, 0) as listening:
        port = listening.getsockname()[1]
        assert service._reached_at(listening) == f"{shown}:{port}"


def test_the_operators_own_addresses_are_shown_where_set() -> None:
    settings = load_settings(None, environ={"GROUNDSWELL__PAGE__URL": "https://known.example/"})
    with service.bind("127.0.0.1", 0) as listening:
        addresses = service.Addresses.of(settings, listening)
    assert addresses.page == "https://known.example/"
    assert addresses.console.startswith("http://127.0.0.1:")
    assert addresses.environ()["GROUNDSWELL__PAGE__URL"] == "https://known.example/"


def test_the_ready_line_says_what_else_there_is_to_know(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_answers", lambda _place: True)
    settings = load_settings(None)
    with service.bind("127.0.0.1", 0) as listening:
        addresses = service.Addresses.of(settings, listening)
        service._tell_when_ready(listening, f"{addresses} user=demo", threading.Event())
    said = capsys.readouterr().out
    assert said == f"ready console={addresses.console} page={addresses.page} user=demo\n"


ORPHAN = """
import os, signal, sys, threading
from responders import service
service.STOP_S = 0.1
service._stop_event(int(sys.argv[1]))
os.kill(os.getpid(), signal.SIGTERM)
print("asked to stop", flush=True)
threading.Event().wait()
"""


def test_a_child_that_hangs_while_it_stops_ends_once_its_supervisor_is_gone() -> None:
    told, kept = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN, str(told)],
        cwd=ROOT, pass_fds=[told], stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        os.close(told)
        assert child.stdout is not None
        assert child.stdout.readline() == "asked to stop\n"
        assert child.poll() is None
        os.close(kept)
        assert child.wait(PATIENCE_S) == 1


def test_work_begins_once_the_ready_line_is_told() -> None:
    turn, stop, told = service.Turn(), threading.Event(), list[str]()

    def work() -> None:
        service._await_turn(turn.awaited, threading.Event())
        told.append("work")
        stop.set()

    def announce() -> None:
        waiting.start()
        assert not waiting_is_over(waiting)
        told.append("ready")

    waiting = threading.Thread(target=work)
    service._tend_all([], stop, turn, announce)
    waiting.join(PATIENCE_S)
    assert told == ["ready", "work"]


def waiting_is_over(thread: threading.Thread) -> bool:
    thread.join(0.5)
    return not thread.is_alive()


def test_work_that_is_started_again_waits_no_second_time() -> None:
    turn = service.Turn()
    turn.come()
    turn.come()
    for _ in range(2):
        service._await_turn(turn.awaited, threading.Event())
    os.close(turn.awaited)


@pytest.mark.parametrize("patience_s", [0.0, 90.0])
def test_work_waits_neither_for_ever_nor_past_its_end(
    monkeypatch: pytest.MonkeyPatch, patience_s: float
) -> None:
    monkeypatch.setattr(service, "PATIENCE_S", patience_s)
    turn, stop = service.Turn(), threading.Event()
    if patience_s:
        stop.set()
    service._await_turn(turn.awaited, stop)
    turn.come()
    os.close(turn.awaited)
