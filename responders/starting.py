"""How `run` and `demo` start: which workspace, one round or the service, and at what time.

Apart from the command line, which must answer `--help` without importing any of this.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from config.clock import ENVIRONMENT_KEY, parse_time, rfc3339
from config.errors import SettingsError
from config.logs import set_up_logs
from config.settings import find_file
from responders import passes, service
from responders.commands.output import say
from responders.occupancy import at_work
from responders.resting import left_alone
from responders.voice.proposing import packs_of
from responders.workspace import CHOICE, open_ground

if TYPE_CHECKING:
    from responders.demo.play import Demo

SPEED = 60.0
"""Seconds of the demo's day in a second of the machine."""


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
    if file is not None and not _is_demo(file):
        return _run_once(file, only) if once else _run(file, host, port)
    folder = file.parent if file is not None else None
    if not once:
        return start_demo(folder=folder, host=host, port=port)
    with _playing(fresh=False, speed=SPEED, folder=folder) as demo:
        return _run_once(demo.config, only)


def _time(text: str) -> str:
    try:
        return rfc3339(parse_time(text))
    except ValueError as error:
        raise SettingsError(f"--now {text} is no time; write 2026-05-12T07:00:00Z") from error


def _run_once(file: Path, only: Sequence[str]) -> int:
    ground = open_ground(file)
    packs_of(ground.settings)  # a broken text is told now, not when somebody waits for it
    set_up_logs(ground.settings)
    crawls = not only or "crawl" in only
    resting = left_alone(ground, everything="crawl" in only) if crawls else ""
    with at_work(ground.settings):
        done = passes.run_once(ground, only)
    if resting:
        say(resting)
    return 0 if done else 1


def _run(file: Path, host: str | None, port: int | None, *, ready: str = "") -> int:
    ground = open_ground(file)
    packs_of(ground.settings)
    set_up_logs(ground.settings)
    return service.supervise(ground, file=file, host=host, port=port, ready=ready)


def worker() -> None:
    """Run the passes alone, beside a service on another machine; no console, no page.

    It shares the work through the store: each pass of a product is done by one of them at a time.
    Its first line of output is "ready worker".

    Example:
        groundswell worker
    """
    ground = open_ground()
    packs_of(ground.settings)
    set_up_logs(ground.settings)
    file = find_file(CHOICE.config)
    if file is None:  # opening it said so already
        raise SettingsError("there is no settings file; make one: groundswell init")
    raise typer.Exit(service.supervise_work(ground, file=file))


def start_demo(
    *,
    speed: float = SPEED,
    check: bool = False,
    fresh: bool = False,
    folder: Path | None = None,
    host: str | None = None,
    port: int | None = None,
) -> int:
    """Play the demo's day, or go on with it; return the exit code.

    Args:
        speed: how many times faster than it happened.
        check: play it to its end by itself, and check each step.
        fresh: begin the day anew.
        folder: its workspace; by default data/run/demo.
        host: where console and page listen; None leaves it to the settings.
        port: the same.
    """
    if check:
        from responders.demo.checking import check as check_demo

        return 0 if check_demo(folder) else 1
    with _playing(fresh=fresh, speed=speed, folder=folder) as demo:
        return _run(demo.config, host, port, ready=demo.log_in)


@contextmanager
def _playing(*, fresh: bool, speed: float, folder: Path | None) -> "Iterator[Demo]":
    """Play the demo for a block, its clock in the environment."""
    from responders.demo.play import prepare

    with prepare(fresh=fresh, speed=speed, workspace=folder) as demo:
        os.environ.update(demo.environ)
        demo.watch()
        yield demo


def _is_demo(file: Path) -> bool:
    from responders.demo.remembering import MEMORY

    return (file.parent / MEMORY).is_file()
