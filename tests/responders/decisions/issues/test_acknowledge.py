import pytest

from config.ground import Ground
from responders.decisions.acting import AlreadyDone, NotAllowed, NotFound
from responders.decisions.issues.acknowledge import acknowledge, unacknowledge
from responders.decisions.issues.merge import merge
from tests.responders.decisions.deciding import DRAFTER, RUTH, audit, events, issue
from tests.responders.incidents import Incident, happen


@pytest.fixture
def issue_id(ground: Ground) -> int:
    return happen(ground, Incident())


def test_who_knows_of_an_issue_is_kept_in_its_timeline_and_in_the_audit(
    ground: Ground, issue_id: int
) -> None:
    acknowledge(ground, RUTH, issue_id)
    (event,) = events(ground, issue_id)
    assert (event.kind, event.by, event.text) == ("acknowledged", "Ruth", "acknowledged")
    assert audit(ground) == [("issue acknowledged", f"GS-{issue_id}")]


def test_knowing_of_it_makes_nobody_look_at_the_issue_again(ground: Ground, issue_id: int) -> None:
    acknowledge(ground, RUTH, issue_id)
    assert issue(ground, issue_id).version == 1


def test_the_second_learns_who_was_first_and_when(ground: Ground, issue_id: int) -> None:
    acknowledge(ground, RUTH, issue_id)
    for actor in (RUTH, DRAFTER):
        with pytest.raises(AlreadyDone, match="already: Ruth did so at 12:00 UTC, 12 May"):
            acknowledge(ground, actor, issue_id)
    assert len(events(ground, issue_id)) == 1


def test_it_can_be_taken_back_with_a_word_and_given_again(ground: Ground, issue_id: int) -> None:
    acknowledge(ground, RUTH, issue_id)
    unacknowledge(ground, DRAFTER, issue_id, "it is back")
    acknowledge(ground, DRAFTER, issue_id)
    assert [event.text for event in events(ground, issue_id)] == [
        "acknowledged", "no longer acknowledged: it is back", "acknowledged",
    ]  # fmt: skip


def test_there_must_be_something_to_take_back_and_a_word_for_it(
    ground: Ground, issue_id: int
) -> None:
    with pytest.raises(AlreadyDone, match="nobody has acknowledged"):
        unacknowledge(ground, RUTH, issue_id, "why not")
    with pytest.raises(NotAllowed, match="the reason is empty"):
        unacknowledge(ground, RUTH, issue_id, " ")


def test_only_an_issue_of_its_own_is_acknowledged(ground: Ground, issue_id: int) -> None:
    with pytest.raises(NotFound):
        acknowledge(ground, RUTH, 99)
    whole = happen(ground, Incident(title="Sync hangs"))
    merge(ground, RUTH, issue_id, whole)
    with pytest.raises(NotAllowed, match=f"is part of GS-{whole} now"):
        acknowledge(ground, RUTH, issue_id)
