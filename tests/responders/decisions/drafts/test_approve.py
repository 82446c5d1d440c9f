from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from classifiers.tables import IssueState
from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Post
from responders.decisions import store
from responders.decisions.acting import Actor, AlreadyDone, NotAllowed, NotFound
from responders.decisions.drafts.approve import approve, take_back
from responders.decisions.drafts.edit import edit
from responders.decisions.drafts.reject import reject, stay_silent
from responders.decisions.tables import Approval
from responders.delivery import store as outbox
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import DraftState
from responders.voice.words.drafting import digest
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.responders.decisions.deciding import (
    ADMIN,
    OVERRIDE,
    RUTH,
    TEXT,
    TOM,
    audit,
    delivery_for,
    draft,
    entries,
    events,
    issue,
    later,
    page_draft,
    propose,
    set_delivery,
    set_draft,
    set_issue,
)
from tests.responders.incidents import Incident, Said, happen


@pytest.fixture
def issue_id(ground: Ground) -> int:
    return happen(ground, Incident())


@pytest.fixture
def draft_id(ground: Ground, issue_id: int) -> int:
    return propose(ground, issue_id)


def test_an_approval_queues_exactly_the_text_that_was_read(ground: Ground, draft_id: int) -> None:
    read = draft(ground, draft_id)

    done = approve(ground, RUTH, draft_id, version=1, sha256=read.text_sha256, undo_s=30)

    (delivery,) = rows(ground, Delivery)
    assert (delivery.id, delivery.key, delivery.state) == (
        done.delivery_id, read.key, DeliveryState.QUEUED,
    )  # fmt: skip
    assert delivery.text == TEXT
    assert delivery.approved_sha256 == digest(TEXT)
    assert delivery.public
    assert delivery.next_try_at == done.leaves_at == NOON + timedelta(seconds=30)
    assert done.to == "https://forum.example/t/t1"
    after = draft(ground, draft_id)
    assert (after.state, after.delivery_id) == (DraftState.APPROVED, delivery.id)
    assert (after.decided_by, after.decided_at) == ("Ruth", NOON)
    (approval,) = rows(ground, Approval)
    assert (approval.version, approval.text_sha256) == (1, digest(TEXT))
    assert (approval.by, approval.via, approval.taken_back_at) == ("Ruth", "console", None)
    assert ("draft approved", f"draft {draft_id}") in audit(ground)


def test_the_audit_holds_the_hash_of_the_text_and_no_word_of_it(
    ground: Ground, draft_id: int
) -> None:
    approve(ground, RUTH, draft_id)
    payload = entries(ground)[0].payload
    assert payload is not None
    assert payload["by"] == "Ruth"
    assert payload["text_sha256"] == digest(TEXT)
    assert "We know" not in str(payload)


def test_the_first_public_text_of_a_new_issue_starts_the_investigation(
    ground: Ground, draft_id: int, issue_id: int
) -> None:
    approve(ground, RUTH, draft_id)
    assert issue(ground, issue_id).state is IssueState.INVESTIGATING
    (event,) = events(ground, issue_id)
    assert (event.kind, event.by) == ("state", "Ruth")
    assert event.data["from"] == "new"
    assert event.data["to"] == "investigating"
    assert event.text == "new → investigating: the first public text was approved"
    assert event.data["note"] == ""  # what stands there may be said in public


def test_a_later_approval_leaves_the_state_alone(
    ground: Ground, draft_id: int, issue_id: int
) -> None:
    set_issue(ground, issue_id, state=IssueState.IDENTIFIED)
    approve(ground, RUTH, draft_id)
    assert issue(ground, issue_id).state is IssueState.IDENTIFIED
    assert events(ground, issue_id) == []


def test_the_loser_is_told_by_whom_when_and_how_it_stands(ground: Ground, draft_id: int) -> None:
    approve(later(ground), RUTH, draft_id, undo_s=120)
    with pytest.raises(AlreadyDone) as lost:
        approve(later(ground, 4), TOM, draft_id)
    assert str(lost.value) == (
        "Ruth approved this at 12:03 UTC, 12 May. Nothing was sent twice. "
        "It leaves at 12:05 UTC, 12 May."
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (DeliveryState.QUEUED, "It is on its way."),
        (DeliveryState.SENDING, "It is being sent."),
        (DeliveryState.SENT, "It was sent at 12:00 UTC, 12 May."),
        (DeliveryState.IN_DOUBT, "in doubt"),
        (DeliveryState.BY_HAND, "by hand"),
    ],
)
def test_a_text_on_its_way_or_there_is_not_approved_again(
    ground: Ground, draft_id: int, state: DeliveryState, words: str
) -> None:
    approve(ground, RUTH, draft_id)
    set_delivery(ground, draft_id, state=state, sent_at=NOON)
    with pytest.raises(AlreadyDone, match="Nothing was sent twice") as lost:
        approve(ground, TOM, draft_id)
    assert words in str(lost.value)
    assert len(rows(ground, Approval)) == len(rows(ground, Delivery)) == 1


def test_a_text_that_was_rewritten_since_is_not_approved(ground: Ground, draft_id: int) -> None:
    edit(later(ground), TOM, draft_id, "Another text.")
    old = {"version": 1}, {"sha256": digest(TEXT)}
    for read in old:
        with pytest.raises(AlreadyDone, match="Tom rewrote this at 12:03 UTC, 12 May"):
            approve(ground, RUTH, draft_id, **read)
    assert rows(ground, Delivery) == []


def test_an_update_of_the_template_counts_as_rewritten_too(ground: Ground, draft_id: int) -> None:
    set_draft(ground, draft_id, text="Fresh.", text_sha256=digest("Fresh."), version=2)
    with pytest.raises(AlreadyDone, match="the text was brought up to date"):
        approve(ground, RUTH, draft_id, version=1)


AT_NOON = {
    "text": TEXT.replace("18:00", "12:00"), "text_sha256": digest(TEXT.replace("18:00", "12:00")),
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"text": "", "text_sha256": digest("")}, "needs a text"),
        ({"text_sha256": "0" * 64}, "not the one it was stored with"),
        ({"next_update_by": NOON} | AT_NOON, "promises the next word by 12:00 UTC, 12 May"),
        ({"state": DraftState.STALE, "reason": "the phase changed"}, "out of date: the phase ch"),
        ({"state": DraftState.SILENT, "reason": "it speaks of law"}, "no text is proposed here"),
    ],
)
def test_a_text_that_must_not_leave_is_refused_with_the_reason(
    ground: Ground, draft_id: int, changes: dict[str, object], why: str
) -> None:
    set_draft(ground, draft_id, **changes)
    with pytest.raises(NotAllowed, match=why):
        approve(ground, ADMIN, draft_id)
    assert rows(ground, Delivery) == []
    assert rows(ground, Approval) == []
    assert audit(ground) == []


def test_a_promise_that_would_pass_before_the_text_leaves_is_refused(
    ground: Ground, issue_id: int
) -> None:
    due = NOON + timedelta(seconds=20)
    number = propose(ground, issue_id, next_update_by=due, text=AT_NOON["text"])
    with pytest.raises(NotAllowed, match="it would leave no sooner than 12:00 UTC, 12 May"):
        approve(ground, RUTH, number, undo_s=30)
    approve(ground, RUTH, number, undo_s=0)


@pytest.mark.parametrize("text", ["A title only", "\n\nNo title", "A title\n\n  \n"])
def test_a_page_update_needs_a_title_and_a_text(ground: Ground, issue_id: int, text: str) -> None:
    number = page_draft(ground, issue_id, text=text)
    with pytest.raises(NotAllowed, match="a title in its first line"):
        approve(ground, RUTH, number)


def test_a_page_update_is_approved_with_its_title(ground: Ground, issue_id: int) -> None:
    number = page_draft(ground, issue_id)
    done = approve(ground, RUTH, number)
    delivery = delivery_for(ground, number)
    assert (delivery.channel, done.to) == ("page", "page")
    assert delivery.text.startswith("Notes hang\n\n")


def test_a_draft_whose_post_was_deleted_is_refused(ground: Ground, draft_id: int) -> None:
    with transaction(ground.engine) as session:
        post = session.exec(select(Post)).one()
        post.erased_at, post.text = NOON, ""
        session.add(post)
    with pytest.raises(NotAllowed, match="was deleted"):
        approve(ground, RUTH, draft_id)


def test_what_is_kept_for_people_is_approved_by_an_admin_only(
    ground: Ground, draft_id: int, issue_id: int
) -> None:
    set_issue(ground, issue_id, flags=["human-only"])
    with pytest.raises(NotAllowed, match="only an admin"):
        approve(ground, RUTH, draft_id)
    approve(ground, ADMIN, draft_id)


def test_nobody_says_investigating_of_what_a_colleague_resolved(
    ground: Ground, draft_id: int, issue_id: int
) -> None:
    set_issue(ground, issue_id, state=IssueState.RESOLVED)
    with pytest.raises(NotAllowed, match="is resolved by now, and draft"):
        approve(ground, RUTH, draft_id)


def test_a_draft_of_a_merged_issue_is_refused_by_the_whole_ones_name(
    ground: Ground, draft_id: int, issue_id: int
) -> None:
    other = happen(ground, Incident())
    set_issue(ground, issue_id, merged_into=other)
    with pytest.raises(NotAllowed, match=f"is part of GS-{other} now"):
        approve(ground, RUTH, draft_id)


def test_the_entry_of_a_merged_issue_still_gets_its_words(ground: Ground, issue_id: int) -> None:
    other = happen(ground, Incident())
    set_issue(ground, issue_id, merged_into=other)
    page = page_draft(ground, issue_id)
    approve(ground, RUTH, page)
    assert delivery_for(ground, page).state is DeliveryState.QUEUED


def test_a_pause_does_not_keep_anybody_from_approving(ground: Ground, draft_id: int) -> None:
    with transaction(ground.engine) as session:
        outbox.set_paused(session, True, by="Tom", reason="fire", now=NOON)
    approve(ground, RUTH, draft_id)
    assert delivery_for(ground, draft_id).state is DeliveryState.QUEUED


def test_an_unknown_draft_is_told_as_such(ground: Ground) -> None:
    for act in (approve, take_back):
        with pytest.raises(NotFound, match="there is no draft 99"):
            act(ground, RUTH, 99)


def test_taking_back_lets_the_draft_wait_and_the_next_yes_queues_the_same_row(
    ground: Ground, draft_id: int
) -> None:
    first = approve(ground, RUTH, draft_id, undo_s=30)
    take_back(ground, TOM, draft_id)

    back = draft(ground, draft_id)
    assert (back.state, back.decided_by, back.decided_at) == (DraftState.PENDING, "", None)
    assert delivery_for(ground, draft_id).state is DeliveryState.CANCELLED
    assert [row.taken_back_at for row in rows(ground, Approval)] == [NOON]

    edit(ground, TOM, draft_id, "We are on it.")
    again = approve(later(ground), TOM, draft_id, override=OVERRIDE)
    (delivery,) = rows(ground, Delivery)
    assert again.delivery_id == first.delivery_id == delivery.id
    assert (delivery.state, delivery.tries) == (DeliveryState.QUEUED, 0)
    assert (delivery.text, delivery.approved_sha256) == ("We are on it.", digest("We are on it."))
    assert delivery.next_try_at == later(ground).clock.now()
    assert [row.taken_back_at is None for row in rows(ground, Approval)] == [False, True]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": DeliveryState.SENT, "sent_at": NOON}, "It was sent at 12:00 UTC"),
        ({"state": DeliveryState.SENDING, "tries": 1}, "It is being sent"),
        ({"tries": 1}, "It is on its way"),
        ({"state": DeliveryState.IN_DOUBT, "tries": 1}, "in doubt"),
    ],
)
def test_what_has_left_or_may_have_left_is_not_taken_back(
    ground: Ground, draft_id: int, values: dict[str, object], words: str
) -> None:
    approve(ground, RUTH, draft_id)
    set_delivery(ground, draft_id, **values)
    with pytest.raises(AlreadyDone, match="too late") as late:
        take_back(ground, TOM, draft_id)
    assert words in str(late.value)
    assert draft(ground, draft_id).state is DraftState.APPROVED
    assert [row.taken_back_at for row in rows(ground, Approval)] == [None]


def test_what_a_person_was_to_post_is_taken_back(ground: Ground, draft_id: int) -> None:
    approve(ground, RUTH, draft_id)
    set_delivery(ground, draft_id, state=DeliveryState.BY_HAND, tries=1)
    take_back(ground, RUTH, draft_id)
    assert draft(ground, draft_id).state is DraftState.PENDING


def test_there_is_nothing_to_take_back_before_an_approval(ground: Ground, draft_id: int) -> None:
    with pytest.raises(AlreadyDone, match="not approved"):
        take_back(ground, RUTH, draft_id)


def test_a_send_that_failed_for_certain_is_approved_again(ground: Ground, draft_id: int) -> None:
    approve(ground, RUTH, draft_id)
    set_delivery(ground, draft_id, state=DeliveryState.FAILED, tries=5, reason="too long")
    approve(later(ground), TOM, draft_id)
    (delivery,) = rows(ground, Delivery)
    assert (delivery.state, delivery.tries, delivery.reason) == (DeliveryState.QUEUED, 0, "")
    assert draft(ground, draft_id).decided_by == "Tom"
    assert [row.taken_back_at is None for row in rows(ground, Approval)] == [False, True]


@pytest.mark.parametrize("close", [reject, stay_silent])
def test_a_send_that_failed_for_certain_may_be_given_up(
    ground: Ground, draft_id: int, close: Callable[[Ground, Actor, int, str], None]
) -> None:
    approve(ground, RUTH, draft_id)
    set_delivery(ground, draft_id, state=DeliveryState.FAILED)
    close(ground, TOM, draft_id, "they closed the thread")
    with pytest.raises(AlreadyDone, match=r"Tom .* at 12:00 UTC, 12 May: they closed the thread"):
        approve(ground, RUTH, draft_id)


def test_an_act_that_breaks_leaves_nothing_behind(ground: Ground, draft_id: int) -> None:
    set_draft(ground, draft_id, thread_id=None)
    with pytest.raises(Exception, match="names no thread"):
        approve(ground, RUTH, draft_id)
    assert rows(ground, Delivery) == []
    assert audit(ground) == []


def test_two_threads_of_one_issue_get_a_delivery_each(ground: Ground) -> None:
    issue_id = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    first = propose(ground, issue_id)
    second = propose(ground, issue_id, key="thread:2|1|ack|1")
    assert approve(ground, RUTH, first).delivery_id != approve(ground, RUTH, second).delivery_id


def test_a_negative_undo_time_leaves_at_once(ground: Ground, draft_id: int) -> None:
    assert approve(ground, RUTH, draft_id, undo_s=-5).leaves_at == NOON


def test_the_approvals_of_a_draft_are_listed(ground: Ground, draft_id: int) -> None:
    approve(ground, RUTH, draft_id)
    with reading(ground.engine) as session:
        assert [row.by for row in store.approvals(session, draft_id)] == ["Ruth"]
