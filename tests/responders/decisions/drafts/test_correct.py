"""A reply that stands is changed by one decision about exactly one text, and only where we can."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from classifiers.tables import Issue, Severity
from config.database import transaction
from config.ground import Ground
from responders.console.views.ledger import ledger
from responders.decisions.acting import AlreadyDone, NotAllowed, NotFound
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.correct import correct, remove
from responders.decisions.tables import Approval
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.ledger.settling import record_sent
from responders.voice.store import threads_of
from responders.voice.words.drafting import digest
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.responders.decisions.deciding import ADMIN, RUTH, TEXT, TOM, entries, propose
from tests.responders.delivery.test_changing import Sheet
from tests.responders.incidents import Incident, happen

NEW = TEXT.replace("our team is on it", "our people are on it now")
URL = "https://forum.example/t/t1/9"


def stands(ground: Ground, incident: Incident | None = None, **values: Any) -> int:
    """Let a reply stand at its place; return its delivery."""
    issue = happen(ground, incident or Incident(source_kind="discourse", reply=True))
    number = propose(ground, issue, channel="discourse")
    delivery = approve(ground, RUTH, number).delivery_id or 0
    sent = {"state": DeliveryState.SENT, "sent_at": NOON, "remote_id": "9", "url": URL}
    with transaction(ground.engine) as session:
        row = session.get_one(Delivery, delivery)
        for name, value in (sent | values).items():
            setattr(row, name, value)
    return delivery


def change_of(ground: Ground, number: int) -> Delivery:
    """Return the one change of a reply."""
    (row,) = [one for one in rows(ground, Delivery) if one.changes_id == number]
    return row


def test_a_correction_is_queued_with_its_approval_and_its_audit(ground: Ground) -> None:
    number = stands(ground)
    made = correct(ground, TOM, number, NEW)
    row = change_of(ground, number)
    assert (row.id, made.url) == (made.delivery_id, URL)
    assert (row.kind, row.text, row.approved_sha256) == ("correction", NEW, digest(NEW))
    assert (row.public, row.key, row.post_id) == (True, f"change:{number}|1", None)
    assert row.target["remote_id"] == "9"
    assert "post_url" not in row.target
    (approval,) = [one for one in rows(ground, Approval) if one.delivery_id == row.id]
    assert (approval.by, approval.text_sha256) == ("Tom", digest(NEW))
    entry = entries(ground)[-1]
    assert entry.act == "reply corrected"
    assert (entry.payload or {})["text_sha256"] == digest(NEW)


def test_one_change_at_a_time_and_never_the_same_text(ground: Ground) -> None:
    number = stands(ground)
    before = rows(ground, Delivery)[0].text
    with pytest.raises(AlreadyDone, match="says that already"):
        correct(ground, TOM, number, before)
    with pytest.raises(AlreadyDone, match="something else by now"):
        correct(ground, TOM, number, NEW, sha256=digest("what I read yesterday"))
    correct(ground, TOM, number, NEW, sha256=digest(before))
    acts: tuple[Callable[[], object], ...] = (
        lambda: correct(ground, RUTH, number, "Another."),
        lambda: remove(ground, RUTH, number, "no"),
    )
    for act in acts:
        with pytest.raises(AlreadyDone, match="on its way"):
            act()


def test_what_was_corrected_can_be_corrected_back_and_taken_away(ground: Ground) -> None:
    number, sheet = stands(ground), Sheet()
    before = rows(ground, Delivery)[0].text
    for text in (NEW, before):
        correct(ground, TOM, number, text)
        assert deliver_due(ground, {"discourse": sheet}) == 1
        assert sheet.says == text
    record_sent(ground)
    (issue,) = {row.issue_id for row in rows(ground, Delivery)}
    with transaction(ground.engine) as session:
        assert [one.state for one in threads_of(session, issue or 0)] == ["told"]
    remove(ground, TOM, number, "it was meant for another thread")
    assert deliver_due(ground, {"discourse": sheet}) == 1
    assert sheet.says is None
    with transaction(ground.engine) as session:
        (thread,) = threads_of(session, issue or 0)
        assert (thread.state, thread.lost) == ("unanswered", "our reply was deleted")
        assert session.exec(select(Delivery.removed_at).where(Delivery.id == number)).one()
    with pytest.raises(AlreadyDone, match="was deleted there"):
        remove(ground, TOM, number, "again")
    assert sheet.acts == ["edit", "edit", "remove"]


def test_a_hidden_reply_does_not_count_as_told(ground: Ground) -> None:
    number = stands(ground)
    record_sent(ground)
    (issue,) = {row.issue_id for row in rows(ground, Delivery)}
    with transaction(ground.engine) as session:
        session.get_one(Delivery, number).hidden_at = NOON
    with transaction(ground.engine) as session:
        (thread,) = threads_of(session, issue or 0)
    assert (thread.state, thread.lost) == ("unanswered", "our reply is not visible to others")
    assert "not visible" in ledger([thread], now=NOON).cells[0].words


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"public": False}, "no stranger reads it"),
        ({"channel": "page"}, "another update"),
        ({"channel": "manual"}, "change it yourself at https://forum.example/t/t1/9"),
        ({"state": DeliveryState.FAILED}, "does not stand there"),
        ({"state": DeliveryState.IN_DOUBT}, "in doubt"),
        ({"remote_id": None}, "change it yourself at"),
    ],
)
def test_what_cannot_be_changed_from_here_is_refused_with_the_remedy(
    ground: Ground, values: dict[str, Any], why: str
) -> None:
    number = stands(ground, **values)
    acts: tuple[Callable[[], object], ...] = (
        lambda: correct(ground, TOM, number, NEW),
        lambda: remove(ground, TOM, number, "no"),
    )
    for act in acts:
        with pytest.raises(NotAllowed, match=why):
            act()
    assert len(rows(ground, Delivery)) == 1


def test_a_change_is_no_reply_and_nothing_is_nothing(ground: Ground) -> None:
    number = stands(ground)
    made = correct(ground, TOM, number, NEW)
    with pytest.raises(NotAllowed, match=f"change the reply: {number}"):
        remove(ground, TOM, made.delivery_id, "no")
    with pytest.raises(NotFound):
        correct(ground, TOM, 99, NEW)
    with pytest.raises(NotAllowed, match="is empty"):
        correct(ground, TOM, number, "  ")


def test_where_two_must_say_yes_one_may_only_take_away(ground: Ground) -> None:
    knobs = ground.settings.approval.model_copy(update={"two_persons": ("critical",)})
    number = stands(
        ground, Incident(severity=Severity.CRITICAL, source_kind="discourse", reply=True)
    )
    strict = replace(ground, settings=ground.settings.model_copy(update={"approval": knobs}))
    with pytest.raises(NotAllowed, match="two people"):
        correct(strict, TOM, number, NEW)
    assert remove(strict, TOM, number, "wrong").delivery_id


def test_of_an_issue_kept_for_people_only_an_admin_changes_a_reply(ground: Ground) -> None:
    number = stands(ground)
    with transaction(ground.engine) as session:
        session.exec(select(Issue)).one().flags = ["human-only"]
    with pytest.raises(NotAllowed, match="kept for people"):
        remove(ground, TOM, number, "wrong")
    assert remove(ground, ADMIN, number, "wrong").delivery_id


def test_a_correction_is_no_way_around_the_linter(ground: Ground) -> None:
    number = stands(ground)
    with pytest.raises(NotAllowed, match="must not be said in public"):
        correct(ground, TOM, number, "@ann It will be fixed tomorrow, guaranteed.")
    assert len(rows(ground, Delivery)) == 1
