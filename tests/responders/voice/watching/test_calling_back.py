"""A reply that was overtaken does not leave, whether it waits for a yes or was approved."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Post, Thread
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import Draft, DraftState
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, happen
from tests.responders.voice.acts import (
    approve,
    edit,
    later,
    replies,
    respond,
    send_all,
    set_state,
)

OURS = "somebody of ours wrote there at 12:10 UTC, 12 May"


@pytest.fixture
def issue(ground: Ground) -> int:
    made = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    respond(ground)
    return made


def one(ground: Ground, issue: int) -> Draft:
    """Return the reply for thread a."""
    return replies(ground, issue)[0]


def staff_writes(
    ground: Ground,
    draft: Draft | int,
    *,
    minutes: float = 10,
    role: str | None = "staff",
    ours: bool = False,
) -> None:
    """Let somebody write in a thread, or in that of a draft, with their own account."""
    thread = draft.thread_id if isinstance(draft, Draft) else draft
    moment = NOON + timedelta(minutes=minutes)
    with transaction(ground.engine) as session:
        first = session.exec(select(Post).order_by(col(Post.id))).first()
        assert first is not None
        session.add(
            Post(
                product_id=first.product_id, source_id=first.source_id, thread_id=thread,
                identity=f"s{minutes}{role}", remote_id=f"s{minutes}{role}", author="Tom",
                author_key="tom", role=role, ours=ours, published_at=moment, seen_at=moment,
                text="We are looking at it.", content_hash="s",
            )
        )  # fmt: skip


def change(ground: Ground, table: Any, number: int | None, **values: object) -> None:
    with transaction(ground.engine) as session:
        row = session.get_one(table, number)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


def message(ground: Ground, draft: Draft) -> Delivery:
    with reading(ground.engine) as session:
        return session.get_one(Delivery, draft.delivery_id)


def test_a_waiting_reply_is_set_aside_when_a_person_of_ours_answers(
    ground: Ground, issue: int
) -> None:
    staff_writes(ground, one(ground, issue))
    then = later(ground, minutes=11)
    assert respond(then) == 1
    row = one(ground, issue)
    assert (row.state, row.reason) == (DraftState.STALE, OURS)
    assert respond(then) == 0  # and nothing is proposed there again
    assert replies(ground, issue)[1].state is DraftState.PENDING  # the other thread still waits


def test_an_approved_reply_is_called_back_before_it_leaves(ground: Ground, issue: int) -> None:
    approve(ground, one(ground, issue))
    staff_writes(ground, one(ground, issue))
    respond(later(ground, minutes=11))
    row = one(ground, issue)
    assert (row.state, row.reason) == (DraftState.STALE, OURS)
    assert message(ground, row).state is DeliveryState.CANCELLED


@pytest.mark.parametrize("role", [None, "bot"])
def test_the_words_of_others_overtake_nothing(ground: Ground, issue: int, role: str | None) -> None:
    staff_writes(ground, one(ground, issue), role=role)
    respond(later(ground, minutes=11))
    assert one(ground, issue).state is DraftState.PENDING


def test_our_own_text_heard_back_overtakes_nothing(ground: Ground, issue: int) -> None:
    staff_writes(ground, one(ground, issue), ours=True)
    respond(later(ground, minutes=11))
    assert one(ground, issue).state is DraftState.PENDING


def test_what_our_people_wrote_before_the_report_overtakes_nothing(
    ground: Ground, issue: int
) -> None:
    staff_writes(ground, one(ground, issue), minutes=-20)
    respond(later(ground, minutes=11))
    assert one(ground, issue).state is DraftState.PENDING


def test_a_thread_that_our_people_answered_gets_no_first_reply_at_all(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(thread="a")]))
    with reading(ground.engine) as session:
        thread = session.exec(select(Thread.id)).one()
    staff_writes(ground, thread or 0)
    respond(later(ground, minutes=11))
    assert replies(ground, issue) == []


def test_a_person_may_write_beside_our_people_all_the_same(ground: Ground, issue: int) -> None:
    staff_writes(ground, one(ground, issue), minutes=1)
    then = later(ground, minutes=2)
    edit(then, one(ground, issue), "We know, and Tom is on it.")
    respond(later(then, minutes=1))
    assert one(ground, issue).state is DraftState.PENDING
    staff_writes(ground, one(ground, issue), minutes=10)
    respond(later(then, minutes=10))
    assert one(ground, issue).state is DraftState.STALE


def test_an_approved_reply_to_an_edited_post_is_called_back_and_drawn_anew(
    ground: Ground, issue: int
) -> None:
    approve(ground, one(ground, issue))
    before = one(ground, issue)
    change(ground, Post, before.post_id, text="It hangs when I print a note", revision=2)
    then = later(ground, minutes=1)
    assert respond(then) == 2  # called back, and drawn anew in the same pass
    row = one(ground, issue)
    assert (row.id, row.state, row.version) == (before.id, DraftState.PENDING, 2)
    assert message(ground, row).state is DeliveryState.CANCELLED
    approve(then, row)  # which a person may approve anew
    assert message(ground, row).state is DeliveryState.QUEUED


@pytest.mark.parametrize("decided", [False, True])
def test_no_reply_waits_for_a_closed_thread_and_one_that_opens_again_gets_its_reply(
    ground: Ground, issue: int, decided: bool
) -> None:
    row = one(ground, issue)
    if decided:
        approve(ground, row)
    change(ground, Thread, row.thread_id, locked=True)
    respond(ground)
    row = one(ground, issue)
    assert (row.state, row.reason) == (DraftState.STALE, "its thread was closed")
    change(ground, Thread, row.thread_id, locked=False)
    respond(ground)
    assert one(ground, issue).state is DraftState.PENDING


@pytest.mark.parametrize("state", [DeliveryState.SENDING, DeliveryState.BY_HAND])
def test_what_is_leaving_or_in_a_persons_hands_is_left_alone(
    ground: Ground, issue: int, state: DeliveryState
) -> None:
    approve(ground, one(ground, issue))
    change(ground, Delivery, one(ground, issue).delivery_id, state=state)
    staff_writes(ground, one(ground, issue))
    respond(later(ground, minutes=11))
    assert one(ground, issue).state is DraftState.APPROVED
    assert message(ground, one(ground, issue)).state is state


def test_what_was_tried_already_is_left_to_the_outbox(ground: Ground, issue: int) -> None:
    approve(ground, one(ground, issue))
    change(ground, Delivery, one(ground, issue).delivery_id, tries=1)
    staff_writes(ground, one(ground, issue))
    respond(later(ground, minutes=11))
    assert message(ground, one(ground, issue)).state is DeliveryState.QUEUED


def test_a_follow_up_is_set_aside_when_our_people_told_the_thread(
    ground: Ground, issue: int
) -> None:
    send_all(ground, issue)
    changed = later(ground, minutes=5)
    set_state(changed, issue, "resolved")
    respond(changed)
    updates = [row for row in replies(ground, issue) if row.kind == "update"]
    assert [row.state for row in updates] == [DraftState.PENDING] * 2
    staff_writes(ground, updates[0])
    respond(later(ground, minutes=11))
    updates = [row for row in replies(ground, issue) if row.kind == "update"]
    assert [row.state for row in updates] == [DraftState.STALE, DraftState.PENDING]
    assert respond(later(ground, minutes=12)) == 0


def test_words_of_ours_before_the_change_leave_the_follow_up(ground: Ground, issue: int) -> None:
    send_all(ground, issue)
    staff_writes(ground, one(ground, issue), minutes=2)
    changed = later(ground, minutes=5)
    set_state(changed, issue, "resolved")
    respond(changed)
    assert sum(row.kind == "update" for row in replies(ground, issue)) == 2
