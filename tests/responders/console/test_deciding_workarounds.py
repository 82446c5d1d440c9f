"""What helped somebody is offered on the issue's page, verified there and taken back."""

from classifiers.facts import facts_of
from classifiers.naming import Told
from classifiers.tables import Issue
from config.database import transaction
from config.ground import Ground
from tests.responders.console.rooms import visiting, words
from tests.responders.incidents import Incident, Said, happen


def test_what_helped_somebody_is_verified_and_taken_back(ground: Ground) -> None:
    fix = "Pairing it again fixed it for me."
    issue = happen(ground, Incident(said=[Said(text=fix), Said(thread="t2")]))
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, issue)
        row.facts = facts_of([Told("1", fix)])
        session.add(row)
    with visiting(ground) as visit:
        page = f"/console/issues/GS-{issue}"
        offered = visit.see(page)
        assert 'name="post" value="1"' in offered
        assert "found by person" in words(offered)
        verified = words(visit.see(visit.do(f"{page}/workaround", post="1")))
        assert f"{fix} Found by person" in verified
        assert "Verified by ruth" in verified
        assert "Verify</button>" not in visit.see(page), "it is no offer any more"
        taken = words(visit.see(visit.do(f"{page}/workaround", clear="yes")))
        assert "Verified by ruth" not in taken
        visit.do(f"{page}/workaround", status=409, clear="yes")
