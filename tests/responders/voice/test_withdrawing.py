"""Erasures reach every text that is not in public yet."""

from config.database import reading
from config.ground import Ground
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import DraftState, DraftVersion
from tests.responders.incidents import Incident, Said, erase, forget, happen
from tests.responders.voice.acts import (
    all_drafts,
    approve,
    edit,
    end,
    pages,
    replies,
    respond,
    send,
)

SECRET = "My secret words hang the app"


def rows(ground: Ground, table: type) -> list[object]:
    from sqlmodel import select

    with reading(ground.engine) as session:
        return list(session.exec(select(table)).all())


def test_an_approved_text_is_called_back_with_its_message(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(text=f"{SECRET}.")]))
    respond(ground)
    approve(ground, replies(ground, issue)[0])
    erase(ground, SECRET)
    respond(ground)
    (draft,) = replies(ground, issue)
    assert (draft.state, draft.text) == (DraftState.STALE, "")
    (delivery,) = rows(ground, Delivery)
    assert isinstance(delivery, Delivery)
    assert (delivery.state, delivery.text) == (DeliveryState.CANCELLED, "")


def test_a_text_that_is_leaving_is_not_called_stale(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(text=f"{SECRET}.")]))
    respond(ground)
    approve(ground, replies(ground, issue)[0])
    end(ground, replies(ground, issue)[0], "sending")
    erase(ground, SECRET)
    respond(ground)
    assert replies(ground, issue)[0].state is DraftState.APPROVED


def test_earlier_versions_keep_no_erased_words_either(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(text=f"{SECRET}.")]))
    respond(ground)
    edit(ground, replies(ground, issue)[0], f"“{SECRET}”? We look at it.")
    erase(ground, SECRET)
    respond(ground)
    kept = [row.text for row in rows(ground, DraftVersion) if isinstance(row, DraftVersion)]
    assert not any(SECRET in text for text in kept)


def test_a_title_that_was_an_erased_post_s_leaves_the_page_s_draft(ground: Ground) -> None:
    said = [Said(text=f"{SECRET}."), Said(text="Notes hang when opened", thread="t2")]
    issue = happen(ground, Incident(said=said, title=SECRET, key_phrases=[]))
    respond(ground)
    assert pages(ground, issue)[0].text.startswith(SECRET)
    erase(ground, SECRET)
    respond(ground)
    assert pages(ground, issue)[0].text.startswith("A problem that several people report\n")
    forget(ground, issue, title="Notes hang when opened")
    assert [respond(ground), respond(ground)] == [1, 0]
    assert pages(ground, issue)[0].text.startswith("Notes hang when opened\n")
    assert not any(SECRET in row.text for row in all_drafts(ground, issue))


def test_whoever_took_everything_back_is_told_nothing_more(ground: Ground) -> None:
    from tests.responders.voice.acts import set_state

    issue = happen(ground, Incident(said=[Said(text=f"{SECRET}.")]))
    respond(ground)
    send(ground, replies(ground, issue)[0])
    erase(ground, SECRET)
    set_state(ground, issue, "resolved")
    respond(ground)
    assert len(replies(ground, issue)) == 1
