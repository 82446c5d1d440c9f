from datetime import timedelta

import pytest

from classifiers.store_decisions import put_into_issue
from classifiers.tables import IssueState
from config.database import reading, transaction
from config.ground import Ground
from responders.decisions.acting import AlreadyDone, NotAllowed, NotFound
from responders.decisions.issues.merge import merge, move_post, split, unmerge
from responders.decisions.issues.mute import snooze, wake_due
from responders.decisions.issues.rename import rename
from responders.decisions.issues.state import set_state
from responders.decisions.issues.workaround import verify
from responders.oncall.store import unalerted
from responders.voice.tables import DraftState
from tests.conftest import NOON
from tests.responders.decisions.deciding import (
    RUTH,
    TOM,
    audit,
    draft,
    events,
    issue,
    later,
    posts_in,
    propose,
    set_issue,
)
from tests.responders.incidents import Incident, Said, erase, happen

HANGS = Incident(title="App hangs when a note is opened", said=[Said(thread=None)] * 3)
LOST = Incident(
    title="Photos are lost after the update",
    said=[Said(thread=None, text="Photos are lost after the update.")] * 2,
)


@pytest.fixture
def one(ground: Ground) -> int:
    return happen(ground, HANGS)


@pytest.fixture
def two(ground: Ground) -> int:
    return happen(ground, LOST)


def quoted(ground: Ground, issue_id: int) -> set[int]:
    return {int(quote["post_id"]) for quote in issue(ground, issue_id).quotes}


def unalerted_now(ground: Ground, issue_id: int) -> bool:
    with reading(ground.engine) as session:
        return issue_id in unalerted(session, issue(ground, issue_id).product_id)


def test_a_merged_issue_brings_its_posts_and_both_tell_of_it(
    ground: Ground, one: int, two: int
) -> None:
    ours, theirs = posts_in(ground, one), posts_in(ground, two)
    pending = propose(ground, two)

    merge(ground, RUTH, two, into=one)

    assert posts_in(ground, one) == sorted(ours + theirs)
    assert posts_in(ground, two) == []
    assert issue(ground, two).merged_into == one
    assert issue(ground, two).quotes == []  # an erasure would not look for them there
    assert quoted(ground, one) <= set(ours + theirs)
    left, joined = events(ground, two)[-1], events(ground, one)[-1]
    assert (left.kind, left.text, left.by) == ("merged", "became part of GS-1, 2 posts", "Ruth")
    assert (left.data["into"], left.data["posts"]) == (one, theirs)
    assert (joined.kind, joined.text) == ("joined", "GS-2 became part of it, 2 posts")
    gone = draft(ground, pending)
    assert (gone.state, gone.reason) == (DraftState.STALE, "merged into GS-1")
    assert audit(ground) == [("issue merged", "GS-2")]


def test_taking_it_out_brings_back_exactly_the_posts_that_are_still_there(
    ground: Ground, one: int, two: int
) -> None:
    ours, theirs = posts_in(ground, one), posts_in(ground, two)
    third = happen(ground, HANGS)
    merge(ground, RUTH, two, into=one)
    move_post(ground, TOM, theirs[0], third)

    unmerge(ground, TOM, two)

    assert posts_in(ground, one) == ours
    assert posts_in(ground, two) == theirs[1:]
    assert theirs[0] in posts_in(ground, third)
    assert issue(ground, two).merged_into is None
    assert issue(ground, two).title == LOST.title
    assert quoted(ground, two) == set(theirs[1:])
    assert quoted(ground, one) <= set(ours)
    back, left = events(ground, two)[-1], events(ground, one)[-1]
    assert (back.kind, back.text) == ("unmerged", "taken out of GS-1 again, 1 post")
    assert (left.kind, left.text) == ("left", "1 post went to GS-2")
    assert back.data["posts"] == left.data["posts"] == theirs[1:]


def test_a_chain_of_merges_is_followed_and_taken_apart_in_any_order(
    ground: Ground, one: int, two: int
) -> None:
    three = happen(ground, HANGS)
    before = [posts_in(ground, number) for number in (one, two, three)]
    merge(ground, RUTH, three, into=two)
    merge(ground, RUTH, two, into=one)
    four = happen(ground, HANGS)
    merge(ground, RUTH, four, into=three)  # which is part of a part
    assert issue(ground, four).merged_into == one

    unmerge(ground, RUTH, three)
    assert posts_in(ground, three) == before[2]
    unmerge(ground, RUTH, four)
    unmerge(ground, RUTH, two)
    assert [posts_in(ground, number) for number in (one, two, three)] == before


def test_an_issue_is_merged_once_and_the_second_is_told(ground: Ground, one: int, two: int) -> None:
    merge(later(ground), RUTH, two, into=one)
    with pytest.raises(AlreadyDone, match="Ruth merged GS-2 into GS-1 at 12:03 UTC, 12 May"):
        merge(ground, TOM, two, into=one)
    unmerge(ground, TOM, two)
    with pytest.raises(AlreadyDone, match="GS-2 is part of no other issue"):
        unmerge(ground, TOM, two)


def test_issues_that_cannot_be_one_are_not_merged(ground: Ground, one: int, two: int) -> None:
    with pytest.raises(NotAllowed, match="part of itself"):
        merge(ground, RUTH, one, into=one)
    for missing in [(one, 99), (99, one)]:
        with pytest.raises(NotFound, match="GS-99"):
            merge(ground, RUTH, missing[0], into=missing[1])
    with pytest.raises(NotAllowed, match="two products"):
        merge(ground, RUTH, one, into=happen(ground, Incident(product="Another")))
    set_issue(ground, two, flags=["not-an-issue"])
    with pytest.raises(NotAllowed, match="said to be no issue"):
        merge(ground, RUTH, one, into=two)
    set_issue(ground, two, flags=[], state=IssueState.RESOLVED)
    with pytest.raises(NotAllowed, match="groundswell issue state GS-2 investigating"):
        merge(ground, RUTH, one, into=two)
    merge(ground, RUTH, two, into=one)
    with pytest.raises(NotAllowed, match="GS-2 is part of GS-1 already"):
        merge(ground, RUTH, one, into=two)
    with pytest.raises(NotAllowed, match="GS-2 is part of GS-1 now"):
        rename(ground, RUTH, two, "Another")


def test_split_off_posts_are_an_issue_like_any_other_that_alerts_nobody(
    ground: Ground, one: int
) -> None:
    first, second, third = posts_in(ground, one)
    kept = propose(ground, one, key="kept", post_id=first)
    gone = propose(ground, one, key="gone", post_id=second)

    fresh = split(later(ground), RUTH, one, [second, third], "Notes open empty")

    row = issue(ground, fresh)
    assert (row.title, row.titled_by, row.state) == ("Notes open empty", "Ruth", IssueState.NEW)
    assert row.alerted_at == NOON
    assert row.first_seen_at < NOON
    assert posts_in(ground, fresh) == [second, third]
    assert posts_in(ground, one) == [first]
    assert quoted(ground, fresh) <= {second, third}
    assert quoted(ground, one) <= {first}
    assert not unalerted_now(ground, fresh)
    assert unalerted_now(ground, one)
    assert draft(ground, kept).state is DraftState.PENDING
    assert draft(ground, gone).reason == f"what it answers belongs to GS-{fresh} now"
    assert events(ground, fresh)[0].text == "split off GS-1, 2 posts"
    set_state(ground, RUTH, fresh, IssueState.IDENTIFIED)


def test_the_live_pass_never_moves_back_what_a_person_moved(ground: Ground, one: int) -> None:
    posts = posts_in(ground, one)
    fresh = split(ground, RUTH, one, posts[:1], "Notes open empty")
    with transaction(ground.engine) as session:
        put_into_issue(session, posts, one)
    assert posts_in(ground, fresh) == posts[:1]


def test_only_some_of_an_issues_own_posts_are_split_off(ground: Ground, one: int, two: int) -> None:
    mine, foreign = posts_in(ground, one), posts_in(ground, two)
    for posts, why in [
        ([], "name the posts"), (mine, "all posts of GS-1"),
        ([mine[0], *foreign], f"not of GS-1: post {foreign[0]}, {foreign[1]}"),
    ]:  # fmt: skip
        with pytest.raises(NotAllowed, match=why):
            split(ground, RUTH, one, posts, "Another")
    with pytest.raises(NotAllowed, match="the title is empty"):
        split(ground, RUTH, one, mine[:1], " ")


def test_a_post_moves_and_both_issues_tell_of_it(ground: Ground, one: int, two: int) -> None:
    post = posts_in(ground, two)[0]
    move_post(ground, RUTH, post, one)
    assert post in posts_in(ground, one)
    assert events(ground, one)[-1].text == f"post {post} moved here from GS-2"
    assert events(ground, two)[-1].text == "1 post went to GS-1"
    with pytest.raises(AlreadyDone, match=f"post {post} belongs to GS-1 already"):
        move_post(ground, RUTH, post, one)
    with pytest.raises(NotFound, match="there is no post 99"):
        move_post(ground, RUTH, 99, one)
    with pytest.raises(NotAllowed, match="about another product"):
        move_post(ground, RUTH, post, happen(ground, Incident(product="Another")))


def test_a_title_that_left_with_its_post_does_not_outlive_an_erasure(ground: Ground) -> None:
    said = [Said(thread=None, text="Maria cannot log in."), Said(thread=None, text="It is slow.")]
    number = happen(ground, Incident(title="Maria cannot log in", said=said))
    split(ground, RUTH, number, posts_in(ground, number)[:1], "Log-in")
    assert "Maria" not in str(issue(ground, number).model_dump())


def test_an_issue_without_posts_quotes_nobody(ground: Ground, one: int, two: int) -> None:
    for post in posts_in(ground, two):
        move_post(ground, RUTH, post, one)
    row = issue(ground, two)
    assert (row.quotes, row.key_phrases) == ([], [])


def test_erased_posts_come_back_with_the_others(ground: Ground, one: int, two: int) -> None:
    theirs = posts_in(ground, two)
    merge(ground, RUTH, two, into=one)
    erase(ground, "Photos are lost")
    unmerge(ground, RUTH, two)
    assert posts_in(ground, two) == theirs
    assert "Photos" not in issue(ground, two).title


def test_a_merge_counts_as_a_change_of_both(ground: Ground, one: int, two: int) -> None:
    before = [issue(ground, number).version for number in (one, two)]
    merge(ground, RUTH, two, into=one)
    after = [issue(ground, number).version for number in (one, two)]
    assert all(new > old for new, old in zip(after, before, strict=True))


def test_what_a_person_merged_into_a_resting_issue_does_not_wake_it(
    ground: Ground, one: int
) -> None:
    loud = happen(ground, Incident(said=[Said(thread=None)] * 9))
    snooze(later(ground), RUTH, one, NOON + timedelta(days=2))
    merge(later(ground, 5), RUTH, loud, into=one)
    assert wake_due(later(ground, 10)) == 0
    assert issue(ground, one).flags == ["snoozed"]
    assert events(ground, one)[-2].text == "it rests on, with what joined it"


def test_a_way_around_goes_with_its_issue_and_comes_back_with_it(
    ground: Ground, one: int, two: int
) -> None:
    post = posts_in(ground, two)[0]
    verify(ground, RUTH, two, post_id=post, text="Turn sync off")
    merge(ground, RUTH, two, into=one)
    assert (issue(ground, one).workaround or {})["text"] == "Turn sync off"
    unmerge(ground, RUTH, two)
    assert issue(ground, one).workaround is None
    assert (issue(ground, two).workaround or {})["text"] == "Turn sync off"


def test_the_whole_keeps_a_way_around_of_its_own(ground: Ground, one: int, two: int) -> None:
    verify(ground, RUTH, one, text="Restart it")
    verify(ground, RUTH, two, text="Turn sync off")
    merge(ground, RUTH, two, into=one)
    unmerge(ground, RUTH, two)
    assert (issue(ground, one).workaround or {})["text"] == "Restart it"
