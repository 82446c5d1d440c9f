"""Keep the demo's places alive in their own process: started, watched, started again, stopped.

Apart from what the places say, so that they are met as real places are: over the network, by a
process that knows them only by their addresses, and that may find them gone.
"""

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from config.errors import GroundswellError
from config.logs import event_log
from responders.demo.script import PLACES, Place

STOP_S: Final = 5.0
"""How long the places may take to end by themselves."""
RESTARTS: Final = 20
"""After so many the machine has a trouble that starting again does not cure."""

log = event_log(__name__)
Ports = Mapping[Place, int]


class Places:
    """The process of the places, watched by a thread."""

    def __init__(
        self,
        *,
        clock: str,
        ports: Ports | None = None,
        replies: Path | None = None,
        moved: Callable[[Ports], None] = lambda _: None,
    ) -> None:
        """Start the places.

        Args:
            clock: what ``config.clock.clock_from`` reads: the time that the places go by.
            ports: the ports of an earlier run; another is chosen where one is taken.
            replies: the file in which they keep what is written there; None: until they end.
            moved: called when a restart had to choose other ports.

        Raises:
            GroundswellError: they did not come up.
        """
        self._clock, self._moved, self._replies = clock, moved, replies
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self.restarts = 0
        self.restarted = threading.Event()
        """Set after each restart; whoever waits for one clears it first."""
        self._process, self.ports = self._start(ports or {})
        self._watcher = threading.Thread(target=self._watch, name="demo-places", daemon=True)
        self._watcher.start()

    @property
    def pid(self) -> int:
        """The process's number now."""
        with self._guard:
            return self._process.pid

    def set_clock(self, clock: str) -> None:
        """Make the places go by another clock; it counts when this returns.

        Raises:
            GroundswellError: they did not answer.
        """
        with self._guard:
            self._clock = clock
            if _ask(self._process, clock) != "ok":
                raise GroundswellError("the demo's places do not answer; start the demo again")

    def stop(self) -> None:
        """End the process for certain; a second call does nothing."""
        self._stopping.set()
        with self._guard:
            _end(self._process)
        self._watcher.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _start(self, ports: Ports) -> tuple[subprocess.Popen[str], dict[Place, int]]:
        wanted = ",".join(str(ports.get(place, 0)) for place in PLACES)
        command = [sys.executable, "-m", "responders.demo.places"]
        kept = ["--replies", str(self._replies)] if self._replies else []
        process = subprocess.Popen(  # noqa: S603 - our own words
            [*command, "--clock", self._clock, "--ports", wanted, *kept],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        first = process.stdout.readline() if process.stdout else ""
        if not first:
            _end(process)
            raise GroundswellError("the demo's places did not start; the lines above say why")
        told = json.loads(first)
        return process, {place: int(told[place]) for place in PLACES}

    def _watch(self) -> None:
        try:
            while self._restart_when_ended():
                self.restarted.set()
        except GroundswellError as error:
            log.error("places_given_up", reason=str(error))

    def _restart_when_ended(self) -> bool:
        """Wait for the process to end and start it again; False when it was told to end."""
        self._process.wait()
        with self._guard:
            if self._stopping.is_set():
                return False
            if self.restarts >= RESTARTS:
                raise GroundswellError(f"the demo's places ended {RESTARTS} times")
            _close(self._process)
            log.warning("places_restarted", exit_code=self._process.returncode)
            before = self.ports
            self._process, self.ports = self._start(before)
            self.restarts += 1
        if self.ports != before:
            log.warning("places_moved", ports=self.ports)
            self._moved(self.ports)
        return True


def _ask(process: subprocess.Popen[str], line: str) -> str:
    if process.stdin is None or process.stdout is None:
        return ""
    try:
        process.stdin.write(line + "\n")
        process.stdin.flush()
    except OSError:
        return ""
    return process.stdout.readline().strip()


def _end(process: subprocess.Popen[str]) -> None:
    """Close the process's input, which is its sign to end; kill it if it does not."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _close(process)


def _close(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None and not pipe.closed:
            with contextlib.suppress(OSError):
                pipe.close()
