"""A life that the fork server lives itself, so that no other has to learn what it learns.

Half of a life's time went into turning statements into SQL, which a service does once in its days.
What stays is only that, and what was loaded on the way: the life is one of an installation of its
own, at addresses that nobody meets again, and what stood in for something is put back.
"""

import contextlib
import io
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config.database import make_engine
from tests import statements
from tests.faults.boundaries import Boundaries
from tests.faults.exchanging import undone
from tests.faults.harness import LAST, SERVER, TEMPLATE, Installation
from tests.faults.life import Life, StepClock, go_through, ground, stand_in
from tests.faults.scenario import STEPS
from tests.faults.stores import SqliteStores
from tests.faults.world import World


def season() -> None:
    """Live on SQLite, and learn to say the same to PostgreSQL; each where the environment says."""
    if template := os.environ.get(TEMPLATE):
        with tempfile.TemporaryDirectory() as folder:
            _live(Path(folder), Path(template).read_bytes())
    if url := os.environ.get(SERVER):
        engine = make_engine(url)
        statements.learn(engine)
        engine.dispose()


def _live(folder: Path, template: bytes) -> None:
    life, clock = Life(folder, 0, LAST), StepClock()
    with World() as world, undone(), _unheard():
        Installation(folder, SqliteStores(folder, template), world).declare()
        stand_in(life, clock)
        here = ground(life, clock)
        failed = list(go_through(life, here, clock, Boundaries(), lambda n: world.show(STEPS[n])))
        here.engine.dispose()
    assert not failed


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Print nothing and log nothing."""
    nobody = logging.NullHandler()
    logging.root.addHandler(nobody)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.root.removeHandler(nobody)
