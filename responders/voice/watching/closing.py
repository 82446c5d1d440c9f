"""Part of the respond pass: a reply that its place takes from nobody any more is closed.

Its thread was locked, or what it answers was taken away, and we learned it only when it was to
leave. The reason stands in the draft, and nothing is proposed there again by itself.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select, update

from classifiers.store import reference
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.store import LIVE
from responders.voice.tables import Draft, DraftState

log = event_log(__name__)


def unanswerable(ground: Ground, product_id: int) -> Sequence[tuple[Draft, str]]:
    """Return the drafts whose place is closed to everybody, with why."""
    query = (
        select(Draft, Delivery.forbidden)
        .join(Delivery, col(Delivery.id) == col(Draft.delivery_id))
        .where(Draft.product_id == product_id, col(Draft.state).in_(LIVE))
        .where(col(Draft.state) != DraftState.PENDING)
        .where(Delivery.state == DeliveryState.FAILED, Delivery.forbidden != "")
        .order_by(col(Draft.id))
    )
    with reading(ground.engine) as session:
        return [(draft, why) for draft, why in session.exec(query).all()]


def close(ground: Ground, draft: Draft, why: str, held: leases.Held) -> int:
    """Close one draft; one that breaks must not keep the others waiting."""
    try:
        with transaction(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            done = _set_silent(session, draft, why)
    except leases.LeaseLost:
        raise
    except Exception as error:
        log.error("draft_broke", draft=draft.id, error=type(error).__name__, exc_info=True)
        return 0
    if done:
        log.info("draft_closed", draft=draft.id, issue=reference(draft.issue_id), reason=why)
    return int(done)


def _set_silent(session: Session, draft: Draft, why: str) -> bool:
    """Mark a draft as one that goes nowhere; False when somebody approved it anew meanwhile."""
    failed = (
        select(Delivery.id)
        .where(Delivery.id == draft.delivery_id, Delivery.state == DeliveryState.FAILED)
        .exists()
    )
    statement = (
        update(Draft)
        .where(col(Draft.id) == draft.id, col(Draft.state) == draft.state, failed)
        .where(col(Draft.version) == draft.version)
        .values(state=DraftState.SILENT, reason=why)
    )
    return session.connection().execute(statement).rowcount == 1
