"""What keeps a message here: a pause, a taking back, a wrong text, a deleted post, a person."""

import logging
import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from config.database import durable, reading, transaction
from listener.tables import Post
from responders.delivery import store
from responders.delivery import store_sending as sending
from responders.delivery.channels.base import Message, Receipt
from responders.delivery.channels.manual import Manual
from responders.delivery.tables import Delivery, DeliveryState, Rest
from tests.conftest import NOON
from tests.places.board import Board
from tests.responders.delivery.conftest import Day, approved
from tests.responders.incidents import Incident, Said, erase, happen

QUEUED, SENT = DeliveryState.QUEUED, DeliveryState.SENT


def test_a_pause_holds_replies_and_alerts_until_somebody_resumes(day: Day) -> None:
    board = Board()
    keys = [day.put(), day.put(public=True)]
    assert day.pause()
    assert not day.pause()
    day.run({"board": board})
    assert (board.sends, {day.row(key).state for key in keys}) == (0, {QUEUED})
    with reading(day.ground.engine) as session:
        held = store.paused(session)
        assert held is not None
        assert (held.by, held.reason, held.at) == ("Ruth", "a storm", NOON)
        assert [row.key for row in store.next_to_leave(session, limit=1)] == keys[:1]
    assert day.pause(False)
    day.run({"board": board})
    assert [board.times(key) for key in keys] == [1, 1]


class Pausing(Board):
    """A board whose reader pauses everything when the second message stands there."""

    def __init__(self, day: Day) -> None:
        super().__init__()
        self.day = day

    def send(self, message: Message) -> Receipt:
        """Pin the message up; what was claimed before the pause is finished."""
        receipt = super().send(message)
        if self.sends == 2:
            self.day.pause()
        return receipt


def test_a_pause_in_the_middle_of_a_pass_lets_nothing_more_be_claimed(day: Day) -> None:
    board, keys = Pausing(day), [day.put() for _ in range(5)]
    day.run({"board": board})
    assert board.sends == 2
    assert [day.row(key).state for key in keys] == [SENT, SENT, QUEUED, QUEUED, QUEUED]


def test_once_a_pause_is_committed_eight_processes_claim_nothing(day: Day) -> None:
    board = Board()
    for _ in range(40):
        day.put()
    threads = [
        threading.Thread(target=day.run, args=({"board": board},), kwargs={"holder": f"h:1:{n}"})
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    day.pause()
    with reading(day.ground.engine) as session:
        tries = sum(session.exec(select(Delivery.tries)).all())
    for thread in threads:
        thread.join()
    with reading(day.ground.engine) as session:
        assert sum(session.exec(select(Delivery.tries)).all()) == tries
    assert board.sends == tries


def test_what_was_taken_back_never_leaves(day: Day) -> None:
    board, key = Board(public=True), day.put(public=True)
    assert day.cancel(key)
    assert not day.cancel(key)
    day.run({"board": board})
    assert (board.sends, day.row(key).state) == (0, DeliveryState.CANCELLED)


@pytest.mark.parametrize("fault", ["down", "killed_before", "lost_before"])
def test_a_taking_back_after_the_first_try_comes_too_late(day: Day, fault: str) -> None:
    board, key = Board(public=True), day.put(public=True)
    board.faults = [fault]  # type: ignore[list-item]  # one of the faults
    day.run({"board": board})
    assert not day.cancel(key)


def test_an_approval_anew_queues_the_same_message_with_its_new_words(day: Day) -> None:
    board, key = Board(public=True), day.put(public=True)
    old = day.row(key)
    day.cancel(key)
    anew = Delivery(
        key=key, product_id=day.product_id, channel="board", destination="board", kind="ack",
        public=True, text="Other words.", approved_sha256=approved("Other words."),
        next_try_at=NOON, created_at=NOON,
    )  # fmt: skip
    with durable(day.ground.engine) as session:
        assert not store.queue(session, anew)
        assert store.requeue(session, anew) == old.id
        assert store.requeue(session, anew) is None
    day.run({"board": board})
    assert [message.text for message in board.messages] == ["Other words."]
    with durable(day.ground.engine) as session:
        assert store.requeue(session, anew) is None  # sent is sent


@pytest.mark.parametrize("sha256", [None, "", approved("something else")])
def test_a_public_text_that_is_not_the_approved_one_fails_loudly(
    day: Day, sha256: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    board, key = Board(public=True), day.put(public=True, approved_sha256=sha256)
    day.run({"board": board})
    row = day.row(key)
    assert (row.state, row.reason, row.tries) == (
        DeliveryState.FAILED, "the text is not the approved one", 0,
    )  # fmt: skip
    assert board.sends == 0
    assert "delivery_failed" in caplog.text


def test_words_changed_after_the_approval_never_leave(day: Day) -> None:
    board, key = Board(public=True), day.put(public=True)
    with transaction(day.ground.engine) as session:
        row = session.exec(select(Delivery).where(Delivery.key == key)).one()
        row.text += "\n\nBuy now!"
    day.run({"board": board})
    assert (board.sends, day.row(key).state) == (0, DeliveryState.FAILED)


def answering(day: Day, state: DeliveryState = QUEUED) -> str:
    """Queue a reply to a post that can be erased."""
    issue = happen(day.ground, Incident(said=[Said(text="It hangs.")]))
    with reading(day.ground.engine) as session:
        post = session.exec(select(Post.id)).first()
    return day.put(public=True, issue_id=issue, post_id=post, kind="ack", state=state)


@pytest.mark.parametrize("state", [QUEUED, DeliveryState.BY_HAND])
def test_a_reply_to_a_deleted_post_is_cancelled_and_its_words_go(
    day: Day, state: DeliveryState
) -> None:
    board, key = Board(public=True), answering(day, state)
    day.pause()  # an erasure waits for nobody
    erase(day.ground, "It hangs.")
    day.run({"board": board})
    row = day.row(key)
    assert (row.state, row.reason) == (DeliveryState.CANCELLED, "the post was deleted")
    assert (row.text, board.sends) == ("", 0)


class Erasing(Board):
    """A board on which somebody deletes a post while we send to another."""

    def __init__(self, day: Day) -> None:
        super().__init__(public=True)
        self.day = day

    def send(self, message: Message) -> Receipt:
        """Pin the message up, and erase."""
        erase(self.day.ground, "It hangs.")
        return super().send(message)


def test_a_post_deleted_in_the_middle_of_a_pass_is_answered_no_more(day: Day) -> None:
    board, first = Erasing(day), day.put()
    key = answering(day)
    day.run({"board": board})
    assert [day.row(one).state for one in (first, key)] == [SENT, DeliveryState.CANCELLED]
    assert board.sends == 1


def test_a_text_for_a_persons_hands_is_never_called_sent_before_they_say_so(day: Day) -> None:
    key, other = (day.put(public=True, channel="manual", to=f"source:{n}") for n in (1, 2))
    channels = {"manual": Manual()}
    day.run(channels)
    row = day.row(key)
    assert (row.state, row.sent_at, row.url) == (DeliveryState.BY_HAND, None, None)
    assert row.reason == "waiting for a person to post it"
    day.run(channels)
    assert day.row(key).tries == 1
    assert day.settle(key, sent_url="https://board.example/7")
    row = day.row(key)
    assert (row.state, row.url, row.sent_at) == (SENT, "https://board.example/7", NOON)
    assert day.settle(other, sent_url=None)
    assert day.row(other).state is DeliveryState.CANCELLED
    assert not day.settle(other, sent_url="https://board.example/8")


def test_a_crash_while_handing_over_only_hands_over_again(day: Day) -> None:
    key = day.put(public=True, channel="manual", state=DeliveryState.SENDING)
    for _ in range(2):
        day.run({"manual": Manual()})
    assert day.row(key).state is DeliveryState.BY_HAND


def test_a_doubt_is_settled_by_who_looked(day: Day) -> None:
    board, key, other = Board(public=True), day.put(public=True), day.put(public=True)
    board.faults = ["broke_after", "lost_before"]
    day.run({"board": board})
    assert {day.row(each).state for each in (key, other)} == {DeliveryState.IN_DOUBT}
    assert day.settle(key, sent_url="https://board.example/1")
    assert day.settle(other, sent_url=None)
    row = day.row(other)
    assert (row.state, row.tries) == (QUEUED, 0)
    day.run({"board": board})
    assert (board.times(key), board.times(other)) == (1, 1)
    assert (day.row(key).state, day.row(other).state) == (SENT, SENT)
    assert not day.settle(key, sent_url=None)


def test_a_long_queue_at_a_silent_place_hides_nobody_else(day: Day) -> None:
    board = Board()
    for _ in range(105):
        day.put(to="source:1")
    key = day.put(to="source:2", next_try_at=NOON + timedelta(seconds=1))
    with transaction(day.ground.engine) as session:
        session.add(Rest(destination="source:1", until=NOON + timedelta(hours=1)))
    day.at += timedelta(seconds=2)
    day.run({"board": board})
    assert (board.sends, board.times(key)) == (1, 1)


def test_alerts_leave_before_replies(day: Day) -> None:
    board = Board()
    reply = day.put(public=True)
    alert = day.put(next_try_at=NOON + timedelta(seconds=1))
    day.at += timedelta(seconds=2)
    day.run({"board": board})
    assert [message.key for message in board.messages] == [alert, reply]


def test_a_place_that_does_not_answer_is_waited_for_once_a_pass(day: Day) -> None:
    board = Board()
    board.faults = ["down"] * 9
    for _ in range(3):
        day.put(to="source:1")
    key = day.put(to="source:2")
    day.run({"board": board})
    assert board.sends == 2
    assert day.row(key).tries == 1


def test_a_lease_outlasts_the_longest_request(day: Day) -> None:
    seen = []

    class Looking(Board):
        def send(self, message: Message) -> Receipt:
            seen.append(day.row(message.key).lease_until)
            return super().send(message)

    knobs = day.ground.settings
    outbox = knobs.outbox.model_copy(update={"lease_s": 1.0})
    http = knobs.http.model_copy(update={"deadline_s": 300.0, "spacing_s": 60.0})
    settings = knobs.model_copy(update={"outbox": outbox, "http": http})
    object.__setattr__(day.ground, "settings", settings)
    day.put()
    day.run({"board": Looking()})
    assert seen[0] is not None
    assert seen[0] >= NOON + timedelta(seconds=360)


def test_a_claim_of_words_that_were_exchanged_since_they_were_read_is_none(day: Day) -> None:
    key = day.put(public=True)
    read = day.row(key)
    with transaction(day.ground.engine) as session:
        row = session.exec(select(Delivery).where(Delivery.key == key)).one()
        row.text, row.approved_sha256 = "Other words.", approved("Other words.")
    with durable(day.ground.engine) as session:
        assert sending.locked(session, read) is None
        assert sending.locked(session, day.row(key)) is not None
