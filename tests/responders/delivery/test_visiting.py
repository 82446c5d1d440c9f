"""A reply is looked for once more as a stranger; one that is hidden is told, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.clock import FixedClock
from config.errors import PermanentError, TransientError
from responders.delivery.channels.base import Message, Receipt, Sight
from responders.delivery.noticing import HIDDEN, notice_text
from responders.delivery.revisiting import AT_ONCE
from responders.delivery.tables import Delivery
from responders.delivery.visiting import visit_due
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.places.board import Board
from tests.responders.delivery.conftest import Day

WHY = "removed by moderators"


class Shown(Board):
    """A board that strangers see, or see in part."""

    def __init__(self) -> None:
        super().__init__(public=True, lookup=True)
        self.sight, self.error, self.looks = Sight(True), None, 0

    sight: Sight
    error: Exception | None

    def visible(self, message: Message, receipt: Receipt) -> Sight:
        """Say what a stranger sees."""
        self.looks += 1
        assert receipt.remote_id
        assert message.text
        if self.error is not None:
            raise self.error
        return self.sight


@pytest.fixture
def board(day: Day) -> Shown:
    made = Shown()
    day.put(public=True, kind="ack")
    day.run({"board": made})
    return made


def visit(day: Day, board: Board, *, minutes: float) -> int:
    clock = FixedClock(NOON + timedelta(minutes=minutes))
    return visit_due(replace(day.ground, clock=clock), {"board": board})


def notices(day: Day) -> list[Delivery]:
    return [row for row in rows(day.ground, Delivery) if row.kind == HIDDEN]


def test_it_is_looked_for_some_minutes_later_and_then_no_more(day: Day, board: Shown) -> None:
    key = board.messages[0].key
    assert visit(day, board, minutes=9) == 0
    assert board.looks == 0
    assert visit(day, board, minutes=11) == 1
    assert day.row(key).seen_at == NOON + timedelta(minutes=11)
    assert visit(day, board, minutes=600) == 0
    assert (board.looks, notices(day)) == (1, [])


def test_one_that_strangers_do_not_see_is_told_once_and_looked_for_again(
    day: Day, board: Shown
) -> None:
    key = board.messages[0].key
    board.sight = Sight(False, WHY)
    assert visit(day, board, minutes=11) == 1
    row = day.row(key)
    assert (row.hidden_at, row.hidden_why, row.seen_at) == (NOON + timedelta(minutes=11), WHY, None)
    (notice,) = notices(day)
    assert not notice.public
    assert WHY in notice.text
    assert "not visible to others" in notice.text
    for minutes in (30, 60, 120):
        visit(day, board, minutes=minutes)
    assert board.looks == 4
    assert len(notices(day)) == 1
    assert day.row(key).hidden_at == NOON + timedelta(minutes=11)
    board.sight = Sight(True)
    assert visit(day, board, minutes=300) == 1
    assert (day.row(key).hidden_at, day.row(key).hidden_why) == (None, "")
    assert board.sends == 1


@pytest.mark.parametrize("error", [None, PermanentError("members only")])
def test_a_place_that_strangers_cannot_read_says_nothing_of_a_reply(
    day: Day, board: Shown, error: Exception | None
) -> None:
    board.sight, board.error = Sight(None), error
    for minutes in (11, 30, 600):
        assert visit(day, board, minutes=minutes) == 0
    row = day.row(board.messages[0].key)
    assert (board.looks, row.seen_at, row.hidden_at, notices(day)) == (1, None, None, [])


@pytest.mark.parametrize("error", [TransientError("busy"), RuntimeError("a mistake of ours")])
def test_a_place_that_does_not_answer_is_asked_again_later(
    day: Day, board: Shown, error: Exception
) -> None:
    board.error = error
    assert visit(day, board, minutes=11) == 0
    assert visit(day, board, minutes=12) == 0
    board.error = None
    assert visit(day, board, minutes=20) == 1
    assert board.looks == 2


def test_two_processes_record_one_look_and_tell_once(day: Day, board: Shown) -> None:
    board.sight = Sight(False, WHY)

    class Meanwhile(Shown):
        def visible(self, message: Message, receipt: Receipt) -> Sight:
            visit(day, board, minutes=11)
            return Sight(False, WHY)

    assert visit(day, Meanwhile(), minutes=11) == 0
    assert len(notices(day)) == 1


def test_alerts_changes_and_what_was_taken_away_are_not_looked_for(day: Day) -> None:
    board = Shown()
    day.put()
    reply = day.put(public=True, kind="ack")
    day.run({"board": board})
    day.put(public=True, kind="removal", changes_id=day.id(reply), target={"remote_id": "2"})
    assert visit(day, Board(public=True), minutes=11) == 0
    visit(day, board, minutes=12)
    assert board.looks == 1


def test_a_notice_holds_no_word_of_anybody() -> None:
    row = Delivery(
        id=4, key="k", product_id=1, issue_id=7, url="javascript:alert(1)", channel="x",
        destination="x", kind="ack", text="x", next_try_at=NOON, created_at=NOON,
    )  # fmt: skip
    assert notice_text(row, WHY) == (
        "GS-7: our reply at its thread is not visible to others (removed by moderators). Its "
        "thread counts as not told. Look there without logging in, and ask the place's moderators; "
        "details: groundswell delivery show 4"
    )


def test_what_no_stranger_can_be_asked_about_takes_nobodys_turn(day: Day) -> None:
    blind, board = Board(public=True), Shown()
    for _ in range(AT_ONCE + 1):
        day.put(public=True, kind="update", channel="page")
    day.put(public=True, kind="ack")
    day.run({"page": blind, "board": board})
    assert visit(day, board, minutes=11) == 1
