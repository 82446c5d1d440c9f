"""The service as it really runs, killed at random moments of the incident: on it goes.

The model is exchanged for the tiny embedder, through a plug-in that only these processes see.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest

from config.clock import ENVIRONMENT_KEY, PacedClock
from config.keys import KEY_FILE, make_key
from tests.faults.harness import Installation
from tests.faults.scenario import FIRST_LOOK, STEPS
from tests.faults.stores import Dump, SqliteStores, dump
from tests.faults.world import World

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120
"""The machine may be busy; nothing here is waited for by a fixed time."""
SPEED = 120.0
POSTS = len(STEPS[-1].blog) + len(STEPS[-1].forum)
PLUG_IN = """
from pydantic import BaseModel
from tests.places.tiny_embedder import TinyEmbedder

class Options(BaseModel):
    pass

def build(options):
    return TinyEmbedder()
"""
"""Stands in for a file of classifiers/embedders."""


def until(true: Callable[[], bool]) -> bool:
    """Look again and again until it is true; a condition, not a time, ends the wait."""
    pause = threading.Event()
    for _ in range(PATIENCE_S * 20):
        if true():
            return True
        pause.wait(0.05)
    return False


class Service:
    """One `groundswell run`."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self.process, self._log = process, log
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready "), log.read_text(encoding="utf-8")
        self._place = line.split("page=http://")[1].strip().rstrip("/")

    def child(self, name: str) -> int:
        """Return the number of a child as it was started last."""
        lines = self._log.read_text(encoding="utf-8").splitlines()
        events = [json.loads(line) for line in lines if line.startswith("{")]
        started = [event for event in events if event.get("event") == "child_started"]
        return int([event["pid"] for event in started if event["child"] == name][-1])

    def answers(self) -> bool:
        """Ask for /healthz."""
        connection = HTTPConnection(self._place, timeout=PATIENCE_S)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@contextmanager
def running(installation: Installation, environ: Mapping[str, str], name: str) -> Iterator[Service]:
    """Run the service; it is gone afterwards however it ends."""
    log = installation.folder / f"{name}.jsonl"
    config = str(installation.folder / "groundswell.toml")
    command = [sys.executable, "-m", "responders.cli", "--config", config, "run", "--port", "0"]
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        try:
            yield Service(process, log)
        finally:
            if process.poll() is None:
                process.terminate()


@pytest.fixture
def installation(tmp_path: Path, sqlite_template: bytes) -> Iterator[Installation]:
    """An installation with its places, not started yet."""
    with World() as world:
        made = Installation(tmp_path, SqliteStores(tmp_path, sqlite_template), world)
        made.declare()
        make_key(tmp_path / KEY_FILE)
        yield made


@pytest.fixture
def environ(tmp_path: Path) -> Mapping[str, str]:
    """The environment of the service: the tiny embedder, and a clock that runs faster."""
    site, embedders = tmp_path / "site", tmp_path / "site" / "more_embedders"
    embedders.mkdir(parents=True)
    (embedders / "tiny.py").write_text(PLUG_IN, encoding="utf-8")
    (site / "sitecustomize.py").write_text(
        f"import classifiers.embedders as room\nroom.__path__.append({str(embedders)!r})\n",
        encoding="utf-8",
    )
    shown = FIRST_LOOK + timedelta(hours=4)
    clock = PacedClock(datetime.now(UTC), shown, SPEED, shown + timedelta(days=30))
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)]),
        ENVIRONMENT_KEY: clock.as_text(),
        "GROUNDSWELL__DETECT__EMBEDDER": "tiny",
        "GROUNDSWELL__LISTEN__INTERVAL_MINUTES": "5",
    }


def settled(rows: Dump) -> bool:
    """Tell whether all was heard, judged, alerted and drafted."""
    alerts = [row["state"] for row in rows["delivery"] if row["kind"] == "alert"]
    return (
        len(rows["post"]) == len(rows["membership"]) == POSTS
        and alerts == ["sent", "sent"]
        and bool(rows["draft"])
    )


@pytest.mark.faults
@pytest.mark.alone
@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_killed_the_service_goes_on_and_nothing_is_lost_or_doubled(
    installation: Installation, environ: Mapping[str, str], seed: int
) -> None:
    chance = random.Random(seed)
    world, url = installation.world, installation.stores.url
    world.show(STEPS[0])
    with ExitStack() as services:
        first = services.enter_context(running(installation, environ, "first"))
        assert until(lambda: world.asked >= chance.randrange(1, 4))
        os.kill(first.child("work"), signal.SIGKILL)
        assert until(lambda: len(dump(url)["membership"]) == len(STEPS[0].blog + STEPS[0].forum))

        world.show(STEPS[2])
        moment = world.asked + chance.randrange(1, 4)
        assert until(lambda: world.asked >= moment)
        first.process.kill()
        second = services.enter_context(running(installation, environ, "second"))
        assert until(lambda: settled(dump(url))), (installation.folder / "second.jsonl").read_text()

        os.kill(second.child("serve"), signal.SIGKILL)
        assert until(second.answers)
        second.process.terminate()
        assert second.process.wait(PATIENCE_S) == 0
    check(installation)


def check(installation: Installation) -> None:
    """Hold the end to what the day was: everything once."""
    rows = dump(installation.stores.url)
    assert settled(rows)
    assert len({(row["source_id"], row["remote_id"]) for row in rows["post"]}) == POSTS
    assert [len(rows[table]) for table in ("issue", "alert", "revision")] == [1, 1, 1]
    threads = [row["thread_id"] for row in rows["draft"]]
    assert len(threads) == len(set(threads))
    # A kill between sending and recording sends a message again, and only one kill is such.
    due = [row for row in rows["delivery"] if row["channel"] == "discord"]
    assert len(due) <= len(installation.world.discord.messages) <= len(due) + 1
    assert not installation.world.replies
    assert not installation.world.written_elsewhere
