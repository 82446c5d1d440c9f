"""A reply that stands is changed by one decision about exactly one text, and only where we can."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from classifiers.tables import Issue, Severity
from config.database import transaction
from config.ground import Ground
from listener.tables import Post
from responders.console.views.ledger import ledger
from responders.decisions.acting import AlreadyDone, NotAllowed, NotFound
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.correct import confirm, correct, remove, take_back
from responders.decisions.tables import Approval, FirstYes
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.ledger.settling import record_sent
from responders.voice.store import threads_of
from responders.voice.words.drafting import digest
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.responders.decisions.deciding import ADMIN, RUTH, TEXT, TOM, entries, later, propose
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


def test_an_answer_to_an_erased_post_is_taken_away_and_not_corrected(ground: Ground) -> None:
    number = stands(ground)
    with transaction(ground.engine) as session:
        for post in session.exec(select(Post)).all():
            post.text, post.erased_at = "", NOON
    with pytest.raises(NotAllowed, match=f"groundswell delivery delete {number} --reason"):
        correct(ground, TOM, number, NEW)
    remove(ground, TOM, number, "they deleted it")
    assert change_of(ground, number).kind == "removal"


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


def strict(ground: Ground) -> tuple[Ground, int]:
    """Let a reply stand about something for which two must say yes."""
    knobs = ground.settings.approval.model_copy(update={"two_persons": ("critical",)})
    number = stands(
        ground, Incident(severity=Severity.CRITICAL, source_kind="discourse", reply=True)
    )
    settings = ground.settings.model_copy(update={"approval": knobs})
    return replace(ground, settings=settings), number


def test_a_change_that_waited_is_not_confirmed_once_its_post_is_erased(ground: Ground) -> None:
    two, number = strict(ground)
    correct(two, TOM, number, NEW)
    with transaction(two.engine) as session:
        for post in session.exec(select(Post)).all():
            post.text, post.erased_at = "", NOON
    deliver_due(two, {"discourse": Sheet()})
    assert [row.text for row in rows(two, Delivery)] == ["", ""]
    with pytest.raises(NotAllowed, match="was deleted: nothing more is said to it"):
        confirm(two, RUTH, number)


def test_where_two_must_say_yes_a_correction_waits_for_the_second_one(ground: Ground) -> None:
    two, number = strict(ground)
    sheet = Sheet()
    made = correct(two, TOM, number, NEW)
    assert "two people" in made.waits
    row = change_of(two, number)
    assert (row.state, row.approved_sha256, row.text) == (DeliveryState.CANCELLED, None, NEW)
    assert deliver_due(two, {"discourse": sheet}) == 0
    with pytest.raises(AlreadyDone, match="another person must say it"):
        confirm(two, TOM, number)
    done = confirm(two, RUTH, number)
    assert (done.waits, done.delivery_id) == ("", row.id)
    assert deliver_due(two, {"discourse": sheet}) == 1
    assert sheet.says == NEW
    (approval,) = [one for one in rows(two, Approval) if one.delivery_id == row.id]
    (first,) = rows(two, FirstYes)
    assert (approval.by, approval.first_yes_id, first.by) == ("Ruth", first.id, "Tom")
    acts = [one.act for one in entries(two)]
    assert acts[-2:] == ["first yes to a change", "reply corrected"]
    assert (entries(two)[-1].payload or {})["second_to"] == "Tom"


def test_the_same_text_by_another_person_is_the_second_yes(ground: Ground) -> None:
    two, number = strict(ground)
    correct(two, TOM, number, NEW)
    assert correct(two, RUTH, number, NEW).waits == ""
    assert change_of(two, number).state is DeliveryState.QUEUED


def test_taking_away_needs_two_as_well_and_another_wish_begins_anew(ground: Ground) -> None:
    two, number = strict(ground)
    sheet = Sheet()
    correct(two, TOM, number, NEW)
    assert remove(two, RUTH, number, "wrong thread").waits
    with pytest.raises(AlreadyDone, match="another person must say it"):
        confirm(two, RUTH, number)
    assert not confirm(two, TOM, number).waits
    assert deliver_due(two, {"discourse": sheet}) == 1
    assert sheet.acts == ["remove"]
    assert len([one for one in rows(two, Delivery) if one.state is DeliveryState.SENT]) == 2


def test_a_first_yes_counts_only_while_the_reply_says_what_was_read(ground: Ground) -> None:
    two, number = strict(ground)
    correct(two, TOM, number, NEW)
    assert not correct(ground, RUTH, number, f"{NEW} More.").waits  # one yes is enough there
    assert deliver_due(two, {"discourse": Sheet()}) == 1
    with pytest.raises(NotAllowed, match="no change of delivery"):
        confirm(two, RUTH, number)


def test_a_first_yes_can_be_taken_back(ground: Ground) -> None:
    two, number = strict(ground)
    correct(two, TOM, number, NEW)
    take_back(two, TOM, number)
    with pytest.raises(NotAllowed, match="no change of delivery"):
        confirm(two, RUTH, number)
    assert all(one.taken_back_at for one in rows(two, FirstYes))
    assert correct(two, TOM, number, NEW).waits


def test_a_change_can_be_taken_back_in_the_undo_window_and_not_later(ground: Ground) -> None:
    number, sheet = stands(ground), Sheet()
    made = correct(ground, TOM, number, NEW, undo_s=30)
    assert (made.leaves_at - NOON).total_seconds() == 30
    assert deliver_due(ground, {"discourse": sheet}) == 0
    take_back(ground, TOM, made.delivery_id)
    assert change_of(ground, number).state is DeliveryState.CANCELLED
    assert deliver_due(later(ground), {"discourse": sheet}) == 0
    (approval,) = [one for one in rows(ground, Approval) if one.delivery_id == made.delivery_id]
    assert approval.taken_back_at == NOON
    correct(ground, TOM, number, NEW)
    assert deliver_due(ground, {"discourse": sheet}) == 1
    with pytest.raises(AlreadyDone, match="too late"):
        take_back(ground, TOM, number)


def test_the_same_change_after_a_taking_back_is_done_once(ground: Ground) -> None:
    number, sheet = stands(ground), Sheet()
    for _ in range(2):
        remove(ground, TOM, number, "wrong thread", undo_s=30)
        take_back(ground, TOM, number)
    remove(ground, TOM, number, "wrong thread")
    assert deliver_due(later(ground), {"discourse": sheet}) == 1
    assert sheet.acts == ["remove"]


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
