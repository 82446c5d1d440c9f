"""Promises: people are reminded in time, once, and told when one was broken."""

from datetime import timedelta

from config.ground import Ground
from responders.delivery.opening import destinations
from responders.delivery.outbox import deliver_due
from responders.voice.ledger.keeping import overdue_text, reminder_text
from responders.voice.tables import PromiseState
from tests.conftest import NOON
from tests.places.board import Board
from tests.responders.incidents import Incident, Said, erase, happen
from tests.responders.voice.acts import (
    flag,
    later,
    merge,
    notices,
    pages,
    promises,
    replies,
    respond,
    send,
    send_all,
    set_state,
)

FOUR = NOON + timedelta(hours=4)


def test_a_reminder_says_what_was_promised_and_what_waits() -> None:
    assert reminder_text("GS-1", "Notes hang", FOUR, waiting=3, now=FOUR - timedelta(hours=1)) == (
        "GS-1 “Notes hang”: we promised the next public word by 16:00 UTC (in 1 h). "
        "3 drafts wait for a decision."
    )


def test_an_overdue_notice_says_since_when() -> None:
    text = overdue_text("GS-1", "Notes hang", FOUR, waiting=1, now=FOUR + timedelta(days=1))
    assert text == (
        "GS-1 “Notes hang”: the public word we promised by 16:00 UTC on Tuesday 12 May is overdue. "
        "The page says so until it comes. 1 draft waits for a decision."
    )


def test_each_destination_is_reminded_once_and_told_of_the_break_once(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    respond(later(ground, hours=2, minutes=59))
    assert notices(ground) == []
    for _ in range(2):
        respond(later(ground, hours=3))
        respond(later(ground, hours=4))
    (promise,) = promises(ground)
    names = [to.name for to in destinations(ground.settings)]
    assert {row.key for row in notices(ground)} == {
        f"{name}|{issue}|{what}|{promise.id}" for name in names for what in ("reminder", "overdue")
    }
    assert (promise.state, promise.settled_at) == (PromiseState.BROKEN, None)
    assert not any(row.public for row in notices(ground))


def test_the_words_of_strangers_are_harmless_in_a_reminder(ground: Ground) -> None:
    issue = happen(ground, Incident(title="@everyone <@1> https://evil.example now"))
    respond(ground)
    send_all(ground, issue)
    respond(later(ground, hours=3))
    (row,) = {row.text for row in notices(ground)}
    assert "A problem that several people report" in row
    assert "@" not in row
    assert "evil" not in row


def test_a_notice_that_waits_is_drawn_anew_without_what_was_erased(ground: Ground) -> None:
    secret = "Notes by Ada Byron hang"
    issue = happen(ground, Incident(said=[Said(text=secret), Said()], title=secret))
    respond(ground)
    send_all(ground, issue)
    for hours in (3, 4):
        respond(later(ground, hours=hours))
    assert len(notices(ground)) == 2 * len(destinations(ground.settings))
    assert all(secret in row.text for row in notices(ground))
    erase(ground, secret)
    board = Board()
    before = {row.text for row in notices(ground)}
    deliver_due(later(ground, hours=4), {"terminal": board})
    assert not before & {message.text for message in board.messages}
    respond(later(ground, hours=4))
    assert not any(secret in row.text for row in notices(ground))
    assert sum("is overdue" in row.text for row in notices(ground)) == len(notices(ground)) / 2
    assert deliver_due(later(ground, hours=4), {"terminal": board}) > 0


def test_a_promise_of_a_merged_issue_names_the_whole_and_what_waits_there(ground: Ground) -> None:
    part = happen(ground, Incident(title="Sync stops at night"))
    respond(ground)
    send(ground, *replies(ground, part))
    one = happen(ground, Incident(said=[Said(thread="t9")]))
    merge(ground, part, into=one)
    respond(later(ground, hours=3))
    (text,) = {row.text for row in notices(ground)}
    assert text.startswith("GS-2 with GS-1 “App hangs when a note is opened”: we promised")
    assert "waits for a decision" in text or "wait for a decision" in text
    assert "No draft" not in text


def test_who_is_late_to_look_is_told_of_the_break_only(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    respond(later(ground, days=1))
    assert {row.key.split("|")[2] for row in notices(ground)} == {"overdue"}


def test_a_promise_of_a_muted_issue_is_a_promise(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    flag(ground, issue, "muted")
    respond(later(ground, hours=3))
    assert len(notices(ground)) == len(destinations(ground.settings))
    assert len(pages(ground, issue)) == 1


def test_a_kept_promise_is_not_pressed(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said()]))
    respond(ground)
    send_all(ground, issue)
    hour = later(ground, hours=1)
    set_state(hour, issue, "resolved")
    respond(hour)
    send(hour, pages(ground, issue)[-1])
    respond(later(ground, hours=9))
    assert notices(ground) == []
