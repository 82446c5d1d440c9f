from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from config.ground import Ground
from responders.decisions.acting import Actor, AlreadyDone, Held, NotFound, Role
from responders.decisions.drafts.approve import approve, take_back
from responders.decisions.drafts.claim import claim, release
from responders.decisions.drafts.edit import edit
from responders.decisions.drafts.reject import reject, stay_silent
from responders.voice.tables import DraftState
from tests.conftest import NOON
from tests.responders.decisions.deciding import (
    DRAFTER,
    RUTH,
    TOM,
    at_minute,
    audit,
    draft,
    entries,
    later,
    propose,
)
from tests.responders.incidents import Incident, happen

Decision = Callable[..., object]
DECISIONS: Mapping[str, Decision] = {
    "approve": approve,
    "edit": partial(edit, text="We see."),
    "reject": partial(reject, reason="no"),
    "stay_silent": partial(stay_silent, reason="no"),
}


@pytest.fixture
def draft_id(ground: Ground) -> int:
    return propose(ground, happen(ground, Incident()))


def test_who_holds_a_draft_and_since_when_is_kept(ground: Ground, draft_id: int) -> None:
    claim(ground, RUTH, draft_id)
    row = draft(ground, draft_id)
    assert (row.claimed_by, row.claimed_at, row.claimed_until) == ("Ruth", NOON, at_minute(10))
    assert audit(ground) == []  # reading is no decision


def test_touching_it_again_makes_it_last_and_keeps_since_when(
    ground: Ground, draft_id: int
) -> None:
    claim(ground, RUTH, draft_id)
    claim(later(ground, 6), RUTH, draft_id)
    row = draft(ground, draft_id)
    assert (row.claimed_at, row.claimed_until) == (NOON, at_minute(16))
    claim(later(ground, 30), RUTH, draft_id)  # it had been free meanwhile
    assert draft(ground, draft_id).claimed_at == at_minute(30)


def test_another_takes_it_only_when_it_is_free_or_on_purpose(ground: Ground, draft_id: int) -> None:
    claim(ground, RUTH, draft_id)
    with pytest.raises(Held, match="Ruth is reading this since 12:00 UTC, 12 May"):
        claim(later(ground), TOM, draft_id)
    claim(later(ground), TOM, draft_id, anyway=True)
    assert draft(ground, draft_id).claimed_by == "Tom"
    assert audit(ground) == [("draft taken over", f"draft {draft_id}")]
    assert (entries(ground)[0].payload or {})["read_by"] == "Ruth"
    claim(later(ground, 13), RUTH, draft_id)  # Tom touched it ten minutes ago
    assert draft(ground, draft_id).claimed_by == "Ruth"


def test_it_can_be_let_go_and_only_the_holder_does_so_unasked(
    ground: Ground, draft_id: int
) -> None:
    with pytest.raises(AlreadyDone, match=f"nobody holds draft {draft_id}"):
        release(ground, RUTH, draft_id)
    claim(ground, RUTH, draft_id)
    with pytest.raises(Held):
        release(ground, TOM, draft_id)
    release(ground, RUTH, draft_id)
    assert draft(ground, draft_id).claimed_by == ""
    claim(ground, RUTH, draft_id)
    release(ground, TOM, draft_id, anyway=True)
    assert draft(ground, draft_id).claimed_until is None


@pytest.mark.parametrize("name", sorted(DECISIONS))
def test_a_decision_of_another_is_refused_clearly_and_done_when_they_insist(
    ground: Ground, draft_id: int, name: str
) -> None:
    claim(ground, RUTH, draft_id)
    before = draft(ground, draft_id)
    with pytest.raises(Held, match=r"Ruth is reading this since .* decide anyway"):
        DECISIONS[name](later(ground), TOM, draft_id)
    assert draft(ground, draft_id) == before
    DECISIONS[name](later(ground), TOM, draft_id, anyway=True)
    assert (draft(ground, draft_id).state, draft(ground, draft_id).version) != (
        DraftState.PENDING, 1,
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(DECISIONS))
def test_the_holder_decides_unasked_and_so_does_everybody_after_the_idle_time(
    ground: Ground, draft_id: int, name: str
) -> None:
    claim(ground, RUTH, draft_id)
    DECISIONS[name](ground, RUTH, draft_id)


def test_an_idle_claim_stands_in_nobodys_way(ground: Ground, draft_id: int) -> None:
    claim(ground, RUTH, draft_id)
    approve(later(ground, 10), TOM, draft_id)
    assert draft(ground, draft_id).decided_by == "Tom"


def test_whom_a_decision_overruled_stands_in_the_audit(ground: Ground, draft_id: int) -> None:
    claim(ground, RUTH, draft_id)
    approve(ground, TOM, draft_id, anyway=True)
    payload = next(row.payload for row in entries(ground) if row.act == "draft approved")
    assert (payload or {})["read_by"] == "Ruth"


def test_a_claim_never_keeps_an_approval_from_being_taken_back(
    ground: Ground, draft_id: int
) -> None:
    claim(ground, RUTH, draft_id)
    approve(ground, RUTH, draft_id, undo_s=60)
    take_back(ground, TOM, draft_id)
    assert draft(ground, draft_id).state is DraftState.PENDING


def test_what_is_decided_or_unknown_is_held_by_nobody(ground: Ground, draft_id: int) -> None:
    approve(ground, RUTH, draft_id)
    with pytest.raises(AlreadyDone, match="Ruth approved this"):
        claim(ground, TOM, draft_id)
    with pytest.raises(NotFound):
        claim(ground, TOM, 999)


def test_the_idle_time_is_the_callers_where_it_gives_one(ground: Ground, draft_id: int) -> None:
    claim(ground, DRAFTER, draft_id, idle_s=60)
    assert draft(ground, draft_id).claimed_until == at_minute(1)


def test_of_eight_people_who_open_it_at_once_exactly_one_holds_it(
    ground: Ground, draft_id: int
) -> None:
    def work(place: int) -> str:
        try:
            claim(ground, Actor(f"Person {place}", Role.APPROVER, "console"), draft_id)
        except Held as lost:
            return str(lost).split(" is reading")[0]
        return ""

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(work, range(8)))
    assert told.count("") == 1
    assert set(told) == {"", draft(ground, draft_id).claimed_by}
