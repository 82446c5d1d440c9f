from datetime import timedelta

from sqlmodel import col, select

from classifiers.tables import IssueEvent, Membership
from config.database import reading
from config.ground import Ground
from responders.decisions.issues.acknowledge import acknowledge, unacknowledge
from responders.decisions.issues.merge import merge, split, unmerge
from responders.decisions.issues.take import take
from responders.oncall.ladder.escalating import escalate_due
from responders.oncall.tables import CallMade, Handling
from tests.responders.decisions.deciding import RUTH, TOM, later
from tests.responders.incidents import Incident, Said, happen


def handling(ground: Ground, issue_id: int) -> Handling | None:
    with reading(ground.engine) as session:
        return session.get(Handling, issue_id)


def knows(ground: Ground, issue_id: int) -> str:
    row = handling(ground, issue_id)
    return row.acknowledged_by if row else ""


def test_an_acknowledgement_follows_a_merge(ground: Ground) -> None:
    part, whole = happen(ground, Incident()), happen(ground, Incident())
    acknowledge(ground, RUTH, part)
    merge(later(ground), TOM, part, whole)
    row = handling(ground, whole)
    assert row is not None
    assert (row.acknowledged_by, row.acknowledged_at) == ("Ruth", ground.clock.now())
    with reading(ground.engine) as session:
        query = select(IssueEvent.text).where(IssueEvent.issue_id == whole)
        lines = session.exec(query.order_by(col(IssueEvent.id))).all()
    assert f"acknowledged with GS-{part}, by Ruth" in lines


def test_what_is_said_of_the_whole_already_stays(ground: Ground) -> None:
    part, whole = happen(ground, Incident()), happen(ground, Incident())
    take(ground, RUTH, part)
    take(ground, TOM, whole)
    merge(later(ground), TOM, part, whole)
    row = handling(ground, whole)
    assert row is not None
    assert (row.acknowledged_by, row.held_by) == ("Tom", "Tom")


def test_whoever_has_a_part_has_the_whole_that_nobody_had(ground: Ground) -> None:
    part, whole = happen(ground, Incident()), happen(ground, Incident())
    take(ground, RUTH, part)
    merge(later(ground), TOM, part, whole)
    row = handling(ground, whole)
    assert row is not None
    assert row.held_by == "Ruth"


def test_taken_apart_again_both_stay_acknowledged(ground: Ground) -> None:
    part, whole = happen(ground, Incident()), happen(ground, Incident())
    merge(ground, TOM, part, whole)
    acknowledge(later(ground), RUTH, whole)
    unmerge(later(ground, 6), TOM, part)
    assert (knows(ground, part), knows(ground, whole)) == ("Ruth", "Ruth")


def test_an_acknowledgement_taken_back_of_the_whole_is_not_brought_back(ground: Ground) -> None:
    part, whole = happen(ground, Incident()), happen(ground, Incident())
    acknowledge(ground, RUTH, part)
    merge(later(ground), TOM, part, whole)
    unacknowledge(later(ground, 6), TOM, whole, "Ruth is ill")
    assert knows(ground, whole) == ""


def test_what_is_split_off_is_known_and_calls_nobody(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(), Said()]))
    with reading(ground.engine) as session:
        post = session.exec(select(Membership.post_id)).first()
    assert post is not None
    fresh = split(later(ground), TOM, issue, [post], "Another one")
    assert (knows(ground, issue), knows(ground, fresh)) == ("", "Tom")
    acknowledge(later(ground, 5), RUTH, issue)
    escalate_due(later(ground, timedelta(minutes=50).total_seconds() / 60))
    with reading(ground.engine) as session:
        assert session.exec(select(CallMade)).all() == []


def test_what_is_split_off_an_acknowledged_issue_is_acknowledged_by_the_same(
    ground: Ground,
) -> None:
    issue = happen(ground, Incident(said=[Said(), Said()]))
    acknowledge(ground, RUTH, issue)
    with reading(ground.engine) as session:
        post = session.exec(select(Membership.post_id)).first()
    assert post is not None
    fresh = split(later(ground), TOM, issue, [post], "Another one")
    assert knows(ground, fresh) == "Ruth"
