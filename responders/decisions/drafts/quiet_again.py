"""Quiet hours that changed after the yes: what waits keeps those of its place's policy of today.

Apart from the approval, which wrote the old ones into the message, and from the sender, which knows
no policy: it reads the hours that stand in the message at its claim.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from config.database import durable, reading
from config.ground import Ground
from config.logs import event_log
from listener.tables import Product, Source, Thread
from responders.delivery.quiet import KEY, Quiet, after_quiet, told_quiet
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.leave.declared_policies import policy_of
from responders.voice.tables import Draft

log = event_log(__name__)


def follow_quiet_hours(ground: Ground) -> int:
    """Give each reply that waits the quiet hours of today; return how many had others."""
    with reading(ground.engine) as session:
        found = [
            (row, quiet)
            for row, quiet in _waiting(session)
            if _as_json(quiet) != row.target.get(KEY)
        ]
    now, undo = ground.clock.now(), timedelta(seconds=ground.settings.outbox.undo_s)
    return sum([_follow(ground, row, quiet, now=now, undo=undo) for row, quiet in found])


def _waiting(session: Session) -> list[tuple[Delivery, Quiet | None]]:
    """Return the approved replies that were never tried, each with its place's quiet hours."""
    query = (
        select(Delivery, Source)
        .join(Draft, col(Draft.delivery_id) == col(Delivery.id))
        .join(Thread, col(Thread.id) == col(Draft.thread_id))
        .join(Source, col(Source.id) == col(Thread.source_id))
        .where(Delivery.state == DeliveryState.QUEUED, col(Delivery.public), Delivery.tries == 0)
        .order_by(col(Delivery.id))
    )
    rows = session.exec(query).all()
    numbers = {row.product_id for row, _ in rows}
    products = session.exec(select(Product).where(col(Product.id).in_(numbers))).all()
    policies = {product.id: policy_of(product) for product in products}
    return [(row, policies[row.product_id].at(source.name).quiet) for row, source in rows]


def _follow(
    ground: Ground, row: Delivery, quiet: Quiet | None, *, now: datetime, undo: timedelta
) -> int:
    """Write the hours of today into one message, and let it leave as they say."""
    leaves_at = _leaves_at(row, quiet, now=now, undo=undo)
    target = {name: value for name, value in row.target.items() if name != KEY}
    if quiet is not None:
        target[KEY] = quiet.as_json()
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.id, col(Delivery.state) == DeliveryState.QUEUED)
        .where(col(Delivery.tries) == 0, col(Delivery.next_try_at) == row.next_try_at)
        .values(target=target, next_try_at=leaves_at)
    )
    with durable(ground.engine) as session:
        done = session.connection().execute(statement).rowcount
    log.info("delivery_quiet_changed", delivery=row.id, leaves_at=leaves_at, recorded=bool(done))
    return done


def _leaves_at(row: Delivery, quiet: Quiet | None, *, now: datetime, undo: timedelta) -> datetime:
    """Return when a message leaves now; what waited for another reason goes on waiting for it."""
    old = told_quiet(row.target)
    until = row.next_try_at
    if old is not None and until == after_quiet(old, until - timedelta(seconds=1)):
        until = max(now, row.created_at + undo)  # it waited for the old hours' end
    return after_quiet(quiet, min(until, row.next_try_at))


def _as_json(quiet: Quiet | None) -> dict[str, str] | None:
    return quiet.as_json() if quiet is not None else None
