"""A reply that moderators hold back is looked at again until anybody can read it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.clock import FixedClock
from config.errors import TransientError
from responders.delivery.channels.base import Message, Receipt
from responders.delivery.noticing import HIDDEN
from responders.delivery.revisiting import NOWHERE, next_look, revisit_due
from responders.delivery.tables import Delivery, DeliveryState
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.places.board import Board
from tests.responders.delivery.conftest import Day

WAITS = "the moderators must let it pass"
URL = "https://board.example/9"


class Moderated(Board):
    """A board that shows a reply when its moderators say so."""

    def __init__(self) -> None:
        super().__init__(public=True, lookup=True)
        self.passed, self.refused, self.down, self.looks = False, False, False, 0

    def send(self, message: Message) -> Receipt:
        """Keep the message for the moderators."""
        super().send(message)
        return Receipt(None, None, NOON, note=WAITS)

    def find(self, message: Message) -> Receipt | None:
        """Say how far it is."""
        self.looks += 1
        if self.down:
            raise TransientError("it does not answer")
        if not self.times(message.key) or self.refused:
            return None
        return Receipt("9", URL, NOON) if self.passed else Receipt(None, None, NOON, note=WAITS)


@pytest.fixture
def board(day: Day) -> Moderated:
    made = Moderated()
    day.put(public=True)
    day.run({"board": made})
    made.looks = 0
    return made


def look(day: Day, board: Moderated, *, minutes: float) -> int:
    clock = FixedClock(NOON + timedelta(minutes=minutes))
    return revisit_due(replace(day.ground, clock=clock), {"board": board})


def test_what_the_moderators_let_pass_gets_its_address(day: Day, board: Moderated) -> None:
    key = board.messages[0].key
    assert look(day, board, minutes=6) == 0
    assert (day.row(key).url, day.row(key).reason) == (None, WAITS)
    board.passed = True
    assert look(day, board, minutes=12) == 1
    row = day.row(key)
    assert (row.url, row.remote_id, row.reason) == (URL, "9", "")
    assert (row.state, row.sent_at, board.sends) == (DeliveryState.SENT, NOON, 1)
    assert look(day, board, minutes=600) == 0
    assert board.looks == 2


def test_what_they_did_not_let_pass_is_said_so_and_not_sent_again(
    day: Day, board: Moderated
) -> None:
    key = board.messages[0].key
    board.refused = True
    assert look(day, board, minutes=6) == 0
    assert (day.row(key).state, day.row(key).reason) == (DeliveryState.SENT, NOWHERE)
    assert look(day, board, minutes=30) == 0
    notices = [row for row in rows(day.ground, Delivery) if row.kind == HIDDEN]
    assert [(row.public, NOWHERE in row.text) for row in notices] == [(False, True)]
    day.run({"board": board})
    assert board.sends == 1
    board.refused, board.passed = False, True  # it was between two of our looks only
    assert look(day, board, minutes=60) == 1
    assert day.row(key).url == URL


def test_a_place_that_does_not_answer_is_asked_more_and_more_rarely(
    day: Day, board: Moderated
) -> None:
    board.down = True
    for minute in range(0, 24 * 60, 5):
        look(day, board, minutes=minute)
    assert 5 < board.looks < 30
    assert day.row(board.messages[0].key).reason == WAITS
    assert next_look(NOON, NOON) == NOON + timedelta(minutes=5)
    assert next_look(NOON, NOON + timedelta(hours=4)) == NOON + timedelta(hours=5)


def test_after_two_weeks_nobody_looks_any_more(day: Day, board: Moderated) -> None:
    assert look(day, board, minutes=15 * 24 * 60) == 0
    assert board.looks == 0


def test_without_its_channel_nothing_is_looked_for(day: Day, board: Moderated) -> None:
    clock = FixedClock(NOON + timedelta(hours=1))
    assert revisit_due(replace(day.ground, clock=clock), {}) == 0
    assert board.looks == 0
