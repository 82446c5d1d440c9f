"""Our passes with one fault each, to show that the harness sees such faults.

A life without a kill ends just as it should with every one of them: only a kill shows them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, func, select

import listener.store
import listener.store_batch
import responders.delivery.store
import responders.delivery.store_sending
from classifiers import store_decisions
from config import leases
from config.ground import Ground
from listener.store_batch import Stored
from responders.delivery import outbox
from responders.delivery.channels.base import Channel, Message, Receipt
from responders.delivery.tables import Delivery
from responders.oncall import alert
from responders.oncall.tables import Alert
from tests.faults.exchanging import exchange

MUTANTS: dict[str, Callable[[], None]] = {}


def apply(name: str | None, more: Mapping[str, Callable[[], None]]) -> None:
    """Change this process for good, by a mutant of here or by one of ``more``."""
    if name is not None:
        (MUTANTS | dict(more))[name]()


def _mutant(change: Callable[[], None]) -> Callable[[], None]:
    MUTANTS[change.__name__] = change
    return change


def commit_midway(session: Session) -> None:
    """Make one transaction two."""
    session.flush()
    connection = session.connection()
    connection.dialect.do_commit(connection.connection)
    begin = "BEGIN IMMEDIATE" if connection.dialect.name == "sqlite" else "BEGIN"
    connection.exec_driver_sql(begin)


@_mutant
def cursor_before_items() -> None:
    """The cursor is committed before what it stands for."""
    save, heard = listener.store_batch.save_posts, listener.store.heard
    waiting: list[tuple[Any, ...]] = []

    def later(_session: Session, *batch: Any, now: Any) -> Stored:
        waiting.append((*batch, now))
        return Stored()

    def heard_first(session: Session, *args: Any, **named: Any) -> None:
        heard(session, *args, **named)
        commit_midway(session)
        *batch, now = waiting.pop()
        save(session, *batch, now=now)

    exchange(listener.store_batch, "save_posts", later)
    exchange(listener.store, "heard", heard_first)


@_mutant
def decisions_without_memory() -> None:
    """What was decided is committed before what the judge must remember."""
    keep = store_decisions.keep_judge_state

    def kept_later(session: Session, *args: Any, **named: Any) -> int:
        commit_midway(session)
        return keep(session, *args, **named)

    exchange(store_decisions, "keep_judge_state", kept_later)


@_mutant
def issue_without_evidence() -> None:
    """An issue is committed before its members belong to it."""
    put = store_decisions.put_into_issue

    def put_later(session: Session, *args: Any) -> set[int]:
        commit_midway(session)
        return put(session, *args)

    exchange(store_decisions, "put_into_issue", put_later)


@_mutant
def alert_without_messages() -> None:
    """An alert is committed before its messages are queued."""
    queue = responders.delivery.store.queue

    def queue_later(session: Session, delivery: Delivery) -> bool:
        commit_midway(session)
        return queue(session, delivery)

    exchange(responders.delivery.store, "queue", queue_later)


@_mutant
def messages_without_alert() -> None:
    """An alert is committed after its messages: harmless, for their key keeps them single."""
    raised = alert._raise

    def raise_in_two(session: Session, *, issue_id: int, ground: Ground) -> None:
        raised(session, issue_id=issue_id, ground=ground)
        row = session.exec(select(Alert).where(Alert.issue_id == issue_id)).one()
        values = row.model_dump()
        session.delete(row)
        commit_midway(session)
        session.add(Alert(**values))

    exchange(alert, "_raise", raise_in_two)


@_mutant
def messages_without_alert_and_key() -> None:
    """The same where a message has no key by which it is known again."""
    messages_without_alert()
    queue = responders.delivery.store.queue

    def queue_always(session: Session, delivery: Delivery) -> bool:
        number = session.exec(select(func.count(col(Delivery.id)))).one()
        delivery.key = f"{delivery.key}|{number}"
        return queue(session, delivery)

    exchange(responders.delivery.store, "queue", queue_always)


@_mutant
def recorded_before_sent() -> None:
    """A message is recorded as sent before it leaves."""

    def attempt(desk: outbox._Desk, row: Delivery, channel: Channel) -> bool:
        receipt = Receipt(remote_id=None, url=None, at=desk.ground.clock.now())
        recorded = desk._sent(row, receipt)
        channel.send(Message(key=row.key, text=row.text, payload=row.payload))
        return recorded

    exchange(outbox._Desk, "_attempt", attempt)


@_mutant
def doubt_is_forgotten() -> None:
    """Nobody looks for messages that were being sent when their sender was killed."""

    def none(_session: Session, **_named: Any) -> Sequence[Delivery]:
        return []

    exchange(responders.delivery.store_sending, "abandoned", none)


@_mutant
def leases_of_the_dead() -> None:
    """The lease of a killed process is waited for."""
    exchange(leases, "holder_is_dead", lambda _holder: False)
