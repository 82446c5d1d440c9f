"""What posts ask of us, on a real store: a person, or silence."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import select

from classifiers.tables import Issue, IssueEvent, IssueState
from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Post, Product
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.ladder.escalating import escalate_due
from responders.oncall.tables import Handling
from responders.voice.leave.wishes import ASKED
from responders.voice.respond import respond_due
from responders.voice.tables import Called, DraftState, Heed, OptOut
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.places.board import Board
from tests.responders.incidents import Incident, Said, erase, happen, say_more
from tests.responders.voice.acts import approve, end, later, pages, replies, respond, send

HARM = "It hangs, and the charger burned my hand."
LAW = "It hangs. I will sue you."
WISH = "It hangs. And please stop replying to me."


def calls(ground: Ground) -> Sequence[Delivery]:
    with reading(ground.engine) as session:
        return session.exec(select(Delivery).where(Delivery.kind == "person")).all()


def declare(ground: Ground, **policy: object) -> None:
    with transaction(ground.engine) as session:
        session.exec(select(Product)).one().extra = {"policy": policy}


def issue(ground: Ground, number: int) -> Issue:
    with reading(ground.engine) as session:
        return session.get_one(Issue, number)


# A person is asked --------------------------------------------------------------------------------


def test_a_named_person_is_asked_once_for_each_issue_and_lane(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(), Said(thread="b", text=LAW)]))
    declare(ground, person="Ruth", persons={"legal": "Lena"})
    respond(ground)
    say_more(ground, number, Said(thread="c", text=LAW))
    respond(ground)
    (call,) = calls(ground)
    assert call.text.startswith(
        "GS-1: Lena is asked to answer in forum.example. Reason: it speaks of law (legal). "
        "No text is proposed there.\nhttps://forum.example/p/"
    )
    assert "sue" not in call.text
    assert (call.public, call.issue_id) == (False, number)
    say_more(ground, number, Said(thread="d", text=HARM))
    respond(ground)
    assert [row.person for row in rows(ground, Called)] == ["Lena", "Ruth"]
    assert len(calls(ground)) == 2


def test_a_person_is_asked_whatever_was_erased_acknowledged_or_ended_there(ground: Ground) -> None:
    said = [Said(text="It hangs, says Bo."), Said(thread="b", text=LAW)]
    number = happen(ground, Incident(said=said))
    erase(ground, "Bo")
    respond(ground)
    with transaction(ground.engine) as session:
        owner = session.get_one(Issue, number)
        owner.state = IssueState.RESOLVED
        after = NOON + timedelta(minutes=1)
        session.add(
            Handling(
                issue_id=number, product_id=owner.product_id, acknowledged_by="Ruth",
                acknowledged_at=after,
            )
        )  # fmt: skip
    here, board = later(ground, minutes=2), Board()
    escalate_due(here)
    deliver_due(here, {"terminal": board}, machine=here.clock)
    (call,) = calls(here)
    assert call.state is DeliveryState.SENT
    assert [one for one in board.messages if "asked to answer" in one.text]


def test_where_nobody_is_named_the_on_call_people_are_asked(ground: Ground) -> None:
    happen(ground, Incident(said=[Said(text=LAW)]))
    respond(ground)
    (call,) = calls(ground)
    assert call.text.startswith("GS-1: A person is asked to answer in forum.example.")


def test_one_who_answers_us_with_such_words_is_a_persons_too(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a")]))
    respond(ground)
    send(ground, *replies(ground, number))
    with transaction(ground.engine) as session:
        first = session.exec(select(Post)).one()
        answer = Post(**first.model_dump(exclude={"id"}))
        answer.identity = answer.remote_id = answer.content_hash = "answer"
        answer.text, answer.answers_us = "I want my money back", True
        session.add(answer)
    respond(ground)
    respond(ground)
    assert [row.lane for row in rows(ground, Called)] == ["money"]


def test_the_question_is_not_told_once_its_post_is_gone(ground: Ground) -> None:
    happen(ground, Incident(said=[Said(), Said(thread="b", text=LAW)]))
    erase(ground, LAW)
    respond(ground)
    assert calls(ground) == []


def test_history_calls_nobody(ground: Ground) -> None:
    happen(ground, Incident(said=[Said(), Said(text=LAW, backfill=True)]))
    respond(ground)
    assert calls(ground) == []


def test_a_post_that_joins_with_such_words_silences_what_waits_in_its_thread(
    ground: Ground,
) -> None:
    number = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    respond(ground)
    say_more(ground, number, Said(thread="a", text=LAW))
    respond(ground)
    first, second = replies(ground, number)
    assert (first.state, first.text) == (DraftState.SILENT, "")
    assert first.reason == "a person must answer this one: it speaks of law"
    assert second.state is DraftState.PENDING
    assert respond(ground) == 0


def test_somebody_who_comes_back_again_and_again_gets_a_person(ground: Ground) -> None:
    said = [Said(thread=name, author="Ann") for name in "abcde"]
    number = happen(ground, Incident(said=[*said, Said(thread="f")]))
    respond(ground)
    respond(ground)
    states = {row.reason: row.state for row in replies(ground, number)}
    why = "a person must answer this one: its author comes back to it again and again"
    assert states[why] is DraftState.SILENT
    assert [row.state for row in replies(ground, number)].count(DraftState.PENDING) == 1
    assert [row.lane for row in rows(ground, Called)] == ["loud"]


# An issue is kept for people ----------------------------------------------------------------------


def test_when_two_people_were_hurt_the_issue_is_kept_for_people(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(), Said(thread="b", text=HARM)]))
    respond(ground)
    assert issue(ground, number).flags == []
    say_more(ground, number, Said(thread="c", text="Mine caught fire"))
    respond(ground)
    assert issue(ground, number).flags == ["human-only"]
    assert {row.state for row in (*replies(ground, number), *pages(ground, number))} == {
        DraftState.STALE, DraftState.SILENT,
    }  # fmt: skip
    (event,) = [row for row in rows(ground, IssueEvent) if row.kind == "human-only"]
    assert event.text == "kept for people: somebody may have been hurt"
    assert respond(ground) == 0


def test_the_same_person_twice_keeps_no_issue_for_people(ground: Ground) -> None:
    said = [Said(thread=name, text=HARM, author="Ann") for name in "ab"]
    number = happen(ground, Incident(said=said))
    respond(ground)
    assert issue(ground, number).flags == []


def test_law_keeps_an_issue_only_when_several_speak_of_it(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread=name, text=LAW) for name in "ab"]))
    respond(ground)
    assert issue(ground, number).flags == []
    say_more(ground, number, Said(thread="c", text=LAW))
    respond(ground)
    assert issue(ground, number).flags == ["human-only"]


# Silence ------------------------------------------------------------------------------------------


def test_who_wishes_silence_gets_it_and_the_others_their_answer(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a", text=WISH), Said(thread="b")]))
    respond(ground)
    first, second = replies(ground, number)
    assert (first.state, first.reason, first.text) == (DraftState.SILENT, ASKED, "")
    assert second.state is DraftState.PENDING
    (row,) = rows(ground, OptOut)
    assert (row.place, row.by, row.post_id) == ("forum.example", "the author", first.post_id)
    assert respond(ground) == 0


def test_no_row_of_a_wish_holds_a_name_or_a_word(ground: Ground) -> None:
    happen(ground, Incident(said=[Said(text=WISH, author="Ann Example")]))
    respond(ground)
    (row,) = rows(ground, OptOut)
    told = str(row.model_dump())
    assert "Ann" not in told.replace("of Ann", "")  # the fixture's pseudonym
    assert "stop" not in told


def test_a_wish_said_anywhere_silences_what_waits_and_what_is_queued(ground: Ground) -> None:
    said = [Said(thread="a", author="Ann"), Said(thread="b", author="Ann"), Said(thread="c")]
    number = happen(ground, Incident(said=said))
    respond(ground)
    queued, _, other = replies(ground, number)
    approve(ground, queued)
    elsewhere = happen(ground, Incident(said=[Said(thread="z", text=WISH, author="Ann")]))
    assert respond(ground) > 0
    assert [row.state for row in replies(ground, number)] == [
        DraftState.SILENT, DraftState.SILENT, DraftState.PENDING,
    ]  # fmt: skip
    (message,) = [row for row in rows(ground, Delivery) if row.public]
    assert (message.state, message.text, message.reason) == (DeliveryState.CANCELLED, "", ASKED)
    assert [row.state for row in replies(ground, elsewhere)] == [DraftState.SILENT]
    assert replies(ground, number)[2].id == other.id


def test_what_is_in_doubt_is_kept_from_every_further_try(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a", author="Ann")]))
    respond(ground)
    (draft,) = replies(ground, number)
    approve(ground, draft)
    end(ground, draft, "in_doubt")
    say_more(ground, number, Said(thread="z", text=WISH, author="Ann"))
    respond(ground)
    (message,) = [row for row in rows(ground, Delivery) if row.public]
    assert (message.state, message.forbidden) == (DeliveryState.IN_DOUBT, ASKED)


def test_a_wish_outlives_everything_its_author_wrote(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(thread="a", text=WISH, author="Ann"), Said()]))
    respond(ground)
    with transaction(ground.engine) as session:
        for post in session.exec(select(Post).where(Post.author == "Ann")).all():
            post.text, post.author, post.author_key = "", None, "erased:1"
            post.erased_at = ground.clock.now()
    say_more(ground, number, Said(thread="new", author="ann"))
    respond(ground)
    assert replies(ground, number)[-1].reason == ASKED


def test_in_somebody_elses_thread_the_others_are_answered(ground: Ground) -> None:
    said = [Said(thread="a"), Said(thread="a", text=WISH, author="Ann")]
    number = happen(ground, Incident(said=said))
    respond(ground)
    (draft,) = replies(ground, number)
    assert draft.state is DraftState.PENDING
    with reading(ground.engine) as session:
        assert session.get_one(Post, draft.post_id).author != "Ann"


def test_a_complaint_that_nobody_answers_is_no_wish(ground: Ground) -> None:
    number = happen(ground, Incident(said=[Said(text="It hangs. You never reply to me!")]))
    respond(ground)
    assert rows(ground, OptOut) == []
    assert [row.state for row in replies(ground, number)] == [DraftState.PENDING]


# Reading ------------------------------------------------------------------------------------------


def test_each_post_is_read_once_and_again_when_it_was_edited(ground: Ground) -> None:
    happen(ground, Incident(said=[Said()]))
    respond(ground)
    (read,) = rows(ground, Heed)
    assert (read.revision, read.lane, read.silence) == (1, None, False)
    with transaction(ground.engine) as session:
        post = session.exec(select(Post)).one()
        post.text, post.revision = WISH, 2
    respond(ground)
    (read,) = rows(ground, Heed)
    assert (read.revision, read.silence) == (2, True)
    assert len(rows(ground, OptOut)) == 1


@pytest.mark.parametrize("said", [Said(role="staff", text=WISH), Said(role="bot", text=LAW)])
def test_our_own_and_machines_ask_nothing_of_us(ground: Ground, said: Said) -> None:
    happen(ground, Incident(said=[said]))
    respond_due(ground)
    assert rows(ground, Heed) == []


def test_an_old_post_about_nothing_that_we_follow_is_not_read(ground: Ground) -> None:
    happen(ground, Incident(said=[Said(text=WISH)], alerted=False))
    respond(later(ground, hours=30))
    assert rows(ground, Heed) == []
    respond(later(ground, hours=2))
    assert len(rows(ground, OptOut)) == 1
