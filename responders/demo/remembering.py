"""What a demo workspace remembers from one run to the next: its time, its ports, its password.

Apart from the playing, because a run may end at any instant: what is written here is whole or not
there, and the time is written as "the clock, and when it was last seen running".
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from config.clock import parse_time, rfc3339
from config.errors import GroundswellError
from responders.demo.script import PLACES, Place

MEMORY: Final = "demo.json"
LOCK: Final = "demo.lock"


class AlreadyPlayed(GroundswellError):
    """Another process plays the demo in this workspace."""


@dataclass(frozen=True)
class Memory:
    """What stood in the workspace."""

    shown: datetime
    """The time on the demo's clock when it was last seen running."""
    ports: dict[Place, int] = field(default_factory=dict)
    password: str = field(default="", repr=False)
    """Of its user; empty before there is one."""


def recall(folder: Path) -> Memory | None:
    """Return what the last run left; None where there is nothing that can be read."""
    try:
        told = json.loads((folder / MEMORY).read_text(encoding="utf-8"))
        ports = {place: int(told["ports"][place]) for place in PLACES if place in told["ports"]}
        password = str(told.get("password", ""))
        return Memory(shown=parse_time(told["shown"]), ports=ports, password=password)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(folder: Path, memory: Memory) -> None:
    """Write the memory, whole or not at all; only its owner may read it."""
    told = {"shown": rfc3339(memory.shown), "ports": memory.ports, "password": memory.password}
    write_whole(folder / MEMORY, json.dumps(told))


def write_whole(file: Path, line: str) -> None:
    """Write a file of one line, whole or not at all; only its owner may read it."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(line + "\n", encoding="utf-8")
    draft.replace(file)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one who plays in the folder; the lock ends with its process however that ends.

    Raises:
        AlreadyPlayed: somebody else does.
    """
    with (folder / LOCK).open("a", encoding="utf-8") as carrier:
        try:
            fcntl.flock(carrier, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyPlayed(
                f"the demo in {folder} is being played already; stop that one first (Ctrl-C)"
            ) from error
        yield
