"""How `run` and `demo` start: which workspace, one round or the service, and at what time.

Apart from the command line, which must answer `--help` without importing any of this.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from config.clock import ENVIRONMENT_KEY, parse_time, rfc3339
from config.errors import SettingsError
from config.logs import set_up_logs
from config.settings import find_file
from responders import passes, service
from responders.occupancy import at_work
from responders.workspace import CHOICE, open_ground


def start(
    *, host: str | None, port: int | None, once: bool, only: Sequence[str], now: str | None
) -> int:
    """Run the installation in use; return the exit code.

    Raises:
        SettingsError: settings or words of the command are wrong.
    """
    if now is not None:
        os.environ[ENVIRONMENT_KEY] = _time(now)
    file = find_file(CHOICE.config)
    if file is None:
        return start_demo(host=host, port=port)
    return _run_once(file, only) if once else _run(file, host, port)


def _time(text: str) -> str:
    try:
        return rfc3339(parse_time(text))
    except ValueError as error:
        raise SettingsError(f"--now {text} is no time; write 2026-05-12T07:00:00Z") from error


def _run_once(file: Path, only: Sequence[str]) -> int:
    ground = open_ground(file)
    set_up_logs(ground.settings)
    with at_work(ground.settings):
        return 0 if passes.run_once(ground, only) else 1


def _run(file: Path, host: str | None, port: int | None) -> int:
    ground = open_ground(file)
    set_up_logs(ground.settings)
    return service.supervise(ground, file=file, host=host, port=port)


def start_demo(
    *,
    speed: float = 60.0,
    check: bool = False,
    fresh: bool = False,
    host: str | None = None,
    port: int | None = None,
) -> int:
    """Play the demo; return the exit code."""
    raise SettingsError("there is no demo here yet; run `groundswell init`, then `groundswell run`")
