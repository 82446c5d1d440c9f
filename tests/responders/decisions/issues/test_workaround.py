"""A way around is vouched for by a person, credited, audited, and taken back."""

import pytest

from classifiers.corrections.workarounds import kept
from config.ground import Ground
from responders.decisions.acting import AlreadyDone, NotAllowed, NotFound
from responders.decisions.issues.workaround import take_back, verify
from tests.responders.decisions.deciding import DRAFTER, RUTH, VIEWER, entries, events, issue
from tests.responders.incidents import Incident, Said, happen

MARIA = "Maria says: pairing it again fixed it for me."


@pytest.fixture
def issue_id(ground: Ground) -> int:
    return happen(ground, Incident(said=[Said(thread=None, text=MARIA), Said(thread=None)]))


def test_a_posts_words_are_taken_with_who_vouches_for_them(ground: Ground, issue_id: int) -> None:
    verify(ground, DRAFTER, issue_id, post_id=1)
    found = kept(issue(ground, issue_id).workaround)
    assert found is not None
    assert (found.text, found.post_id, found.quoted, found.by) == (MARIA, 1, True, "Dora")
    assert found.at == "2026-05-12T12:00:00Z"
    (event,) = events(ground, issue_id)
    assert (event.kind, event.text, event.by) == (
        "workaround", "verified a way around it (post 1)", "Dora",
    )  # fmt: skip


def test_the_timeline_and_the_audit_keep_no_strangers_words(ground: Ground, issue_id: int) -> None:
    verify(ground, DRAFTER, issue_id, post_id=1)
    take_back(ground, RUTH, issue_id)
    kept_rows = [row.model_dump() for row in (*events(ground, issue_id), *entries(ground))]
    assert "Maria" not in str(kept_rows)
    assert [row.act for row in entries(ground)] == ["workaround verified", "workaround taken back"]
    assert issue(ground, issue_id).workaround is None


def test_words_of_ours_may_stand_for_the_posts(ground: Ground, issue_id: int) -> None:
    verify(ground, DRAFTER, issue_id, post_id=1, text=" Pair it\nagain. ")
    found = kept(issue(ground, issue_id).workaround)
    assert found is not None
    assert (found.text, found.post_id, found.quoted) == ("Pair it again.", 1, False)


def test_what_is_vouched_for_already_is_told(ground: Ground, issue_id: int) -> None:
    verify(ground, DRAFTER, issue_id, post_id=1)
    with pytest.raises(AlreadyDone, match="Dora verified that for GS-1 already"):
        verify(ground, RUTH, issue_id, post_id=1)
    verify(ground, RUTH, issue_id, text="Wait a minute.")
    found = kept(issue(ground, issue_id).workaround)
    assert found is not None
    assert (found.text, found.by) == ("Wait a minute.", "Ruth")


def test_only_a_post_of_the_issue_may_be_named(ground: Ground, issue_id: int) -> None:
    happen(ground, Incident(said=[Said(thread=None)]))
    with pytest.raises(NotAllowed, match="groundswell issue move 3 --to GS-1"):
        verify(ground, DRAFTER, issue_id, post_id=3)
    with pytest.raises(NotFound, match="there is no post 99"):
        verify(ground, DRAFTER, issue_id, post_id=99)


def test_who_may_not_and_what_is_nothing_is_refused(ground: Ground, issue_id: int) -> None:
    with pytest.raises(NotAllowed):
        verify(ground, VIEWER, issue_id, post_id=1)
    for text in ("", "  ", "a" * 201, "a\x1bb"):
        with pytest.raises(NotAllowed, match="the way around"):
            verify(ground, DRAFTER, issue_id, text=text)
    with pytest.raises(AlreadyDone, match="has no verified way around"):
        take_back(ground, DRAFTER, issue_id)
    assert entries(ground) == []
