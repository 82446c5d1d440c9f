"""What a place's policy makes of what is proposed, on a real store."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from config.database import transaction
from config.ground import Ground
from listener.tables import Post, Product, Source, Thread
from responders.voice.tables import Draft, DraftState
from responders.voice.words.drafting import digest
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, happen, say_more
from tests.responders.voice.acts import (
    approve,
    decide,
    edit,
    end,
    later,
    replies,
    respond,
    send_all,
    set_state,
)

LINE = "I work for Fernsync."


def declare(ground: Ground, **policy: object) -> None:
    with transaction(ground.engine) as session:
        session.exec(select(Product)).one().extra = {"policy": policy}


def name_of(ground: Ground) -> str:
    with transaction(ground.engine) as session:
        return session.exec(select(Source)).one().name


def test_where_replies_are_not_allowed_the_reason_stands_in_their_place(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))
    declare(ground, places={name_of(ground): {"allowed": False, "why": "their rules"}})
    respond(ground)
    (draft,) = replies(ground, number)
    assert (draft.state, draft.text) == (DraftState.SILENT, "")
    assert draft.reason.endswith(": their rules")
    assert respond(ground) == 0


def test_what_waits_falls_silent_when_the_policy_changes_even_if_a_person_wrote_it(
    ground: Ground,
) -> None:
    number = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    respond(ground)
    edit(ground, replies(ground, number)[0], "My own words.")
    declare(ground, allowed=False)
    respond(ground)
    first, second = replies(ground, number)
    assert {first.state, second.state} == {DraftState.SILENT}
    assert "what Ruth wrote was set aside" in first.reason
    assert respond(ground) == 0


def test_where_bots_are_unwelcome_nothing_prepared_is_proposed(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))
    declare(ground, no_bots=True)
    respond(ground)
    (draft,) = replies(ground, number)
    assert (draft.state, draft.text) == (DraftState.SILENT, "")
    assert draft.reason.startswith("bots are not welcome at forum")


def test_a_place_gets_the_line_it_wants_once_and_also_later(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))
    respond(ground)
    declare(ground, disclosure=LINE)
    assert respond(ground) == 1
    say_more(ground, number, Said(thread="b"))
    respond(ground)
    for draft in replies(ground, number):
        assert draft.state is DraftState.PENDING
        assert draft.text.count(LINE) == 1
        assert draft.text_sha256 == digest(draft.text)
    assert respond(ground) == 0


def test_a_young_post_gets_its_draft_when_it_is_old_enough(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))  # written ten minutes ago
    declare(ground, min_age_minutes=15)
    respond(ground)
    assert replies(ground, number) == []
    respond(later(ground, minutes=6))
    assert [row.state for row in replies(ground, number)] == [DraftState.PENDING]


@pytest.mark.parametrize("name", ["AutoModerator", "renovate[bot]"])
def test_a_machine_is_never_answered_and_leaves_no_silence(ground: Ground, name: str) -> None:
    number = happen(ground, Incident(said=[Said(thread="a", author=name), Said(thread="b")]))
    respond(ground)
    assert len(replies(ground, number)) == 1
    assert respond(ground) == 0


def test_whom_the_policy_never_answers_is_left_with_the_reason(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a", author="Troll"), Said(thread="b")]))
    declare(ground, never_answer=["troll"])
    respond(ground)
    first, second = replies(ground, number)
    assert first.reason == "its author is one whom the policy never answers"
    assert (first.state, second.state) == (DraftState.SILENT, DraftState.PENDING)


def test_a_thread_that_is_locked_meanwhile_loses_its_draft_until_it_is_open(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))
    respond(ground)
    for locked, state in ((True, DraftState.STALE), (False, DraftState.PENDING)):
        with transaction(ground.engine) as session:
            session.exec(select(Thread)).one().locked = locked
        respond(ground)
        assert [row.state for row in replies(ground, number)] == [state]


def test_a_policy_that_cannot_be_read_closes_its_places(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))
    declare(ground, quiet_hours="at night")
    respond(ground)
    (draft,) = replies(ground, number)
    assert draft.state is DraftState.SILENT
    assert "groundswell doctor" in draft.reason


def test_no_policy_changes_nothing(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))
    with transaction(ground.engine) as session:
        assert session.exec(select(Post)).one().published_at == NOON - timedelta(minutes=10)
    assert respond(ground) == 2
    assert [row.state for row in replies(ground, number)] == [DraftState.PENDING]


# A rule that falls --------------------------------------------------------------------------------


def allow(ground: Ground, *, allowed: bool) -> None:
    declare(ground, allowed=allowed, why="" if allowed else "their rules")


def test_a_place_that_is_allowed_again_gets_its_first_text_at_once_and_once(
    ground: Ground,
) -> None:
    number = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    allow(ground, allowed=False)
    respond(ground)
    allow(ground, allowed=True)
    assert respond(ground) == 2
    first, second = replies(ground, number)
    assert {first.state, second.state} == {DraftState.PENDING}
    assert first.text_sha256 == digest(first.text) != digest("")
    assert first.reason.startswith("silent until now: the policy allows no replies at forum")
    assert respond(ground) == 0


def test_closed_and_opened_again_and_again_a_thread_has_one_draft(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))
    for _ in range(3):
        for allowed, state in ((False, DraftState.SILENT), (True, DraftState.PENDING)):
            allow(ground, allowed=allowed)
            respond(ground)
            assert [row.state for row in replies(ground, number)] == [state]
            assert respond(ground) == 0


def test_what_is_said_after_a_silence_is_of_today(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))
    allow(ground, allowed=False)
    respond(ground)
    set_state(ground, number, "identified", note="A full disk.")
    allow(ground, allowed=True)
    respond(later(ground, hours=30))
    (draft,) = replies(ground, number)
    assert (draft.state, draft.phase, draft.kind) == (DraftState.PENDING, "identified", "ack")
    assert draft.next_update_by is not None
    assert draft.next_update_by > later(ground, hours=30).clock.now()


def test_where_bots_are_welcome_again_a_text_is_prepared(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))
    declare(ground, no_bots=True)
    respond(ground)
    declare(ground, no_bots=False)
    respond(ground)
    assert [row.state for row in replies(ground, number)] == [DraftState.PENDING]


@pytest.mark.parametrize("days", [1, 15])
def test_a_told_thread_hears_the_end_once_its_place_is_open_but_not_weeks_later(
    ground: Ground, days: int
) -> None:
    number = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    respond(ground)
    send_all(ground, number)
    allow(ground, allowed=False)
    set_state(ground, number, "resolved")
    respond(ground)
    assert [row.state for row in replies(ground, number)[2:]] == [DraftState.SILENT] * 2
    send_all(ground, number)  # the page
    allow(ground, allowed=True)
    then = later(ground, days=days)
    respond(then)
    follow_ups = [row for row in replies(ground, number) if row.kind == "update"]
    late = days > 14
    assert [row.state for row in follow_ups] == [
        DraftState.SILENT if late else DraftState.PENDING
    ] * 2
    assert respond(then) == 0
    if not late:
        send_all(then, number)
        assert respond(then) == 0
        assert len(replies(ground, number)) == 4


def test_a_thread_that_heard_of_no_trouble_never_hears_that_it_is_over(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))
    allow(ground, allowed=False)
    respond(ground)
    set_state(ground, number, "resolved")
    allow(ground, allowed=True)
    respond(ground)
    assert [row.state for row in replies(ground, number)] == [DraftState.SILENT]


def test_a_persons_no_stands_whatever_the_policy_becomes(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    respond(ground)
    first, second = replies(ground, number)
    decide(ground, first, "silent")
    decide(ground, second, "rejected")
    for allowed in (False, True):
        allow(ground, allowed=allowed)
        respond(ground)
    states = [row.state for row in replies(ground, number)]
    assert states == [DraftState.SILENT, DraftState.REJECTED]


def test_what_only_a_person_may_answer_stays_theirs(ground: Ground) -> None:
    text = "The app hangs and my lawyer will hear of it."
    number = happen(ground, Incident(said=[Said(thread="a", text=text)]))
    for allowed in (True, False, True):
        allow(ground, allowed=allowed)
        respond(ground)
    (draft,) = replies(ground, number)
    assert (draft.state, draft.text) == (DraftState.SILENT, "")
    assert draft.reason.startswith("a person must answer this one")
    assert respond(ground) == 0


def test_where_a_person_of_ours_wrote_meanwhile_nothing_is_proposed(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))
    allow(ground, allowed=False)
    respond(ground)
    say_more(ground, number, Said(thread="a", role="staff"))
    with transaction(ground.engine) as session:
        session.exec(select(Post).where(Post.role == "staff")).one().published_at = NOON
    allow(ground, allowed=True)
    assert respond(ground) == 0
    assert [row.state for row in replies(ground, number)] == [DraftState.SILENT]


def test_another_author_in_a_silent_thread_gets_the_text(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a", author="Troll")]))
    declare(ground, never_answer=["troll"])
    respond(ground)
    assert [row.state for row in replies(ground, number)] == [DraftState.SILENT]
    say_more(ground, number, Said(thread="a", author="Ann", text="It freezes when I open a note."))
    respond(ground)
    (draft,) = replies(ground, number)
    assert draft.state is DraftState.PENDING
    assert "freezes" in draft.text
    assert respond(ground) == 0


def test_what_may_stand_there_in_doubt_gets_no_second_text(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))
    respond(ground)
    (draft,) = replies(ground, number)
    approve(ground, draft)
    end(ground, draft, "in_doubt")
    with transaction(ground.engine) as session:
        row = session.get_one(Draft, draft.id)
        row.state, row.reason, row.decided_by = DraftState.SILENT, "they asked us not to", ""
    assert respond(ground) == 0
    assert [row.state for row in replies(ground, number)] == [DraftState.SILENT]


def test_silences_that_last_are_asked_without_a_query_for_each(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread=f"t{one}") for one in range(12)]))
    allow(ground, allowed=False)
    respond(ground)
    asked: list[str] = []

    def note(_c: object, _u: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(ground.engine, "before_cursor_execute", note)
    try:
        assert respond(ground) == 0
    finally:
        event.remove(ground.engine, "before_cursor_execute", note)
    assert len(replies(ground, number)) == 12
    assert len(asked) < 60
