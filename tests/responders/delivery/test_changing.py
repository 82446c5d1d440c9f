"""A reply is changed by a message of its own, once, and a removal is known to what it took away."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from config.database import reading, transaction
from config.errors import PermanentError
from responders.delivery.changing import CORRECTION, REMOVAL, changes_of, way_of
from responders.delivery.channels.base import InDoubt, Message, Receipt, Standing
from responders.delivery.erasures import blank
from responders.delivery.tables import Delivery, DeliveryState
from tests.conftest import NOON
from tests.places.board import Board
from tests.responders.delivery.conftest import Day, approved


@dataclass
class Sheet(Board):
    """A board whose one reply can be changed."""

    says: str | None = "It hangs."
    acts: list[str] = field(default_factory=list)
    lost: int = 0

    def __post_init__(self) -> None:
        super().__init__(public=True, lookup=True)

    def edit(self, message: Message) -> Receipt:
        """Write another text."""
        self.acts.append("edit")
        self.says = message.text
        return self._answered()

    def remove(self, message: Message) -> Receipt:
        """Take it away."""
        self.acts.append("remove")
        self.says = None
        return self._answered()

    def standing(self, message: Message) -> Standing:
        """Say how it stands."""
        if self.says is None:
            return Standing.GONE
        return Standing.AS_ASKED if self.says == message.text else Standing.OTHERWISE

    def _answered(self) -> Receipt:
        if self.lost:
            self.lost -= 1
            raise InDoubt("the line broke")
        return Receipt("1", "https://board.example/1", NOON)


class Lost(Sheet):
    """A board that does not know the reply any more."""

    def edit(self, message: Message) -> Receipt:
        """Refuse."""
        raise PermanentError(f"{message.key} is not there")


def put(day: Day, kind: str, text: str, **more: Any) -> tuple[str, str]:
    """Queue a reply that stands, and a change of it; return their keys."""
    reply = day.put(
        public=True, kind="ack", text="It hangs.", state=DeliveryState.SENT, sent_at=NOON,
        remote_id="1", url="https://board.example/1",
    )  # fmt: skip
    target = {"remote_id": "1", "url": "https://board.example/1"}
    change = day.put(
        public=True, kind=kind, text=text, approved_sha256=approved(text), target=target,
        changes_id=day.id(reply), **more,
    )  # fmt: skip
    return reply, change


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_a_correction_is_made_and_told_with_its_receipt(day: Day, lost: int) -> None:
    sheet = Sheet(lost=lost)
    reply, change = put(day, CORRECTION, "It hangs no more.")
    row = day.run_until_quiet({"board": sheet}, change)
    assert (row.state, row.remote_id, sheet.says) == (DeliveryState.SENT, "1", "It hangs no more.")
    assert sheet.sends == 0
    assert day.row(reply).removed_at is None


@pytest.mark.parametrize("lost", [0, 1])
def test_a_removal_is_known_to_the_reply_it_took_away(day: Day, lost: int) -> None:
    sheet = Sheet(lost=lost)
    reply, change = put(day, REMOVAL, "")
    assert day.run_until_quiet({"board": sheet}, change).state is DeliveryState.SENT
    assert sheet.says is None
    assert day.row(reply).removed_at is not None


def test_what_stands_as_asked_already_is_not_asked_for(day: Day) -> None:
    sheet = Sheet(says=None)
    reply, change = put(day, REMOVAL, "")
    day.run({"board": sheet})
    assert (day.row(change).state, sheet.acts) == (DeliveryState.SENT, [])
    assert day.row(reply).removed_at is not None


def test_a_correction_of_what_is_gone_fails_and_says_so(day: Day) -> None:
    sheet = Lost(says=None)
    _, change = put(day, CORRECTION, "It hangs no more.")
    day.run({"board": sheet})
    assert day.row(change).state is DeliveryState.FAILED


def test_no_change_leaves_with_another_text_than_the_approved_one(day: Day) -> None:
    sheet = Sheet()
    _, change = put(day, CORRECTION, "It hangs no more.")
    other = approved("Something else.")
    _, forged = put(day, CORRECTION, "Buy this.")
    with transaction(day.ground.engine) as session:
        session.get_one(Delivery, day.id(forged)).approved_sha256 = other
    day.run({"board": sheet})
    assert day.row(forged).state is DeliveryState.FAILED
    assert day.row(change).state is DeliveryState.SENT
    assert sheet.says == "It hangs no more."


def test_where_nothing_can_be_changed_a_person_is_told(day: Day) -> None:
    _, change = put(day, REMOVAL, "")
    day.run({"board": Board(public=True, lookup=True)})
    row = day.row(change)
    assert (row.state, "yourself" in row.reason) == (DeliveryState.FAILED, True)


def test_while_everything_is_held_back_nothing_is_changed(day: Day) -> None:
    sheet = Sheet()
    _, change = put(day, REMOVAL, "")
    day.pause()
    day.run({"board": sheet})
    assert (day.row(change).state, sheet.acts) == (DeliveryState.QUEUED, [])


def test_other_messages_keep_their_way(day: Day) -> None:
    board = Sheet()
    reply, change = put(day, CORRECTION, "x")
    assert way_of(day.row(reply), board) is board
    assert way_of(day.row(change), board) is not board
    assert way_of(day.row(change), None) is None
    with reading(day.ground.engine) as session:
        assert [row.key for row in changes_of(session, day.id(reply))] == [change]


def test_what_was_corrected_goes_with_the_words_of_an_erased_post(day: Day) -> None:
    reply, change = put(day, CORRECTION, "You said that it hangs.")
    day.run({"board": Sheet()})
    with transaction(day.ground.engine) as session:
        assert blank(session, session.get_one(Delivery, day.id(reply)))
    assert (day.row(reply).text, day.row(change).text) == ("", "")
