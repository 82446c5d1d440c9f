from collections.abc import Callable

import pytest

from config.ground import Ground
from responders.decisions.acting import Actor, AlreadyDone, NotAllowed, NotFound
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.reject import reject, stay_silent
from responders.delivery.tables import Delivery
from responders.voice.tables import DraftState
from tests.listener.installation import rows
from tests.responders.decisions.deciding import RUTH, TOM, audit, draft, later, propose
from tests.responders.incidents import Incident, happen

Act = Callable[[Ground, Actor, int, str], None]
ACTS: list[tuple[Act, DraftState, str, str]] = [
    (reject, DraftState.REJECTED, "draft rejected", "rejected this"),
    (stay_silent, DraftState.SILENT, "silence chosen", "chose to stay silent here"),
]


@pytest.fixture
def draft_id(ground: Ground) -> int:
    return propose(ground, happen(ground, Incident()))


@pytest.mark.parametrize("case", ACTS, ids=["reject", "silent"])
def test_a_no_is_kept_with_its_reason_and_told_to_who_comes_later(
    ground: Ground, draft_id: int, case: tuple[Act, DraftState, str, str]
) -> None:
    act, state, noted, words = case
    act(later(ground), RUTH, draft_id, " they \n know. ")
    row = draft(ground, draft_id)
    assert (row.state, row.reason, row.decided_by) == (state, "they know.", "Ruth")
    assert audit(ground) == [(noted, f"draft {draft_id}")]
    said = f"Ruth {words} at 12:03 UTC, 12 May: they know. Nothing is sent."
    for other in (reject, stay_silent):
        with pytest.raises(AlreadyDone, match=said):
            other(ground, TOM, draft_id, "no")
    with pytest.raises(AlreadyDone, match=said):
        approve(ground, TOM, draft_id)
    assert rows(ground, Delivery) == []


@pytest.mark.parametrize("act", [reject, stay_silent])
def test_a_no_needs_a_reason_and_a_draft(ground: Ground, draft_id: int, act: Act) -> None:
    with pytest.raises(NotAllowed, match="the reason is empty"):
        act(ground, RUTH, draft_id, "  ")
    with pytest.raises(NotFound, match="there is no draft 99"):
        act(ground, RUTH, 99, "no")


def test_an_approved_text_is_not_rejected_behind_its_back(ground: Ground, draft_id: int) -> None:
    approve(ground, RUTH, draft_id)
    with pytest.raises(AlreadyDone, match="Ruth approved this"):
        reject(ground, TOM, draft_id, "no")
