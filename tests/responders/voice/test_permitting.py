"""What a place's policy makes of what is proposed, on a real store."""

from datetime import timedelta

import pytest
from sqlmodel import select

from config.database import transaction
from config.ground import Ground
from listener.tables import Post, Product, Source, Thread
from responders.voice.tables import DraftState
from responders.voice.words.drafting import digest
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, happen, say_more
from tests.responders.voice.acts import edit, later, replies, respond

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
