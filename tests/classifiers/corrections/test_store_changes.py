from concurrent.futures import ThreadPoolExecutor

from classifiers import store_decisions
from classifiers.corrections import store_changes
from classifiers.tables import Issue, IssueEvent, Membership
from config.database import reading, transaction
from config.ground import Ground
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.responders.incidents import Incident, Said, happen


def version(ground: Ground, issue_id: int) -> int:
    with reading(ground.engine) as session:
        return session.get_one(Issue, issue_id).version


def test_a_change_on_an_old_version_is_refused(ground: Ground) -> None:
    number = happen(ground, Incident())
    with reading(ground.engine) as session:
        stale = session.get_one(Issue, number)
    with transaction(ground.engine) as session:
        held = store_changes.hold(session, number)
        assert held is not None
        assert store_changes.change(session, held, title="First")
        assert (held.title, held.version) == ("First", 2)
    with transaction(ground.engine) as session:
        session.add(stale)
        assert not store_changes.change(session, stale, title="Second")
    (row,) = rows(ground, Issue)
    assert (row.title, row.version) == ("First", 2)


def test_every_change_counts_however_many_come_at_once(ground: Ground) -> None:
    number = happen(ground, Incident())

    def count(_: int) -> None:
        with transaction(ground.engine) as session:
            store_decisions.count_change(session, session.get_one(Issue, number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(24)))
    assert version(ground, number) == 25


def test_a_title_that_a_person_gave_meanwhile_is_not_written_over(ground: Ground) -> None:
    number = happen(ground, Incident(title="Found"))
    with transaction(ground.engine) as session:
        issue = session.get_one(Issue, number)
        store_decisions.retitle(session, issue, "Found later")
        assert issue.title == "Found later"
        assert store_changes.change(session, issue, title="Given", titled_by="Ruth")
        store_decisions.retitle(session, issue, "Found last")
        assert (issue.title, issue.titled_by) == ("Given", "Ruth")


def test_posts_move_only_from_where_they_are_thought_to_be(ground: Ground) -> None:
    one = happen(ground, Incident(said=[Said(), Said()]))
    two = happen(ground, Incident())
    posts = [row.post_id for row in rows(ground, Membership)]
    with transaction(ground.engine) as session:
        assert store_changes.move_posts(session, posts, to=two, out_of=one) == 2
        assert store_changes.move_posts(session, posts, to=two, out_of=one) == 0
        assert store_changes.move_posts(session, posts, to=one, out_of=None) == 0


def test_parts_of_parts_are_parts(ground: Ground) -> None:
    one, two, three = (happen(ground, Incident()) for _ in range(3))
    with transaction(ground.engine) as session:
        for part, whole in ((three, two), (two, one)):
            row = session.get_one(Issue, part)
            row.merged_into = whole
            session.add(row)
    with transaction(ground.engine) as session:
        assert [row.id for row in store_changes.parts_of(session, one)] == [two, three]
        assert [row.id for row in store_changes.parts_of(session, three)] == []
        found = store_changes.hold_whole(session, three)
        assert found is not None
        assert found.id == one
        assert store_changes.hold_whole(session, 99) is None


def test_the_last_change_by_a_person_is_told_apart_from_ours(ground: Ground) -> None:
    number = happen(ground, Incident())
    with transaction(ground.engine) as session:
        for kind, by in (("state", "Ruth"), ("grew", "groundswell")):
            event = IssueEvent(issue_id=number, at=NOON, kind=kind, text="", by=by)
            store_changes.add_event(session, event)
    with reading(ground.engine) as session:
        last = store_changes.last_change_by_a_person(session, number)
        assert last is not None
        assert last.by == "Ruth"
        assert store_changes.last_event(session, number, ["merged"]) is None
