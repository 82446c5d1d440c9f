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
from responders.delivery.erasures import erasures
from responders.delivery.opening import Destination, destinations
from responders.delivery.tables import Delivery
from responders.voice import store_promises as store
from responders.voice.promises import left_time, reminder_at, told_time
from responders.voice.store import family, whole
from responders.voice.tables import Promise
from responders.voice.wording import title_from

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
    erasures_then = session.get_one(Issue, row.issue_id, populate_existing=True).erasures
    text, without = _drawn(session, row, late=late, now=now)
    what = OVERDUE if late else REMINDER
    for to in destinations(ground.settings):
        notice = _notice(row, to, what, text=text, now=now)
        notice.drawn_without, notice.erasures = without, erasures_then
        outbox.queue(session, notice)
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
            promise = session.get_one(Promise, int(row.key.rpartition("|")[2]))
            late = row.key.split("|")[-2] == OVERDUE
            text, without = _drawn(session, promise, late=late, now=row.created_at)
            done = outbox.redraw(session, row, text=text, payload={}, without=without)
    except leases.LeaseLost:
        raise
    except Exception as error:
        log.error("notice_broke", delivery=row.id, error=type(error).__name__, exc_info=True)
        return 0
    if done:
        log.info("notice_redrawn", delivery=row.id)
    return int(done)


def _drawn(session: Session, row: Promise, *, late: bool, now: datetime) -> tuple[str, int]:
    """Return a notice, and how many of its issue's posts were erased when it was drawn."""
    number = whole(session, row.issue_id)
    erased, own = erasures(session, number), erasures(session, row.issue_id)
    issue = session.get_one(Issue, number, populate_existing=True)  # after its erasures
    words = "" if erased.unforgotten else issue.title
    title = title_from(words, by_person=bool(issue.titled_by))
    name = reference(row.issue_id)
    if number != row.issue_id:
        name = f"{reference(number)} with {name}"
    waiting = store.count_waiting(session, family(session, number))
    say: Callable[..., str] = overdue_text if late else reminder_text
    return say(name, title, row.due_at, waiting=waiting, now=now), own.members


def _notice(row: Promise, to: Destination, what: str, *, text: str, now: datetime) -> Delivery:
    return Delivery(
        key=f"{to.name}|{row.issue_id}|{what}|{row.id}",
        product_id=row.product_id,
        issue_id=row.issue_id,
        channel=to.channel,
        destination=to.name,
        kind=REMINDER,
        text=text,
        next_try_at=now,
        created_at=now,
    )


def reminder_text(name: str, title: str, due: datetime, *, waiting: int, now: datetime) -> str:
    """Say that a promise is nearly due."""
    when = f"{told_time(due, now=now)} ({left_time(due, now=now)})"
    return f"{name} “{title}”: we promised the next public word by {when}. {_waiting(waiting)}"


def overdue_text(name: str, title: str, due: datetime, *, waiting: int, now: datetime) -> str:
    """Say that a promise was broken, and what mends it."""
    when = told_time(due, now=now)
    return (
        f"{name} “{title}”: the public word we promised by {when} is overdue. "
        f"The page says so until it comes. {_waiting(waiting)}"
    )


def _waiting(count: int) -> str:
    if count == 0:
        return "No draft waits for a decision."
    return "1 draft waits for a decision." if count == 1 else f"{count} drafts wait for a decision."
