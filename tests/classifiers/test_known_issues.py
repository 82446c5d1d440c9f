"""What becomes of posts and bursts on an issue that is known already, through the live pass."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

import numpy as np
import pytest

from classifiers.arriving import Decision
from classifiers.corrections import store_changes, store_verdicts
from classifiers.emergence import Emergence as Evidence
from classifiers.issues import NOT_AN_ISSUE, REGRESSION, IssueWriter
from classifiers.known import store_known
from classifiers.known.recognising import Known
from classifiers.known_issues import KnownIssues
from classifiers.tables import (
    Emergence,
    Issue,
    IssueEvent,
    IssueState,
    Membership,
    Verdict,
    VerdictKind,
)
from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Post, Product, Thread
from tests.classifiers.conftest import Burst
from tests.classifiers.telling import OUTAGE, Told, change, detect, of_issue, only_issue
from tests.conftest import NOON
from tests.listener.installation import rows


def resolve(ground: Ground, issue_id: int, *, at: datetime) -> None:
    """Call an issue resolved, as a person does."""
    with transaction(ground.engine) as session:
        issue = session.get_one(Issue, issue_id)
        store_changes.change(session, issue, state=IssueState.RESOLVED)
        event = IssueEvent(issue_id=issue_id, at=at, kind="state", text="→ resolved", by="ana")
        store_changes.add_event(session, event)


def told_of(ground: Ground, issue_id: int) -> list[str]:
    """Return the kinds of an issue's events."""
    return [event.kind for event in rows(ground, IssueEvent) if event.issue_id == issue_id]


PLAINLY = " ".join(OUTAGE)
"""All the words of the problem: a post that is about it without a doubt."""


def test_a_burst_after_the_fix_is_a_regression_linked_to_what_was_resolved(
    ground: Ground, forum: Told, first_burst: Burst
) -> None:
    end, before = first_burst
    resolve(ground, only_issue(ground).id or 0, at=end)

    again = forum.burst(end + timedelta(hours=1))
    detect(ground)

    old, new = rows(ground, Issue)
    assert (old.state, new.state) == (IssueState.RESOLVED, IssueState.NEW)
    assert new.flags == [REGRESSION]
    assert new.nearest_past == old.id
    assert new.alerted_at == NOON
    assert of_issue(ground, old.id or 0) == before
    assert len(of_issue(ground, new.id or 0) & set(again)) > len(again) / 2
    assert told_of(ground, new.id or 0) == ["opened", REGRESSION]
    assert told_of(ground, old.id or 0)[-1] == "came back"


def test_a_fix_in_the_middle_of_a_burst_does_not_swallow_what_comes_after_it(
    ground: Ground, forum: Told
) -> None:
    start = forum.talk()
    forum.burst(start)
    detect(ground)
    resolve(ground, only_issue(ground).id or 0, at=start + timedelta(hours=2))

    again = forum.burst(start + timedelta(hours=3))
    detect(ground)

    _, new = rows(ground, Issue)
    assert new.flags == [REGRESSION]
    assert len(of_issue(ground, new.id or 0) & set(again)) > len(again) / 2


def test_what_was_written_before_the_fix_and_heard_after_it_is_no_return(
    ground: Ground, forum: Told, first_burst: Burst
) -> None:
    end, before = first_burst
    resolve(ground, only_issue(ground).id or 0, at=end)

    heard = end + timedelta(hours=1)
    late = forum.post(f"{PLAINLY} again", end - timedelta(hours=1), seen_at=heard)
    fresh = forum.post(f"since monday {PLAINLY}", end + timedelta(hours=1))
    detect(ground)

    issue = only_issue(ground)
    assert of_issue(ground, issue.id or 0) == before | {late}
    assert fresh not in of_issue(ground, issue.id or 0)


def test_a_batch_written_before_the_fix_and_heard_after_it_is_no_return(
    ground: Ground, forum: Told, first_burst: Burst
) -> None:
    end, _ = first_burst
    resolve(ground, only_issue(ground).id or 0, at=end)

    forum.burst(end - timedelta(hours=1), seen_at=end + timedelta(hours=1))
    detect(ground)

    assert only_issue(ground).state is IssueState.RESOLVED
    forum.burst(end + timedelta(hours=2))
    detect(ground)
    assert [issue.flags for issue in rows(ground, Issue)] == [[], [REGRESSION]]


def test_a_single_post_joins_the_open_issue_it_is_about_at_once(
    ground: Ground, forum: Told, first_burst: Burst
) -> None:
    end, before = first_burst

    one = forum.post(PLAINLY, end + timedelta(hours=1))
    other = forum.post("love the new icons great work", end + timedelta(hours=1))
    detect(ground)

    issue = only_issue(ground)
    assert of_issue(ground, issue.id or 0) == before | {one}
    made = {row.post_id: row for row in rows(ground, Membership)}
    assert made[one].recognised
    assert made[other].issue_id is None
    assert issue.last_seen_at == end + timedelta(hours=1)


def test_a_short_reply_is_about_what_its_thread_is_about(
    ground: Ground, forum: Told, first_burst: Burst
) -> None:
    end, before = first_burst
    with transaction(ground.engine) as session:
        thread = Thread(source_id=forum.sources[0], remote_id="t1")
        session.add(thread)
        session.flush()
        session.get_one(Post, min(before)).thread_id = thread.id

    short = forum.post("same here", end, thread_id=thread.id)
    long = forum.post(
        "where is the dark theme setting on android or in the app", end, thread_id=thread.id
    )
    detect(ground)

    issue = only_issue(ground)
    assert of_issue(ground, issue.id or 0) == before | {short}
    assert long not in of_issue(ground, issue.id or 0)


def test_a_new_burst_of_an_open_issue_is_that_issue_and_is_told_again(
    ground: Ground, forum: Told, first_burst: Burst
) -> None:
    end, before = first_burst

    again = forum.burst(end + timedelta(hours=1))
    detect(ground)

    issue = only_issue(ground)
    assert len(of_issue(ground, issue.id or 0) - before) > len(again) / 2
    assert len(rows(ground, Emergence)) == 2
    assert told_of(ground, issue.id or 0).count("grew") == 1
    assert issue.bursts == 2
    newest = rows(ground, Emergence)[-1].members
    assert not any(row.recognised for row in rows(ground, Membership) if row.post_id in newest)


def test_what_was_called_no_issue_and_comes_back_far_greater_is_an_issue_of_its_own(
    ground: Ground, forum: Told, first_burst: Burst
) -> None:
    end, before = first_burst
    old = only_issue(ground).id or 0
    with transaction(ground.engine) as session:
        store_changes.change(session, session.get_one(Issue, old), flags=[NOT_AN_ISSUE])

    forum.burst(end + timedelta(hours=1), 20)
    detect(ground)

    _, new = rows(ground, Issue)
    assert (new.flags, new.nearest_past) == ([], old)
    assert of_issue(ground, old) == before
    assert told_of(ground, new.id or 0) == ["opened", "came back"]


class Always:
    """Takes every burst for one issue."""

    def __init__(self, issue_id: int) -> None:
        self._known = Known(issue_id, np.eye(1, dtype=np.float32))

    def returning(self, post_ids: Sequence[str], *, beside: int | None) -> Known:
        """Say so."""
        return self._known

    def about(self, post_id: str, *, written: datetime) -> Known:
        """Say so of every post, too."""
        return self._known

    def forget(self) -> None:
        """Nothing is kept."""


@pytest.mark.parametrize(("hours", "bursts"), [(3, 1), (30, 2)])
def test_more_of_a_burst_that_goes_on_is_not_told_again(
    ground: Ground, forum: Told, hours: int, bursts: int
) -> None:
    start = forum.talk()
    forum.burst(start)
    detect(ground)
    issue_id = only_issue(ground).id or 0
    more = forum.burst(start + timedelta(hours=hours))
    evidence = Evidence(
        number=99, kind="issue", members=tuple(map(str, more)), reason="12 posts", score=9.0,
        posts=12, authors=12, sources=2, window_hours=1.0, expected=0.1,
        first_seen=start + timedelta(hours=hours),
    )  # fmt: skip

    with transaction(ground.engine) as session:
        product = session.get_one(Product, forum.product_id)
        known = cast("KnownIssues", Always(issue_id))
        writer = IssueWriter(session, product, now=NOON, known=known)
        writer.follow([Decision(post_id=str(more[-1]), emergence=evidence)])

    assert only_issue(ground).bursts == bursts
    assert told_of(ground, issue_id)[-1] == "grew"


def test_another_problem_beside_an_open_issue_is_an_issue_of_its_own(
    ground: Ground, forum: Told, first_burst: Burst
) -> None:
    end, before = first_burst

    words = ("login", "code", "never", "arrives", "email", "locked")
    news = [
        forum.post(
            f"{' '.join(forum.random.sample(words, 5))} z{n}", end + timedelta(minutes=5 * n)
        )
        for n in range(8)
    ]
    detect(ground)

    first, second = rows(ground, Issue)
    assert second.flags == []
    assert of_issue(ground, first.id or 0) == before
    assert set(news[2:]) <= of_issue(ground, second.id or 0)


def test_posts_that_were_only_recognised_go_to_the_issue_that_they_turn_out_to_be(
    ground: Ground, forum: Told, first_burst: Burst
) -> None:
    end, _ = first_burst
    one = forum.post("the clock widget shows noon all day", end)
    detect(ground)
    issue = only_issue(ground)
    with transaction(ground.engine) as session:
        row = session.get_one(Membership, one)
        row.issue_id, row.recognised = issue.id, True
        session.add(row)

    for number in range(1, 8):
        words = f"the clock widget shows noon all day q{number}"
        forum.post(words, end + timedelta(minutes=4 * number))
    detect(ground)

    first, second = rows(ground, Issue)
    assert one not in of_issue(ground, first.id or 0)
    assert one in of_issue(ground, second.id or 0)


def test_words_of_an_erased_post_do_not_recognise_anything(
    ground: Ground, forum: Told, first_burst: Burst
) -> None:
    end, before = first_burst
    for post_id in before:
        change(ground, post_id, text="", title=None, author=None, erased_at=NOON)
    detect(ground)

    one = forum.post(PLAINLY, end + timedelta(hours=1))
    detect(ground)

    made = {row.post_id: row for row in rows(ground, Membership)}
    assert made[one].issue_id is None


def declared(ground: Ground, forum: Told, post_ids: Sequence[int]) -> int:
    """Declare an issue with these posts, as a person does."""
    with transaction(ground.engine) as session:
        issue = Issue(
            product_id=forum.product_id, title="Uploads hang", titled_by="ana", reason="declared",
            first_seen_at=NOON, last_seen_at=NOON, alerted_at=NOON, opened_at=NOON,
        )  # fmt: skip
        issue_id = store_changes.add_issue(session, issue)
        store_changes.move_posts(session, post_ids, to=issue_id, out_of=None)
        return issue_id


def test_posts_and_bursts_join_what_a_person_declared(ground: Ground, forum: Told) -> None:
    end = forum.talk()
    known = [forum.post(f"{PLAINLY} {own}", end) for own in ("today", "why")]
    detect(ground)
    issue_id = declared(ground, forum, known)

    one = forum.post(f"oh {PLAINLY}", end + timedelta(minutes=5))
    detect(ground)
    assert of_issue(ground, issue_id) == {*known, one}

    burst = forum.burst(end + timedelta(minutes=10))
    detect(ground)
    issue = only_issue(ground)
    assert len(of_issue(ground, issue_id) & set(burst)) > len(burst) / 2
    assert issue.bursts == 1
    assert issue.title == "Uploads hang"


def test_an_issue_whose_burst_stands_elsewhere_now_is_still_known(
    ground: Ground, forum: Told, first_burst: Burst
) -> None:
    issue_id = only_issue(ground).id or 0
    with reading(ground.engine) as session:
        assert store_known.without_bursts(session, [issue_id], {1}) == set()
        assert store_known.without_bursts(session, [issue_id], {2}) == {issue_id}


def test_a_burst_of_an_issue_whose_part_was_resolved_is_over(
    ground: Ground, forum: Told, first_burst: Burst
) -> None:
    end, before = first_burst
    part = declared(ground, forum, [])
    whole = only_open(ground, part)
    with transaction(ground.engine) as session:
        split = Verdict(
            product_id=forum.product_id, what=VerdictKind.SPLIT, said="GS-2", issue_id=whole,
            by="ana", at=NOON, data={"into": part, "posts": sorted(before)[:3]},
        )  # fmt: skip
        store_verdicts.add(session, split)
    resolve(ground, part, at=end)
    with reading(ground.engine) as session:
        assert store_known.resolved_emergences(session, forum.product_id, [1]) == {1: end}


def only_open(ground: Ground, beside: int) -> int:
    """Return the one issue that is not that one."""
    (found,) = [row.id for row in rows(ground, Issue) if row.id != beside]
    return found or 0


def test_a_post_on_an_issue_that_became_part_of_another_stands_in_the_whole(
    ground: Ground, forum: Told, first_burst: Burst
) -> None:
    end, _ = first_burst
    part = only_issue(ground).id or 0
    whole = declared(ground, forum, [])
    with transaction(ground.engine) as session:
        store_changes.change(session, session.get_one(Issue, part), merged_into=whole)
    one = forum.post(PLAINLY, end)
    with transaction(ground.engine) as session:
        product = session.get_one(Product, forum.product_id)
        session.add(membership(one, forum))
        session.flush()
        known = cast("KnownIssues", Always(part))
        writer = IssueWriter(session, product, now=NOON, known=known)
        found = Decision(post_id=str(one), cluster=1)
        writer.recognise([(session.get_one(Post, one), found)])
    assert of_issue(ground, whole) == {one}


def membership(post_id: int, forum: Told) -> Membership:
    """Return what is made of a post that nothing explains."""
    return Membership(
        post_id=post_id, product_id=forum.product_id, revision=1, text_hash="h", kind="problem",
        decided_at=NOON,
    )  # fmt: skip
