"""Who knows of an issue, who has it, what its posts are: the forms, and what they come to."""

import pytest
from sqlmodel import select

from classifiers.tables import Issue, IssueEvent, IssueState, Membership
from config.database import reading
from config.ground import Ground
from responders.decisions.acting import Role
from responders.oncall.tables import Handling
from tests.responders.console.rooms import visiting, words
from tests.responders.incidents import Incident, happen

AT = "/console/issues/GS-1"


def _handling(ground: Ground) -> Handling:
    with reading(ground.engine) as session:
        return session.exec(select(Handling)).one()


def test_somebody_knows_of_an_issue_takes_it_and_hands_it_back(ground: Ground) -> None:
    happen(ground, Incident())
    with visiting(ground, role=Role.DRAFTER) as visit:
        assert "Nobody acknowledged it on call" in words(visit.see(AT))
        visit.see(visit.do(f"{AT}/acknowledge"))
        assert "Acknowledged by ruth at 12:00 UTC" in words(visit.see(AT))
        taken = words(visit.see(visit.do(f"{AT}/take")))
        assert "You have it since 12:00 UTC. Acknowledged by ruth at 12:00 UTC." in taken
        assert _handling(ground).held_by == "ruth"
        assert "nobody has it" in words(visit.see(visit.do(f"{AT}/hand-back")))
        page = words(visit.see(visit.do(f"{AT}/unacknowledge", reason="I am off")))
        assert "Nobody acknowledged it on call" in page
        assert "no longer acknowledged: I am off" in page


def test_what_somebody_else_did_first_is_told_and_taking_it_over_is_asked_for(
    ground: Ground,
) -> None:
    happen(ground, Incident())
    with visiting(ground, "ines") as other:
        other.do(f"{AT}/take")
    with visiting(ground) as visit:
        assert "ines did so at" in words(visit.do(f"{AT}/acknowledge", status=409))
        page = visit.do(f"{AT}/take", status=409)
        assert "Ines has GS-1 already, since" in words(page)
        assert 'name="anyway" value="1"' in page
        visit.do(f"{AT}/take", anyway="1")
    assert _handling(ground).held_by == "ruth"


def test_a_post_is_judged_and_counts_so_at_once(ground: Ground) -> None:
    happen(ground, Incident())
    with visiting(ground, role=Role.APPROVER) as visit:
        page = visit.see(AT)
        assert f'action="{AT}/posts/1/judge"' in page
        assert "Noted. Posts like it" in words(
            visit.see(visit.do(f"{AT}/posts/1/judge", said="praise"))
        )
        again = words(visit.do(f"{AT}/posts/1/judge", said="praise", status=409))
        assert "ruth said so" in again
        assert "A post is one of" in words(visit.do(f"{AT}/posts/1/judge", said="x", status=403))
        visit.do(f"{AT}/posts/9/judge", said="spam", status=404)
    with reading(ground.engine) as session:
        assert session.exec(select(Membership.kind)).one() == "praise"


def test_how_to_avoid_it_is_told_with_the_end(ground: Ground) -> None:
    happen(ground, Incident())
    with visiting(ground) as visit:
        visit.do(f"{AT}/state", state="identified", avoid="keep 5.2.1")
        visit.do(f"{AT}/state", state="resolved", avoid="keep 5.2.1 or newer")
    with reading(ground.engine) as session:
        events = session.exec(select(IssueEvent).where(IssueEvent.kind == "state")).all()
        assert session.get_one(Issue, 1).state is IssueState.RESOLVED
    assert [event.data.get("avoid") for event in events] == [None, "keep 5.2.1 or newer"]


@pytest.mark.parametrize("act", ["acknowledge", "take", "hand-back", "posts/1/judge"])
def test_a_viewer_is_offered_nothing_and_changes_nothing(ground: Ground, act: str) -> None:
    happen(ground, Incident())
    with visiting(ground, "vera", Role.VIEWER) as visit:
        assert f'{AT}/posts/1/judge"' not in visit.see(AT)
        assert "Vera is a viewer" in words(visit.do(f"{AT}/{act}", said="spam", status=403))
    with reading(ground.engine) as session:
        assert session.exec(select(Handling)).first() is None


@pytest.mark.parametrize("named", ["GS-99", "zebra", "%3Cb%3E"])
def test_an_issue_that_is_not_there_is_said_so(ground: Ground, named: str) -> None:
    with visiting(ground) as visit:
        visit.do(f"/console/issues/{named}/take", status=404)
        visit.see(f"/console/issues/{named}/ticket", status=404)
