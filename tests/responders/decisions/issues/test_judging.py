"""What a post is, by a person; and each correction as a verdict that can be taken back."""

import pytest

from classifiers import store
from classifiers.corrections import store_verdicts
from classifiers.tables import IssueState
from config.database import reading
from config.ground import Ground
from responders.decisions.acting import AlreadyDone, NotAllowed, NotFound
from responders.decisions.issues.declare import declare
from responders.decisions.issues.judging import judge_post
from responders.decisions.issues.merge import merge, move_post, split, unmerge
from responders.decisions.issues.mute import mute, not_an_issue, wake
from responders.decisions.issues.state import set_state
from responders.decisions.issues.undoing import undo_verdict
from tests.responders.decisions.deciding import DRAFTER, RUTH, TOM, audit, issue, later, posts_in
from tests.responders.incidents import Incident, Said, happen

HANGS = Incident(said=[Said(thread=None)] * 3)


@pytest.fixture
def one(ground: Ground) -> int:
    return happen(ground, HANGS)


@pytest.fixture
def two(ground: Ground) -> int:
    return happen(ground, HANGS)


def standing(ground: Ground) -> list[tuple[str, str, int | None, int | None, str]]:
    with reading(ground.engine) as session:
        rows = list(reversed(store_verdicts.verdicts(session)))
    return [(row.what.value, row.said, row.issue_id, row.post_id, row.by) for row in rows]


def last(ground: Ground) -> int:
    with reading(ground.engine) as session:
        return store_verdicts.verdicts(session, everything=True)[0].id or 0


def kind_of(ground: Ground, post_id: int) -> str:
    with reading(ground.engine) as session:
        return store.memberships(session, [post_id])[post_id].kind


def test_a_post_that_is_spam_leaves_its_issue_at_once_and_comes_back_with_the_verdict(
    ground: Ground, one: int
) -> None:
    before = posts_in(ground, one)
    verdict = judge_post(ground, RUTH, before[0], "spam")
    assert kind_of(ground, before[0]) == "spam"
    assert posts_in(ground, one) == before[1:]
    assert {int(quote["post_id"]) for quote in issue(ground, one).quotes} == set(before[1:])
    assert standing(ground) == [("post", "spam", None, before[0], "Ruth")]
    assert audit(ground) == [("post judged", f"post {before[0]}")]

    undo_verdict(later(ground), TOM, verdict)
    assert kind_of(ground, before[0]) == "problem"
    assert posts_in(ground, one) == before
    assert standing(ground) == []
    with pytest.raises(AlreadyDone, match="taken back by Tom"):
        undo_verdict(ground, RUTH, verdict)


def test_the_last_word_on_a_post_counts_and_the_way_back_leads_to_where_it_began(
    ground: Ground, one: int
) -> None:
    post = posts_in(ground, one)[0]
    judge_post(ground, RUTH, post, "not_ours")
    assert kind_of(ground, post) == "off_topic"
    judge_post(ground, TOM, post, "praise")
    assert post in posts_in(ground, one)
    assert kind_of(ground, post) == "praise"
    judge_post(ground, TOM, post, "spam")
    assert [row[1] for row in standing(ground)] == ["spam"]
    undo_verdict(ground, TOM, last(ground))
    assert kind_of(ground, post) == "problem"
    assert post in posts_in(ground, one)


def test_what_cannot_be_said_of_a_post_is_refused(ground: Ground, one: int) -> None:
    post = posts_in(ground, one)[0]
    judge_post(ground, RUTH, post, "question")
    with pytest.raises(AlreadyDone, match="question already: Ruth"):
        judge_post(ground, TOM, post, "question")
    with pytest.raises(NotAllowed, match="one of"):
        judge_post(ground, RUTH, post, "nonsense")
    with pytest.raises(NotFound):
        judge_post(ground, RUTH, 999, "spam")
    with pytest.raises(NotAllowed, match="drafter"):
        judge_post(ground, DRAFTER, post, "spam")
    assert len(standing(ground)) == 1


def test_taking_an_issue_for_real_is_a_verdict_once(ground: Ground, one: int) -> None:
    set_state(ground, RUTH, one, IssueState.INVESTIGATING)
    set_state(ground, TOM, one, IssueState.IDENTIFIED)
    assert standing(ground) == [("real", "", one, None, "Ruth")]
    not_an_issue(ground, TOM, one, "our own test")
    assert standing(ground) == [("not-an-issue", "our own test", one, None, "Tom")]
    wake(ground, RUTH, one)
    assert standing(ground) == []
    declared = declare(ground, RUTH, title="Sign-in fails")
    assert standing(ground) == [("real", "", declared, None, "Ruth")]


def test_closing_an_issue_that_nobody_confirmed_says_nothing_of_it(
    ground: Ground, one: int
) -> None:
    set_state(ground, RUTH, one, IssueState.RESOLVED)
    assert standing(ground) == []


def test_merges_splits_and_moves_are_verdicts_and_undoing_them_takes_these_back(
    ground: Ground, one: int, two: int
) -> None:
    ours, theirs = posts_in(ground, one), posts_in(ground, two)
    merge(ground, RUTH, two, into=one)
    assert standing(ground) == [("merged", "GS-1", two, None, "Ruth")]
    unmerge(ground, TOM, two)
    assert standing(ground) == [("unmerged", "GS-1", two, None, "Tom")]
    undo_verdict(ground, RUTH, last(ground))
    assert issue(ground, two).merged_into == one
    undo_verdict(ground, RUTH, last(ground))
    assert (posts_in(ground, one), posts_in(ground, two)) == (ours, theirs)

    part = split(ground, RUTH, one, ours[:1], "Another problem")
    assert standing(ground)[-1] == ("split", f"GS-{part}", one, None, "Ruth")
    undo_verdict(ground, TOM, last(ground))
    assert posts_in(ground, one) == ours
    assert not [row for row in standing(ground) if row[0] == "split"]

    move_post(ground, RUTH, ours[0], two)
    assert standing(ground)[-1] == ("moved", f"GS-{two}", two, ours[0], "Ruth")
    undo_verdict(ground, RUTH, last(ground))
    assert posts_in(ground, one) == ours


def test_a_mute_is_a_verdict_and_waking_takes_it_back(ground: Ground, one: int) -> None:
    mute(ground, RUTH, one, "known to the partner")
    assert standing(ground) == [("muted", "known to the partner", one, None, "Ruth")]
    undo_verdict(ground, TOM, last(ground))
    assert issue(ground, one).flags == []
    assert standing(ground) == []


def test_a_refused_act_leaves_no_verdict(ground: Ground, one: int) -> None:
    with pytest.raises(NotAllowed):
        not_an_issue(ground, DRAFTER, one, "no")
    with pytest.raises(NotAllowed):
        split(ground, RUTH, one, posts_in(ground, one), "All of them")
    with reading(ground.engine) as session:
        assert store_verdicts.verdicts(session, everything=True) == []
    with pytest.raises(NotFound, match="no verdict 7"):
        undo_verdict(ground, RUTH, 7)
