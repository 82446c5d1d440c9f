"""The pass over the products' declared releases: due → look → keep → follow.

Its rhythm is its own: releases are rare, so a look every few hours is enough, and a look that
brings nothing costs one conditional request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from classifiers.register import store_releases as store
from classifiers.register.following import follow_anew
from classifiers.register.reading import Told, declared_place, look_at
from classifiers.tables import Release, ReleaseFeed
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.errors import GroundswellError, SettingsError
from config.ground import Ground
from config.http_client import PoliteClient
from config.logs import event_log
from listener.answers import host_of, shown_address
from listener.health import diagnose
from listener.schedule import asked_until, next_due
from listener.store import hosts_resting, products, rest_host
from listener.tables import Product

log = event_log(__name__)


@dataclass(frozen=True)
class Kept:
    """What one look at a product's releases came to."""

    product: str
    changed: int
    reason: str = ""
    """Why nothing could be read; empty when something could."""


def follow_due(
    ground: Ground, client: PoliteClient, *, everything: bool = False, only: str | None = None
) -> list[Kept]:
    """Read the releases of every product that declares a place of them and is due.

    Args:
        ground: the installation.
        client: the polite client.
        everything: also those that are not due yet.
        only: the name of the one product to look at.
    """
    with reading(ground.engine) as session:
        chosen = [row for row in products(session) if only in {None, row.name}]
    return [
        kept
        for product in chosen
        if (kept := _look(ground, client, product, everything=everything)) is not None
    ]


def keep(
    session: Session, product_id: int, told: Sequence[Told], *, source: str, now: datetime
) -> int:
    """Take releases into the register; return how many were new or changed.

    A release that is told without a time came out when we first heard of it.
    """
    changed = 0
    for one in told:
        known = store.release_named(session, product_id, one.version)
        at = one.released_at or (known.released_at if known else now)
        before = known.released_at if known else at
        row = Release(
            product_id=product_id, version=one.version, released_at=at, url=one.url,
            source=source, heard_at=now, names=list(one.names),
        )  # fmt: skip
        if store.keep_release(session, row):
            changed += 1
            for moment in {at, before}:
                follow_anew(session, product_id, changed_at=moment)
    return changed


def _look(
    ground: Ground, client: PoliteClient, product: Product, *, everything: bool
) -> Kept | None:
    """Look at one product; whatever goes wrong there must not keep the others waiting."""
    try:
        url = declared_place(product.extra)
    except SettingsError as error:
        return Kept(product.name, 0, str(error))
    if url is None or product.id is None or not _is_due(ground, product.id, url, everything):
        return None
    name = f"releases:{product.id}"
    machine = SystemClock()
    with leases.holding(ground.engine, name, clock=machine, holder=ground.holder) as held:
        return None if held is None else _survive(ground, client, product, url, held)


def _survive(
    ground: Ground, client: PoliteClient, product: Product, url: str, held: leases.Held
) -> Kept | None:
    try:
        return _read(ground, client, product, url, held)
    except leases.LeaseLost:
        return None  # another process reads them
    except GroundswellError as error:
        return _missed(ground, product, url, error)
    except Exception as error:
        log.error("releases_broke", product=product.name, exc_info=error)
        return _missed(ground, product, url, error)


def _is_due(ground: Ground, product_id: int, url: str, everything: bool) -> bool:
    now = ground.clock.now()
    with reading(ground.engine) as session:
        feed = store.feed_of(session, product_id)
        if host_of(url) in hosts_resting(session, now=now):
            return False
    return everything or feed is None or feed.url != url or feed.next_due_at <= now


def _read(
    ground: Ground, client: PoliteClient, product: Product, url: str, held: leases.Held
) -> Kept:
    product_id, now = product.id or 0, ground.clock.now()
    with reading(ground.engine) as session:
        feed = store.feed_of(session, product_id)
    cursor = feed.cursor if feed is not None and feed.url == url else {}
    look = look_at(url, client, cursor, settings=ground.settings, now=now)
    # Of a first look without times nothing is known to be new.
    told = [one for one in look.releases if one.released_at is not None or cursor]
    with transaction(ground.engine) as session:
        leases.check(session, held, now=SystemClock().now())
        changed = keep(session, product_id, told, source=url, now=now)
        store.keep_feed(session, _feed(ground, product, url, dict(look.cursor), heard_at=now))
    log.info("releases_read", product=product.name, told=len(look.releases), changed=changed)
    return Kept(product.name, changed)


def _missed(ground: Ground, product: Product, url: str, error: Exception) -> Kept:
    diagnosis, now = diagnose(error), ground.clock.now()
    rests_until = asked_until(now, diagnosis.retry_after_s)
    with transaction(ground.engine) as session:
        known = store.feed_of(session, product.id or 0)
        if known is not None and known.url != url:
            known = None
        row = _feed(
            ground, product, url, known.cursor if known else {},
            heard_at=known.heard_at if known else None,
            failures=(known.failures if known else 0) + 1,
            reason=diagnosis.reason, retry_after_s=diagnosis.retry_after_s,
        )  # fmt: skip
        store.keep_feed(session, row)
        if rests_until is not None:
            rest_host(session, host_of(url), until=rests_until)
    log.warning(
        "releases_missed", product=product.name, url=shown_address(url), state=diagnosis.state
    )
    return Kept(product.name, 0, diagnosis.reason)


def _feed(
    ground: Ground,
    product: Product,
    url: str,
    cursor: dict[str, Any],
    *,
    heard_at: datetime | None,
    failures: int = 0,
    reason: str = "",
    retry_after_s: float | None = None,
) -> ReleaseFeed:
    """Return the row to keep after a look."""
    due_at = next_due(
        ground.clock.now(),
        interval=timedelta(hours=ground.settings.detect.releases_every_hours),
        failures=failures,
        retry_after_s=retry_after_s,
        name=product.name,
    )
    return ReleaseFeed(
        product_id=product.id or 0,
        url=url,
        cursor=cursor,
        next_due_at=due_at,
        heard_at=heard_at,
        failures=failures,
        reason=reason,
    )
