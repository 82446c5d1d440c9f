"""The real slack_bolt against a small Slack: every press, form, command and menu."""

from typing import Any

import pytest
from sqlmodel import select

from classifiers.tables import IssueState
from config.database import reading
from listener.intake.handing_in import take_in_due
from listener.tables import HandedIn
from responders.decisions.issues.acknowledge import acknowledge
from responders.decisions.people.linking import SLACK, unlink
from responders.delivery import store as outbox
from responders.delivery.opening import client_of
from responders.oncall.tables import Handling
from responders.voice.words.drafting import digest
from tests.listener.intake.test_fetching_threads import forum_page
from tests.places.discourse import Forum, forum_post
from tests.places.slack import pinging
from tests.places.slack_people import APP, MATS, RUTH, STRANGER, Click
from tests.responders.bots.shown_known import show_on_the_page
from tests.responders.bots.slack.conftest import Office
from tests.responders.decisions.deciding import (
    ADMIN,
    TEXT,
    TOM,
    audit,
    delivery_for,
    draft,
    entries,
    issue,
    propose,
    set_draft,
)
from tests.responders.incidents import Incident, happen


def press(office: Office, word: str, **more: Any) -> Click:
    return office.place.press(word, **more)


def value(click: Click, label: str) -> str:
    return str(click.parts[label]["value"])


def test_a_press_is_taken_note_of_and_then_decided(office: Office, issue_id: int) -> None:
    click = press(office, f"gs:{issue_id}:ack")
    assert click.acked == {}
    assert click.said == f"You acknowledged GS-{issue_id}."
    assert (click.last["response_type"], click.last["replace_original"]) == ("ephemeral", False)
    (entry,) = [row for row in entries(office.ground) if row.act == "issue acknowledged"]
    assert entry.payload is not None
    assert (entry.payload["by"], entry.payload["via"]) == ("Ruth", "Slack")


def test_a_double_click_does_no_harm_and_says_who_was_first(office: Office, issue_id: int) -> None:
    clicks = [press(office, f"gs:{issue_id}:ack") for _ in range(2)]
    said = sorted(click.said for click in clicks)
    assert said == [
        f"GS-{issue_id} is acknowledged already: Ruth did so at 12:00 UTC, 12 May.",
        f"You acknowledged GS-{issue_id}.",
    ]
    assert [act for act, _ in audit(office.ground)].count("issue acknowledged") == 1


def test_an_outsider_is_refused_with_a_word_that_only_they_see(
    office: Office, issue_id: int
) -> None:
    click = press(office, f"gs:{issue_id}:ack", by=STRANGER)
    assert click.said.startswith("You may not decide here. An admin can let you")
    assert f"--slack {STRANGER.id}" in click.said
    assert click.last["response_type"] == "ephemeral"
    opened = press(office, f"gs:{issue_id}:mute", by=STRANGER)
    assert opened.said.startswith("You may not decide here")
    assert opened.views == []
    assert "issue acknowledged" not in dict(audit(office.ground))


def test_a_form_that_somebody_else_sends_decides_nothing(office: Office, issue_id: int) -> None:
    opened = press(office, f"gs:{issue_id}:mute")
    refused = office.form(opened, by=STRANGER, reason="mine")
    assert refused.acked == {}
    assert opened.said.startswith("You may not decide here")
    assert issue(office.ground, issue_id).flags == []


def test_who_loses_their_place_is_an_outsider_at_the_next_click(
    office: Office, issue_id: int
) -> None:
    unlink(office.ground, ADMIN, "Ruth", chat=SLACK)
    assert "You may not decide here" in press(office, f"gs:{issue_id}:ack").said


def test_who_stands_in_the_settings_decides_on_issues_and_texts(
    office: Office, issue_id: int
) -> None:
    assert "You have" in press(office, f"gs:{issue_id}:take", by=MATS).said
    with reading(office.ground.engine) as session:
        assert session.get_one(Handling, issue_id).held_by == f"mats (Slack {MATS.id})"
    number = propose(office.ground, issue_id)
    shown = press(office, f"gs:{issue_id}:read", by=MATS)
    done = press(office, value(shown, "Approve this text"), by=MATS)
    assert done.said.startswith("Approved for")
    assert draft(office.ground, number).decided_by == f"mats (Slack {MATS.id})"


def test_who_comes_second_may_take_it_over(office: Office, issue_id: int) -> None:
    assert press(office, f"gs:{issue_id}:take", by=MATS).said
    click = press(office, f"gs:{issue_id}:take")
    assert f"Mats (Slack {MATS.id}) has GS-{issue_id} already" in click.said
    over = press(office, value(click, "Take it over"))
    assert over.said == f"You have GS-{issue_id} now."
    assert press(office, f"gs:{issue_id}:back").said == f"Nobody has GS-{issue_id} now."


@pytest.mark.parametrize(
    ("word", "said", "flag"),
    [
        ("mute", "is muted. Wake it by the button of its card.", "muted"),
        ("none", "is no issue of ours.", "not-an-issue"),
    ],
)
def test_a_reason_is_asked_for_in_a_form_and_kept(
    office: Office, issue_id: int, word: str, said: str, flag: str
) -> None:
    opened = press(office, "more", kind="overflow", chosen=f"gs:{issue_id}:{word}")
    (asked,) = opened.view["blocks"]
    assert asked["element"]["max_length"] == 100
    sent = office.form(opened, reason="known <!channel>")
    assert sent.acked == {}
    assert opened.said == f"GS-{issue_id} {said}"  # answered where it was pressed
    assert flag in issue(office.ground, issue_id).flags
    assert press(office, f"gs:{issue_id}:wake").said == f"GS-{issue_id} is awake."


def test_to_unacknowledge_asks_for_a_word(office: Office, issue_id: int) -> None:
    acknowledge(office.ground, TOM, issue_id)
    opened = press(office, f"gs:{issue_id}:unack")
    office.form(opened, reason="still there")
    assert opened.said == f"GS-{issue_id} is acknowledged by nobody now."


def test_an_issue_is_snoozed_for_a_time_that_is_chosen(office: Office, issue_id: int) -> None:
    asked = press(office, "more", kind="overflow", chosen=f"gs:{issue_id}:snooze")
    choices = asked.parts["static_select"]
    assert [one["value"] for one in choices["options"]] == ["1h", "4h", "12h", "3d"]
    chosen = press(office, choices["action_id"], kind="static_select", chosen="4h", ephemeral=True)
    assert chosen.said.startswith(f"GS-{issue_id} rests until 16:00 UTC")
    assert chosen.last["replace_original"] is True  # the question gives way to the answer
    assert "snoozed" in issue(office.ground, issue_id).flags


def test_an_issue_is_merged_with_one_that_is_chosen(office: Office, issue_id: int) -> None:
    other = happen(office.ground, Incident(title="<https://evil.example|Sync> <!channel>"))
    asked = press(office, f"gs:{issue_id}:merge")
    assert pinging(asked.last["blocks"]) == ""
    choices = asked.parts["static_select"]
    (option,) = choices["options"]
    press_it = {"kind": "static_select", "chosen": option["value"]}
    chosen = press(office, choices["action_id"], **press_it)
    assert chosen.said == f"GS-{issue_id} is part of GS-{other} now."
    assert issue(office.ground, issue_id).merged_into == other


def test_a_draft_is_read_approved_and_taken_back(office: Office, issue_id: int) -> None:
    number = propose(office.ground, issue_id)
    shown = press(office, f"gs:{issue_id}:read")
    assert shown.last["blocks"][1]["text"] == {"type": "plain_text", "text": TEXT, "emoji": False}
    yes = value(shown, "Approve this text")
    done = press(office, yes, ephemeral=True)
    assert done.said.startswith("Approved for")
    assert done.last["replace_original"] is True
    row = draft(office.ground, number)
    assert (row.state, row.decided_by) == ("approved", "Ruth")
    assert delivery_for(office.ground, number).state == "queued"
    assert "Nothing was sent twice" in press(office, yes, ephemeral=True).said
    back = press(office, value(done, "Take back"), ephemeral=True)
    assert back.last["blocks"][1]["text"]["text"] == TEXT
    assert draft(office.ground, number).state == "pending"


def test_nobody_approves_a_text_they_did_not_see(office: Office, issue_id: int) -> None:
    number = propose(office.ground, issue_id)
    yes = value(press(office, f"gs:{issue_id}:read"), "Approve this text")
    set_draft(office.ground, number, text="Other.", text_sha256=digest("Other."), version=2)
    assert "Nothing was changed or sent" in press(office, yes).said
    assert draft(office.ground, number).state == "pending"


def test_a_draft_is_shown_to_the_letter_and_edited_in_a_form_that_holds_it(
    office: Office, issue_id: int
) -> None:
    words = "We know: a < b & c > d, *really*.\nMore at 18:00 UTC."
    number = propose(office.ground, issue_id, text=words)
    shown = press(office, f"gs:{issue_id}:read")
    escaped = "We know: a &lt; b &amp; c &gt; d, *really*.\nMore at 18:00 UTC."
    assert shown.last["blocks"][1]["text"]["text"] == escaped
    opened = press(office, value(shown, "Edit…"), ephemeral=True)
    (field,) = opened.view["blocks"]
    assert field["element"]["initial_value"] == words
    office.form(opened, text="We know.\nNext word at 18:00 UTC.")
    assert opened.last["replace_original"] is True
    assert opened.last["blocks"][1]["text"]["text"] == "We know.\nNext word at 18:00 UTC."
    row = draft(office.ground, number)
    assert (row.text, row.version, row.edited_by) == (
        "We know.\nNext word at 18:00 UTC.", 2, "Ruth",
    )  # fmt: skip


def test_drafts_are_read_one_after_the_other(office: Office, issue_id: int) -> None:
    propose(office.ground, issue_id)
    propose(office.ground, issue_id, key="other", text="Another text.")
    first = press(office, f"gs:{issue_id}:read")
    assert "1 of 2" in first.said
    second = press(office, value(first, "Next draft…"))
    assert second.last["blocks"][1]["text"]["text"] == "Another text."
    assert "Next draft…" not in second.parts


@pytest.mark.parametrize("word", ["gs:1:bye", "other", "gs:99:ack", "gs:99:read", "gs:1:yes"])
def test_a_press_that_means_nothing_decides_nothing(
    office: Office, issue_id: int, word: str
) -> None:
    assert press(office, word).said
    assert issue(office.ground, issue_id).state is IssueState.NEW


def test_a_link_needs_no_answer(office: Office, issue_id: int) -> None:
    click = press(office, "open")
    assert click.acked == {}
    assert press(office, f"gs:{issue_id}:ack").said  # came after it, and was answered
    assert click.shown == []


def test_where_a_press_takes_no_more_answers_they_are_written_to(
    office: Office, issue_id: int
) -> None:
    opened = press(office, f"gs:{issue_id}:mute")
    assert opened.view
    opened.uses = 5
    sent = office.form(opened, reason="a long think")
    assert sent.said == f"GS-{issue_id} is muted. Wake it by the button of its card."
    assert sent.last["user"] == RUTH.id


def test_the_open_issues_are_listed_inert(office: Office) -> None:
    for number in range(12):
        happen(office.ground, Incident(title=f"*{number}* <!here> <https://evil.example|x> & y"))
    listed = office.place.command("/issues")
    assert listed.said == "12 open issues:"
    assert pinging(listed.last["blocks"]) == ""
    assert "And 2 more" in listed.last["blocks"][1]["text"]["text"]
    assert listed.last["blocks"][1]["text"]["type"] == "plain_text"


def handed_in(office: Office) -> list[HandedIn]:
    with reading(office.ground.engine) as session:
        return list(session.exec(select(HandedIn)).all())


def test_a_report_is_handed_in(office: Office, issue_id: int) -> None:
    said = office.place.command("/gs-report", "Sync hangs &amp; waits for me too").said
    assert said == "Thank you, it is noted."
    (row,) = handed_in(office)
    assert row.text == "Sync hangs & waits for me too"
    refused = office.place.command("/report", "x", by=STRANGER)
    assert "You may not decide here" in refused.said
    assert office.place.command("/report").said.startswith("Say what somebody says")
    assert len(handed_in(office)) == 1


def test_a_message_becomes_a_report_with_where_it_stands(office: Office, issue_id: int) -> None:
    click = office.place.shortcut("report", "It hangs, see <https://a.example/x|here>")
    assert click.said == "Thank you, it is noted."
    (row,) = handed_in(office)
    assert row.text == "It hangs, see https://a.example/x"
    assert row.url == "https://fern.slack.com/archives/C0ONCALL/p1778587200000200"
    assert row.author == "slack:U0OTHER"


@pytest.mark.parametrize("form", ["<{}>", "<{}|the thread>", "{}"])
def test_a_message_that_is_a_link_to_a_thread_brings_in_the_thread(
    office: Office, issue_id: int, form: str
) -> None:
    posts = [forum_post(number, f"It hangs for me too, {number}", topic=7) for number in (1, 2)]
    with forum_page(Forum(posts)) as web:
        words = form.format(web.url("/t/topic-7/7"))
        click = office.place.shortcut("report", words)
        assert click.said.endswith("what stands at that link is being read.")
        assert take_in_due(office.ground, client_of(office.ground.settings)) == 1
        click.wait(lambda found: len(found.shown) > 1)
        assert click.said == "Thank you, it is noted: 2 posts."


def test_a_message_of_ours_is_no_report(office: Office, issue_id: int) -> None:
    click = office.place.shortcut("report", "New, major", app_id=APP)
    assert "is ours" in click.said
    assert handed_in(office) == []


def test_all_can_be_held_back_and_let_go(office: Office) -> None:
    assert office.place.command("/pause").said.startswith("Say why")
    assert office.place.command("/pause", "fire").said.startswith("Nothing leaves")
    with reading(office.ground.engine) as session:
        held = outbox.paused(session)
    assert held is not None
    assert (held.by, held.reason) == ("Ruth", "fire")
    assert "Ruth paused sending" in office.place.command("/pause", "again").said
    assert office.place.command("/resume").said == "What waits leaves again."


def test_what_the_page_says_can_be_asked(office: Office) -> None:
    assert office.place.command("/known").said == "The page shows no open issue."
    assert office.place.command("/known", "sync").said == "The page says nothing of that."
    other = happen(office.ground, Incident())
    show_on_the_page(office.ground, happen(office.ground, Incident()), "<!channel> sync hangs")
    show_on_the_page(office.ground, other, "Notes vanish")
    found = office.place.command("/known", "sync").last
    assert found["text"] == "1 known issue:"
    assert pinging(found["blocks"]) == ""
    assert "sync hangs · identified · since" in found["blocks"][1]["text"]["text"]
    assert office.place.command("/known").said == "2 known issues:"
    assert "You may not decide here" in office.place.command("/known", by=STRANGER).said


def test_an_unknown_command_is_told_so(office: Office) -> None:
    assert office.place.command("/deploy").said.startswith("That is no command of ours")
