"""Makes ``.venv`` what the lock files say: ``python3 -m config.install run|dev``.

Apart from the application, because it runs before there is one: standard library only. The
Makefile calls it before every verb; with nothing to do it ends in a moment. Plain pip does the
work: version 26.3 takes 20 s where 23.2 took 170 s, so a faster installer would bring a second
set of rules and little else. Byte code is left to the first import, which halves the wait.
"""

import argparse
import fcntl
import os
import platform
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from config.errors import GroundswellError, PermanentError
from config.installing import (
    CPU_LOCK,
    FINGERPRINTED,
    LOCKS,
    PIP_LOCK,
    Level,
    Stamp,
    big_download,
    disk_problem,
    fingerprint,
    is_current,
    leftovers,
    locked,
    not_offered,
    read_stamp,
    same_place,
    torch_attempts,
    write_stamp,
)

HEARTBEAT_S = 15.0
# Any of these would send packages past .venv, or our own folders into pip's imports.
MISLEADING = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_ROOT")


class Refused(PermanentError):
    """A tool of the set-up failed; ``output`` holds its last lines."""

    def __init__(self, message: str, output: str) -> None:
        super().__init__(message)
        self.output = output


def say(text: str) -> None:
    """Write one line for the person, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Environment:
    """The folder ``.venv`` of one checkout, and what is known about it."""

    def __init__(self, root: Path, level: Level) -> None:
        self.root = root
        self.level = level
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.log = self.folder / "setup.log"
        self._stamp = self.folder / "groundswell-setup.json"
        self._unfinished = self.folder / "groundswell-unfinished"

    def wanted(self) -> Stamp:
        """Return the stamp this set-up would leave."""
        locks = {name: (self.root / name).read_text("utf-8") for name in FINGERPRINTED}
        return Stamp(
            fingerprint=fingerprint(locks, (self.root / "pyproject.toml").read_text("utf-8")),
            level=self.level,
            root=str(self.root),
            python=f"{sys.version_info.major}.{sys.version_info.minor}",
            packages=tuple(sorted(locked(locks[LOCKS[self.level]]))),
        )

    def stamp(self) -> Stamp | None:
        """Return the stamp of the last set-up that came to its end."""
        if self._unfinished.exists() or not self._stamp.is_file():
            return None
        return read_stamp(self._stamp.read_text("utf-8"))

    def may_be_kept(self, wanted: Stamp) -> bool:
        """Tell whether to work on in the folder, ours or one a person made, or to start anew."""
        if self._unfinished.exists() or not self.runs():
            return False
        stamp = self.stamp()
        return stamp is None or same_place(stamp, wanted)

    def runs(self) -> bool:
        """Tell whether the environment's Python starts, is of our version and has pip."""
        version = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
        if not self.python.exists():
            return False
        command = [str(self.python), "-P", "-c", version]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - our own words

    def begin(self) -> None:
        """Mark the folder as half done: whatever is killed from here on is made anew."""
        self.folder.mkdir(exist_ok=True)
        self._unfinished.touch()

    def hold(self) -> None:
        """Take the mark away after a refusal: pip undid its work, so the next run goes on here."""
        self._unfinished.unlink(missing_ok=True)

    def finish(self, stamp: Stamp) -> None:
        """Leave the stamp, whole or not at all."""
        draft = self._stamp.with_suffix(".new")
        draft.write_text(write_stamp(stamp), "utf-8")
        draft.replace(self._stamp)
        self.hold()

    def discard(self) -> None:
        """Take the old folder away; the rename makes sure no half of it is ever worked on."""
        grave = self.root / ".venv-discarded"
        shutil.rmtree(grave, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(grave)
        shutil.rmtree(grave, ignore_errors=True)

    def has_torch(self, version: str) -> bool:
        """Tell whether this version of torch stands there, of whichever build."""
        found = self.folder.glob("lib/python*/site-packages/torch-*.dist-info")
        return any(f.name.split("-")[1].split("+")[0] == version for f in found)

    def megabytes(self) -> int:
        """Return what the folder takes on the disk, links counted once."""
        seen = {(s.st_ino, s.st_size) for s in (f.lstat() for f in self.folder.rglob("*"))}
        return round(sum(size for _, size in seen) / 1e6)


class SetUp:
    """One run of the set-up on an environment; each step is safe to do again."""

    def __init__(self, environment: Environment, lock_fd: int) -> None:
        self.environment = environment
        self._lock_fd = lock_fd

    def bring_to(self, wanted: Stamp) -> None:
        """Do what is missing, step by step."""
        environment = self.environment
        before = environment.stamp()
        if not environment.may_be_kept(wanted):
            self._make_anew()
        environment.begin()
        environment.log.unlink(missing_ok=True)
        try:
            with self._step("pip"):
                self._pip("--require-hashes", "-r", PIP_LOCK)
            with self._step("torch"):
                self._install_torch()
            with self._step("libraries"):
                self._pip("--require-hashes", "-r", LOCKS[wanted.level])
                self._remove(leftovers(before.packages if before else (), wanted.packages))
            with self._step("groundswell"):
                self._pip("--no-build-isolation", "--editable", ".")
        except PermanentError:
            environment.hold()
            raise
        environment.finish(wanted)

    def _make_anew(self) -> None:
        with self._step("environment"):
            if problem := disk_problem(shutil.disk_usage(self.environment.root).free):
                raise PermanentError(problem)
            # Read before the folder goes: we may be running from the one that is replaced.
            base = getattr(sys, "_base_executable", sys.executable)
            self.environment.discard()
            self.environment.begin()
            self._command([base, "-m", "venv", str(self.environment.folder)])

    def _install_torch(self) -> None:
        pins = locked((self.environment.root / CPU_LOCK).read_text("utf-8"))
        (pinned,) = pins["torch"]
        version = pinned.split("+")[0]
        index = os.environ.get("TORCH_INDEX", "").strip()
        for attempt in torch_attempts(system=platform.system(), index=index, version=version):
            if self.environment.has_torch(version):
                return
            if attempt.notice:
                say(f"  {attempt.notice}")
            try:
                self._pip(*attempt.arguments)
            except Refused as refusal:
                if not not_offered(refusal.output):
                    raise
        if not self.environment.has_torch(version):
            where = "TORCH_INDEX offers" if index else "pip's configuration offers"
            raise PermanentError(
                f"Nothing that {where} is torch {version} for {platform.system()} on "
                f"{platform.machine()} with this Python: name another index in TORCH_INDEX, "
                f"or another Python (make setup PYTHON=…)."
            )

    def _remove(self, packages: list[str]) -> None:
        if packages:
            say(f"  removing what the lock no longer names: {', '.join(packages)}")
            python = str(self.environment.python)
            self._command([python, "-P", "-m", "pip", "uninstall", "--yes", *packages])

    def _pip(self, *arguments: str) -> None:
        python = str(self.environment.python)
        # The locks are whole and hold wheels only, so nothing is resolved and nothing built here.
        options = ["--no-deps", "--only-binary", ":all:", "--no-compile", "--progress-bar", "off"]
        self._command([python, "-P", "-m", "pip", "install", *options, *arguments])

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        say(f"  {name} …")
        yield
        say(f"  {name} done in {time.monotonic() - began:.0f} s")

    def _command(self, command: list[str]) -> None:
        """Run a command of the set-up, telling of long waits.

        The lock goes with it: when we are killed and pip lives on, the next set-up waits for it
        instead of working in the same folder.

        Raises:
            Refused: It ended with an error.
        """
        kept: deque[str] = deque(maxlen=200)
        lines: SimpleQueue[str | None] = SimpleQueue()
        environment = {k: v for k, v in os.environ.items() if k not in MISLEADING}
        environment |= {"PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        with (
            self.environment.log.open("a", encoding="utf-8") as log,
            subprocess.Popen(  # noqa: S603 - our own words
                command,
                cwd=self.environment.root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(self._lock_fd,),
                text=True,
                errors="replace",
            ) as process,
        ):
            Thread(target=_forward, args=(process, lines), daemon=True).start()
            for line in _watched(lines):
                log.write(line)
                kept.append(line)
        if process.returncode:
            raise Refused(_complaint(kept), "".join(kept))


def _forward(process: subprocess.Popen[str], lines: SimpleQueue[str | None]) -> None:
    for line in process.stdout or ():
        lines.put(line)
    lines.put(None)


def _watched(lines: SimpleQueue[str | None]) -> Iterator[str]:
    """Yield the lines of a command as they come, and tell the person that it lives."""
    began = time.monotonic()
    while True:
        try:
            line = lines.get(timeout=HEARTBEAT_S)
        except Empty:
            say(f"  … at it for {time.monotonic() - began:.0f} s")
            continue
        if line is None:
            return
        if download := big_download(line):
            say(f"  fetching {download}")
        yield line


def _complaint(lines: deque[str]) -> str:
    errors = [line.strip() for line in lines if line.lstrip().lower().startswith("error")]
    words = " ".join(errors[-3:]) or " ".join(line.strip() for line in list(lines)[-3:])
    return (
        f"The set-up stopped: {words or 'a tool ended without a word'} "
        f"(all of it: .venv/setup.log). Check network and disk, then run the same again."
    )


@contextmanager
def _alone(root: Path) -> Iterator[int]:
    """Hold the set-up's lock, which the system lets go of however we end.

    A file that is always there carries it, so that nothing is left behind.
    """
    with (root / "pyproject.toml").open("rb") as carrier:
        try:
            fcntl.flock(carrier, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work in this folder; waiting for it.")
            fcntl.flock(carrier, fcntl.LOCK_EX)
        yield carrier.fileno()


def set_up(root: Path, level: Level) -> None:
    """Bring ``.venv`` under the root to the level, alone; do nothing when it is there already."""
    with _alone(root) as lock_fd:
        environment = Environment(root, level)
        stamp = environment.stamp()
        if is_current(stamp, environment.wanted()) and environment.runs():
            return
        if stamp is not None and stamp.level == "dev":
            environment = Environment(root, "dev")
        began = time.monotonic()
        free = shutil.disk_usage(root).free
        say(f"Setting up .venv (Python {platform.python_version()}, {free / 1e9:.0f} GB free)")
        SetUp(environment, lock_fd).bring_to(environment.wanted())
        took = time.monotonic() - began
        say(f"Set up in {took:.0f} s; .venv takes {environment.megabytes()} MB.")


def main(arguments: list[str]) -> int:
    """Do what the Makefile asks; return the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m config.install", description=__doc__)
    parser.add_argument("level", choices=["run", "dev"])
    parser.add_argument("--is-ready", action="store_true", help="only tell, by the exit code")
    asked = parser.parse_args(arguments)
    root = Path(__file__).resolve().parent.parent
    if asked.is_ready:
        environment = Environment(root, asked.level)
        return 0 if is_current(environment.stamp(), environment.wanted()) else 1
    try:
        set_up(root, asked.level)
    except GroundswellError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except OSError as error:
        sys.stderr.write(f"The set-up cannot go on: {error}. Mend that, then run the same again.\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. The same command starts the set-up again.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
