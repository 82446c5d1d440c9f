"""A store that was restored does not know what left since, and sends none of it again."""

import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlmodel import col, select

from config import schema
from config.clock import FixedClock
from config.database import make_engine, reading, transaction
from config.ground import Ground
from config.settings import Settings
from responders import backups
from responders.delivery.channels.base import Channel, Message, Receipt
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import Draft, DraftState
from tests.conftest import NOON
from tests.places.board import Board, Killed
from tests.responders.incidents import Incident, happen
from tests.responders.test_backups import (  # noqa: F401 - a fixture
    NOW,
    _elsewhere,
    _empty_database,
    with_product,
)

MESSAGES, LATER, THREADS = 16, 4, 8
HELD_AT = 5
"""The send that is under way for as long as the backup is made."""
PATIENCE_S = 60


class SlowBoard(Board):
    """A board on which one send takes as long as the backup."""

    def __init__(self, *, public: bool, lookup: bool) -> None:
        super().__init__(public=public, lookup=lookup)
        self.reached, self.released = threading.Event(), threading.Event()

    def send(self, message: Message) -> Receipt:
        """Pin the message up; the one that is held keeps its sender waiting afterwards."""
        receipt = super().send(message)
        if int(receipt.remote_id or 0) == HELD_AT:
            self.reached.set()
            assert self.released.wait(PATIENCE_S)
        return receipt


def put(ground: Ground, issue: int, *, public: bool) -> list[str]:
    """Queue messages that are due now, and some that are due in an hour."""
    keys = [f"{'board' if public else 'oncall'}|{number}" for number in range(MESSAGES + LATER)]
    with transaction(ground.engine) as session:
        for number, key in enumerate(keys):
            text = f"It hangs, number {number}."
            session.add(
                Delivery(
                    key=key,
                    product_id=1,
                    issue_id=issue,
                    channel="board",
                    destination=f"place {number % THREADS}",
                    kind="update",
                    public=public,
                    text=text,
                    approved_sha256=sha256(text.encode()).hexdigest(),
                    next_try_at=NOON + timedelta(hours=number // MESSAGES),
                    created_at=NOON,
                )
            )
    return keys


def pending_draft(ground: Ground, issue: int) -> None:
    with transaction(ground.engine) as session:
        session.add(
            Draft(
                key="page|1|update|1",
                product_id=1,
                issue_id=issue,
                kind="update",
                phase="investigating",
                channel="page",
                language="en",
                text="T\n\nB",
                text_sha256="x",
                created_at=NOON,
            )
        )


def deliver(ground: Ground, channels: Mapping[str, Channel], *, hours: int = 0) -> None:
    clock = FixedClock(NOON + timedelta(hours=hours))
    deliver_due(replace(ground, clock=clock), channels, machine=clock)


def opened(settings: Settings, ground: Ground) -> Ground:
    return replace(ground, settings=settings, engine=make_engine(settings.database_url()))


def backed_up_under_load(ground: Ground, board: SlowBoard, file: Path) -> None:
    """Back up while eight processes send, then let the first store send all the rest."""
    threads = [
        threading.Thread(
            target=deliver, args=(replace(ground, holder=f"h:1:{number}"), {"board": board})
        )
        for number in range(THREADS)
    ]
    with ExitStack() as stack:
        for thread in threads:
            thread.start()
            stack.callback(thread.join)
        stack.callback(board.released.set)  # called before the threads are waited for
        assert board.reached.wait(PATIENCE_S)
        backups.back_up(ground.settings, file, now=NOW)
    deliver(ground, {"board": board}, hours=2)


def states(ground: Ground) -> Mapping[str, Delivery]:
    with reading(ground.engine) as session:
        rows = session.exec(select(Delivery).order_by(col(Delivery.id))).all()
        return {row.key: row for row in rows}


@pytest.mark.parametrize("public", [True, False])
def test_what_was_backed_up_while_it_was_sent_is_not_sent_again_elsewhere(
    with_product: Ground,  # noqa: F811 - the fixture
    tmp_path: Path,
    public: bool,
) -> None:
    issue = happen(with_product, Incident())
    keys, board = put(with_product, issue, public=public), SlowBoard(public=public, lookup=False)
    pending_draft(with_product, issue)
    backed_up_under_load(with_product, board, tmp_path / "b.tar")
    assert [board.times(key) for key in keys] == [1] * len(keys)

    other = _elsewhere(tmp_path / "other", _empty_database(with_product, tmp_path))
    done = backups.restore(other, tmp_path / "b.tar", now=NOW)
    restored = opened(other, with_product)
    for hours in (0, 3, 6):
        deliver(restored, {"board": board}, hours=hours)
    assert [board.times(key) for key in keys] == [1] * len(keys)

    rows = states(restored)
    doubted = [row for row in rows.values() if row.state is DeliveryState.IN_DOUBT]
    assert len(doubted) == done.in_doubt > LATER
    assert {row.state for row in rows.values()} <= {DeliveryState.SENT, DeliveryState.IN_DOUBT}
    assert {row.reason for row in doubted} == {
        f"restored from a backup made at {done.made_at}: it may have been sent since"
    }
    with reading(restored.engine) as session:
        assert session.exec(select(Draft.state)).all() == [DraftState.PENDING]
    restored.engine.dispose()


def test_a_restore_that_is_killed_on_the_way_leaves_nothing_to_send(
    with_product: Ground,  # noqa: F811 - the fixture
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys, board = put(with_product, happen(with_product, Incident()), public=False), Board()
    backups.back_up(with_product.settings, tmp_path / "b.tar", now=NOW)
    deliver(with_product, {"board": board}, hours=2)
    other = _elsewhere(tmp_path / "other", _empty_database(with_product, tmp_path))

    def killed(*_given: object, **_named: object) -> int:
        raise Killed

    monkeypatch.setattr(backups, "doubt_unsent", killed)
    with pytest.raises(Killed):
        backups.restore(other, tmp_path / "b.tar", now=NOW)
    restored = opened(other, with_product)
    if schema.current(restored.engine) is not None:  # else nothing was put in place
        deliver(restored, {"board": board}, hours=3)
        assert {row.state for row in states(restored).values()} == {DeliveryState.IN_DOUBT}
    assert [board.times(key) for key in keys] == [1] * len(keys)
    restored.engine.dispose()


def test_what_a_person_wrongly_calls_unsent_is_found_where_the_place_can_be_read(
    with_product: Ground,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    from responders.delivery import store

    issue = happen(with_product, Incident())
    keys, board = put(with_product, issue, public=True), SlowBoard(public=True, lookup=True)
    backed_up_under_load(with_product, board, tmp_path / "b.tar")
    other = _elsewhere(tmp_path / "other", _empty_database(with_product, tmp_path))
    backups.restore(other, tmp_path / "b.tar", now=NOW)
    restored = opened(other, with_product)
    with transaction(restored.engine) as session:
        for row in states(restored).values():
            store.settle_not_sent(session, row.id or 0, now=NOON)
    deliver(restored, {"board": board}, hours=1)
    assert [board.times(key) for key in keys] == [1] * len(keys)
    assert {row.state for row in states(restored).values()} == {DeliveryState.SENT}
    restored.engine.dispose()
