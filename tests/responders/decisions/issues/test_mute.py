from datetime import datetime

import pytest

from config.database import reading
from config.ground import Ground
from responders.decisions.acting import AlreadyDone, NotAllowed
from responders.decisions.drafts.approve import approve
from responders.decisions.issues.mute import mute, not_an_issue, snooze, wake, wake_due
from responders.oncall.store import unalerted
from responders.voice.tables import DraftState
from tests.conftest import NOON
from tests.responders.decisions.deciding import (
    RUTH,
    TOM,
    at_minute,
    audit,
    draft,
    events,
    issue,
    later,
    propose,
)
from tests.responders.incidents import Incident, Said, happen

LATER = at_minute(60)


@pytest.fixture
def issue_id(ground: Ground) -> int:
    said = [Said(thread="a"), Said(thread="b")]
    return happen(ground, Incident(said=said, flags=["regression"]))


def unalerted_now(ground: Ground, issue_id: int) -> bool:
    with reading(ground.engine) as session:
        return issue_id in unalerted(session, issue(ground, issue_id).product_id)


def test_a_muted_issue_is_told_to_nobody_and_its_drafts_go(ground: Ground, issue_id: int) -> None:
    approved = propose(ground, issue_id, key="one")
    pending = propose(ground, issue_id, key="two")
    approve(ground, RUTH, approved)
    assert unalerted_now(ground, issue_id)

    mute(ground, RUTH, issue_id, "a test of ours", until=LATER)

    row = issue(ground, issue_id)
    assert (row.flags, row.hushed_until) == (["regression", "muted"], LATER)
    assert not unalerted_now(ground, issue_id)
    gone = draft(ground, pending)
    assert gone.state is DraftState.STALE
    assert gone.reason == f"Ruth muted GS-{issue_id}: a test of ours"
    assert draft(ground, approved).state is DraftState.APPROVED  # a person said yes: take it back
    event = events(ground, issue_id)[-1]
    assert event.text == "muted until 13:00 UTC, 12 May: a test of ours"
    assert event.data["reason"] == "a test of ours"


def test_what_is_not_an_issue_loses_its_drafts_too(ground: Ground, issue_id: int) -> None:
    pending = propose(ground, issue_id)
    not_an_issue(ground, RUTH, issue_id, "another product")
    assert issue(ground, issue_id).flags == ["regression", "not-an-issue"]
    assert draft(ground, pending).reason == (
        f"Ruth said that GS-{issue_id} is not an issue: another product"
    )
    with pytest.raises(NotAllowed, match="out of date: Ruth said"):
        approve(ground, TOM, pending)


def test_a_snoozed_issue_keeps_its_drafts(ground: Ground, issue_id: int) -> None:
    pending = propose(ground, issue_id)
    snooze(ground, RUTH, issue_id, LATER)
    assert issue(ground, issue_id).flags == ["regression", "snoozed"]
    assert draft(ground, pending).state is DraftState.PENDING


def test_the_newest_word_holds_and_a_repeated_one_is_told(ground: Ground, issue_id: int) -> None:
    snooze(later(ground), RUTH, issue_id, LATER)
    with pytest.raises(AlreadyDone, match="snoozed already: Ruth said so at 12:03 UTC, 12 May"):
        snooze(ground, TOM, issue_id, LATER)
    snooze(ground, TOM, issue_id, at_minute(90))
    mute(ground, TOM, issue_id, "known")
    row = issue(ground, issue_id)
    assert (row.flags, row.hushed_until) == (["regression", "muted"], None)


@pytest.mark.parametrize("until", [NOON, at_minute(-5)])
def test_a_quiet_time_must_end_later(ground: Ground, issue_id: int, until: datetime) -> None:
    with pytest.raises(NotAllowed, match="has passed"):
        snooze(ground, RUTH, issue_id, until)
    with pytest.raises(NotAllowed, match="has passed"):
        mute(ground, RUTH, issue_id, "known", until=until)


def test_waking_takes_the_quiet_away_and_nothing_else(ground: Ground, issue_id: int) -> None:
    with pytest.raises(AlreadyDone, match="nothing keeps GS-1 quiet"):
        wake(ground, RUTH, issue_id)
    mute(ground, RUTH, issue_id, "known", until=LATER)
    wake(later(ground), TOM, issue_id)
    row = issue(ground, issue_id)
    assert (row.flags, row.hushed_until) == (["regression"], None)
    with pytest.raises(AlreadyDone, match="Tom woke it at 12:03 UTC, 12 May"):
        wake(ground, RUTH, issue_id)
    assert [act for act, _ in audit(ground)] == ["issue muted", "issue woken"]


def test_a_quiet_time_ends_by_itself(ground: Ground, issue_id: int) -> None:
    other = happen(ground, Incident())
    mute(ground, RUTH, issue_id, "known", until=LATER)
    mute(ground, RUTH, other, "known")
    assert wake_due(later(ground, 59)) == 0
    assert wake_due(later(ground, 60)) == 1
    assert wake_due(later(ground, 60)) == 0
    assert issue(ground, issue_id).flags == ["regression"]
    assert issue(ground, other).flags == ["muted"]
    assert events(ground, issue_id)[-1].by == "groundswell"
