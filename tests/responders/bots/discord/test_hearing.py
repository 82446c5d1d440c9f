"""The real discord.py against a small Discord: presses, forms, commands, and a line that breaks."""

import logging
import threading

import pytest
from pydantic import SecretStr

from classifiers.tables import IssueState
from config.database import reading, transaction
from responders.bots.running import tend
from responders.decisions.issues.acknowledge import acknowledge
from responders.decisions.people.linking import unlink
from responders.delivery import store as outbox
from responders.delivery.inert import discord_text
from responders.oncall.tables import Handling
from responders.voice.words.drafting import digest
from tests.places.discord_clicks import (
    DEFERRED,
    EPHEMERAL,
    MESSAGE,
    MODAL,
    RUTH,
    STRANGER,
    Click,
    Member,
)
from tests.responders.bots.conftest import QUIET, Office
from tests.responders.bots.discord.pressing import CARD, press
from tests.responders.bots.shown_known import show_on_the_page
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

pytestmark = QUIET

ON_CALL = Member("900000000000000012", "mats", ("900000000000000007",))
"""Has the role there, and is no user here."""


def buttons(click: Click) -> dict[str, str]:
    rows = click.last.get("components") or []
    return {
        part.get("label", "list"): part.get("custom_id", "")
        for row in rows
        for part in row["components"]
    }


def test_the_commands_are_told_to_discord_for_servers_only(office: Office) -> None:
    told = {each["name"]: each for each in office.place.commands}
    assert sorted(told) == ["Report", "issues", "known", "pause", "report", "resume"]
    assert all(each["contexts"] == [0] for each in told.values())


def test_a_press_is_taken_note_of_and_then_decided(office: Office, issue_id: int) -> None:
    click = press(office, f"gs:{issue_id}:ack")
    assert (click.answer["type"], click.answer["data"]["flags"]) == (DEFERRED, EPHEMERAL)
    assert click.said == f"You acknowledged GS-{issue_id}."
    (entry,) = [row for row in entries(office.ground) if row.act == "issue acknowledged"]
    assert entry.payload is not None
    assert (entry.payload["by"], entry.payload["via"]) == ("Ruth", "Discord")


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
    assert click.answer["data"]["flags"] == EPHEMERAL
    assert click.said.startswith("You may not decide here. An admin can let you")
    assert STRANGER.id in click.said
    assert "issue acknowledged" not in dict(audit(office.ground))


def test_who_loses_their_place_is_an_outsider_at_the_next_click(
    office: Office, issue_id: int
) -> None:
    unlink(office.ground, ADMIN, "Ruth")
    without = Member(RUTH.id, RUTH.name)
    assert "You may not decide here" in press(office, f"gs:{issue_id}:ack", by=without).said


def test_the_role_there_decides_on_issues_and_on_no_text(office: Office, issue_id: int) -> None:
    assert "You have" in press(office, f"gs:{issue_id}:take", by=ON_CALL).said
    with reading(office.ground.engine) as session:
        assert session.get_one(Handling, issue_id).held_by == "mats (Discord)"
    propose(office.ground, issue_id)
    assert "needs a known person" in press(office, f"gs:{issue_id}:read", by=ON_CALL).said


def test_who_comes_second_may_take_it_over(office: Office, issue_id: int) -> None:
    assert press(office, f"gs:{issue_id}:take", by=ON_CALL).said
    click = press(office, f"gs:{issue_id}:take")
    assert click.said == (f"Mats \\(Discord\\) has GS-{issue_id} already, since 12:00 UTC, 12 May.")
    over = press(office, buttons(click)["Take it over"])
    assert over.said == f"You have GS-{issue_id} now."
    assert press(office, f"gs:{issue_id}:back").said == f"Nobody has GS-{issue_id} now."


@pytest.mark.parametrize(
    ("word", "act", "flag"),
    [("mute", "issue muted", "muted"), ("none", "issue not-an-issue", "not-an-issue")],
)
def test_what_needs_a_reason_asks_for_it_in_a_form(
    office: Office, issue_id: int, word: str, act: str, flag: str
) -> None:
    click = press(office, f"gs:{issue_id}:{word}")
    assert click.answer["type"] == MODAL
    form = click.answer["data"]
    sent = office.place.fill(form["custom_id"], {"reason": "known to the partner"})
    assert f"GS-{issue_id}" in sent.said
    assert issue(office.ground, issue_id).flags == [flag]
    assert (act, f"GS-{issue_id}") in audit(office.ground)
    assert press(office, f"gs:{issue_id}:wake").said == f"GS-{issue_id} is awake."


def test_a_form_opens_for_nobody_from_outside(office: Office, issue_id: int) -> None:
    click = press(office, f"gs:{issue_id}:mute", by=STRANGER)
    assert click.answer["type"] == MESSAGE
    sent = office.place.fill(f"gs:{issue_id}:mute", {"reason": "x"}, by=STRANGER)
    assert "You may not decide here" in sent.said
    assert issue(office.ground, issue_id).flags == []


def test_what_was_acknowledged_is_taken_back_with_a_word(office: Office, issue_id: int) -> None:
    acknowledge(office.ground, TOM, issue_id)
    assert press(office, f"gs:{issue_id}:unack").answer["type"] == MODAL
    sent = office.place.fill(f"gs:{issue_id}:unack", {"reason": "it is back"})
    assert sent.said == f"GS-{issue_id} is acknowledged by nobody now."


def test_a_rest_asks_how_long(office: Office, issue_id: int) -> None:
    asked = press(office, f"gs:{issue_id}:snooze")
    assert buttons(asked) == {"list": f"gs:{issue_id}:snooze"}
    chosen = press(office, f"gs:{issue_id}:snooze", values=["4h"])
    assert chosen.said.startswith(f"GS-{issue_id} rests until 16:00 UTC, 12 May")
    assert issue(office.ground, issue_id).flags == ["snoozed"]


def test_a_merge_asks_with_which(office: Office, issue_id: int) -> None:
    assert "no other open issue" in press(office, f"gs:{issue_id}:merge").said
    other = happen(office.ground, Incident(title="[Sync](https://evil.example) @everyone"))
    asked = press(office, f"gs:{issue_id}:merge")
    (row,) = asked.last["components"]
    (option,) = row["components"][0]["options"]
    assert option["value"] == str(other)
    chosen = press(office, f"gs:{issue_id}:merge", values=[str(other)])
    assert chosen.said == f"GS-{issue_id} is part of GS-{other} now."
    assert issue(office.ground, issue_id).merged_into == other


def test_a_draft_is_read_approved_and_taken_back(office: Office, issue_id: int) -> None:
    number = propose(office.ground, issue_id)
    shown = press(office, f"gs:{issue_id}:read")
    assert discord_text(TEXT) in shown.last["embeds"][0]["description"]
    ephemeral = {**CARD, "flags": EPHEMERAL}
    done = press(office, buttons(shown)["Approve this text"], on=ephemeral)
    assert done.answer["type"] == 6  # what was shown gives way to what came of it
    assert done.said.startswith("Approved for")
    row = draft(office.ground, number)
    assert (row.state, row.decided_by) == ("approved", "Ruth")
    assert delivery_for(office.ground, number).state == "queued"
    again = press(office, buttons(shown)["Approve this text"], on=ephemeral)
    assert "approved this at 12:00 UTC, 12 May. Nothing was sent twice" in again.said
    back = press(office, buttons(done)["Take back"], on=ephemeral)
    assert discord_text(TEXT) in back.last["embeds"][0]["description"]
    assert draft(office.ground, number).state == "pending"


def test_nobody_approves_a_text_they_did_not_see(office: Office, issue_id: int) -> None:
    number = propose(office.ground, issue_id)
    yes = buttons(press(office, f"gs:{issue_id}:read"))["Approve this text"]
    set_draft(office.ground, number, text="Other.", text_sha256=digest("Other."), version=2)
    said = press(office, yes).said
    assert "Nothing was changed or sent" in said
    assert draft(office.ground, number).state == "pending"


def test_a_text_too_long_to_be_shown_whole_is_not_approved_here(
    office: Office, issue_id: int
) -> None:
    propose(office.ground, issue_id, text="x" * 2500)
    shown = press(office, f"gs:{issue_id}:read")
    assert "too long to be read here" in shown.said
    assert "Approve this text" not in buttons(shown)


def test_a_draft_is_edited_in_a_form_that_holds_it(office: Office, issue_id: int) -> None:
    number = propose(office.ground, issue_id)
    shown = press(office, f"gs:{issue_id}:read")
    form = press(office, buttons(shown)["Edit…"]).answer
    assert form["type"] == MODAL
    (label,) = form["data"]["components"]
    assert label["component"]["value"] == TEXT
    sent = office.place.fill(
        form["data"]["custom_id"], {"text": "We know.\nNext word at 18:00 UTC."}
    )
    assert "We know." in sent.last["embeds"][0]["description"]
    row = draft(office.ground, number)
    assert (row.text, row.version, row.edited_by) == (
        "We know.\nNext word at 18:00 UTC.",
        2,
        "Ruth",
    )


def test_drafts_are_read_one_after_the_other(office: Office, issue_id: int) -> None:
    propose(office.ground, issue_id)
    propose(office.ground, issue_id, key="other", text="Another text.")
    first = press(office, f"gs:{issue_id}:read")
    assert "1 of 2" in first.said
    second = press(office, buttons(first)["Next draft…"])
    assert "Another text." in second.last["embeds"][0]["description"]
    assert "Next draft…" not in buttons(second)


@pytest.mark.parametrize("word", ["gs:1:bye", "other", "gs:99:ack", "gs:99:read", "gs:1:yes"])
def test_a_press_that_means_nothing_decides_nothing(
    office: Office, issue_id: int, word: str
) -> None:
    click = press(office, word)
    assert click.said
    assert issue(office.ground, issue_id).state is IssueState.NEW


def test_old_buttons_work_after_a_restart(office: Office, issue_id: int) -> None:
    office.end()
    office.start()
    assert press(office, f"gs:{issue_id}:ack").said == f"You acknowledged GS-{issue_id}."
    sent = office.place.fill(f"gs:{issue_id}:mute", {"reason": "opened before the restart"})
    assert "is muted" in sent.said


def test_a_click_that_came_while_the_line_was_broken_is_answered_after_the_resume(
    office: Office, issue_id: int
) -> None:
    gateway = office.place.gateway
    gateway.drop()
    click = press(office, f"gs:{issue_id}:ack")
    gateway.wait(lambda: gateway.resumed == 1)
    assert click.said == f"You acknowledged GS-{issue_id}."
    assert gateway.identified == 1


def test_a_session_that_is_not_known_any_more_begins_anew(office: Office, issue_id: int) -> None:
    gateway = office.place.gateway
    gateway.refuse_resume = True
    gateway.ask_to_reconnect()
    gateway.wait(lambda: gateway.identified == 2)
    assert "You acknowledged" in press(office, f"gs:{issue_id}:ack").said


def test_a_click_that_another_of_us_took_is_decided_by_that_one_alone(
    office: Office, issue_id: int
) -> None:
    place = office.place
    with place.changed:  # our bot comes second
        click = press(office, f"gs:{issue_id}:ack")
        click.answers.append({"type": DEFERRED})
    click.wait(lambda one: any(f"/{one.id}/" in asked.path for asked in place.asked))
    assert press(office, f"gs:{issue_id}:snooze").said  # asked after it, and answered
    assert "issue acknowledged" not in dict(audit(office.ground))
    assert click.shown == []


def test_the_open_issues_are_listed_inert(office: Office) -> None:
    for number in range(12):
        happen(office.ground, Incident(title=f"**{number}** @everyone [x](https://evil.example)"))
    listed = office.place.command("issues")
    assert listed.said == "12 open issues:"
    text = listed.last["embeds"][0]["description"]
    assert "And 2 more" in text
    assert "@everyone" not in text.replace("@\u200beveryone", "")
    assert "](http" not in text
    assert listed.last["allowed_mentions"]["parse"] == []


def test_all_can_be_held_back_and_let_go(office: Office) -> None:
    assert office.place.command("pause", reason="fire").said.startswith("Nothing leaves")
    with reading(office.ground.engine) as session:
        held = outbox.paused(session)
    assert held is not None
    assert (held.by, held.reason) == ("Ruth", "fire")
    assert "Ruth paused sending" in office.place.command("pause", reason="again").said
    assert office.place.command("resume").said == "What waits leaves again."
    with transaction(office.ground.engine) as session:
        assert outbox.paused(session) is None


def test_what_the_page_says_can_be_asked(office: Office) -> None:
    assert office.place.command("known").said == "The page shows no open issue."
    assert office.place.command("known", words="sync").said == "The page says nothing of that."
    other = happen(office.ground, Incident())
    show_on_the_page(office.ground, happen(office.ground, Incident()), "@everyone sync hangs")
    show_on_the_page(office.ground, other, "Notes vanish")
    found = office.place.command("known", words="sync").last
    assert found["content"] == "1 known issue:"
    shown = found["embeds"][0]["description"]
    assert "sync hangs · identified · since 12:00 UTC, 12 May" in shown
    assert "@everyone" not in shown.replace("@\u200beveryone", "")
    assert office.place.command("known").said == "2 known issues:"
    refused = office.place.command("known", by=STRANGER)
    assert "You may not decide here" in refused.said


class Heard(logging.Handler):
    """Tells when something stands in the log."""

    def __init__(self, event: str) -> None:
        super().__init__()
        self.came, self._event = threading.Event(), event

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == self._event:
            self.came.set()


def test_a_wrong_token_is_told_and_the_bot_waits(office: Office) -> None:
    heard, stop = Heard("bot_ended"), threading.Event()
    logging.getLogger("responders.bots.running").addHandler(heard)
    options = office.options.model_copy(update={"token": SecretStr("a-wrong-token-of-a-bot")})
    thread = threading.Thread(target=tend, args=(office.ground, options, stop))
    thread.start()
    told = heard.came.wait(30)
    stop.set()
    thread.join(30)
    logging.getLogger("responders.bots.running").removeHandler(heard)
    assert told
    assert not thread.is_alive()
