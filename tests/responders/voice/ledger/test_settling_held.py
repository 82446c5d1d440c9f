"""A reply that moderators hold back tells nobody until anybody can read it."""

from config.database import reading, transaction
from config.ground import Ground
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice import store
from responders.voice.ledger.settling import record_sent
from responders.voice.ledger.store_clocks import first_words
from responders.voice.tables import Draft, DraftState
from tests.responders.incidents import Incident, happen
from tests.responders.voice.acts import approve, later, replies, respond, set_state

HELD = "the site's moderators must let it pass before anybody can read it"
REFUSED = "it waited for the place's moderators and cannot be found any more: look there"


def held(ground: Ground, issue: int) -> Draft:
    """Let the one reply leave for a place whose moderators hold it back."""
    respond(ground)
    (ack,) = replies(ground, issue)
    approve(ground, ack)
    look(ground, ack, HELD)
    assert record_sent(ground) == 1
    return replies(ground, issue)[0]


def look(ground: Ground, draft: Draft, note: str, url: str | None = None) -> None:
    with transaction(ground.engine) as session:
        row = session.get_one(Delivery, session.get_one(Draft, draft.id).delivery_id)
        row.state, row.reason, row.url = DeliveryState.SENT, note, url
        row.sent_at = row.sent_at or ground.clock.now()


def test_a_held_reply_is_sent_and_its_thread_is_not_told(ground: Ground) -> None:
    issue = happen(ground, Incident())
    ack = held(ground, issue)
    assert ack.state is DraftState.SENT
    for note in (HELD, REFUSED):
        look(ground, ack, note)
        with reading(ground.engine) as session:
            assert store.told(session, issue) == []
            assert "thread" not in first_words(session, [issue])
            (thread,) = store.threads_of(session, issue)
        assert (thread.state, thread.lost) == (
            "unanswered", f"our reply is not visible yet: {note}",
        )  # fmt: skip
    assert respond(ground) == 0, "and nothing is proposed there twice"


def test_its_follow_up_comes_once_the_moderators_let_it_pass(ground: Ground) -> None:
    issue = happen(ground, Incident())
    ack = held(ground, issue)
    here = later(ground, hours=1)
    set_state(here, issue, "identified", note="The app waits for the wrong server.")
    respond(here)
    assert [row.kind for row in replies(here, issue)] == ["ack"]
    look(here, ack, "", url="https://blog.example/#comment-9")
    with reading(here.engine) as session:
        assert [row.thread_id for row in store.told(session, issue)] == [ack.thread_id]
    respond(here)
    assert [(row.kind, row.phase) for row in replies(here, issue)] == [
        ("ack", "investigating"), ("update", "identified"),
    ]  # fmt: skip
