"""A text in which the rules block something, in a chat: only with a reason, by one who may."""

import pytest

from config.ground import Ground
from responders.bots.deciding import Desk, Door
from responders.bots.speaking import Form, Said
from responders.decisions.acting import Actor, Role
from responders.decisions.drafts.edit import edit
from responders.decisions.people import linking
from responders.decisions.people.linking import Account, Known
from responders.decisions.tables import Approval
from responders.oncall.pressing import read_press
from responders.voice.tables import DraftState
from tests.listener.installation import rows
from tests.responders.decisions.deciding import DRAFTER, TEXT, draft, entries, propose
from tests.responders.incidents import Incident, happen

BAD = f"{TEXT} It will be fixed by tomorrow."
SOMEBODY = Account("1", "somebody")


def desk(ground: Ground, role: Role = Role.APPROVER, *, linked: bool = True) -> Desk:
    """Let somebody with a role press buttons."""
    who = Known(Actor("Ruth", role, "discord"), linked)
    return Desk(ground, Door(linking.DISCORD, lambda _session, _account: who))


def press(at: Desk, word: str, **words: str) -> Said:
    found = read_press(word)
    assert found is not None
    return at.answer(SOMEBODY, found, words)


def button(said: Said, label: str) -> str:
    return next(one.press for one in said.buttons if one.label == label)


@pytest.fixture
def blocked(ground: Ground) -> int:
    """A draft in which the rules block a promise."""
    number = propose(ground, happen(ground, Incident()))
    edit(ground, DRAFTER, number, BAD)
    return number


def read(ground: Ground, at: Desk, number: int) -> Said:
    return press(at, f"gs:{draft(ground, number).issue_id}:read")


def test_what_the_rules_found_stands_beside_the_text(ground: Ground, blocked: int) -> None:
    shown = read(ground, desk(ground), blocked)
    assert "\nBlocked: " in shown.words
    assert "“" in shown.words
    assert [one.label for one in shown.buttons] == ["Approve anyway…", "Edit…"]


def test_a_block_passes_with_a_reason_in_the_form_and_the_audit_keeps_it(
    ground: Ground, blocked: int
) -> None:
    at = desk(ground)
    word = button(read(ground, at, blocked), "Approve anyway…")
    asked = read_press(word)
    assert asked is not None
    form = at.form(SOMEBODY, asked)
    assert isinstance(form, Form)
    assert [one.name for one in form.fields] == ["reason"]
    said = press(at, word, reason="our engineer promised it in this very thread")
    assert said.words.startswith("Approved for")
    (approval,) = rows(ground, Approval)
    assert approval.override == "our engineer promised it in this very thread"
    assert "block let pass" in [one.act for one in entries(ground)]


def test_without_a_reason_nothing_is_sent_and_the_ways_are_offered(
    ground: Ground, blocked: int
) -> None:
    at = desk(ground)
    word = button(read(ground, at, blocked), "Approve anyway…")
    for said in (press(at, word, reason=" "), press(at, word.replace(":pass:", ":yes:"))):
        assert said.words.startswith("Nothing was sent: ")
        assert "--override" not in said.words
        assert [one.label for one in said.buttons] == ["Approve anyway…", "Edit…"]
    assert draft(ground, blocked).state is DraftState.PENDING
    assert rows(ground, Approval) == []


def test_a_role_that_may_not_approve_may_not_override_either(ground: Ground, blocked: int) -> None:
    word = button(read(ground, desk(ground), blocked), "Approve anyway…")
    said = press(desk(ground, Role.DRAFTER), word, reason="because")
    assert "this needs an approver" in said.words
    unknown = press(desk(ground, linked=False), word, reason="because")
    assert "needs a known person" in unknown.words
    assert rows(ground, Approval) == []


def test_a_reason_holds_for_the_text_that_was_shown_only(ground: Ground, blocked: int) -> None:
    at = desk(ground)
    word = button(read(ground, at, blocked), "Approve anyway…")
    edit(ground, DRAFTER, blocked, f"{BAD} Guaranteed.")
    assert "Nothing was changed or sent" in press(at, word, reason="because").words
    assert rows(ground, Approval) == []
