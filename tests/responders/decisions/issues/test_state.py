import itertools

import pytest

from classifiers.corrections.resolutions import Resolution
from classifiers.tables import IssueState
from config.ground import Ground
from responders.decisions.acting import AlreadyDone, NotAllowed, NotFound
from responders.decisions.issues.mute import not_an_issue
from responders.decisions.issues.rename import rename
from responders.decisions.issues.state import set_state
from tests.responders.decisions.deciding import (
    DRAFTER,
    RUTH,
    TOM,
    audit,
    entries,
    events,
    issue,
    later,
    set_issue,
)
from tests.responders.incidents import Incident, Said, happen, say_more


@pytest.fixture
def issue_id(ground: Ground) -> int:
    return happen(ground, Incident())


def test_every_way_from_state_to_state_is_open_and_recorded(ground: Ground, issue_id: int) -> None:
    for before, after in itertools.permutations(IssueState, 2):
        set_issue(ground, issue_id, state=before)
        version = issue(ground, issue_id).version
        set_state(ground, RUTH, issue_id, after, note="as seen")
        row, event = issue(ground, issue_id), events(ground, issue_id)[-1]
        assert (row.state, row.version) == (after, version + 1)
        assert (event.kind, event.by) == ("state", "Ruth")
        assert event.text == f"{before} → {after}: as seen"
        given = {"from": before, "to": after, "note": "as seen", "version": row.version}
        assert event.data == given
    assert len(audit(ground)) == len(events(ground, issue_id)) == 20


def test_how_to_avoid_it_is_kept_with_the_end_and_only_there(ground: Ground, issue_id: int) -> None:
    with pytest.raises(NotAllowed, match="told once it is resolved"):
        set_state(ground, RUTH, issue_id, IssueState.MONITORING, avoid="keep it up to date")
    set_state(ground, RUTH, issue_id, IssueState.RESOLVED, avoid="keep it up to date")
    assert events(ground, issue_id)[-1].data["avoid"] == "keep it up to date"


def test_the_same_state_again_is_told_by_whom_and_when(ground: Ground, issue_id: int) -> None:
    with pytest.raises(AlreadyDone, match="GS-1 is new already, since it was opened"):
        set_state(ground, TOM, issue_id, IssueState.NEW)
    set_state(later(ground), RUTH, issue_id, IssueState.RESOLVED)
    with pytest.raises(AlreadyDone) as lost:
        set_state(ground, TOM, issue_id, IssueState.RESOLVED)
    assert str(lost.value) == "GS-1 is resolved already: Ruth said so at 12:03 UTC, 12 May"
    assert len(events(ground, issue_id)) == 1


def test_a_part_of_another_issue_and_an_unknown_one_are_refused(
    ground: Ground, issue_id: int
) -> None:
    part = happen(ground, Incident())
    set_issue(ground, part, merged_into=issue_id)
    with pytest.raises(NotAllowed, match=f"GS-{part} is part of GS-{issue_id} now"):
        set_state(ground, RUTH, part, IssueState.RESOLVED)
    with pytest.raises(NotFound, match="there is no issue GS-99"):
        set_state(ground, RUTH, 99, IssueState.RESOLVED)


def test_a_decision_on_what_a_colleague_changed_since_is_refused(
    ground: Ground, issue_id: int
) -> None:
    seen = issue(ground, issue_id).version
    rename(later(ground), DRAFTER, issue_id, "Notes hang", version=seen)
    with pytest.raises(AlreadyDone, match=r"Dora changed GS-1 at 12:03 UTC, 12 May: named “Notes"):
        set_state(ground, RUTH, issue_id, IssueState.RESOLVED, version=seen)
    set_state(ground, RUTH, issue_id, IssueState.RESOLVED, version=issue(ground, issue_id).version)


def test_posts_that_joined_since_keep_nobody_from_deciding(ground: Ground, issue_id: int) -> None:
    seen = issue(ground, issue_id).version
    say_more(ground, issue_id, Said())
    set_issue(ground, issue_id, version=seen + 5)
    set_state(ground, RUTH, issue_id, IssueState.IDENTIFIED, version=seen)
    assert issue(ground, issue_id).version == seen + 6


def test_how_it_ended_stands_on_the_timeline_and_in_the_audit(
    ground: Ground, issue_id: int
) -> None:
    set_state(
        ground, RUTH, issue_id, IssueState.RESOLVED,
        resolution=Resolution.WILL_NOT_FIX, note="the old app is no longer kept up",
    )  # fmt: skip
    event = events(ground, issue_id)[-1]
    assert event.text == "new → resolved as will-not-fix: the old app is no longer kept up"
    assert event.data["resolution"] == "will-not-fix"
    assert (entries(ground)[-1].payload or {})["resolution"] == "will-not-fix"


def test_only_what_is_over_ended_somehow_and_says_why(ground: Ground, issue_id: int) -> None:
    with pytest.raises(NotAllowed, match="only what is resolved ends as fixed"):
        set_state(ground, RUTH, issue_id, IssueState.MONITORING, resolution=Resolution.FIXED)
    with pytest.raises(NotAllowed, match="say why, as the public may read it"):
        set_state(ground, RUTH, issue_id, IssueState.RESOLVED, resolution=Resolution.BY_DESIGN)
    assert events(ground, issue_id) == []
    set_state(ground, RUTH, issue_id, IssueState.RESOLVED, resolution=Resolution.FIXED)


@pytest.mark.parametrize(
    ("state", "flags"),
    [(IssueState.INVESTIGATING, []), (IssueState.RESOLVED, ["not-an-issue"])],
)
def test_who_works_on_it_takes_it_for_an_issue(
    ground: Ground, issue_id: int, state: IssueState, flags: list[str]
) -> None:
    not_an_issue(ground, RUTH, issue_id, "our own test")
    set_state(ground, RUTH, issue_id, state)
    assert issue(ground, issue_id).flags == flags
