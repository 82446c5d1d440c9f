"""A reply that stands is corrected with a look at what changes, or deleted with a second word."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import col, select

from config.database import reading, transaction
from config.ground import Ground
from responders.console.changing import Changing
from responders.decisions.acting import Role
from responders.decisions.drafts.correct import correct
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.words.drafting import digest
from tests.conftest import NOON
from tests.responders.console.rooms import TEXT, deliver, propose, visiting, words
from tests.responders.decisions.deciding import TOM
from tests.responders.incidents import Incident, happen

FRESH = TEXT.replace("Thank you, we know", "Thank you for your words. We know")


def _stands(ground: Ground, **values: object) -> tuple[int, int]:
    """Let a reply stand in public; return its draft and its delivery."""
    issue = happen(ground, Incident(source_kind="discourse", reply=True))
    draft = propose(ground, issue, channel="discourse")
    given = {"sent_at": NOON, "remote_id": "7", "url": "https://forum.example/t/1/2", **values}
    return draft, deliver(ground, draft, DeliveryState.SENT, **given)


def _changes(ground: Ground) -> list[Delivery]:
    with reading(ground.engine) as session:
        query = select(Delivery).where(col(Delivery.changes_id).is_not(None))
        return list(session.exec(query.order_by(col(Delivery.id))).all())


def test_a_correction_shows_what_changes_before_it_leaves(ground: Ground) -> None:
    draft, number = _stands(ground)
    at = f"/console/deliveries/{number}/correct"
    with visiting(ground, role=Role.APPROVER) as visit:
        assert "Correct it…" in words(visit.see(f"/console/drafts/{draft}"))
        assert TEXT.split()[0] in visit.see(f"/console/drafts/{draft}?correct")
        page = visit.do(at, draft=draft, text=FRESH, status=200)
        assert "<ins>" in page
        assert f'value="{digest(TEXT)}"' in page
        assert _changes(ground) == []
        said: dict[str, Any] = {
            "draft": draft, "text": FRESH, "sha256": digest(TEXT), "confirmed": "1",
        }  # fmt: skip
        told = words(visit.see(visit.do(at, **said)))
        assert "is on its way" in told
        assert "Correction is on its way since 12:00 UTC" in told
        assert "A change of delivery" in words(visit.do(at, **said, status=409))
    assert [(row.kind, row.text) for row in _changes(ground)] == [("correction", FRESH)]


def test_a_correction_of_what_says_something_else_by_now_is_refused(ground: Ground) -> None:
    draft, number = _stands(ground)
    at = f"/console/deliveries/{number}/correct"
    with visiting(ground) as visit:
        said: dict[str, Any] = {"draft": draft, "text": FRESH, "confirmed": "1"}
        assert "something else by now" in words(
            visit.do(at, **said, sha256=digest("other"), status=409)
        )
        assert "says that already" in words(visit.do(at, draft=draft, text=TEXT, status=422))
    assert _changes(ground) == []


def test_a_correction_that_must_not_be_said_is_kept_to_be_edited(ground: Ground) -> None:
    draft, number = _stands(ground)
    with visiting(ground) as visit:
        page = visit.do(
            f"/console/deliveries/{number}/correct", draft=draft, confirmed="1", status=403,
            text="It will be fixed tomorrow <b>for sure</b>.",
        )  # fmt: skip
        assert "must not be said in public" in words(page)
        assert "tomorrow &lt;b&gt;for sure" in page
    assert _changes(ground) == []


def test_what_was_corrected_is_shown_as_it_stands_now(ground: Ground) -> None:
    draft, number = _stands(ground)
    with visiting(ground) as visit:
        visit.do(f"/console/deliveries/{number}/correct", draft=draft, text=FRESH, confirmed="1")
        with transaction(ground.engine) as session:
            row = session.exec(select(Delivery).where(Delivery.changes_id == number)).one()
            row.state, row.sent_at = DeliveryState.SENT, NOON
        page = words(visit.see(f"/console/drafts/{draft}"))
        assert "Thank you for your words" in page
        assert "Corrected there at 12:00 UTC" in page
        assert "Correct it…" in page


def test_a_reply_is_deleted_only_with_a_reason_and_a_second_word(ground: Ground) -> None:
    draft, number = _stands(ground)
    at = f"/console/deliveries/{number}/delete"
    with visiting(ground) as visit:
        assert "for everybody" in words(visit.do(at, draft=draft, reason="wrong", status=422))
        assert "reason is empty" in words(visit.do(at, draft=draft, sure="yes", status=403))
        assert _changes(ground) == []
        told = words(visit.see(visit.do(at, draft=draft, reason="wrong", sure="yes")))
        assert "Deletion is on its way" in told
    assert [row.kind for row in _changes(ground)] == ["removal"]


def test_what_cannot_be_changed_from_here_says_what_to_do(ground: Ground) -> None:
    draft, _ = _stands(ground, remote_id=None)
    with visiting(ground) as visit:
        page = words(visit.see(f"/console/drafts/{draft}"))
        assert "Change it there yourself" in page
        assert "Delete it" not in page


def test_a_viewer_sees_who_may_and_changes_nothing(ground: Ground) -> None:
    draft, number = _stands(ground)
    with visiting(ground, "vera", Role.VIEWER) as visit:
        assert "this needs approver" in words(visit.see(f"/console/drafts/{draft}"))
        assert "<textarea" not in visit.see(f"/console/drafts/{draft}?correct")
        visit.do(f"/console/deliveries/{number}/correct", draft=draft, text=FRESH, confirmed="1",
                 status=403)  # fmt: skip
        visit.do(f"/console/deliveries/{number}/delete", draft=draft, sure="1", reason="x",
                 status=403)  # fmt: skip
    assert _changes(ground) == []


def test_a_delivery_that_is_not_there_is_said_so(ground: Ground) -> None:
    draft, _ = _stands(ground)
    with visiting(ground) as visit:
        visit.do("/console/deliveries/99/correct", draft=draft, text="x", confirmed="1", status=404)


def test_the_form_binds_to_the_text_whose_changes_were_shown(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, number = _stands(ground)
    # Somebody's correction arrives between the look at the text and the drawing of the page.
    monkeypatch.setattr(Changing, "_now", lambda *_: "As it was before.")
    with visiting(ground) as visit:
        page = visit.do(
            f"/console/deliveries/{number}/correct", draft=draft, text=FRESH, status=200
        )
    assert f'value="{digest("As it was before.")}"' in page
    assert f'value="{digest(TEXT)}"' not in page


def test_a_change_is_taken_back_at_the_console_while_it_waits(ground: Ground) -> None:
    draft, number = _stands(ground)
    said: dict[str, Any] = {
        "draft": draft, "text": FRESH, "sha256": digest(TEXT), "confirmed": "1",
    }  # fmt: skip
    with visiting(ground, role=Role.APPROVER) as visit:
        visit.do(f"/console/deliveries/{number}/correct", **said)
        assert "Take it back" in words(visit.see(f"/console/drafts/{draft}"))
        told = words(visit.see(visit.do(f"/console/deliveries/{number}/unchange", draft=draft)))
        assert "stays as it is" in told
        assert "Take it back" not in told
    assert [row.state for row in _changes(ground)] == [DeliveryState.CANCELLED]


def test_the_second_yes_to_a_change_is_said_at_the_console(ground: Ground) -> None:
    knobs = ground.settings.approval.model_copy(update={"two_persons": ("major",)})
    settings = ground.settings.model_copy(update={"approval": knobs})
    two = replace(ground, settings=settings)
    draft, number = _stands(two)
    correct(two, TOM, number, FRESH)
    with visiting(two, role=Role.APPROVER) as visit:
        page = visit.see(f"/console/drafts/{draft}")
        assert "waits for the yes of another person" in words(page)
        assert "Thank you for your words" in words(page)
        told = words(visit.see(visit.do(f"/console/deliveries/{number}/confirm", draft=draft)))
        assert "Confirmed" in told
    assert [row.state for row in _changes(ground)] == [DeliveryState.QUEUED]
