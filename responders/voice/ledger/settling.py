"""What follows from a text that stands in public: its draft is sent, its thread told.

Found by comparing rows: a draft on its way whose message was sent. So it does not matter who sent
it, or whether the process that did was killed the moment after.
"""

from datetime import datetime

from sqlmodel import Session

from classifiers.store import reference
from config import leases
from config.clock import SystemClock
from config.database import durable, reading
from config.ground import Ground
from config.logs import event_log
from responders.delivery.tables import Delivery
from responders.voice.addressing import PAGE
from responders.voice.ledger import store_promises
from responders.voice.phases import RESOLVED
from responders.voice.store import family
from responders.voice.tables import Draft, Told

LEASE = "record_sent"

log = event_log(__name__)


def record_sent(ground: Ground) -> int:
    """Record what follows from every text that was sent since; return how many."""
    with reading(ground.engine) as session:
        if not store_promises.unrecorded(session):
            return 0
    machine = SystemClock()
    with leases.holding(ground.engine, LEASE, clock=machine, holder=ground.holder) as held:
        if held is None:
            return 0
        with reading(ground.engine) as session:
            due = store_promises.unrecorded(session)
        return sum([_record(ground, held, draft, delivery) for draft, delivery in due])


def _record(ground: Ground, held: leases.Held, draft: Draft, delivery: Delivery) -> int:
    """Record one text; one that breaks must not keep the others waiting."""
    try:
        with durable(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            done = _follow(session, draft, delivery)
    except leases.LeaseLost as lost:
        log.warning("sent_left_to_another_process", draft=draft.id, reason=str(lost))
        return 0
    except Exception as error:
        log.error("sent_broke", draft=draft.id, error=type(error).__name__, exc_info=True)
        return 0
    if done:
        log.info("draft_sent", draft=draft.id, issue=reference(draft.issue_id), url=delivery.url)
    return int(done)


def _follow(session: Session, draft: Draft, delivery: Delivery) -> bool:
    at = delivery.sent_at or delivery.created_at
    if not store_promises.set_sent(session, draft, delivery):
        return False
    if draft.thread_id is not None:
        session.add(
            Told(
                issue_id=draft.issue_id,
                thread_id=draft.thread_id,
                draft_id=draft.id or 0,
                delivery_id=delivery.id or 0,
                phase=draft.phase,
                url=delivery.url,
                told_at=at,
            )
        )
    _keep_and_make(session, draft, at=at)
    return True


def _keep_and_make(session: Session, draft: Draft, *, at: datetime) -> None:
    """Settle what was promised before, and promise anew.

    The word is given by the page, where every text said it would stand, or by the end of it all.
    A text that repeats a promise does not keep it.
    """
    if draft.channel == PAGE or draft.phase == RESOLVED:
        others = [
            one
            for one in family(session, draft.issue_id)
            if one == draft.issue_id or not store_promises.has_entry(session, one)
        ]
        store_promises.settle(session, others, at=at, but=draft.next_update_by)
    if draft.next_update_by is not None:
        store_promises.promise(session, draft, due=draft.next_update_by, at=at)
