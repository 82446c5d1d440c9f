"""Promises are kept by people, so people are reminded in time, and told when one was broken.

Part of the respond pass. Each notice goes to every on-call destination once; the outbox's unique
key and the promise's own row both see to that. A promise stands whether its issue is muted or not.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from classifiers.store import reference
from classifiers.tables import Issue
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from responders.delivery import store as outbox
from responders.delivery.opening import destinations
from responders.delivery.tables import Delivery
from responders.voice.ledger import store_promises as store
from responders.voice.ledger.notices import about, drafts_waiting, notice
from responders.voice.ledger.promises import left_time, reminder_at, told_time
from responders.voice.ledger.silences import SILENCE, redrawn
from responders.voice.tables import Promise

REMINDER, OVERDUE = outbox.REMINDER, "overdue"

log = event_log(__name__)


def pressing(ground: Ground, product_id: int) -> list[Promise]:
    """Return the promises whose time is three quarters over, or all over, and nobody was told.

    None while a text was sent that is not recorded yet: it may be the very word.
    """
    now = ground.clock.now()
    with reading(ground.engine) as session:
        rows = [row for row in store.open_promises(session, product_id) if _presses(row, now)]
        if rows and any(draft.product_id == product_id for draft, _ in store.unrecorded(session)):
            return []
        return rows


def _presses(row: Promise, now: datetime) -> bool:
    if now >= row.due_at:
        return True
    return row.reminded_at is None and now >= reminder_at(row.made_at, row.due_at)


def press(ground: Ground, row: Promise, held: leases.Held) -> int:
    """Remind people of a promise, or tell them that it was broken."""
    try:
        with transaction(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            what = _press(session, ground, row)
    except leases.LeaseLost:
        raise
    except Exception as error:
        log.error("promise_broke", promise=row.id, error=type(error).__name__, exc_info=True)
        return 0
    if what:
        log.info(f"promise_{what}", promise=row.id, issue=reference(row.issue_id), due=row.due_at)
    return int(bool(what))


def _press(session: Session, ground: Ground, row: Promise) -> str | None:
    """Do what is due for a promise; return what that was."""
    now = ground.clock.now()
    late = now >= row.due_at
    done = store.set_broken(session, row) if late else store.set_reminded(session, row, at=now)
    if not done:
        return None
    issue = session.get_one(Issue, row.issue_id, populate_existing=True)  # before words are drawn
    text, without = _drawn(session, row, late=late, now=now)
    what = OVERDUE if late else REMINDER
    for to in destinations(ground.settings):
        made = notice(to, what, row.id or 0, issue=issue, text=text, now=now, without=without)
        outbox.queue(session, made)
    return what


def outdated(ground: Ground, product_id: int) -> Sequence[Delivery]:
    """Return the notices that wait with words of a post that was erased since."""
    with reading(ground.engine) as session:
        return outbox.outdated(session, product_id, kind=REMINDER)


def redraw(ground: Ground, row: Delivery, held: leases.Held) -> int:
    """Draw a waiting notice as it would have been without the posts erased since."""
    try:
        with transaction(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            text, without = _redrawn(session, ground, row)
            done = outbox.redraw(session, row, text=text, payload={}, without=without)
    except leases.LeaseLost:
        raise
    except Exception as error:
        log.error("notice_broke", delivery=row.id, error=type(error).__name__, exc_info=True)
        return 0
    if done:
        log.info("notice_redrawn", delivery=row.id)
    return int(done)


def _redrawn(session: Session, ground: Ground, row: Delivery) -> tuple[str, int]:
    """Return the words of a waiting notice as they would be now, by what its key says it is."""
    what, number = row.key.split("|")[-2], int(row.key.rpartition("|")[2])
    if what == SILENCE:
        return redrawn(session, ground, number)
    promise = session.get_one(Promise, number)
    return _drawn(session, promise, late=what == OVERDUE, now=row.created_at)


def _drawn(session: Session, row: Promise, *, late: bool, now: datetime) -> tuple[str, int]:
    """Return a notice, and how many of its issue's posts were erased when it was drawn."""
    what = about(session, row.issue_id)
    say: Callable[..., str] = overdue_text if late else reminder_text
    return say(what.name, what.title, row.due_at, waiting=what.waiting, now=now), what.without


def reminder_text(name: str, title: str, due: datetime, *, waiting: int, now: datetime) -> str:
    """Say that a promise is nearly due."""
    when = f"{told_time(due, now=now)} ({left_time(due, now=now)})"
    return (
        f"{name} “{title}”: we promised the next public word by {when}. {drafts_waiting(waiting)}"
    )


def overdue_text(name: str, title: str, due: datetime, *, waiting: int, now: datetime) -> str:
    """Say that a promise was broken, and what mends it."""
    when = told_time(due, now=now)
    return (
        f"{name} “{title}”: the public word we promised by {when} is overdue. "
        f"The page says so until it comes. {drafts_waiting(waiting)}"
    )
