from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.database import reading
from config.ground import Ground
from responders.decisions import store_drafts
from responders.decisions.acting import Actor, NotAllowed, Role
from responders.decisions.drafts.approve import approve, take_back
from responders.decisions.drafts.bundle import (
    Item,
    approve_together,
    digest_of,
    item_of,
    refuse_others,
)
from responders.decisions.drafts.claim import claim
from responders.decisions.drafts.edit import edit
from responders.decisions.tables import Approval, FirstYes
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import DraftState
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.responders.decisions.deciding import (
    RUTH,
    TEXT,
    TOM,
    audit,
    delivery_for,
    draft,
    page_draft,
    propose,
    set_delivery,
)
from tests.responders.incidents import Incident, happen


@pytest.fixture
def issue_id(ground: Ground) -> int:
    return happen(ground, Incident())


@pytest.fixture
def drafts(ground: Ground, issue_id: int) -> list[int]:
    replies = [propose(ground, issue_id, key=f"thread:{n}|{issue_id}|ack|1") for n in range(3)]
    return [page_draft(ground, issue_id), *replies]


def items(ground: Ground, numbers: list[int]) -> list[Item]:
    return [item_of(draft(ground, number)) for number in numbers]


def test_the_page_is_shown_first_and_only_what_waits(
    ground: Ground, issue_id: int, drafts: list[int]
) -> None:
    approve(ground, RUTH, drafts[1])
    approve(ground, RUTH, drafts[2])
    set_delivery(ground, drafts[2], state=DeliveryState.FAILED)
    with reading(ground.engine) as session:
        found = [one.draft.id for one in store_drafts.open_drafts(session, issue_id)]
    assert found == [drafts[0], drafts[2], drafts[3]]


def test_each_has_its_own_approval_and_leaves_in_its_turn(
    ground: Ground, drafts: list[int]
) -> None:
    outcome = approve_together(ground, RUTH, items(ground, drafts), undo_s=30)
    assert [number for number, _ in outcome.approved] == drafts
    assert outcome.left_out == []
    leaves = [delivery_for(ground, number).next_try_at - NOON for number in drafts]
    assert leaves == [timedelta(seconds=30 + 5 * place) for place in range(4)]
    assert len(rows(ground, Approval)) == 4
    assert audit(ground).count(("draft approved", f"draft {drafts[3]}")) == 1


def test_each_can_be_taken_back_by_itself(ground: Ground, drafts: list[int]) -> None:
    approve_together(ground, RUTH, items(ground, drafts), undo_s=30)
    take_back(ground, RUTH, drafts[2])
    states = [delivery_for(ground, number).state for number in drafts]
    assert states == [DeliveryState.QUEUED] * 2 + [DeliveryState.CANCELLED, DeliveryState.QUEUED]


def test_what_changed_since_it_was_shown_is_left_out_and_said(
    ground: Ground, drafts: list[int]
) -> None:
    shown = items(ground, drafts)
    edit(ground, TOM, drafts[1], f"Thank you. {TEXT}")
    approve(ground, TOM, drafts[2])
    outcome = approve_together(ground, RUTH, shown)
    assert [number for number, _ in outcome.approved] == [drafts[0], drafts[3]]
    told = {one.draft_id: one.reason for one in outcome.left_out}
    assert "Tom rewrote this" in told[drafts[1]]
    assert "Tom approved this" in told[drafts[2]]
    assert draft(ground, drafts[1]).state is DraftState.PENDING
    leaves = [delivery_for(ground, drafts[place]).next_try_at for place in (0, 3)]
    assert leaves == [NOON, NOON + timedelta(seconds=5)]  # one left out takes no turn


def test_one_that_somebody_reads_is_left_out_unless_it_is_on_purpose(
    ground: Ground, drafts: list[int]
) -> None:
    claim(ground, TOM, drafts[1])
    outcome = approve_together(ground, RUTH, items(ground, drafts[:2]))
    assert [one.draft_id for one in outcome.left_out] == [drafts[1]]
    assert "Tom is reading this since" in outcome.left_out[0].reason
    outcome = approve_together(ground, RUTH, items(ground, drafts[1:2]), anyway=True)
    assert outcome.left_out == []


def test_a_first_yes_of_two_takes_no_turn_and_the_second_sends_all(
    ground: Ground, drafts: list[int]
) -> None:
    knobs = ground.settings.approval.model_copy(
        update={"two_persons": ("cosmetic", "minor", "major", "critical")}
    )
    house = replace(ground, settings=ground.settings.model_copy(update={"approval": knobs}))
    outcome = approve_together(house, RUTH, items(ground, drafts))
    assert {done.delivery_id for _, done in outcome.approved} == {None}
    assert (len(rows(ground, FirstYes)), rows(ground, Delivery)) == (4, [])
    outcome = approve_together(house, RUTH, items(ground, drafts))
    assert len(outcome.left_out) == 4
    outcome = approve_together(house, TOM, items(ground, drafts))
    assert len(rows(ground, Delivery)) == len(outcome.approved) == 4


def test_a_reason_lets_pass_those_that_are_blocked_and_stands_with_no_other(
    ground: Ground, drafts: list[int]
) -> None:
    edit(ground, RUTH, drafts[2], f"{TEXT} It will be fixed by tomorrow.")
    refused = approve_together(ground, RUTH, items(ground, drafts))
    assert [one.draft_id for one in refused.left_out] == [drafts[2]]
    assert "fix-date" in refused.left_out[0].reason
    done = approve_together(ground, TOM, items(ground, drafts[2:3]), override="the date is agreed")
    assert [number for number, _ in done.approved] == [drafts[2]]
    reasons = [row.override for row in rows(ground, Approval)]
    assert sorted(reasons) == ["", "", "", "the date is agreed"]


def test_a_digest_stands_for_exactly_these_texts(ground: Ground, drafts: list[int]) -> None:
    shown = items(ground, drafts)
    digest = digest_of(shown)
    refuse_others(list(reversed(shown)), digest.upper())
    edit(ground, TOM, drafts[1], f"Thank you. {TEXT}")
    for now in (items(ground, drafts), shown[1:], []):
        with pytest.raises(NotAllowed, match="not what was shown"):
            refuse_others(now, digest)


ITEMS = st.builds(Item, st.integers(1, 3), st.integers(1, 3), st.text("01", min_size=1, max_size=2))


@given(some=st.lists(ITEMS, unique=True), others=st.lists(ITEMS, unique=True))
def test_two_lists_have_one_digest_only_when_they_are_the_same(
    some: list[Item], others: list[Item]
) -> None:
    assert (digest_of(some) == digest_of(others)) is (set(some) == set(others))


def test_eight_people_who_approve_the_same_list_at_once_queue_each_text_once(
    ground: Ground, issue_id: int
) -> None:
    numbers = [propose(ground, issue_id, key=f"thread:{n}|{issue_id}|ack|1") for n in range(20)]
    shown = items(ground, numbers)

    def work(place: int) -> int:
        me = Actor(f"Person {place}", Role.APPROVER, "console")
        turned = shown[place:] + shown[:place]
        return len(approve_together(ground, me, turned).approved)

    with ThreadPoolExecutor(8) as pool:
        done = sum(pool.map(work, range(8)))
    assert done == len(rows(ground, Approval)) == len(rows(ground, Delivery)) == 20
