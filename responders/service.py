"""The running service: a supervisor and its two children, *work* (passes) and *serve* (web).

Two processes, because a crash of the model must never take the console with it. The supervisor
binds the address first and hands it down, so that a restarted *serve* goes on where the old one
was; it holds one end of a pipe, so that the children notice its death however it died.
`python -m responders.service work|serve` is a child's way in.
"""

import argparse
import contextlib
import errno
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import GroundswellError
from config.ground import Ground
from config.logs import event_log, masked, set_up_logs
from config.settings import Settings
from responders.occupancy import at_work
from responders.workspace import open_ground

STOP_S = 5.0
"""What the children have for a clean end."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
LOOK_EVERY_S = 0.2
BOT_PARTING_S = 2.0
"""What a bot has to leave its chat; a line that is cut is as good to Discord."""
PATIENCE_S = 60.0
"""What *work* waits for the ready line; a console that does not come up holds no pass back."""
STEADY_S = 60.0
"""A child that lived this long is not crash-looping."""

log = event_log(__name__)


class PortTaken(GroundswellError):
    """Something else listens there."""


def pause_s(crashes: int) -> float:
    """Return how long to wait after the n-th crash in a row: 0.5 s, doubling to 30 s."""
    return float(min(FIRST_PAUSE_S * 2.0 ** min(crashes - 1, 10), LONGEST_PAUSE_S))


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 lets the system choose.

    Raises:
        PortTaken: something else listens there.
        GroundswellError: this machine has no such address, or we may not use it.
    """
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"port {port} on {host} is in use; stop what uses it, or choose another: "
                f"groundswell run --port {port + 1}"
            ) from error
        raise GroundswellError(
            f"cannot listen on {host} port {port} ({error.strerror}); choose another with "
            "--host and --port, or in [console] of the settings"
        ) from error


@dataclass(frozen=True)
class Addresses:
    """Where people find us."""

    console: str
    page: str

    @classmethod
    def of(cls, settings: Settings, listening: socket.socket) -> "Addresses":
        """Return the addresses people should use: the operator's, else the one listened on."""
        here = f"http://{_reached_at(listening)}"
        return cls(
            console=settings.console.url or f"{here}/console/", page=settings.page.url or f"{here}/"
        )

    def __str__(self) -> str:
        return f"console={self.console} page={self.page}"

    def environ(self) -> Mapping[str, str]:
        """Return what tells the children, so that drafts and alerts link where we listen."""
        return {
            "GROUNDSWELL__CONSOLE__URL": self.console,
            "GROUNDSWELL__PAGE__URL": self.page,
        }


def _reached_at(listening: socket.socket) -> str:
    """Return host and port by which this machine reaches the socket."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Turn:
    """Lets *work* begin once the ready line is told.

    Both write to the same output, and scripts read the ready line first: an alert that waited for
    the service must not come before it. The process itself is started at once, so its libraries
    load beside those of *serve*. The closed end of a pipe says it, also to a child that is started
    again later, and also when the supervisor is gone.
    """

    def __init__(self) -> None:
        self.awaited, self._held = os.pipe()
        self._guard = threading.Lock()
        self._come = False

    def come(self) -> None:
        """Let it begin."""
        with self._guard:
            if not self._come:
                os.close(self._held)
            self._come = True


class Child:
    """One child process, started again when it crashes."""

    def __init__(
        self, name: str, *arguments: str, fds: Sequence[int], environ: Mapping[str, str]
    ) -> None:
        self.name = name
        self._command = [sys.executable, "-P", "-m", "responders.service", name, *arguments]
        self._fds = tuple(fds)
        self._environ = {**os.environ, **environ}
        self._process: subprocess.Popen[bytes] | None = None
        self._guard = threading.Lock()

    def tend(self, stop: threading.Event) -> None:
        """Keep the child running until told to stop."""
        crashes = 0
        while self._start(stop):
            assert self._process is not None  # noqa: S101 - just started
            began = time.monotonic()
            code = self._process.wait()
            if stop.is_set():
                return
            crashes = 1 if time.monotonic() - began > STEADY_S else crashes + 1
            log.error("child_ended", child=self.name, code=code, restart_in_s=pause_s(crashes))
            stop.wait(pause_s(crashes))

    def _start(self, stop: threading.Event) -> bool:
        with self._guard:
            if stop.is_set():
                return False
            # A group of its own: Ctrl-C at the terminal reaches the supervisor alone.
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                self._command,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                pass_fds=self._fds,
                process_group=0,
            )
            log.info("child_started", child=self.name, pid=self._process.pid)
            return True

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        with self._guard, contextlib.suppress(ProcessLookupError):
            if self._process is not None:
                self._process.terminate()

    def end_by(self, deadline: float) -> None:
        """Wait for the end until ``deadline`` (monotonic), then kill."""
        if self._process is None:
            return
        try:
            self._process.wait(max(deadline - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            log.warning("child_killed", child=self.name)
            self._process.kill()
            self._process.wait()


def supervise(
    ground: Ground, *, file: Path, host: str | None, port: int | None, ready: str = ""
) -> int:
    """Run the service until SIGINT or SIGTERM; print the ready line once it answers.

    Args:
        ground: the installation, already opened, so that its faults were told.
        file: its settings file, for the children.
        host: where to listen; None leaves it to the settings.
        port: the same.
        ready: what the ready line says beside the addresses.
    """
    settings = ground.settings
    ground.engine.dispose()  # the children open their own
    listening = bind(host or settings.console.host, settings.console.port if port is None else port)
    stop = _asked_to_end()
    alive_for, held_open = os.pipe()
    addresses, turn = Addresses.of(settings, listening), Turn()
    line = " ".join(filter(None, [str(addresses), ready]))
    children = _children(file, listening, addresses, alive_for, turn)
    with listening, at_work(settings):
        _tend_all(children, stop, turn, lambda: _tell_when_ready(listening, line, stop))
    os.close(held_open)
    os.close(alive_for)
    return 0


def supervise_work(ground: Ground, *, file: Path) -> int:
    """Run the passes alone, without console, page and bots, until SIGINT or SIGTERM.

    Args:
        ground: the installation, already opened, so that its faults were told.
        file: its settings file, for the child.
    """
    settings = ground.settings
    ground.engine.dispose()
    stop = _asked_to_end()
    alive_for, held_open = os.pipe()
    turn = Turn()
    common = ("--config", str(file.absolute()), "--alive", str(alive_for))
    child = _worker(common, alive_for, turn, {})
    with at_work(settings):
        _tend_all([child], stop, turn, lambda: _say("ready worker"))
    os.close(held_open)
    os.close(alive_for)
    return 0


def _asked_to_end() -> threading.Event:
    """Return what is set once somebody asks us to end."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _worker(common: Sequence[str], alive_for: int, turn: Turn, environ: Mapping[str, str]) -> Child:
    words = (*common, "--turn", str(turn.awaited))
    return Child("work", *words, fds=[alive_for, turn.awaited], environ=environ)


def _children(
    file: Path, listening: socket.socket, addresses: Addresses, alive_for: int, turn: Turn
) -> Sequence[Child]:
    common = ("--config", str(file.absolute()), "--alive", str(alive_for))
    heard = listening.fileno()
    environ = addresses.environ()
    return (
        _worker(common, alive_for, turn, environ),
        Child("serve", *common, "--socket", str(heard), fds=[alive_for, heard], environ=environ),
    )


def _tend_all(
    children: Sequence[Child], stop: threading.Event, turn: Turn, announce: Callable[[], None]
) -> None:
    def tell() -> None:
        announce()
        turn.come()

    threads = [
        threading.Thread(target=child.tend, args=(stop,), name=child.name) for child in children
    ]
    threading.Thread(target=tell, name="announce", daemon=True).start()
    for thread in threads:
        thread.start()
    stop.wait()
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_S
    for child in children:
        child.end_by(deadline)
    for thread in threads:
        thread.join()
    turn.come()
    os.close(turn.awaited)
    log.info("service_stopped")


def _tell_when_ready(listening: socket.socket, line: str, stop: threading.Event) -> None:
    """Print the ready line, once, when *serve* answers; the store opened before."""
    while not stop.is_set():
        if _answers(_reached_at(listening)):
            _say(f"ready {line}")
            return
        stop.wait(LOOK_EVERY_S)


def _answers(place: str) -> bool:
    """Ask for /healthz; the request waits in the socket's queue until a child takes it."""
    connection = http.client.HTTPConnection(place, timeout=30)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


# The children ------------------------------------------------------------------------------------


def _stop_event(alive_fd: int) -> threading.Event:
    """Return what is set when the child is asked to stop, or when its supervisor is gone."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        os.read(alive_fd, 1)  # returns only when the other end is closed
        if not stop.is_set():
            log.warning("supervisor_gone")
            stop.set()
        # Nobody is left to end a child that hangs; one that stops by itself is gone before.
        time.sleep(STOP_S)
        os._exit(1)

    threading.Thread(target=watch, name="alive", daemon=True).start()
    return stop


def _await_turn(turn_fd: int, stop: threading.Event) -> None:
    """Wait for the ready line, the end, or as long as our patience lasts."""
    deadline = time.monotonic() + PATIENCE_S
    while not stop.is_set() and time.monotonic() < deadline:
        if select.select([turn_fd], [], [], LOOK_EVERY_S)[0]:  # readable: its other end is closed
            return


def _work(ground: Ground, stop: threading.Event, turn_fd: int) -> None:
    from responders import passes

    _await_turn(turn_fd, stop)
    busy = passes.work(ground, stop)
    if busy:
        # Each pass can be cut anywhere and done again; waiting for a slow place cannot help.
        log.info("work_cut", passes=busy)
    ground.engine.dispose()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # tearing the model's library down takes seconds and helps nobody


def _serve(ground: Ground, stop: threading.Event, listening: socket.socket) -> None:
    from responders.api.serving import serve
    from responders.bots.running import start_bots

    bots = start_bots(ground, stop)
    serve(ground, listening, stop)
    for bot in bots:
        bot.join(BOT_PARTING_S)


def main(arguments: Sequence[str]) -> int:
    """Be the child that the supervisor asked for."""
    parser = argparse.ArgumentParser(prog="responders.service", description=__doc__)
    parser.add_argument("child", choices=["work", "serve"])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--alive", type=int, required=True, help="read end of the pipe")
    parser.add_argument("--turn", type=int, help="read end of another pipe, for work")
    parser.add_argument("--socket", type=int, help="the listening socket, for serve")
    asked = parser.parse_args(arguments)
    stop = _stop_event(asked.alive)
    try:
        ground = open_ground(asked.config)
        set_up_logs(ground.settings)
        with at_work(ground.settings):
            if asked.child == "work":
                _work(ground, stop, asked.turn)
            else:
                _serve(ground, stop, socket.socket(fileno=asked.socket))
    except GroundswellError as error:
        sys.stderr.write(f"{asked.child}: {masked(str(error))}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
