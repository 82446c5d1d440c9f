import pytest
from sqlmodel import select

from classifiers.tables import IssueState
from config.database import transaction
from config.ground import Ground
from listener.tables import Post, Product
from responders.decisions.acting import AlreadyDone, NotAllowed, NotFound
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.edit import add_draft, edit
from responders.decisions.drafts.reject import reject
from responders.delivery.channels.manual import Manual
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.respond import respond_due
from responders.voice.tables import Draft, DraftState, DraftVersion, Told
from responders.voice.words.drafting import digest
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.responders.decisions.deciding import (
    DRAFTER,
    OVERRIDE,
    RUTH,
    TEXT,
    TOM,
    audit,
    delivery_for,
    draft,
    entries,
    later,
    propose,
    set_delivery,
    set_draft,
    set_issue,
)
from tests.responders.delivery.test_changing import Sheet
from tests.responders.incidents import Incident, Said, happen, say_more

THREAD = "https://forum.example/t/t1"


@pytest.fixture
def issue_id(ground: Ground) -> int:
    return happen(ground, Incident())


@pytest.fixture
def draft_id(ground: Ground, issue_id: int) -> int:
    return propose(ground, issue_id)


def test_another_text_is_another_version_and_the_old_one_is_kept(
    ground: Ground, draft_id: int
) -> None:
    assert edit(later(ground), DRAFTER, draft_id, " New\r\ntext. \n", version=1) == 2
    row = draft(ground, draft_id)
    assert (row.text, row.text_sha256) == ("New\ntext.", digest("New\ntext."))
    assert (row.version, row.edited_by, row.state) == (2, "Dora", DraftState.PENDING)
    (old,) = rows(ground, DraftVersion)
    assert (old.version, old.text, old.by) == (1, TEXT, "")
    assert old.at == later(ground).clock.now()
    assert "New" not in str(entries(ground)[0].payload)


def test_the_same_text_again_changes_nothing(ground: Ground, draft_id: int) -> None:
    assert edit(ground, DRAFTER, draft_id, TEXT) == 1
    assert audit(ground) == []


def test_of_two_who_edit_the_same_version_the_second_is_told(ground: Ground, draft_id: int) -> None:
    edit(later(ground), TOM, draft_id, "Tom's.", version=1)
    with pytest.raises(AlreadyDone, match="Tom rewrote this at 12:03 UTC, 12 May: version 2"):
        edit(later(ground, 4), DRAFTER, draft_id, "Dora's.", version=1)
    assert draft(ground, draft_id).text == "Tom's."


@pytest.mark.parametrize("text", ["", " \n ", "a\x00b"])
def test_an_empty_or_unshowable_text_is_refused(ground: Ground, draft_id: int, text: str) -> None:
    with pytest.raises(NotAllowed, match="the text"):
        edit(ground, DRAFTER, draft_id, text)


def test_an_approved_text_is_not_edited_and_a_failed_one_waits_again(
    ground: Ground, draft_id: int
) -> None:
    approve(ground, RUTH, draft_id)
    with pytest.raises(AlreadyDone, match="Ruth approved this"):
        edit(ground, DRAFTER, draft_id, "Too late.")
    set_delivery(ground, draft_id, state=DeliveryState.FAILED)
    edit(ground, DRAFTER, draft_id, "Shorter.")
    row = draft(ground, draft_id)
    assert (row.state, row.decided_by) == (DraftState.PENDING, "")
    approve(ground, TOM, draft_id, override=OVERRIDE)
    assert delivery_for(ground, draft_id).text == "Shorter."


def test_a_rejected_text_is_not_edited(ground: Ground, draft_id: int) -> None:
    reject(ground, RUTH, draft_id, "they know")
    with pytest.raises(AlreadyDone, match=r"Ruth rejected this .*: they know"):
        edit(ground, DRAFTER, draft_id, "Still.")


def test_a_text_of_ones_own_waits_like_any_other(ground: Ground, issue_id: int) -> None:
    number = add_draft(ground, DRAFTER, thread_url=THREAD, text="We are on it.")
    row = draft(ground, number)
    assert (row.issue_id, row.key) == (issue_id, f"thread:{row.thread_id}|{issue_id}|ack|1")
    assert (row.state, row.kind, row.phase) == (DraftState.PENDING, "ack", "investigating")
    assert (row.channel, row.language, row.edited_by) == ("manual", "en", "Dora")
    assert row.post_id is not None
    assert row.next_update_by is None
    approve(ground, RUTH, number, override=OVERRIDE)
    assert delivery_for(ground, number).text == "We are on it."


def test_a_thread_is_found_by_the_address_of_a_post_too(ground: Ground, issue_id: int) -> None:
    set_issue(ground, issue_id, state=IssueState.IDENTIFIED)
    number = add_draft(ground, DRAFTER, thread_url=_post_url(ground), text="We are on it.")
    assert draft(ground, number).phase == "identified"


def _post_url(ground: Ground) -> str:
    return str(rows(ground, Post)[0].url)


@pytest.mark.parametrize("state", [DraftState.SILENT, DraftState.REJECTED, DraftState.STALE])
def test_a_text_of_ones_own_takes_the_place_of_one_that_rests(
    ground: Ground, draft_id: int, state: DraftState
) -> None:
    set_draft(ground, draft_id, state=state, reason="a person must answer", text="")
    number = add_draft(ground, DRAFTER, thread_url=THREAD, text="By hand.")
    row = draft(ground, number)
    assert (number, row.version, row.state) == (draft_id, 2, DraftState.PENDING)
    assert (row.text, row.reason) == ("By hand.", "")
    assert ("draft added", f"draft {number}") in audit(ground)


@pytest.mark.parametrize("state", [DraftState.PENDING, DraftState.APPROVED, DraftState.SENT])
def test_two_texts_never_wait_for_one_thread(
    ground: Ground, draft_id: int, state: DraftState
) -> None:
    set_draft(ground, draft_id, state=state)
    with pytest.raises(AlreadyDone, match=f"draft {draft_id} about GS-1 is {state}"):
        add_draft(ground, DRAFTER, thread_url=THREAD, text="Another.")


def test_a_thread_that_was_told_gets_an_update(
    ground: Ground, issue_id: int, draft_id: int
) -> None:
    approve(ground, RUTH, draft_id)
    row = draft(ground, draft_id)
    with transaction(ground.engine) as session:
        session.add(
            Told(
                issue_id=issue_id, thread_id=row.thread_id or 0, draft_id=draft_id,
                delivery_id=row.delivery_id or 0, phase="investigating", told_at=NOON,
            )
        )  # fmt: skip
    set_draft(ground, draft_id, state=DraftState.SENT)
    number = add_draft(ground, DRAFTER, thread_url=THREAD, text="Still on it.")
    update = draft(ground, number)
    assert (update.kind, update.key) == ("update", f"thread:{row.thread_id}|{issue_id}|update|1")


def test_an_unknown_thread_and_an_unclear_issue_are_told_with_the_remedy(
    ground: Ground, issue_id: int
) -> None:
    with pytest.raises(NotFound, match="groundswell post add"):
        add_draft(ground, DRAFTER, thread_url="https://elsewhere.example/", text="Hello.")
    set_issue(ground, issue_id, state=IssueState.RESOLVED)
    with pytest.raises(NotAllowed, match="no open issue"):
        add_draft(ground, DRAFTER, thread_url=THREAD, text="Hello.")
    assert add_draft(ground, DRAFTER, thread_url=THREAD, text="Hello.", issue_id=issue_id)
    with pytest.raises(NotFound, match="GS-99"):
        add_draft(ground, DRAFTER, thread_url=THREAD, text="Hello.", issue_id=99)


def test_a_thread_of_two_issues_needs_the_name_of_one(ground: Ground, issue_id: int) -> None:
    other = happen(ground, Incident(said=[]))
    say_more(ground, other, Said())
    with pytest.raises(NotAllowed, match=f"GS-{issue_id}, GS-{other}"):
        add_draft(ground, DRAFTER, thread_url=THREAD, text="Hello.")
    number = add_draft(ground, DRAFTER, thread_url=THREAD, text="Hello.", issue_id=other)
    assert draft(ground, number).issue_id == other


# Where bots are not welcome -----------------------------------------------------------------------

OWN = (
    "Thanks for telling us. We know that the app hangs when you open a note, and we are "
    "looking into it now. You will find our next update by 16:00 UTC on our known-issues page: "
    "http://127.0.0.1:8080/\n\nRuth from the Fernsync team here."
)


def declare(ground: Ground, **policy: object) -> None:
    with transaction(ground.engine) as session:
        session.exec(select(Product)).one().extra = {"policy": policy}


def by_hand(ground: Ground) -> int:
    """Let a person write a text at a place that has a way in for us and wants no bots."""
    happen(ground, Incident(source_kind="discourse", reply=True))
    declare(ground, no_bots=True)
    return add_draft(ground, DRAFTER, thread_url=THREAD, text=OWN)


def test_a_text_of_ones_own_is_posted_by_hand_where_bots_are_not_welcome(ground: Ground) -> None:
    number = by_hand(ground)
    row = draft(ground, number)
    assert (row.channel, row.state, row.edited_by) == ("manual", DraftState.PENDING, "Dora")
    respond_due(ground)
    assert draft(ground, number).state is DraftState.PENDING
    delivery_id = approve(ground, RUTH, number).delivery_id
    sheet = Sheet()
    deliver_due(ground, {"discourse": sheet, "manual": Manual()})
    (message,) = [one for one in rows(ground, Delivery) if one.id == delivery_id]
    assert (message.channel, message.state) == ("manual", DeliveryState.BY_HAND)
    assert sheet.acts == []


def test_what_a_person_wrote_by_hand_need_not_say_that_it_was_prepared(ground: Ground) -> None:
    number = by_hand(ground)
    assert {"prepared", "approved"}.isdisjoint(
        one["rule"] for one in draft(ground, number).findings
    )
    declare(ground, no_bots=False)
    edit(ground, DRAFTER, number, f"{OWN} Bye.")
    assert "prepared" in {one["rule"] for one in draft(ground, number).findings}


@pytest.mark.parametrize(
    ("policy", "why"),
    [({"allowed": False, "why": "their rules"}, "their rules"), ({"never_answer": ["Ann"]}, "Ann")],
)
def test_where_nobody_may_answer_no_text_is_taken(
    ground: Ground, policy: dict[str, object], why: str
) -> None:
    happen(ground, Incident(said=[Said(author="Ann")]))
    declare(ground, **policy)
    with pytest.raises(NotAllowed, match="nothing may be written there"):
        add_draft(ground, DRAFTER, thread_url=THREAD, text=OWN)
    assert rows(ground, Draft) == []
    assert why
