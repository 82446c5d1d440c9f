"""What people see of the drafts."""

from config.database import reading
from config.ground import Ground
from responders.voice import store
from responders.voice.respond import respond_due
from tests.responders.incidents import Incident, Said, happen


def test_drafts_are_listed_with_their_threads_and_by_issue(ground: Ground) -> None:
    first = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    second = happen(ground, Incident(said=[Said(thread="c")]))
    respond_due(ground)
    with reading(ground.engine) as session:
        assert len(store.listed(session)) == 3
        ((draft, thread),) = store.listed(session, issue_id=second)
        assert thread is not None
        assert (draft.issue_id, thread.remote_id) == (second, "c")
        assert len(store.listed(session, issue_id=first)) == 2
        assert draft.id is not None
        assert store.one(session, draft.id) == (draft, thread)
        assert store.one(session, 999_999) is None
