"""A text in a language that nobody reviewed: the console says so and asks whether it was read."""

from config.database import transaction
from config.ground import Ground
from responders.voice.tables import Draft, DraftState
from responders.voice.words.drafting import digest
from tests.responders.console.rooms import TEXT, propose, stored, visiting, words
from tests.responders.incidents import Incident, happen

NOTE = "nobody has reviewed our French texts"


def french(ground: Ground) -> int:
    number = propose(ground, happen(ground, Incident()))
    with transaction(ground.engine) as session:
        row = session.get_one(Draft, number)
        row.language, row.reason = "fr", NOTE
    return number


def test_without_the_tick_it_stays_where_it_is(ground: Ground) -> None:
    number = french(ground)
    with visiting(ground) as visit:
        page = visit.see(f"/console/drafts/{number}")
        assert NOTE in words(page)
        assert 'name="read"' in page
        assert "nobody has reviewed" in words(visit.approve(number, status=403))
    assert stored(ground, number).state is DraftState.PENDING


def test_with_the_tick_it_leaves(ground: Ground) -> None:
    number = french(ground)
    with visiting(ground) as visit:
        path = f"/console/drafts/{number}/approve"
        visit.do(path, version=1, text_sha256=digest(TEXT), read="yes")
    assert stored(ground, number).state is DraftState.APPROVED


def test_what_was_reviewed_asks_nothing(ground: Ground) -> None:
    number = propose(ground, happen(ground, Incident()))
    with visiting(ground) as visit:
        assert 'name="read"' not in visit.see(f"/console/drafts/{number}")
