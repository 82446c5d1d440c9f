"""A reply is changed by a message of its own, once, and a removal is known to what it took away."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from config.database import reading, transaction
from config.errors import PermanentError
from listener.tables import Post, Source
from responders.delivery.changing import CORRECTION, REMOVAL, changes_of, way_of
from responders.delivery.channels.base import InDoubt, Message, Receipt, Standing
from responders.delivery.erasures import blank
from responders.delivery.store_sending import post_erased
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


def answers(day: Day, reply: str, *, erased: bool) -> None:
    """Let a reply answer a post that stands, or that was erased."""
    with transaction(day.ground.engine) as session:
        source = Source(
            product_id=day.product_id, name="f", kind="feed", url="https://f.x", created_at=NOON
        )
        session.add(source)
        session.flush()
        post = Post(
            product_id=day.product_id, source_id=source.id or 0, identity="1", remote_id="1",
            seen_at=NOON, published_at=NOON, text="" if erased else "It hangs.", content_hash="1",
            erased_at=NOON if erased else None,
        )  # fmt: skip
        session.add(post)
        session.flush()
        session.get_one(Delivery, day.id(reply)).post_id = post.id


def test_what_waits_to_correct_an_answer_to_an_erased_post_goes_with_it(day: Day) -> None:
    reply, change = put(day, CORRECTION, "You said that it hangs.")
    answers(day, reply, erased=True)
    sheet = Sheet()
    day.run({"board": sheet})
    assert (day.row(change).state, day.row(change).text) == (DeliveryState.CANCELLED, "")
    assert sheet.acts == []


def test_what_is_claimed_when_the_post_goes_is_asked_once_more(day: Day) -> None:
    reply, change = put(day, CORRECTION, "You said that it hangs.")
    _, other = put(day, REMOVAL, "")
    with reading(day.ground.engine) as session:
        assert not post_erased(session, day.row(change))
    answers(day, reply, erased=True)
    with reading(day.ground.engine) as session:
        assert post_erased(session, day.row(change))
        assert not post_erased(session, day.row(other))


def test_a_correction_that_leaves_while_its_post_goes_is_blanked_later(day: Day) -> None:
    reply, change = put(day, CORRECTION, "You said that it hangs.")
    day.run({"board": Sheet()})
    answers(day, reply, erased=True)
    with transaction(day.ground.engine) as session:
        session.get_one(Delivery, day.id(reply)).text = ""  # as when that was blanked before
    day.run({"board": Sheet()})
    assert (day.row(change).state, day.row(change).text) == (DeliveryState.SENT, "")


@pytest.mark.parametrize("kind", [CORRECTION, REMOVAL])
def test_what_changes_an_answer_goes_on_as_long_as_it_says_nothing_erased(
    day: Day, kind: str
) -> None:
    reply, change = put(day, kind, "It hangs no more." if kind == CORRECTION else "")
    answers(day, reply, erased=kind == REMOVAL)
    sheet = Sheet()
    day.run({"board": sheet})
    assert day.row(change).state is DeliveryState.SENT
    assert sheet.acts == ["edit" if kind == CORRECTION else "remove"]


def test_what_was_corrected_goes_with_the_words_of_an_erased_post(day: Day) -> None:
    reply, change = put(day, CORRECTION, "You said that it hangs.")
    day.run({"board": Sheet()})
    with transaction(day.ground.engine) as session:
        assert blank(session, session.get_one(Delivery, day.id(reply)))
    assert (day.row(reply).text, day.row(change).text) == ("", "")
