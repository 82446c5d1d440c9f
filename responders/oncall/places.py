"""Tell the on-call people of places that we cannot hear: once for each spell of trouble.

Part of the respond pass. All that began since the last notice is told in one message, so that an
outage of our own line, which silences every place, does not flood the channel. That it was told is
a row beside the message, so that neither a restart nor a second process tells it again.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlmodel import Session

from config.database import reading
from config.ground import Ground
from config.logs import event_log
from listener.by_product import changing, each_product
from listener.health import told_as
from listener.standings import Trouble, troubles
from listener.tables import Product
from responders.delivery import store as outbox
from responders.delivery.inert import cut, plain
from responders.delivery.opening import Destination, destinations
from responders.delivery.tables import Delivery
from responders.oncall import store
from responders.oncall.tables import PlaceNotice

EVERY_S = 60.0
"""Machine seconds between two checks: the rule asks the store of each place."""
NAMED = 5
"""Places that a message names; Discord shows 2,000 characters."""
NAME, REASON = 60, 180
"""Characters of each that are shown."""

log = event_log(__name__)


def tell_of_places(ground: Ground) -> int:
    """Tell of every place whose trouble nobody was told of; return of how many."""
    now = ground.clock.now()
    with reading(ground.engine) as session:
        found = store.untold(session, troubles(session, now=now))
    if not found:
        return 0
    return each_product(ground, partial(_tell_product, ground, now=now), log=log, of="places")


def _tell_product(ground: Ground, product: Product, *, now: datetime) -> int:
    with changing(ground, f"oncall:{product.id}") as session:
        if session is None:
            return 0
        found = store.untold(session, troubles(session, now=now))
        fresh = [one for one in found if _of(product, one)]
        _tell(session, product, fresh, to=destinations(ground.settings), now=now)
    for one in fresh:
        log.warning("place_trouble_told", source=one.source.name, state=one.fares.state)
    return len(fresh)


def _tell(
    session: Session,
    product: Product,
    found: Sequence[Trouble],
    *,
    to: Sequence[Destination],
    now: datetime,
) -> None:
    if not found or product.id is None:
        return
    for one in found:
        session.add(_noted(one, now=now))
    for each in to:
        outbox.queue(session, _message(product.id, each, text_of(product.name, found), now=now))


def text_of(product: str, found: Sequence[Trouble]) -> str:
    """Return the message: what each place does, since when, and what to do.

    One line for each, the first few by name.
    """
    places = "1 place" if len(found) == 1 else f"{len(found)} places"
    wants = "wants" if len(found) == 1 else "want"
    lines = [f"{places} of {_line(product, NAME)} {wants} a look."]
    lines += [_told(one) for one in found[:NAMED]]
    if len(found) > NAMED:
        lines.append(f"And {len(found) - NAMED} more: groundswell source list")
    return "\n".join(lines)


def _told(one: Trouble) -> str:
    state, since = told_as(one.fares.state), f"{one.since:%Y-%m-%d %H:%M} UTC"
    reason = _line(one.fares.reason, REASON)
    return f"{_line(one.source.name, NAME)} {state} since {since}: {reason}. {_remedy(one)}"


def _remedy(one: Trouble) -> str:
    return f"What to do: {one.fares.remedy or 'groundswell source list'}"


def _line(words: str, limit: int) -> str:
    """Return words that came from outside as part of a line."""
    return cut(plain(words), limit).rstrip(".")


def _of(product: Product, one: Trouble) -> bool:
    return one.source.product_id == product.id


def _noted(one: Trouble, *, now: datetime) -> PlaceNotice:
    return PlaceNotice(
        product_id=one.source.product_id,
        source_id=one.source.id or 0,
        trouble=one.kind,
        since=one.since,
        told_at=now,
    )


def _message(product_id: int, to: Destination, text: str, *, now: datetime) -> Delivery:
    return Delivery(
        key=f"{to.name}|places|{product_id}|{now.isoformat()}",
        product_id=product_id,
        channel=to.channel,
        destination=to.name,
        kind=outbox.REMINDER,
        text=text,
        next_try_at=now,
        created_at=now,
    )
