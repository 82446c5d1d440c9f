"""Who is at work on a workspace: many services share it, a restore wants it for itself.

A lock of the system on `secret.key` carries it: the file is always there, and the lock ends with
its process however that ends, so nothing is ever left behind for a person to delete.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from config.errors import GroundswellError
from config.keys import KEY_FILE
from config.settings import Settings


class Occupied(GroundswellError):
    """Somebody is at work on the store that this command would change under them."""


@contextmanager
def at_work(settings: Settings) -> Iterator[None]:
    """Be one of those at work for a block.

    Raises:
        Occupied: a command has the store for itself.
    """
    with settings.path(KEY_FILE).open("rb") as carrier:
        try:
            fcntl.flock(carrier, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Occupied(
                "the store is being upgraded or restored; start again when that is done"
            ) from error
        yield


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Have the store for oneself for a block.

    Raises:
        Occupied: a service is running on it.
    """
    key = settings.path(KEY_FILE)
    if not key.exists():  # without a key no service can have started
        yield
        return
    with key.open("rb") as carrier:
        try:
            fcntl.flock(carrier, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Occupied("a Groundswell is running on this store; stop it first") from error
        yield
