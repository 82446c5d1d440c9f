"""The life of a process that listens once, unless it is killed on the way; see ``life``.

Apart because here a place is swept over many pages, which the incident's places never need.
"""

import logging
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from config.clock import FixedClock
from config.database import make_engine
from config.ground import Ground
from config.leases import make_holder
from config.settings import load_settings
from listener import crawl
from listener.reading import language, parsing, parsing_worker
from responders.workspace import open_client, plugin_sections
from tests.faults.boundaries import Boundaries
from tests.faults.exchanging import exchange
from tests.faults.life import English

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
KEY = b"k" * 32


@dataclass(frozen=True)
class Look:
    """What one process is to do: look once at every source."""

    folder: Path
    """Holds its settings file, and its log."""
    kill_at: int | None = None
    """The boundary at which it is killed, counted from 0."""


def look(told: Look, parent: Connection) -> None:
    """Look at every source; tell the parent the boundaries there were, and what the looks found."""
    sys.stdout = (told.folder / "terminal.txt").open("a", encoding="utf-8")
    logging.basicConfig(filename=told.folder / "log.txt", force=True)
    exchange(parsing.ParseWorkers, "_run", _parse_here)
    exchange(language, "_detector", English)
    settings = load_settings(
        told.folder / "groundswell.toml", environ={}, plugins=plugin_sections()
    )
    ground = Ground(
        settings=settings,
        engine=make_engine(settings.database_url()),
        clock=FixedClock(NOON),
        key=KEY,
        holder=make_holder(),
    )
    boundaries = Boundaries(told.kill_at)
    boundaries.install()
    looks = crawl.crawl_due(ground, open_client(ground), everything=True)
    parent.send((boundaries.labels, [(one.source, one.state.value, one.reason) for one in looks]))
    os._exit(0)


def _parse_here(_self: object, name: str, job: dict[str, Any], _timeout_s: float) -> object:
    return parsing_worker.JOBS[name](**job)
