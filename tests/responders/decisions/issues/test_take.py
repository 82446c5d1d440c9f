import pytest

from config.database import reading
from config.ground import Ground
from responders.decisions.acting import AlreadyDone
from responders.decisions.issues.acknowledge import acknowledge
from responders.decisions.issues.take import hand_back, take
from responders.oncall.tables import Handling
from tests.responders.decisions.deciding import DRAFTER, RUTH, audit, events
from tests.responders.incidents import Incident, happen


@pytest.fixture
def issue_id(ground: Ground) -> int:
    return happen(ground, Incident())


def handling(ground: Ground, issue_id: int) -> Handling:
    with reading(ground.engine) as session:
        return session.get_one(Handling, issue_id)


def test_who_takes_an_issue_knows_of_it(ground: Ground, issue_id: int) -> None:
    take(ground, RUTH, issue_id)
    row = handling(ground, issue_id)
    assert (row.held_by, row.acknowledged_by) == ("Ruth", "Ruth")
    assert audit(ground) == [("issue taken", f"GS-{issue_id}")]


def test_who_knew_of_it_first_stays(ground: Ground, issue_id: int) -> None:
    acknowledge(ground, DRAFTER, issue_id)
    take(ground, RUTH, issue_id)
    row = handling(ground, issue_id)
    assert (row.held_by, row.acknowledged_by) == ("Ruth", "Dora")


def test_the_second_learns_who_has_it_and_may_take_it_all_the_same(
    ground: Ground, issue_id: int
) -> None:
    take(ground, RUTH, issue_id)
    with pytest.raises(AlreadyDone, match="Ruth has GS-1 already, since 12:00 UTC, 12 May"):
        take(ground, DRAFTER, issue_id)
    take(ground, DRAFTER, issue_id, anyway=True)
    assert handling(ground, issue_id).held_by == "Dora"
    assert events(ground, issue_id)[-1].text == "taken over from Ruth"


@pytest.mark.parametrize("anyway", [False, True])
def test_taking_it_twice_is_told(ground: Ground, issue_id: int, anyway: bool) -> None:
    take(ground, RUTH, issue_id)
    with pytest.raises(AlreadyDone, match="you have GS-1 already"):
        take(ground, RUTH, issue_id, anyway=anyway)


def test_what_is_handed_back_is_free_and_still_acknowledged(ground: Ground, issue_id: int) -> None:
    take(ground, RUTH, issue_id)
    hand_back(ground, DRAFTER, issue_id)
    row = handling(ground, issue_id)
    assert (row.held_by, row.held_at, row.acknowledged_by) == ("", None, "Ruth")
    with pytest.raises(AlreadyDone, match="nobody has GS-1"):
        hand_back(ground, RUTH, issue_id)
