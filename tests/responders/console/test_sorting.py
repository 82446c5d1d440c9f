"""Taking posts out of an issue at the console, from the form to the rows."""

import re
from typing import Any

from sqlmodel import col, select

from classifiers.tables import Issue, Membership
from config.database import reading
from config.ground import Ground
from responders.decisions.acting import Role
from tests.responders.console.rooms import visiting, words
from tests.responders.incidents import Incident, Said, happen

SAID = [Said(text=f"Report {n} of it.", thread=f"t{n}") for n in range(4)]


def _chosen(*posts: int) -> dict[str, Any]:
    return {f"post-{post}": "on" for post in posts}


def _homes(ground: Ground) -> list[int | None]:
    with reading(ground.engine) as session:
        query = select(Membership.issue_id).order_by(col(Membership.post_id))
        return list(session.exec(query).all())


def _titles(ground: Ground) -> list[str]:
    with reading(ground.engine) as session:
        return list(session.exec(select(Issue.title).order_by(col(Issue.id))).all())


def test_the_posts_that_are_chosen_become_an_issue_of_their_own(ground: Ground) -> None:
    issue = happen(ground, Incident(said=SAID))
    with visiting(ground) as visit:
        assert "Split off or move posts…" in words(visit.see(f"/console/issues/GS-{issue}"))
        form = visit.see(f"/console/issues/GS-{issue}?posts=all&sort")
        boxes = re.findall(r'type="checkbox" name="post-(\d+)"', form)
        assert sorted(boxes) == ["1", "2", "3", "4"]
        way = visit.do(
            f"/console/issues/GS-{issue}/split",
            title="Another problem",
            **_chosen(2, 3),
        )
        assert way == f"/console/issues/GS-{issue + 1}?did=split"
        assert "an issue of their own now" in words(visit.see(way))
    assert _homes(ground) == [issue, issue + 1, issue + 1, issue]
    assert _titles(ground)[1] == "Another problem"


def test_the_posts_that_are_chosen_move_to_another_issue_and_those_there_already_stay(
    ground: Ground,
) -> None:
    issue = happen(ground, Incident(said=SAID))
    other = happen(ground, Incident(said=[Said(text="Elsewhere.", thread="e")], title="Other"))
    with visiting(ground) as visit:
        form = visit.see(f"/console/issues/GS-{issue}?posts=all&sort")
        assert f'formaction="/console/issues/GS-{issue}/move"' in form
        boxes = _chosen(1, 4, 5)
        way = visit.do(f"/console/issues/GS-{issue}/move", to=f"GS-{other}", **boxes)
        assert way == f"/console/issues/GS-{issue}?did=move"
        assert "The posts are moved" in words(visit.see(way))
    assert _homes(ground) == [other, issue, issue, other, other]


def test_a_split_that_is_refused_says_why_and_keeps_what_was_chosen_and_written(
    ground: Ground,
) -> None:
    issue = happen(ground, Incident(said=SAID))
    path = f"/console/issues/GS-{issue}/split"
    with visiting(ground) as visit:
        nothing = visit.do(path, status=403, title="Nothing chosen")
        assert "Name the posts that are another problem" in words(nothing)
        assert 'value="Nothing chosen"' in nothing
        untitled = visit.do(path, status=403, **_chosen(2))
        assert re.findall(r'name="post-(\d+)"[^>]* checked', untitled) == ["2"]
        visit.do("/console/issues/GS-99/split", status=404, **_chosen(2), title="T")
    assert _homes(ground) == [issue] * 4


def test_a_move_that_is_refused_midway_says_how_many_posts_moved_before(ground: Ground) -> None:
    issue = happen(ground, Incident(said=SAID))
    other = happen(ground, Incident(said=[Said(text="Elsewhere.", thread="e")], title="Other"))
    path = f"/console/issues/GS-{issue}/move"
    with visiting(ground) as visit:
        boxes = _chosen(1, 999)
        refused = words(visit.do(path, status=404, to=f"GS-{other}", **boxes))
        assert "There is no post 999" in refused
        assert "1 post was moved before that." in refused
        visit.do(path, status=403, to=f"GS-{other}")
        visit.do(path, status=403, to="nowhere", **_chosen(2))
    assert _homes(ground) == [other, issue, issue, issue, other]


def test_who_may_not_decide_is_offered_no_boxes_and_refused(ground: Ground) -> None:
    issue = happen(ground, Incident(said=SAID))
    with visiting(ground, role=Role.DRAFTER) as visit:
        page = visit.see(f"/console/issues/GS-{issue}?posts=all&sort")
        assert "checkbox" not in page
        assert "Split off" not in page
        path = f"/console/issues/GS-{issue}/split"
        visit.do(path, status=403, **_chosen(2), title="T")
    assert _homes(ground) == [issue] * 4
