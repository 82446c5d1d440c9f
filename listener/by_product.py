"""Work that is done product by product: what goes wrong at one keeps no other waiting."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlmodel import Session

from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import EventLog
from listener.store import products
from listener.tables import Product


def each_product(ground: Ground, act: Callable[[Product], int], *, log: EventLog, of: str) -> int:
    """Do the work of every product; return how much was done in all.

    Args:
        ground: the installation.
        act: does one product's work and returns how much was done.
        log: of the module whose work it is.
        of: what the work is called in the log.
    """
    with reading(ground.engine) as session:
        found = products(session)
    return sum([_survive(act, product, log, of) for product in found])


def _survive(act: Callable[[Product], int], product: Product, log: EventLog, of: str) -> int:
    try:
        return act(product)
    except leases.LeaseLost as lost:
        log.warning(f"{of}_left_to_another_process", product=product.id, reason=str(lost))
    except Exception as error:
        log.error(f"{of}_broke", product=product.id, error=type(error).__name__, exc_info=True)
    return 0


@contextmanager
def changing(ground: Ground, name: str) -> Iterator[Session | None]:
    """Change rows under a lease, all in one transaction; None while another process holds it.

    Raises:
        LeaseLost: another process took it meanwhile; nothing was written.
    """
    machine = SystemClock()
    with leases.holding(ground.engine, name, clock=machine, holder=ground.holder) as held:
        if held is None:
            yield None
            return
        with transaction(ground.engine) as session:
            leases.check(session, held, now=machine.now())
            yield session
