import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from classifiers.tables import IssueState, Severity
from config.database import reading
from config.ground import Ground
from responders.decisions.acting import Actor, AlreadyDone, Role
from responders.decisions.drafts.approve import approve, take_back
from responders.decisions.drafts.edit import edit
from responders.decisions.drafts.first_yes import need_of
from responders.decisions.people import people
from responders.decisions.people.linking import SLACK, Account, known_at_slack, link
from responders.decisions.tables import Approval, FirstYes
from responders.delivery.channels import slack
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import DraftState
from responders.voice.words import packing
from responders.voice.words.drafting import digest
from tests.listener.installation import rows
from tests.responders.decisions.deciding import (
    ADMIN,
    RUTH,
    TEXT,
    TOM,
    audit,
    delivery_for,
    draft,
    entries,
    issue,
    later,
    page_draft,
    propose,
    set_delivery,
    set_draft,
    set_issue,
)
from tests.responders.incidents import Incident, happen


@pytest.fixture
def issue_id(ground: Ground) -> int:
    made = happen(ground, Incident())
    set_issue(ground, made, severity=Severity.CRITICAL)
    return made


@pytest.fixture
def draft_id(ground: Ground, issue_id: int) -> int:
    return propose(ground, issue_id)


def asking(ground: Ground, **knobs: Any) -> Ground:
    """Return the installation of a house that asks for two people where it is critical."""
    wanted = {"two_persons": ("critical",), "precleared": ()} | knobs
    approval = ground.settings.approval.model_copy(update=wanted)
    return replace(ground, settings=ground.settings.model_copy(update={"approval": approval}))


def test_without_a_word_in_the_settings_one_yes_is_enough(ground: Ground, draft_id: int) -> None:
    assert approve(ground, RUTH, draft_id).delivery_id is not None
    assert rows(ground, FirstYes) == []


def test_the_first_yes_is_kept_and_queues_nothing(
    ground: Ground, draft_id: int, issue_id: int
) -> None:
    done = approve(asking(ground), RUTH, draft_id)
    assert (done.delivery_id, done.waits) == (
        None, "what is critical needs the yes of two people",
    )  # fmt: skip
    assert (rows(ground, Delivery), rows(ground, Approval)) == ([], [])
    (kept,) = rows(ground, FirstYes)
    now = draft(ground, draft_id)
    assert (kept.by, kept.version, kept.text_sha256) == ("Ruth", now.version, now.text_sha256)
    assert now.state is DraftState.PENDING
    assert issue(ground, issue_id).state is IssueState.NEW
    assert audit(ground) == [("first yes", f"draft {draft_id}")]


def test_the_second_must_be_another_person(ground: Ground, draft_id: int) -> None:
    house = asking(ground)
    approve(house, RUTH, draft_id)
    with pytest.raises(AlreadyDone, match="you said yes to this at 12:00 UTC, 12 May; what is"):
        approve(later(house), RUTH, draft_id)
    assert len(rows(ground, FirstYes)) == 1
    done = approve(later(house), TOM, draft_id, undo_s=30)
    assert done.delivery_id == delivery_for(ground, draft_id).id
    (approval,), (first,) = rows(ground, Approval), rows(ground, FirstYes)
    assert (approval.by, approval.first_yes_id) == ("Tom", first.id)
    payload = next(row.payload for row in entries(ground) if row.act == "draft approved")
    assert (payload or {})["second_to"] == "Ruth"


def test_another_text_voids_the_first_yes(ground: Ground, draft_id: int) -> None:
    house = asking(ground)
    approve(house, RUTH, draft_id)
    edit(house, TOM, draft_id, f"Thank you. {TEXT}")
    assert approve(house, TOM, draft_id).delivery_id is None
    assert approve(house, RUTH, draft_id).delivery_id is not None


def test_the_same_words_again_are_another_version(ground: Ground, draft_id: int) -> None:
    house = asking(ground)
    approve(house, RUTH, draft_id)
    edit(house, TOM, draft_id, f"Thank you. {TEXT}")
    edit(house, TOM, draft_id, TEXT)
    assert approve(house, TOM, draft_id).delivery_id is None


def test_a_first_yes_can_be_taken_back(ground: Ground, draft_id: int) -> None:
    house = asking(ground)
    approve(house, RUTH, draft_id)
    take_back(house, RUTH, draft_id)
    with pytest.raises(AlreadyDone, match="nothing to take back"):
        take_back(house, RUTH, draft_id)
    assert approve(house, TOM, draft_id).delivery_id is None
    assert audit(ground)[1] == ("first yes taken back", f"draft {draft_id}")


def test_one_to_an_older_text_is_nothing_to_take_back(ground: Ground, draft_id: int) -> None:
    house = asking(ground)
    approve(house, RUTH, draft_id)
    edit(house, TOM, draft_id, f"Thank you. {TEXT}")
    with pytest.raises(AlreadyDone, match="nothing to take back"):
        take_back(house, RUTH, draft_id)


def test_taking_the_approval_back_takes_both(ground: Ground, draft_id: int) -> None:
    house = asking(ground)
    approve(house, RUTH, draft_id)
    approve(house, TOM, draft_id, undo_s=60)
    take_back(house, RUTH, draft_id)
    assert delivery_for(ground, draft_id).state is DeliveryState.CANCELLED
    assert approve(house, TOM, draft_id).delivery_id is None  # the first of two again
    assert approve(house, RUTH, draft_id).delivery_id is not None


def test_after_a_failed_send_the_yes_of_both_still_stands(ground: Ground, draft_id: int) -> None:
    house = asking(ground)
    approve(house, RUTH, draft_id)
    approve(house, TOM, draft_id)
    set_delivery(ground, draft_id, state=DeliveryState.FAILED)
    assert approve(later(house), TOM, draft_id).delivery_id is not None


def test_words_cleared_beforehand_need_one_until_somebody_edits_them(
    ground: Ground, issue_id: int, draft_id: int
) -> None:
    house = asking(ground, precleared=("critical:investigating",))
    assert approve(house, RUTH, draft_id).delivery_id is not None
    other = page_draft(ground, issue_id)
    edit(house, TOM, other, f"Notes hang\n\nThank you. {TEXT}")
    done = approve(house, RUTH, other)
    assert done.delivery_id is None
    assert done.waits.endswith("only the template's own words were cleared beforehand")


def test_another_severity_is_judged_as_it_is_now(
    ground: Ground, issue_id: int, draft_id: int
) -> None:
    house = asking(ground)
    approve(house, RUTH, draft_id)
    set_issue(ground, issue_id, severity=Severity.MAJOR)
    assert approve(house, RUTH, draft_id).delivery_id is not None


@pytest.mark.parametrize("gone", ["removed", "demoted"])
def test_the_yes_of_somebody_who_may_no_more_counts_no_more(
    ground: Ground, draft_id: int, gone: str
) -> None:
    house = asking(ground)
    people.add_user(ground, ADMIN, "Ruth", Role.APPROVER, None)
    approve(house, RUTH, draft_id)
    if gone == "removed":
        people.remove_user(ground, ADMIN, "Ruth")
    else:
        people.change_role(ground, ADMIN, "Ruth", Role.DRAFTER)
    assert approve(house, TOM, draft_id).delivery_id is None


def test_where_only_admins_may_approve_both_are(
    ground: Ground, draft_id: int, issue_id: int
) -> None:
    house = asking(ground)
    people.add_user(ground, ADMIN, "Ruth", Role.APPROVER, None)
    approve(house, RUTH, draft_id)
    set_issue(ground, issue_id, flags=["human-only"])
    assert approve(house, ADMIN, draft_id).delivery_id is None


def test_a_text_changed_past_every_act_has_no_first_yes(ground: Ground, draft_id: int) -> None:
    house = asking(ground)
    approve(house, RUTH, draft_id)
    set_draft(ground, draft_id, text=f"Thank you. {TEXT}", text_sha256=digest(f"Thank you. {TEXT}"))
    assert approve(house, TOM, draft_id).delivery_id is None


def test_our_words_in_a_language_nobody_reviewed_are_never_cleared(
    ground: Ground, draft_id: int, issue_id: int
) -> None:
    settings = asking(ground, precleared=("investigating",)).settings
    row, whole = draft(ground, draft_id), issue(ground, issue_id)
    persons = {}
    for language in ("en", "de-AT", "fr", "ja"):
        row.language = language
        persons[language] = need_of(row, whole, settings).persons
    assert persons == {"en": 1, "de-AT": 1, "fr": 2, "ja": 2}


@pytest.mark.parametrize(("said", "persons"), [("true", 1), ("false", 2)])
def test_a_pack_of_the_operators_says_itself_whether_it_was_reviewed(
    ground: Ground, draft_id: int, issue_id: int, said: str, persons: int
) -> None:
    house = asking(ground, precleared=("investigating",))
    shipped = Path(packing.__file__).parents[1] / "templates" / "fr"
    own = house.settings.folder / "texts" / "fr"
    shutil.copytree(shipped, own)
    about = (own / "pack.toml").read_text(encoding="utf-8")
    assert "reviewed = false" in about
    (own / "pack.toml").write_text(
        about.replace("reviewed = false", f"reviewed = {said}"), encoding="utf-8"
    )
    voice = house.settings.voice.model_copy(update={"packs": "texts"})
    settings = house.settings.model_copy(update={"voice": voice})
    row, whole = draft(ground, draft_id), issue(ground, issue_id)
    row.language = "fr"
    assert need_of(row, whole, settings).persons == persons


def let_in_at_slack(ground: Ground, *numbers: str) -> Ground:
    plugins = {**ground.settings.plugins, "slack": slack.Options(approvers=numbers)}
    return replace(ground, settings=ground.settings.model_copy(update={"plugins": plugins}))


def at_slack(ground: Ground, number: str, name: str) -> Actor:
    with reading(ground.engine) as session:
        options = ground.settings.plugins["slack"]
        assert isinstance(options, slack.Options)
        account = Account(number, name)
        found = known_at_slack(session, account, approvers=options.approvers)
    assert found is not None
    return found.actor


def test_another_name_at_slack_is_no_other_person(ground: Ground, draft_id: int) -> None:
    house = let_in_at_slack(asking(ground), "U01ANN")
    approve(house, at_slack(house, "U01ANN", "ann"), draft_id)
    with pytest.raises(AlreadyDone, match="another person must say it too"):
        approve(house, at_slack(house, "U01ANN", "bob"), draft_id)
    assert rows(ground, Delivery) == []


def test_an_account_that_was_linked_since_is_no_other_person(ground: Ground, draft_id: int) -> None:
    house = let_in_at_slack(asking(ground), "U01ANN")
    approve(house, at_slack(house, "U01ANN", "ann"), draft_id)
    people.add_user(ground, ADMIN, "Ann", Role.APPROVER, None)
    link(ground, ADMIN, "Ann", "U01ANN", chat=SLACK)
    with pytest.raises(AlreadyDone, match="another person must say it too"):
        approve(house, at_slack(house, "U01ANN", "ann"), draft_id)
    assert approve(house, TOM, draft_id).delivery_id is not None


def test_the_yes_of_an_account_at_slack_that_may_no_more_counts_no_more(
    ground: Ground, draft_id: int, issue_id: int
) -> None:
    house = let_in_at_slack(asking(ground), "U01ANN")
    approve(house, at_slack(house, "U01ANN", "ann"), draft_id)
    set_issue(ground, issue_id, flags=["human-only"])  # only admins now
    assert approve(house, ADMIN, draft_id).delivery_id is None
    set_issue(ground, issue_id, flags=[])
    take_back(house, ADMIN, draft_id)
    approve(house, at_slack(house, "U01ANN", "ann"), draft_id)
    assert approve(let_in_at_slack(house, "U02BOB"), TOM, draft_id).delivery_id is None
