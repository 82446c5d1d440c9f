"""Many people, and the outbox, at the same draft at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from config.database import durable, reading
from config.errors import TransientError
from config.ground import Ground
from responders.decisions.acting import Actor, AlreadyDone, Role
from responders.decisions.auditing import verify
from responders.decisions.drafts.approve import approve, take_back
from responders.decisions.tables import Approval, FirstYes
from responders.delivery import store_sending as sending
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import DraftState
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.responders.decisions.deciding import (
    RUTH,
    TOM,
    delivery_for,
    draft,
    propose,
)
from tests.responders.incidents import Incident, happen

THREADS, DRAFTS = 8, 100


@pytest.fixture
def issue_id(ground: Ground) -> int:
    return happen(ground, Incident())


@pytest.fixture
def draft_id(ground: Ground, issue_id: int) -> int:
    return propose(ground, issue_id)


def test_eight_people_approving_a_hundred_drafts_at_once_send_each_once(ground: Ground) -> None:
    issue_id = happen(ground, Incident())
    numbers = [propose(ground, issue_id, key=f"thread:{n}|{issue_id}|ack|1") for n in range(DRAFTS)]

    def work(place: int) -> list[str]:
        me = Actor(f"Person {place}", Role.APPROVER, "console")
        start = place * DRAFTS // THREADS
        return [_try(ground, me, number) for number in numbers[start:] + numbers[:start]]

    with ThreadPoolExecutor(THREADS) as pool:
        told = [words for found in pool.map(work, range(THREADS)) for words in found]

    assert told.count("") == DRAFTS
    lost = [words for words in told if words]
    assert len(lost) == (THREADS - 1) * DRAFTS
    winners = {row.draft_id: row.by for row in rows(ground, Approval)}
    assert sorted(winners) == numbers
    assert len(rows(ground, Approval)) == len(rows(ground, Delivery)) == DRAFTS
    for words in lost:
        number, _, rest = words.partition("|")
        said = f"{winners[int(number)]} approved this at 12:00 UTC, 12 May. Nothing was sent twice"
        assert rest.startswith(said)
    with reading(ground.engine) as session:
        found = verify(session)
    assert (found.ok, found.entries) == (True, DRAFTS + 1)  # and the issue's new state


def test_where_two_are_needed_eight_people_at_once_are_one_first_and_one_second_each(
    ground: Ground,
) -> None:
    issue_id = happen(ground, Incident())
    numbers = [propose(ground, issue_id, key=f"thread:{n}|{issue_id}|ack|1") for n in range(DRAFTS)]
    every = ("cosmetic", "minor", "major", "critical")
    knobs = ground.settings.approval.model_copy(update={"two_persons": every})
    house = replace(ground, settings=ground.settings.model_copy(update={"approval": knobs}))

    def work(place: int) -> None:
        me = Actor(f"Person {place}", Role.APPROVER, "console")
        start = place * DRAFTS // THREADS
        for number in numbers[start:] + numbers[:start]:
            _insist(house, me, number)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))

    firsts = {row.id: row for row in rows(ground, FirstYes)}
    approvals = rows(ground, Approval)
    assert len(firsts) == len(approvals) == len(rows(ground, Delivery)) == DRAFTS
    for row in approvals:
        first = firsts[row.first_yes_id]
        assert (first.draft_id, first.text_sha256) == (row.draft_id, row.text_sha256)
        assert first.by != row.by


def _insist(ground: Ground, me: Actor, number: int) -> None:
    """Try again while the store is busy with others, as it asks for."""
    while True:
        try:
            _try(ground, me, number)
        except TransientError:
            continue
        return


def _try(ground: Ground, me: Actor, number: int) -> str:
    try:
        approve(ground, me, number)
    except AlreadyDone as lost:
        return f"{number}|{lost}"
    return ""


@pytest.mark.parametrize("turn", range(10))
def test_of_a_taking_back_and_a_claim_exactly_one_wins(
    ground: Ground, draft_id: int, turn: int
) -> None:
    approve(ground, RUTH, draft_id)
    delivery_id = delivery_for(ground, draft_id).id or 0

    def claim() -> bool:
        with durable(ground.engine) as session:
            until = NOON + timedelta(minutes=2)
            found = sending.claim(session, delivery_id, holder="me", until=until, now=NOON)
            return found is not None

    def back() -> bool:
        try:
            take_back(ground, TOM, draft_id)
        except AlreadyDone:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        acts = [claim, back] if turn % 2 else [back, claim]
        won = dict(zip(acts, pool.map(lambda act: act(), acts), strict=True))

    assert sorted(won.values()) == [False, True]
    delivery, row = delivery_for(ground, draft_id), draft(ground, draft_id)
    if won[back]:
        assert (delivery.state, row.state) == (DeliveryState.CANCELLED, DraftState.PENDING)
    else:
        assert (delivery.state, row.state) == (DeliveryState.SENDING, DraftState.APPROVED)
