"""The closed loop with one fault each: what is approved, sent once, told back.

Each changes the real code. A life without a kill, a fault of a platform or a second process ends
with most of them just as it should.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select, update

import responders.delivery.store
import responders.delivery.store_sending as sending
from config import database
from responders.decisions import store_drafts
from responders.decisions.drafts import approve
from responders.delivery import outbox
from responders.delivery.channels.base import Channel, Receipt
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice import planning
from responders.voice.ledger import casebook, store_promises
from responders.voice.tables import Draft, DraftState
from tests.faults.exchanging import exchange
from tests.faults.mutants import commit_midway

MUTANTS: dict[str, Callable[[], None]] = {}


def _mutant(change: Callable[[], None]) -> Callable[[], None]:
    MUTANTS[change.__name__] = change
    return change


@_mutant
def nothing_is_read_back() -> None:
    """Nobody looks whether a text stands there; it counts as not there."""

    def nowhere(_desk: outbox._Desk, _row: Delivery, _channel: Channel) -> Receipt | None:
        return None

    exchange(outbox._Desk, "_look", nowhere)


@_mutant
def nobody_holds_a_lease() -> None:
    """What another process is sending counts as abandoned at once."""

    def ran_out(_row: Delivery, *, now: datetime) -> bool:
        return True

    exchange(sending, "lease_ran_out", ran_out)


@_mutant
def approved_in_two() -> None:
    """A delivery is committed before the approval that it stands on."""
    record = approve._record

    def recorded_later(act: Any, draft: Draft, delivery_id: int, *more: Any) -> None:
        commit_midway(act.session)
        record(act, draft, delivery_id, *more)

    exchange(approve, "_record", recorded_later)


@_mutant
def approved_in_two_without_a_key() -> None:
    """The same where a delivery has no key by which it is known again."""
    approved_in_two()

    def queue_always(session: Session, delivery: Delivery) -> int | None:
        same = select(Delivery.id).where(col(Delivery.key).startswith(delivery.key))
        delivery.key = f"{delivery.key}|{len(session.exec(same).all())}"
        session.add(delivery)
        session.flush()
        return delivery.id

    exchange(store_drafts, "queue_delivery", queue_always)


@_mutant
def told_before_it_is_sent() -> None:
    """A thread counts as told once its text is queued."""

    def approved(session: Session) -> Sequence[tuple[Draft, Delivery]]:
        query = select(Draft, Delivery).join(Delivery, col(Delivery.id) == col(Draft.delivery_id))
        query = query.where(col(Draft.state) == DraftState.APPROVED).order_by(col(Draft.id))
        return [(draft, delivery) for draft, delivery in session.exec(query).all()]

    def set_sent(session: Session, draft: Draft, _delivery: Delivery) -> bool:
        changed = update(Draft).where(col(Draft.id) == draft.id).values(state=DraftState.SENT)
        return session.connection().execute(changed).rowcount == 1

    exchange(store_promises, "unrecorded", approved)
    exchange(store_promises, "set_sent", set_sent)


@_mutant
def marked_sent_alone() -> None:
    """A draft is marked sent in a transaction of its own, before what follows from it."""
    mark = store_promises.set_sent

    def marked(session: Session, draft: Draft, delivery: Delivery) -> bool:
        done = mark(session, draft, delivery)
        commit_midway(session)
        return done

    exchange(store_promises, "set_sent", marked)


@_mutant
def marked_sent_beside() -> None:
    """The same beside a transaction that writes already: on SQLite each waits for the other."""
    mark = store_promises.set_sent
    exchange(database, "BUSY_TIMEOUT_MS", 1)

    def marked(session: Session, draft: Draft, delivery: Delivery) -> bool:
        url = session.get_bind().engine.url.render_as_string(hide_password=False)
        other = database.make_engine(url)
        try:
            with database.transaction(other) as own:
                return mark(own, draft, delivery)
        finally:
            other.dispose()

    exchange(store_promises, "set_sent", marked)


@_mutant
def strangers_are_followed_up() -> None:
    """Every thread of an issue gets the follow-up, told or not."""

    def everyone(case: casebook.Case) -> Sequence[int]:
        return sorted({row.thread_id for row in case.drafts if row.thread_id is not None})

    exchange(planning, "owed_threads", everyone)


@_mutant
def a_second_draft_is_made() -> None:
    """Nobody looks whether a draft for the place waits already."""
    exchange(casebook.Case, "live", ())


@_mutant
def any_hash_will_do() -> None:
    """The approved hash is not compared when a message leaves."""
    exchange(outbox, "barred", lambda _row, **_facts: None)


@_mutant
def nobody_asks_for_a_pause() -> None:
    """A message leaves while somebody holds everything back."""
    exchange(responders.delivery.store, "paused", lambda _session, *, hold=False: None)


@_mutant
def taken_back_whenever() -> None:
    """An approval is taken back without asking whether its text has left."""

    def cancel(session: Session, delivery_id: int) -> bool:
        changed = update(Delivery).where(col(Delivery.id) == delivery_id)
        session.connection().execute(changed.values(state=DeliveryState.CANCELLED))
        return True

    exchange(responders.delivery.store, "cancel", cancel)


@_mutant
def erased_posts_are_answered() -> None:
    """A message that answers an erased post leaves."""
    exchange(sending, "bereft", lambda _session: [])
    exchange(sending, "post_erased", lambda _session, _row: False)
