"""What follows from a text that was sent."""

from collections.abc import Sequence
from datetime import timedelta

from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.leases import acquire
from responders.voice import store
from responders.voice.ledger.settling import LEASE, record_sent
from responders.voice.tables import Draft, DraftState, Promise, Told
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, happen, say_more
from tests.responders.voice.acts import (
    all_drafts,
    approve,
    end,
    later,
    merge,
    pages,
    promises,
    replies,
    respond,
    send,
    send_all,
    set_state,
)

TWO_THREADS = [Said(thread="t1"), Said(thread="t2")]
FOUR = NOON + timedelta(hours=4)


def told(ground: Ground, issue: int) -> Sequence[Told]:
    with reading(ground.engine) as session:
        return store.told(session, issue)


def seen(row: Promise) -> tuple[str, bool]:
    return row.state.value, row.settled_at is not None


def test_a_sent_reply_is_recorded_once(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    (ack,) = replies(ground, issue)
    approve(ground, ack)
    assert record_sent(ground) == 0
    end(ground, ack)
    assert [record_sent(ground), record_sent(ground)] == [1, 0]
    (row,) = told(ground, issue)
    assert (row.thread_id, row.phase, row.told_at) == (ack.thread_id, "investigating", NOON)
    assert row.url == f"https://there/{ack.id}"
    assert replies(ground, issue)[0].state is DraftState.SENT


def test_what_did_not_arrive_is_not_told(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    (ack,) = replies(ground, issue)
    approve(ground, ack)
    for state in ("sending", "in_doubt", "by_hand", "failed", "cancelled"):
        end(ground, ack, state)
        assert record_sent(ground) == 0
    assert told(ground, issue) == []
    assert promises(ground) == []


def test_a_page_update_tells_no_thread(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send(ground, *pages(ground, issue))
    assert told(ground, issue) == []


def test_many_texts_make_one_promise(ground: Ground) -> None:
    issue = happen(ground, Incident(said=TWO_THREADS))
    respond(ground)
    send_all(ground, issue)
    (promise,) = promises(ground)
    assert (promise.due_at, promise.made_at, promise.issue_id) == (FOUR, NOON, issue)
    assert seen(promise) == ("open", False)


def test_the_next_word_on_the_page_keeps_the_promise_and_makes_another(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    ground = later(ground, hours=3, minutes=20)
    respond(ground)
    send(ground, pages(ground, issue)[-1])
    first, second = promises(ground)
    assert seen(first) == ("kept", True)
    assert first.settled_at == ground.clock.now()
    assert (second.due_at, seen(second)) == (NOON + timedelta(hours=7, minutes=30), ("open", False))


def test_a_reply_elsewhere_keeps_no_promise(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    ground = later(ground, hours=3, minutes=45)
    say_more(ground, issue, Said(thread="late"))
    respond(ground)
    send(ground, replies(ground, issue)[-1])
    assert seen(promises(ground)[0]) == ("open", False)


def test_the_end_keeps_the_promise_and_makes_none(ground: Ground) -> None:
    issue = happen(ground, Incident(said=TWO_THREADS))
    respond(ground)
    send_all(ground, issue)
    ground = later(ground, hours=1)
    set_state(ground, issue, "resolved")
    respond(ground)
    send_all(ground, issue)
    (promise,) = promises(ground)
    assert seen(promise) == ("kept", True)


def test_a_word_after_the_time_settles_a_broken_promise(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    ground = later(ground, hours=4, minutes=1)
    respond(ground)
    assert seen(promises(ground)[0]) == ("broken", False)
    send(ground, pages(ground, issue)[-1])
    assert seen(promises(ground)[0]) == ("broken", True)


def test_a_word_in_time_that_was_recorded_late_keeps_the_promise(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    in_time = later(ground, hours=3, minutes=10)
    respond(in_time)
    page = pages(ground, issue)[-1]
    approve(in_time, page)
    end(in_time, page)
    respond(later(ground, hours=5))  # knows of a text that was sent and not recorded: waits
    assert seen(promises(ground)[0]) == ("open", False)
    record_sent(later(ground, hours=5))
    assert seen(promises(ground)[0]) == ("kept", True)


def test_a_promise_made_anew_after_it_was_kept_is_open_again(ground: Ground) -> None:
    issue = happen(ground, Incident(said=TWO_THREADS))
    respond(ground)
    first, second = replies(ground, issue)
    send(ground, first)
    approve(ground, second)
    hour = later(ground, hours=1)
    set_state(hour, issue, "identified")
    set_state(hour, issue, "investigating")
    send(later(ground, hours=2), *_page_with_another_time(ground, issue))
    assert seen(promises(ground)[0]) == ("kept", True)
    end(later(ground, hours=2, minutes=1), second)
    record_sent(ground)
    assert seen(promises(ground)[0]) == ("open", False)


def _page_with_another_time(ground: Ground, issue: int) -> Sequence[Draft]:
    (page,) = pages(ground, issue)
    with transaction(ground.engine) as session:
        session.get_one(Draft, page.id).next_update_by = FOUR + timedelta(hours=4)
    return pages(ground, issue)


def test_the_word_of_the_whole_keeps_what_was_promised_of_its_parts(ground: Ground) -> None:
    part, whole = happen(ground, Incident()), happen(ground, Incident())
    respond(ground)
    send(ground, *replies(ground, part))
    merge(ground, part, whole)
    ground = later(ground, hours=3, minutes=10)
    respond(ground)
    send(ground, pages(ground, whole)[-1])
    assert seen(promises(ground)[0]) == ("kept", True)


def test_while_another_process_records_nothing_is_recorded_here(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    (page, ack) = all_drafts(ground, issue)
    for row in (page, ack):
        approve(ground, row)
        end(ground, row)
    assert acquire(ground.engine, LEASE, holder="elsewhere:1:00000000", clock=SystemClock())
    assert record_sent(ground) == 0


def test_a_word_that_repeats_a_promise_does_not_keep_it(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send(ground, *replies(ground, issue))
    send(later(ground, minutes=5), *pages(ground, issue))
    (promise,) = promises(ground)
    assert seen(promise) == ("open", False)
