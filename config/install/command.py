"""Runs one tool of the set-up: its words to the log, a sign of life to the person.

Apart from the steps, so that waiting, narrating and complaining are in one place.
"""

import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from config.errors import PermanentError
from config.install.rules import big_download, complaint

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


def run(command: Sequence[str], *, cwd: Path, log: Path, lock_fd: int) -> None:
    """Run a command to its end, telling of long waits.

    The lock goes with it: when we are killed and pip lives on, the next set-up waits for it
    instead of working in the same folder.

    Raises:
        Refused: It ended with an error.
    """
    kept: deque[str] = deque(maxlen=200)
    with (
        log.open("a", encoding="utf-8") as record,
        subprocess.Popen(  # noqa: S603 - our own words
            command,
            cwd=cwd,
            env=_clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(lock_fd,),
            text=True,
            errors="replace",
        ) as process,
    ):
        try:
            for line in _watched(process):
                record.write(line)
                kept.append(line)
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise Refused(complaint(kept), "".join(kept))


def _clean_environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in MISLEADING}
    return kept | {"PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def _watched(process: subprocess.Popen[str]) -> Iterator[str]:
    """Yield the lines of a command as they come, and tell the person that it lives."""
    lines: SimpleQueue[str | None] = SimpleQueue()
    Thread(target=_forward, args=(process, lines), daemon=True).start()
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


def _forward(process: subprocess.Popen[str], lines: SimpleQueue[str | None]) -> None:
    for line in process.stdout or ():
        lines.put(line)
    lines.put(None)
