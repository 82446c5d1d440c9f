"""What an issue needs: from the first reply to the last word, on a real store."""

from datetime import timedelta

import pytest

from config.ground import Ground
from responders.voice.tables import DraftState
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, happen, say_more
from tests.responders.voice.acts import (
    PAGE_URL,
    all_drafts,
    approve,
    decide,
    edit,
    end,
    flag,
    later,
    merge,
    pages,
    replies,
    respond,
    send,
    send_all,
    set_state,
)

TWO_THREADS = [Said(thread="t1"), Said(thread="t2")]
ENTRY = f"{PAGE_URL}incidents/gs-1"


def test_the_page_comes_first(ground: Ground) -> None:
    issue = happen(ground, Incident(said=TWO_THREADS))
    respond(ground)
    page, *rest = all_drafts(ground, issue)
    assert (page.key, page.channel, page.kind, page.thread_id) == (
        f"page|{issue}|update|1", "page", "update", None,
    )  # fmt: skip
    assert page.text.splitlines()[:2] == ["App hangs when a note is opened", ""]
    assert [row.kind for row in rest] == ["ack", "ack"]
    assert {row.next_update_by for row in (page, *rest)} == {NOON + timedelta(hours=4)}


def test_replies_lead_to_the_page_until_the_entry_is_published(ground: Ground) -> None:
    issue = happen(ground, Incident(said=TWO_THREADS))
    respond(ground)
    assert all(PAGE_URL in row.text.split() for row in all_drafts(ground, issue))
    send(ground, pages(ground, issue)[0])
    assert [respond(ground), respond(ground)] == [2, 0]
    assert all(ENTRY in row.text.split() for row in replies(ground, issue))
    assert [row.version for row in replies(ground, issue)] == [2, 2]


@pytest.mark.parametrize("phase", ["identified", "monitoring", "resolved"])
def test_a_new_state_gives_one_page_update_and_one_follow_up_a_told_thread(
    ground: Ground, phase: str
) -> None:
    issue = happen(ground, Incident(said=TWO_THREADS))
    respond(ground)
    send_all(ground, issue)
    say_more(ground, issue, Said(thread="untold"))
    respond(ground)
    decide(ground, replies(ground, issue)[-1], "rejected")
    set_state(ground, issue, phase)
    assert [respond(ground), respond(ground)] == [3, 0]
    page, *follow_ups = [row for row in all_drafts(ground, issue) if row.phase == phase]
    assert page.key == f"page|{issue}|update|2"
    assert [row.key for row in follow_ups] == [
        f"thread:{row.thread_id}|{issue}|update|1" for row in replies(ground, issue)[:2]
    ]
    assert {row.kind for row in follow_ups} == {"update"}
    assert [row.next_update_by is None for row in (page, *follow_ups)] == [phase == "resolved"] * 3


def test_the_whole_way_tells_each_thread_every_phase_once(ground: Ground) -> None:
    issue = happen(ground, Incident(said=TWO_THREADS))
    for phase in ("investigating", "identified", "monitoring", "resolved"):
        if phase != "investigating":
            set_state(ground, issue, phase)
        respond(ground)
        send_all(ground, issue)
        assert respond(ground) == 0
        ground = later(ground, minutes=20)
    told = [(row.thread_id, row.phase) for row in replies(ground, issue)]
    assert len(told) == len(set(told)) == 8
    assert len(pages(ground, issue)) == 4
    assert len({row.text for row in all_drafts(ground, issue)}) >= 8


def test_a_note_by_a_person_is_the_only_source_of_a_cause(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    set_state(ground, issue, "identified", note="a full disk on one server")
    respond(ground)
    assert all(
        "What we found: a full disk on one server." in row.text
        for row in all_drafts(ground, issue)[2:]
    )


def test_a_late_thread_is_told_the_present_phase(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    set_state(ground, issue, "monitoring")
    say_more(ground, issue, Said(thread="late"))
    respond(ground)
    late = replies(ground, issue)[-1]
    assert (late.kind, late.phase) == ("ack", "monitoring")
    assert "Thanks for telling us" in late.text
    assert "made a change" in late.text


def test_a_waiting_text_follows_the_state(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    set_state(ground, issue, "identified")
    assert [respond(ground), respond(ground)] == [2, 0]
    page, ack = all_drafts(ground, issue)
    assert [(row.phase, row.version, row.state) for row in (page, ack)] == [
        ("identified", 2, DraftState.PENDING)
    ] * 2


def test_what_a_person_wrote_is_set_aside_when_it_became_untrue(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    edit(ground, replies(ground, issue)[0], "We look at it.")
    respond(later(ground, hours=1))
    assert replies(ground, issue)[0].text == "We look at it."
    set_state(ground, issue, "identified")
    respond(ground)
    (ack,) = replies(ground, issue)
    assert (ack.edited_by, ack.version, ack.phase) == ("", 3, "identified")
    assert ack.reason == "what Ruth wrote was set aside: the issue is identified now"


def test_what_a_person_wrote_stays_until_its_promise_has_passed(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    edit(ground, replies(ground, issue)[0], "We look at it.")
    respond(later(ground, hours=3, minutes=59))
    assert replies(ground, issue)[0].text == "We look at it."
    respond(later(ground, hours=4))
    assert replies(ground, issue)[0].reason.endswith("the time it promised has passed")


def test_a_promise_that_came_near_is_renewed_in_place(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    ground = later(ground, hours=3, minutes=31)
    assert [respond(ground), respond(ground)] == [2, 0]
    assert {row.next_update_by for row in all_drafts(ground, issue)} == {NOON + timedelta(hours=8)}


@pytest.mark.parametrize("no", ["rejected", "silent"])
def test_a_no_is_final_for_its_phase_and_not_for_the_next(ground: Ground, no: str) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    set_state(ground, issue, "identified")
    respond(ground)
    for row in all_drafts(ground, issue)[2:]:
        decide(ground, row, no)
    assert respond(later(ground, hours=1)) == 0
    set_state(ground, issue, "monitoring")
    assert respond(ground) == 2
    assert [row.key.rsplit("|", 1)[1] for row in all_drafts(ground, issue)[-2:]] == ["3", "2"]


def test_a_thread_whose_first_reply_was_refused_is_left_alone(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    decide(ground, replies(ground, issue)[0], "rejected")
    send(ground, pages(ground, issue)[0])
    set_state(ground, issue, "resolved")
    respond(ground)
    assert len(replies(ground, issue)) == 1


def test_a_state_that_went_back_takes_the_follow_up_back(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    set_state(ground, issue, "identified")
    respond(ground)
    set_state(ground, issue, "investigating")
    respond(ground)
    assert [row.state for row in all_drafts(ground, issue)[2:]] == [DraftState.STALE] * 2
    set_state(ground, issue, "identified")
    assert [respond(ground), respond(ground)] == [2, 0]
    assert [row.state for row in all_drafts(ground, issue)[2:]] == [DraftState.PENDING] * 2


def test_a_problem_that_comes_back_is_said_to(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    for phase in ("resolved", "investigating"):
        set_state(ground, issue, phase)
        respond(ground)
        send_all(ground, issue)
    assert all("it is not over" in row.text.lower() for row in all_drafts(ground, issue)[-2:])


def test_what_was_not_approved_when_all_is_resolved_goes(ground: Ground) -> None:
    issue = happen(ground, Incident(said=TWO_THREADS))
    respond(ground)
    set_state(ground, issue, "resolved")
    respond(ground)
    assert {row.state for row in all_drafts(ground, issue)} == {DraftState.STALE}
    assert respond(ground) == 0


def test_a_text_on_its_way_is_left_to_arrive_before_the_next(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    for row in all_drafts(ground, issue):
        approve(ground, row)
        end(ground, row, "by_hand")
    set_state(ground, issue, "identified")
    assert respond(ground) == 0


def test_a_text_that_could_not_be_sent_waits_again_and_is_kept_fresh(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    (ack,) = replies(ground, issue)
    approve(ground, ack)
    end(ground, ack, "failed")
    set_state(ground, issue, "identified")
    respond(ground)
    (ack,) = replies(ground, issue)
    assert (ack.state, ack.phase, ack.decided_by) == (DraftState.PENDING, "identified", "")


def test_a_follow_up_is_left_to_a_person_where_one_must_answer(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    say_more(ground, issue, Said(text="You will hear from my lawyer."))
    set_state(ground, issue, "resolved")
    assert [respond(ground), respond(ground)] == [2, 0]
    last = replies(ground, issue)[-1]
    assert (last.state, last.text) == (DraftState.SILENT, "")
    assert last.reason == "a person must answer this one: it speaks of law"


def test_threads_of_a_merged_issue_are_told_back_once_for_the_target(ground: Ground) -> None:
    part, whole = happen(ground, Incident()), happen(ground, Incident())
    respond(ground)
    for issue in (part, whole):
        send(ground, *replies(ground, issue))
        send(ground, *pages(ground, issue))
    merge(ground, part, whole)
    set_state(ground, whole, "resolved")
    assert [respond(ground), respond(ground)] == [4, 0]
    thread = replies(ground, part)[0].thread_id
    made = [row for row in replies(ground, whole) if row.thread_id == thread]
    assert [(row.key, row.phase) for row in made] == [
        (f"thread:{thread}|{whole}|update|1", "resolved")
    ]
    assert len(replies(ground, part)) == 1
    assert [row.phase for row in pages(ground, part)] == ["investigating", "resolved"]


def test_what_waited_for_a_merged_issue_is_proposed_for_the_target(ground: Ground) -> None:
    part, whole = happen(ground, Incident()), happen(ground, Incident())
    respond(ground)
    merge(ground, part, whole)
    assert [respond(ground) for _ in range(3)] == [2, 1, 0]
    assert {row.state for row in all_drafts(ground, part)} == {DraftState.STALE}
    thread = replies(ground, part)[0].thread_id
    assert [row.kind for row in replies(ground, whole) if row.thread_id == thread] == ["ack"]


def test_a_muted_issue_gets_nothing_until_that_ends(ground: Ground) -> None:
    issue = happen(ground, Incident())
    flag(ground, issue, "snoozed", until=NOON + timedelta(hours=1))
    assert respond(ground) == 0
    assert respond(later(ground, hours=1)) == 2


def test_three_quarters_of_a_promise_later_the_page_says_that_we_are_still_on_it(
    ground: Ground,
) -> None:
    issue = happen(ground, Incident(said=TWO_THREADS))
    respond(ground)
    send_all(ground, issue)
    assert respond(later(ground, hours=2, minutes=59)) == 0
    ground = later(ground, hours=3)
    assert [respond(ground), respond(ground)] == [2, 0]  # the reminder, and the draft
    first, still = pages(ground, issue)
    assert (still.phase, still.next_update_by) == ("investigating", NOON + timedelta(hours=7))
    assert "At 15:00 UTC we had heard it from 2 people." in still.text
    assert "still investigating" in still.text
    assert still.text != first.text
    assert len(replies(ground, issue)) == 2
    send(ground, still)
    assert respond(ground) == 0


def test_a_person_s_name_for_the_problem_reaches_the_page(ground: Ground) -> None:
    from classifiers.tables import Issue
    from config.database import transaction

    issue = happen(ground, Incident(title="@everyone look https://evil.example"))
    respond(ground)
    assert pages(ground, issue)[0].text.startswith(
        "A problem that several people report: hangs, note\n"
    )
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, issue)
        row.title, row.titled_by = "Notes hang", "Ruth"
    assert [respond(ground), respond(ground)] == [1, 0]
    assert pages(ground, issue)[0].text.startswith("Notes hang\n\nWe know")
