"""The pass over engineering's tickets: due → look → keep what they say now.

Its rhythm is its own, and a ticket that did not change costs no quota (ETag). What follows from a
ticket that closed is suggested elsewhere (suggesting.py), by comparing rows.
"""

from datetime import timedelta
from typing import Any

from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.errors import GroundswellError
from config.ground import Ground
from config.http_client import PoliteClient
from config.logs import event_log
from listener.answers import host_of
from listener.health import diagnose
from listener.schedule import asked_until, next_due
from listener.store import hosts_resting, products, rest_host
from responders.delivery.inert import web_link
from responders.oncall.tables import Ticket
from responders.oncall.tickets import store_tickets as store
from responders.oncall.tickets.tracker import Look, login_of, look_at_ticket, options_of

AT_ONCE = 20
"""Looks of one pass at a product's tickets; the next pass goes on."""

log = event_log(__name__)


def look_at_tickets(ground: Ground, client: PoliteClient) -> int:
    """Look at every ticket that is due; return how many say something new."""
    with reading(ground.engine) as session:
        ids = [row.id for row in products(session) if row.id is not None]
    return sum([_look_at_product(ground, client, product_id) for product_id in ids])


def _look_at_product(ground: Ground, client: PoliteClient, product_id: int) -> int:
    now = ground.clock.now()
    with reading(ground.engine) as session:
        if not store.due(session, product_id, now=now):
            return 0
    machine, name = SystemClock(), f"tickets:{product_id}"
    with leases.holding(ground.engine, name, clock=machine, holder=ground.holder) as held:
        if held is None:
            return 0
        with reading(ground.engine) as session:
            rows = store.due(session, product_id, now=now)[:AT_ONCE]
        try:
            return sum([_look(ground, client, row, held) for row in rows])
        except leases.LeaseLost:
            return 0  # another process looks


def _look(ground: Ground, client: PoliteClient, row: Ticket, held: leases.Held) -> bool:
    """Look at one ticket; whatever goes wrong there must not keep the others waiting."""
    now = ground.clock.now()
    with reading(ground.engine) as session:
        if host_of(row.api_url) in hosts_resting(session, now=now):
            return False
    try:
        found = look_at_ticket(
            client,
            f"{row.api_url}/repos/{row.repository}/issues/{row.number}",
            login=login_of(ground.settings, row.credential),
            etag=row.etag,
            now=now,
        )
    except GroundswellError as error:
        return _missed(ground, row, held, error)
    except Exception as error:
        log.error("ticket_broke", ticket=row.id, error=type(error).__name__, exc_info=True)
        return _missed(ground, row, held, error)
    return _keep(ground, row, held, found)


def _keep(ground: Ground, row: Ticket, held: leases.Held, found: Look) -> bool:
    now = ground.clock.now()
    fresh = found.state is not None and found.state is not row.state
    values: dict[str, Any] = {"state": found.state, "heard_at": now} if fresh else {}
    if found.url is not None:
        values["url"] = web_link(found.url) or row.url
    every = timedelta(minutes=options_of(ground.settings).check_every_minutes)
    with transaction(ground.engine) as session:
        leases.check(session, held, now=SystemClock().now())
        due_at = next_due(now, interval=every, name=str(row.id))
        store.change(
            session, row, etag=found.etag, next_due_at=due_at, failures=0, reason="", **values
        )
    if fresh:
        log.info("ticket_changed", ticket=row.id, repository=row.repository, state=found.state)
    return fresh


def _missed(ground: Ground, row: Ticket, held: leases.Held, error: Exception) -> bool:
    diagnosis, now = diagnose(error), ground.clock.now()
    failures = row.failures + 1
    due_at = next_due(
        now,
        interval=timedelta(minutes=options_of(ground.settings).check_every_minutes),
        failures=failures,
        retry_after_s=diagnosis.retry_after_s,
        name=str(row.id),
    )
    rests_until = asked_until(now, diagnosis.retry_after_s)
    with transaction(ground.engine) as session:
        leases.check(session, held, now=SystemClock().now())
        store.change(session, row, next_due_at=due_at, failures=failures, reason=diagnosis.reason)
        if rests_until is not None:
            rest_host(session, host_of(row.api_url), until=rests_until)
    log.warning("ticket_missed", ticket=row.id, state=diagnosis.state, reason=diagnosis.reason)
    return False
