"""What was approved as the last word does not leave once the issue is open again."""

from typing import Any

from sqlmodel import Session

from classifiers.tables import IssueState
from config.database import reading, transaction
from config.ground import Ground
from responders.delivery.outbox import deliver_due
from responders.delivery.overtaking import state_now
from responders.delivery.tables import Delivery, DeliveryState
from tests.conftest import NOON
from tests.places.board import Board
from tests.responders.delivery.conftest import approved
from tests.responders.incidents import Incident, happen
from tests.responders.voice.acts import merge, set_state

TEXT = "It is over."


def queue(ground: Ground, issue: int, **values: Any) -> int:
    row = Delivery(
        key=f"{issue}", product_id=1, issue_id=issue, channel="board", destination="board",
        kind="update", public=True, approved_sha256=approved(TEXT), text=TEXT,
        next_try_at=NOON, created_at=NOON, **({"target": {"phase": "resolved"}} | values),
    )  # fmt: skip
    with transaction(ground.engine) as session:
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id


def stored(session: Session, number: int) -> Delivery:
    return session.get_one(Delivery, number)


def test_a_last_word_stays_here_when_the_issue_went_back_meanwhile(ground: Ground) -> None:
    issue = happen(ground, Incident())
    number, board = queue(ground, issue), Board(public=True, lookup=True)
    set_state(ground, issue, "investigating")
    deliver_due(ground, {"board": board})
    with reading(ground.engine) as session:
        row = stored(session, number)
    assert (row.state, board.messages) == (DeliveryState.CANCELLED, [])
    assert row.reason == "its issue is investigating again: it needs another yes"


def test_a_text_stays_here_when_the_issue_went_on_meanwhile(ground: Ground) -> None:
    issue = happen(ground, Incident())
    number = queue(ground, issue, target={"phase": "investigating"})
    board = Board(public=True, lookup=True)
    set_state(ground, issue, "resolved")
    deliver_due(ground, {"board": board})
    with reading(ground.engine) as session:
        row = stored(session, number)
    assert (row.state, board.messages) == (DeliveryState.CANCELLED, [])
    assert row.reason == "its issue is resolved by now: it needs another yes"


def test_it_leaves_while_the_issue_says_so_too(ground: Ground) -> None:
    issue = happen(ground, Incident())
    number, board = queue(ground, issue), Board(public=True, lookup=True)
    set_state(ground, issue, "resolved")
    deliver_due(ground, {"board": board})
    with reading(ground.engine) as session:
        assert stored(session, number).state is DeliveryState.SENT


def test_the_whole_counts_for_an_issue_that_became_part_of_it(ground: Ground) -> None:
    issue, whole = happen(ground, Incident()), happen(ground, Incident())
    number = queue(ground, issue)
    set_state(ground, issue, "resolved")
    merge(ground, issue, whole)
    with reading(ground.engine) as session:
        assert state_now(session, stored(session, number)) is IssueState.NEW


def test_a_message_that_says_no_phase_asks_nothing(ground: Ground) -> None:
    number = queue(ground, happen(ground, Incident()), target={})
    with reading(ground.engine) as session:
        assert state_now(session, stored(session, number)) is None
