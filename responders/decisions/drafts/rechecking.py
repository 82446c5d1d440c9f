"""Linter and policy once more, right before a text leaves: on the exact words that were approved.

A step of the deliver pass, before the outbox claims anything. Facts change between a yes and the
send: a post is erased, the same was said meanwhile, a place is closed to us. What nobody let pass
stays here and waits for a person again. A text that was tried already is left alone: it may stand
there.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from config.database import durable, reading
from config.ground import Ground
from config.logs import event_log
from responders.decisions.drafts.quiet_again import follow_quiet_hours
from responders.decisions.permit import why_unwelcome
from responders.decisions.tables import Approval
from responders.delivery import store as outbox
from responders.delivery import store_sending as sending
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.knowing import known_of
from responders.voice.linting import blocks, lint, told
from responders.voice.tables import Draft

log = event_log(__name__)


def recheck_due(ground: Ground) -> int:
    """Keep back what the linter blocks and nobody let pass; return how many texts that were."""
    now = ground.clock.now()
    follow_quiet_hours(ground)
    with reading(ground.engine) as session:
        if outbox.paused(session):
            return 0
        found = [row for row in _leaving(session, now) if _blocked(session, ground, row)]
    return sum([_survive(ground, row) for row in found])


def _survive(ground: Ground, row: Delivery) -> int:
    """Keep one back; one that breaks must not keep the others from being looked at."""
    try:
        with durable(ground.engine) as session:
            held = sending.locked(session, row)
            why = _blocked(session, ground, held) if held is not None else ""
            if held is None or not why:
                return 0
            sending.bar(session, held, state=DeliveryState.FAILED, reason=why)
    except Exception as error:
        log.error("recheck_broke", delivery=row.id, error=type(error).__name__, exc_info=True)
        return 0
    log.warning("delivery_kept_back", delivery=row.id, reason=why)
    return 1


def _leaving(session: Session, now: datetime) -> list[Delivery]:
    """Return the approved texts that would leave now and were never tried, oldest first."""
    query = (
        select(Delivery)
        .where(Delivery.state == DeliveryState.QUEUED, col(Delivery.public), Delivery.tries == 0)
        .where(Delivery.next_try_at <= now)
        .order_by(col(Delivery.id))
    )
    return list(session.exec(query).all())


def _blocked(session: Session, ground: Ground, row: Delivery) -> str:
    """Return why a text must not leave; empty where nothing blocks it or somebody let it pass."""
    draft = session.exec(select(Draft).where(Draft.delivery_id == row.id)).first()
    if draft is None:
        return ""  # the outbox asks for the approval itself
    unwelcome = why_unwelcome(session, ground, draft)
    if unwelcome:
        return unwelcome
    found = blocks(lint(row.text, known_of(session, ground, draft)))
    if not found or _was_let_pass(session, row):
        return ""
    return f"what it says must not be said in public. {told(found)}"


def _was_let_pass(session: Session, row: Delivery) -> bool:
    """Tell whether the approval of exactly this text says why a block may pass."""
    query = select(Approval.id).where(
        Approval.delivery_id == row.id,
        Approval.text_sha256 == row.approved_sha256,
        col(Approval.taken_back_at).is_(None),
        Approval.override != "",
    )
    return session.exec(query).first() is not None
