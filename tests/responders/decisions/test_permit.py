"""What a place or an author asks at the moment of a yes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from config.database import transaction
from config.ground import Ground
from listener.tables import Post, Product, Thread
from responders.decisions.acting import NotAllowed
from responders.decisions.drafts.approve import approve
from responders.decisions.people.optout import add_optout
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import DeliveryState
from responders.voice.leave.wishes import digest_of
from responders.voice.tables import OptOut
from responders.voice.words.drafting import digest
from tests.conftest import NOON
from tests.responders.decisions.deciding import (
    DRAFTER,
    RUTH,
    TEXT,
    delivery_for,
    later,
    propose,
    set_delivery,
    set_draft,
)
from tests.responders.incidents import Incident, Said, happen


@pytest.fixture
def issue_id(ground: Ground) -> int:
    return happen(ground, Incident(said=[Said(author="Ann"), Said(thread="t2")]))


@pytest.fixture
def draft_id(ground: Ground, issue_id: int) -> int:
    return propose(ground, issue_id)


def declare(ground: Ground, **policy: object) -> None:
    with transaction(ground.engine) as session:
        session.exec(select(Product)).one().extra = {"policy": policy}


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ({"allowed": False}, "allows no replies at forum"),
        ({"no_bots": True}, "bots are not welcome at forum"),
        ({"never_answer": ["ann"]}, "whom the policy never answers"),
        ({"min_age_minutes": 30}, "waits until 12:20 UTC, 12 May: posts at forum"),
        ({"disclosure": "I work there."}, "wants under it: “I work there.”"),
        ({"quiet_hours": "never"}, "groundswell doctor"),
    ],
)
def test_what_the_policy_forbids_is_refused_with_reason_and_remedy(
    ground: Ground, draft_id: int, policy: Mapping[str, Any], told: str
) -> None:
    declare(ground, **policy)
    with pytest.raises(NotAllowed, match=told):
        approve(ground, RUTH, draft_id)


def test_a_text_that_says_the_line_may_go(ground: Ground, draft_id: int) -> None:
    declare(ground, disclosure="I work  there.")
    text = f"{TEXT}\n\nI work there."
    set_draft(ground, draft_id, text=text, text_sha256=digest(text))
    assert approve(ground, RUTH, draft_id).delivery_id


def test_where_bots_are_unwelcome_a_persons_own_words_go_by_hand(
    ground: Ground, draft_id: int
) -> None:
    declare(ground, no_bots=True)
    set_draft(ground, draft_id, edited_by="Ruth")
    assert approve(ground, RUTH, draft_id).delivery_id


def test_a_thread_locked_meanwhile_takes_no_text(ground: Ground, draft_id: int) -> None:
    with transaction(ground.engine) as session:
        for thread in session.exec(select(Thread)).all():
            thread.locked = True
    with pytest.raises(NotAllowed, match="the thread is locked"):
        approve(ground, RUTH, draft_id)


def test_a_prepared_text_to_a_post_of_law_is_refused_and_a_persons_own_is_not(
    ground: Ground, draft_id: int
) -> None:
    with transaction(ground.engine) as session:
        for post in session.exec(select(Post)).all():
            post.text = "I will sue you"
    with pytest.raises(NotAllowed, match="a person must answer this one, for it speaks of law"):
        approve(ground, RUTH, draft_id)
    set_draft(ground, draft_id, edited_by="Ruth")
    assert approve(ground, RUTH, draft_id).delivery_id


def test_who_wants_no_answer_gets_none_whoever_wrote_it(ground: Ground, draft_id: int) -> None:
    set_draft(ground, draft_id, edited_by="Ruth")
    with transaction(ground.engine) as session:
        post = session.exec(select(Post).where(Post.author == "Ann")).one()
        post.text = "Please stop replying to me."
    with pytest.raises(NotAllowed, match="asked us not to answer them"):
        approve(ground, RUTH, draft_id)


def test_a_wish_that_was_noted_holds_at_the_yes_too(ground: Ground, draft_id: int) -> None:
    with transaction(ground.engine) as session:  # noted at this moment: nothing was silenced yet
        author = digest_of(ground.key, "forum.example", "Ann")
        session.add(OptOut(place="forum.example", author=author, by="Ruth", at=NOON))
    with pytest.raises(NotAllowed, match="asked us not to answer them"):
        approve(ground, RUTH, draft_id)


def test_the_last_text_that_a_thread_takes_in_a_day_is_the_last(
    ground: Ground, issue_id: int
) -> None:
    declare(ground, replies_per_thread_per_day=2)
    numbers = [propose(ground, issue_id, key=f"thread:{n}|x|ack|1") for n in range(3)]
    approve(ground, RUTH, numbers[0])
    set_delivery(ground, numbers[0], state=DeliveryState.SENT, sent_at=NOON)
    after = later(ground, minutes=60)
    approve(after, RUTH, numbers[1])
    with pytest.raises(NotAllowed, match="waits until 12:00 UTC, 13 May: 2 texts of ours"):
        approve(after, RUTH, numbers[2])
    set_draft(ground, numbers[2], next_update_by=NOON + timedelta(days=3))
    tomorrow = later(ground, minutes=24 * 60)
    assert approve(tomorrow, RUTH, numbers[2], override="its time is tomorrow's").delivery_id


def test_a_yes_in_quiet_hours_leaves_after_them_and_not_before(
    ground: Ground, draft_id: int
) -> None:
    declare(ground, quiet_hours="11:30-13:00")
    done = approve(ground, RUTH, draft_id)
    assert done.leaves_at == NOON + timedelta(hours=1)
    assert deliver_due(later(ground, minutes=59), {}) == 0
    assert delivery_for(ground, draft_id).tries == 0


def test_what_waited_into_the_quiet_hours_waits_them_out(ground: Ground, draft_id: int) -> None:
    declare(ground, quiet_hours="12:30-13:00")
    approve(ground, RUTH, draft_id)
    deliver_due(later(ground, minutes=40), {})
    row = delivery_for(ground, draft_id)
    assert (row.state, row.tries) == (DeliveryState.QUEUED, 0)
    assert row.next_try_at == NOON + timedelta(hours=1)


def test_a_promise_that_would_pass_in_the_quiet_hours_is_refused(
    ground: Ground, draft_id: int
) -> None:
    declare(ground, quiet_hours="11:30-19:00")
    with pytest.raises(
        NotAllowed, match="18:00 UTC, 12 May, and it would leave no sooner than 19:00"
    ):
        approve(ground, RUTH, draft_id)


def test_a_wish_noted_by_a_person_stops_what_is_queued(ground: Ground, draft_id: int) -> None:
    approve(ground, RUTH, draft_id)
    add_optout(ground, DRAFTER, author="@ANN", place="https://forum.example/t/1")
    row = delivery_for(ground, draft_id)
    assert (row.state, row.text) == (DeliveryState.CANCELLED, "")
