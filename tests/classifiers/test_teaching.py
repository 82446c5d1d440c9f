"""From verdicts in the store to what the live pass does with them."""

from datetime import timedelta

import pytest

from classifiers import store
from classifiers.corrections import store_verdicts
from classifiers.store_decisions import put_into_issue
from classifiers.tables import Issue, Learned, Membership
from classifiers.teaching import told as told_of_alerts
from config.database import reading, transaction
from config.ground import Ground
from responders.decisions.issues.declare import declare
from responders.decisions.issues.judging import judge_post
from responders.decisions.issues.merge import merge, unmerge
from responders.decisions.issues.mute import not_an_issue, wake
from responders.decisions.issues.undoing import undo_verdict
from tests.classifiers.telling import QUIET_H, START, Told, change, detect, told
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.responders.decisions.deciding import RUTH

VALVES = "selling used valves cheap write me a message about valves"


@pytest.fixture
def forum(ground: Ground) -> Told:
    place = told(ground)
    place.talk()
    return place


def made(ground: Ground, post_id: int) -> Membership:
    with reading(ground.engine) as session:
        return store.memberships(session, [post_id])[post_id]


def versions(ground: Ground) -> list[tuple[int, int]]:
    return [(row.version, len(row.verdicts)) for row in rows(ground, Learned)]


def test_nothing_is_learned_of_nothing(ground: Ground, forum: Told) -> None:
    detect(ground)
    assert versions(ground) == []


def test_posts_like_one_that_is_not_ours_are_kept_out_until_that_is_taken_back(
    ground: Ground, forum: Told
) -> None:
    at = START + timedelta(hours=QUIET_H)
    first = forum.post(VALVES, at)
    detect(ground)
    verdict = judge_post(ground, RUTH, first, "not_ours")
    second = forum.post(f"{VALVES} today", at + timedelta(hours=1))
    other = forum.post("upload stuck since the update", at + timedelta(hours=1))
    detect(ground)
    assert (made(ground, second).kind, made(ground, second).cluster_id) == ("off_topic", None)
    assert made(ground, other).cluster_id is not None
    assert versions(ground) == [(1, 1)]

    undo_verdict(ground, RUTH, verdict)
    third = forum.post(f"{VALVES} again", at + timedelta(hours=2))
    detect(ground)
    assert made(ground, third).cluster_id is not None
    assert versions(ground) == [(1, 1), (2, 0)]


def test_what_a_person_said_of_a_post_outlasts_its_edit(ground: Ground, forum: Told) -> None:
    post = forum.post("where is the dark theme", START + timedelta(hours=QUIET_H))
    detect(ground)
    judge_post(ground, RUTH, post, "praise")
    change(ground, post, text="upload stuck", revision=2)
    detect(ground)
    assert (made(ground, post).revision, made(ground, post).kind) == (2, "praise")


def test_a_post_called_spam_enters_no_issue_of_a_later_burst(ground: Ground, forum: Told) -> None:
    end = START + timedelta(hours=QUIET_H)
    early = forum.burst(end, posts=2)
    detect(ground)
    judge_post(ground, RUTH, early[0], "spam")
    forum.burst(end + timedelta(minutes=20), posts=10)
    detect(ground)
    assert len(rows(ground, Issue)) == 1
    assert made(ground, early[0]).issue_id is None


def test_an_erased_post_teaches_nothing_any_more(ground: Ground, forum: Told) -> None:
    post = forum.post(VALVES, START + timedelta(hours=QUIET_H))
    detect(ground)
    judge_post(ground, RUTH, post, "not_ours")
    change(ground, post, text="", erased_at=NOON)
    detect(ground)
    with reading(ground.engine) as session:
        assert store_verdicts.said_of_posts(session, forum.product_id) == []


def test_verdicts_on_alerts_are_counted(ground: Ground, forum: Told) -> None:
    forum.burst(START + timedelta(hours=QUIET_H))
    detect(ground)
    with reading(ground.engine) as session:
        before = told_of_alerts(session, forum.product_id, now=NOON)
    assert (before.alerts, before.confirmed, before.dismissed) == (1, 0, 0)
    not_an_issue(ground, RUTH, 1, "our own test")
    with reading(ground.engine) as session:
        after = told_of_alerts(session, forum.product_id, now=NOON)
        assert store_verdicts.dismissed_emergences(session, forum.product_id) == [1]
    assert (after.alerts, after.confirmed, after.dismissed) == (1, 0, 1)


def test_the_word_on_the_whole_counts_for_its_parts(ground: Ground, forum: Told) -> None:
    forum.burst(START + timedelta(hours=QUIET_H))
    detect(ground)
    whole = declare(ground, RUTH, title="Uploads hang", post_ids=[forum.ids[0]])
    not_an_issue(ground, RUTH, 1, "our own test")
    merge(ground, RUTH, 1, into=whole)
    assert dismissed(ground, forum) == []
    not_an_issue(ground, RUTH, whole, "all of it is")
    assert dismissed(ground, forum) == [1]
    unmerge(ground, RUTH, 1)
    assert dismissed(ground, forum) == [1]  # by the word on itself
    wake(ground, RUTH, 1)
    assert dismissed(ground, forum) == []


def dismissed(ground: Ground, place: Told) -> list[int]:
    with reading(ground.engine) as session:
        return list(store_verdicts.dismissed_emergences(session, place.product_id))


def test_no_pass_puts_a_post_called_spam_into_an_issue(ground: Ground, forum: Told) -> None:
    post = forum.post(VALVES, START + timedelta(hours=QUIET_H))
    forum.burst(START + timedelta(hours=QUIET_H + 1))
    detect(ground)
    verdict = judge_post(ground, RUTH, post, "spam")
    with transaction(ground.engine) as session:
        put_into_issue(session, [post], 1)
    assert made(ground, post).issue_id is None
    undo_verdict(ground, RUTH, verdict)
    with transaction(ground.engine) as session:
        put_into_issue(session, [post], 1)
    assert made(ground, post).issue_id == 1
