"""``python3 -m config.install run|dev``: the Makefile calls it before every verb.

With nothing to do it ends in a moment; two at once wait for each other.
"""

import argparse
import fcntl
import platform
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.errors import GroundswellError
from config.install.command import say
from config.install.folder import Environment
from config.install.rules import Level, is_current
from config.install.steps import SetUp


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
    root = Path(__file__).resolve().parents[2]
    if asked.is_ready:
        environment = Environment(root, asked.level)
        return 0 if is_current(environment.stamp(), environment.wanted()) else 1
    # A polite end must take pip along; gigabytes would go on arriving otherwise.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
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
