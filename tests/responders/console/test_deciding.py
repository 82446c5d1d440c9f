"""What people decide at the console, from the form to the rows, and what they are told."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from classifiers.tables import Issue, IssueState
from config.database import reading, transaction
from config.ground import Ground
from responders.decisions.acting import Role
from responders.decisions.drafts import approve as approving
from responders.decisions.tables import Approval
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import DraftState
from tests.conftest import NOON
from tests.responders.console.rooms import (
    OPERATOR,
    TEXT,
    deliver,
    propose,
    stored,
    visiting,
    words,
)
from tests.responders.incidents import Incident, happen


def _issue(ground: Ground, key: int) -> Issue:
    with reading(ground.engine) as session:
        return session.get_one(Issue, key)


def _deliveries(ground: Ground) -> list[Delivery]:
    with reading(ground.engine) as session:
        return list(session.exec(select(Delivery)).all())


def test_an_approval_binds_the_text_that_was_read_and_leads_to_the_next_draft(
    ground: Ground,
) -> None:
    issue = happen(ground, Incident())
    first, second = propose(ground, issue), propose(ground, issue, "Another text.")
    with visiting(ground) as visit:
        assert visit.approve(first) == f"/console/drafts/{second}"
        shown = words(visit.see(f"/console/drafts/{second}"))
    assert "Approved for person" in shown
    assert "Leaves in 30" in shown
    with reading(ground.engine) as session:
        (given,) = session.exec(select(Approval)).all()
    assert (given.draft_id, given.by, given.via, given.version) == (first, "ruth", "console", 1)
    (row,) = _deliveries(ground)
    assert (row.text, row.next_try_at) == (TEXT, NOON + timedelta(seconds=30))
    assert _issue(ground, issue).state is IssueState.INVESTIGATING


def test_the_last_draft_leads_to_an_empty_queue_that_still_lets_it_be_taken_back(
    ground: Ground,
) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with visiting(ground) as visit:
        assert visit.approve(draft) == "/console/"
        assert "Nothing to approve" in visit.see("/console/")
        assert "Take back" in visit.see("/console/")
        way = visit.do(f"/console/drafts/{draft}/take-back")
        assert way == f"/console/drafts/{draft}?did=taken-back&of={draft}"
        assert "Taken back. Nothing was sent" in words(visit.see(way))
    assert stored(ground, draft).state is DraftState.PENDING
    assert [row.state for row in _deliveries(ground)] == [DeliveryState.CANCELLED]


def test_a_text_that_changed_since_it_was_read_is_refused_and_shown(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with visiting(ground) as visit:
        visit.do(f"/console/drafts/{draft}/edit", text="A better text.", version=1)
        shown = visit.approve(draft, status=409)
    assert "version 2 is the newest, and not the one you read" in words(shown)
    assert "A better text." in shown
    assert stored(ground, draft).state is DraftState.PENDING
    assert _deliveries(ground) == []


@pytest.mark.parametrize("fields", [{}, {"version": "1"}, {"version": "x", "text_sha256": "y"}])
def test_an_approval_of_no_certain_text_sends_nothing(
    ground: Ground, fields: dict[str, Any]
) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with visiting(ground) as visit:
        visit.do(f"/console/drafts/{draft}/approve", status=422, **fields)
    assert _deliveries(ground) == []


def test_who_comes_second_is_told_by_whom_and_when(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with visiting(ground) as visit:
        approving.approve(ground, OPERATOR, draft)
        shown = words(visit.approve(draft, status=409))
    assert "Operator approved this at 12:00 UTC, 12 May. Nothing was sent twice." in shown
    assert len(_deliveries(ground)) == 1


def test_an_edited_text_waits_for_approval_under_its_authors_name(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with visiting(ground) as visit:
        page = visit.see(f"/console/drafts/{draft}?edit")
        assert f">\n{TEXT}</textarea>" in page
        assert "Approve and" not in page
        way = visit.do(f"/console/drafts/{draft}/edit", text="One.\r\n\r\nTwo.", version=1)
        assert "edited by ruth" in words(visit.see(way))
    row = stored(ground, draft)
    assert (row.text, row.edited_by, row.version) == ("One.\n\nTwo.", "ruth", 2)


def test_a_refused_edit_keeps_what_was_written(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with visiting(ground) as visit:
        visit.do(f"/console/drafts/{draft}/edit", text="First.", version=1)
        shown = visit.do(f"/console/drafts/{draft}/edit", status=409, text="My words.", version=1)
        assert ">\nMy words.</textarea>" in shown
        assert "is empty" in visit.do(f"/console/drafts/{draft}/edit", status=403, text=" ")


@pytest.mark.parametrize(
    ("act", "state", "told"),
    [
        ("reject", DraftState.REJECTED, "Rejected. Nothing is sent"),
        ("silent", DraftState.SILENT, "We stay silent. Nothing is sent"),
    ],
)
def test_a_no_needs_a_reason_and_is_kept_with_it(
    ground: Ground, act: str, state: DraftState, told: str
) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with visiting(ground) as visit:
        assert "reason is empty" in visit.do(f"/console/drafts/{draft}/{act}", status=403)
        way = visit.do(f"/console/drafts/{draft}/{act}", reason="not our tone")
        assert told in words(visit.see(way))
        shown = words(visit.see(f"/console/drafts/{draft}"))
    assert "not our tone" in shown
    assert stored(ground, draft).state is state


def test_a_text_for_a_person_to_post_can_be_copied_and_then_told(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    delivery = deliver(ground, draft, DeliveryState.BY_HAND)
    there = "https://forum.example/t/1/9"
    with visiting(ground) as visit:
        page = visit.see("/console/?view=hand")
        assert f">\n{TEXT}</textarea>" in page
        assert "I posted it" in page
        way = f"/console/deliveries/{delivery}/settle"
        bad = visit.do(way, status=403, draft=draft, outcome="sent", sent_url="javascript:alert(1)")
        assert "is no address" in bad
        visit.do(way, draft=draft, outcome="sent", sent_url=there)
    (row,) = _deliveries(ground)
    assert (row.state, row.url) == (DeliveryState.SENT, there)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("sent", DeliveryState.SENT), ("not-sent", DeliveryState.QUEUED)],
)
def test_a_text_in_doubt_shows_the_evidence_and_a_person_settles_it(
    ground: Ground, outcome: str, state: DeliveryState
) -> None:
    draft = propose(ground, happen(ground, Incident()))
    reason = "the answer was lost after the text had left"
    delivery = deliver(ground, draft, DeliveryState.IN_DOUBT, reason=reason, tries=1)
    with visiting(ground) as visit:
        shown = words(visit.see("/console/?view=doubt"))
        assert "We may have sent this." in shown
        assert reason in shown
        visit.do(
            f"/console/deliveries/{delivery}/settle",
            draft=draft, outcome=outcome, sent_url="https://forum.example/9",
        )  # fmt: skip
    assert [row.state for row in _deliveries(ground)] == [state]


def test_without_an_outcome_nothing_is_settled(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    delivery = deliver(ground, draft, DeliveryState.IN_DOUBT)
    with visiting(ground) as visit:
        visit.do(f"/console/deliveries/{delivery}/settle", status=422, draft=draft)
    assert [row.state for row in _deliveries(ground)] == [DeliveryState.IN_DOUBT]


def test_one_press_pauses_everything_and_every_page_says_so(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with visiting(ground) as visit:
        assert visit.do("/console/pause", next="/console/audit") == "/console/audit"
        visit.approve(draft)
        for path in ("/console/", "/console/issues", "/console/sources", "/console/audit"):
            shown = words(visit.see(path))
            assert "Sending is paused by ruth since 12:00 UTC" in shown
            assert "1 approved text waits; nothing is lost" in shown
        assert "Sending is paused, so it waits" in words(visit.see("/console/"))
        assert "paused sending" in visit.do("/console/pause", status=409)
        visit.do("/console/resume")
        assert "Sending is paused" not in visit.see("/console/")


def test_the_state_changes_inside_and_the_page_still_says_what_it_says(ground: Ground) -> None:
    issue = happen(ground, Incident())
    with visiting(ground) as visit:
        way = visit.do(f"/console/issues/GS-{issue}/state", state="identified", note="the cache")
        shown = words(visit.see(way))
        again = visit.do(f"/console/issues/GS-{issue}/state", status=409, state="identified")
    assert _issue(ground, issue).state is IssueState.IDENTIFIED
    assert "The page says nothing of it yet." in shown
    assert "new → identified: the cache" in shown
    assert "identified already: ruth said so" in words(again)


def test_an_issue_is_renamed_merged_and_taken_out_again(ground: Ground) -> None:
    one, two = happen(ground, Incident(title="One")), happen(ground, Incident(title="Two"))
    with visiting(ground) as visit:
        visit.do(f"/console/issues/GS-{one}/rename", title="Trays stay locked")
        visit.do(f"/console/issues/GS-{one}/merge", into=f"GS-{two}")
        assert _issue(ground, one).merged_into == two
        assert f"Take it out of GS-{two}" in visit.see(f"/console/issues/GS-{one}")
        visit.do(f"/console/issues/GS-{one}/unmerge")
        assert _issue(ground, one).merged_into is None
        visit.do(f"/console/issues/GS-{one}/merge", status=403, into="")
    assert _issue(ground, one).title == "Trays stay locked"


@pytest.mark.parametrize(
    ("act", "fields", "flag"),
    [
        ("snooze", {"hours": "4"}, "snoozed"),
        ("mute", {"reason": "known to support", "hours": "24"}, "muted"),
        ("mute", {"reason": "known to support", "hours": ""}, "muted"),
        ("not-an-issue", {"reason": "a rumour"}, "not-an-issue"),
    ],
)
def test_an_issue_is_hushed_and_woken(
    ground: Ground, act: str, fields: dict[str, Any], flag: str
) -> None:
    issue = happen(ground, Incident())
    with visiting(ground) as visit:
        visit.do(f"/console/issues/GS-{issue}/{act}", **fields)
        assert _issue(ground, issue).flags == [flag]
        visit.do(f"/console/issues/GS-{issue}/wake")
    assert _issue(ground, issue).flags == []


@pytest.mark.parametrize("hours", ["0", "-4", "1.5", "99999", ""])
def test_a_snooze_is_some_whole_hours(ground: Ground, hours: str) -> None:
    issue = happen(ground, Incident())
    with visiting(ground) as visit:
        visit.do(f"/console/issues/GS-{issue}/snooze", status=403, hours=hours)
    assert _issue(ground, issue).flags == []


def test_what_is_drafted_about_a_snoozed_issue_lies_aside_and_can_be_woken(
    ground: Ground,
) -> None:
    issue = happen(ground, Incident())
    draft = propose(ground, issue)
    with visiting(ground) as visit:
        visit.do(f"/console/issues/GS-{issue}/snooze", hours="4", next="/console/")
        assert "Nothing to approve" in visit.see("/console/")
        assert f"/console/drafts/{draft}" in visit.see("/console/?view=hushed")


def test_a_person_opens_an_issue_that_was_not_noticed(ground: Ground) -> None:
    happen(ground, Incident())
    with visiting(ground) as visit:
        way = visit.do("/console/issues", title="Trays stay locked")
        assert "Trays stay locked" in visit.see(way)
        assert "Not opened" in visit.do("/console/issues", status=403, title=" ")


FORMS = (
    ("/console/drafts/{draft}/approve", Role.APPROVER),
    ("/console/drafts/{draft}/take-back", Role.APPROVER),
    ("/console/drafts/{draft}/edit", Role.DRAFTER),
    ("/console/drafts/{draft}/reject", Role.APPROVER),
    ("/console/drafts/{draft}/silent", Role.APPROVER),
    ("/console/issues/GS-{issue}/state", Role.APPROVER),
    ("/console/issues/GS-{issue}/rename", Role.DRAFTER),
    ("/console/issues/GS-{issue}/workaround", Role.DRAFTER),
    ("/console/issues/GS-{issue}/merge", Role.APPROVER),
    ("/console/issues/GS-{issue}/mute", Role.APPROVER),
    ("/console/issues/GS-{issue}/snooze", Role.APPROVER),
    ("/console/issues/GS-{issue}/not-an-issue", Role.APPROVER),
    ("/console/issues", Role.APPROVER),
    ("/console/pause", Role.APPROVER),
    ("/console/resume", Role.APPROVER),
)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DRAFTER])
def test_what_a_role_may_not_do_is_shown_with_the_reason_and_refused_by_the_act(
    ground: Ground, role: Role
) -> None:
    issue = happen(ground, Incident())
    draft = propose(ground, issue)
    fields = {
        "version": "1", "text_sha256": "x", "text": "Mine.", "reason": "r", "state": "resolved",
        "title": "Mine", "into": "GS-9", "hours": "1",
    }  # fmt: skip
    with visiting(ground, "vic", role) as visit:
        shown = words(visit.see(f"/console/drafts/{draft}"))
        assert f"Your role is {role}; this needs" in shown
        assert "Your role is" in words(visit.see(f"/console/issues/GS-{issue}"))
        for path, needs in FORMS:
            if list(Role).index(needs) > list(Role).index(role):
                told = visit.do(path.format(draft=draft, issue=issue), status=403, **fields)
                assert "this needs an approver" in told or "this needs a drafter" in told
    assert stored(ground, draft).state is DraftState.PENDING
    assert _issue(ground, issue).state is IssueState.NEW


def test_a_draft_that_failed_waits_again_with_the_reason(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    deliver(ground, draft, DeliveryState.FAILED, reason="the topic is closed", tries=1)
    with visiting(ground) as visit:
        shown = words(visit.see("/console/"))
        assert "It was approved and not sent." in shown
        assert "the topic is closed" in shown
        visit.approve(draft)
    assert [row.state for row in _deliveries(ground)] == [DeliveryState.QUEUED]


def test_a_text_whose_promised_time_has_passed_does_not_leave(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()), due=NOON - timedelta(minutes=1))
    with visiting(ground) as visit:
        shown = words(visit.approve(draft, status=403))
    assert "that has passed" in shown
    assert _deliveries(ground) == []


def test_a_refused_act_asked_for_again_shows_the_thing_itself(ground: Ground) -> None:
    issue = happen(ground, Incident())
    draft = propose(ground, issue)
    with visiting(ground) as visit:
        assert TEXT.split("\n", maxsplit=1)[0] in visit.see(f"/console/drafts/{draft}/approve")
        assert "App hangs" in visit.see(f"/console/issues/GS-{issue}/state")
        visit.see("/console/pause")


@pytest.mark.parametrize(
    "path",
    [
        "/console/drafts/99",
        f"/console/drafts/{9**30}",
        "/console/issues/GS-99",
        "/console/issues/x",
    ],
)
def test_what_does_not_exist_is_said_in_words(ground: Ground, path: str) -> None:
    with visiting(ground) as visit:
        assert "There is no" in visit.see(path, status=404)
        visit.do(
            f"{path}/{'state' if 'issues' in path else 'reject'}",
            status=404,
            reason="x",
            state="new",
        )


def test_a_texts_search_goes_on_through_the_queue(ground: Ground) -> None:
    issue = happen(ground, Incident())
    propose(ground, issue, "About trays.")
    propose(ground, issue, "About lamps.")
    with visiting(ground) as visit:
        shown = visit.see("/console/?q=lamps")
        assert "About lamps." in shown
        assert "1 of 1" in words(shown)
        assert "No draft holds these words" in visit.see("/console/?q=zebra")


def test_a_broken_audit_is_said_where_everybody_sees_it(ground: Ground) -> None:
    with visiting(ground) as visit:
        assert "The chain is whole" in visit.see("/console/audit")
        with transaction(ground.engine) as session:
            session.connection().exec_driver_sql("UPDATE auditentry SET act = 'x' WHERE number = 1")
        assert "The chain is broken." in visit.see("/console/audit")
