"""One lease per pass and product, so that two processes never do the same work.

A lease has a number that grows with each holder. A pass that slept past its time finds a larger
number in its own writing transaction and rolls back: it cannot write over its successor.
Leases run on the machine's time, also where the demo plays its day faster.
Source: https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html (fencing).
"""

import os
import re
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, bindparam
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, update

from config.clock import Clock
from config.database import transaction
from config.errors import TransientError
from config.tables import Lease

PASS_LEASE_S = 60.0
"""How long a pass may be silent before another may take over, in machine seconds."""

_FARTHEST: Final = timedelta(days=1)
"""No lease ends later; one that seems to was taken while a clock was wrong."""


class LeaseLost(TransientError):
    """Another process holds the lease; its work is under way there."""


@dataclass(frozen=True)
class Held:
    """A lease in this process's hands."""

    name: str
    holder: str
    number: int


def make_holder() -> str:
    """Return a name for this process that no other process has."""
    return f"{_machine()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def _machine() -> str:
    """Return where our process numbers count: containers may share a host's name, not these."""
    try:
        namespace = Path("/proc/self/ns/pid").readlink().name
    except OSError:  # no Linux
        namespace = ""
    return re.sub(r"[^\w.-]", "", f"{socket.gethostname()}{namespace}")


def acquire(
    engine: Engine, name: str, *, holder: str, clock: Clock, lasts_s: float = PASS_LEASE_S
) -> Held | None:
    """Take the lease if it is free, ours or run out; return None while another holds it."""
    try:
        return _take(engine, name, holder=holder, now=clock.now(), lasts_s=lasts_s)
    except IntegrityError:  # two processes made the first row of this lease at once
        return None


def _take(engine: Engine, name: str, *, holder: str, now: datetime, lasts_s: float) -> Held | None:
    expires_at = now + timedelta(seconds=lasts_s)
    with transaction(engine) as session:
        row = session.get(Lease, name, with_for_update=True)
        if row is None:
            session.add(Lease(name=name, holder=holder, number=1, expires_at=expires_at))
            return Held(name, holder, 1)
        runs = now < row.expires_at <= now + _FARTHEST
        if row.holder != holder and runs and not holder_is_dead(row.holder):
            return None
        row.number += row.holder != holder
        row.holder, row.expires_at = holder, expires_at
        session.add(row)
        return Held(name, holder, row.number)


def holder_is_dead(holder: str) -> bool:
    """Tell whether the holder was a process of this machine that no longer runs.

    Without this a service killed and started again would wait for its own old lease.
    """
    machine, _, rest = holder.partition(":")
    number, _, _ = rest.partition(":")
    if machine != _machine() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


_KEEP: Final = (
    update(Lease)
    .where(col(Lease.name) == bindparam("of"), col(Lease.number) == bindparam("as_number"))
    .where(col(Lease.holder) == bindparam("by"))
    .values(expires_at=bindparam("until"))
)
"""Written once: every look at a source keeps its lease."""


def check(session: Session, held: Held, *, now: datetime, lasts_s: float = PASS_LEASE_S) -> None:
    """Keep the lease inside a writing transaction, or roll that back.

    Raises:
        LeaseLost: another process has taken it since.
    """
    given = {"of": held.name, "as_number": held.number, "by": held.holder}
    until = {"until": now + timedelta(seconds=lasts_s)}
    if session.connection().execute(_KEEP, given | until).rowcount != 1:
        raise LeaseLost(f"another process took over {held.name}; nothing was written here")


def release(engine: Engine, held: Held, *, clock: Clock) -> None:
    """Give the lease back, so that the next pass need not wait for its end."""
    now = clock.now()
    with transaction(engine) as session:
        session.connection().execute(
            update(Lease)
            .where(col(Lease.name) == held.name, col(Lease.number) == held.number)
            .values(expires_at=now)
        )


@contextmanager
def holding(engine: Engine, name: str, *, clock: Clock, holder: str) -> Iterator[Held | None]:
    """Hold the lease for a block; yields None when another process has it."""
    held = acquire(engine, name, holder=holder, clock=clock)
    try:
        yield held
    finally:
        if held is not None:
            release(engine, held, clock=clock)
