"""Retention: old posts are erased in bounded steps, evidence of open issues is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from classifiers.retiring import retire_due
from classifiers.tables import Issue, IssueKind, IssueState, Membership
from config.database import transaction
from config.ground import Ground
from listener.tables import Post
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.responders.incidents import Incident, Said, happen


def keeping(ground: Ground, days: float) -> Ground:
    """Return the installation with another setting."""
    listen = ground.settings.listen.model_copy(update={"retention_days": days})
    return replace(ground, settings=ground.settings.model_copy(update={"listen": listen}))


def age(ground: Ground, **by: float) -> None:
    """Let all posts have been written so long ago."""
    with transaction(ground.engine) as session:
        for post in rows(ground, Post):
            post.published_at = NOON - timedelta(**by)
            session.add(post)


def erased(ground: Ground) -> list[bool]:
    return [post.erased_at is not None for post in rows(ground, Post)]


@pytest.mark.parametrize(("days", "expected"), [(0, 0), (30, 2), (32, 0)])
def test_posts_of_a_closed_issue_go_with_their_age(
    ground: Ground, days: float, expected: int
) -> None:
    issue = happen(ground, Incident(said=[Said(), Said(thread="t2")]))
    age(ground, days=31)
    with transaction(ground.engine) as session:
        session.get_one(Issue, issue).state = IssueState.RESOLVED
    here = keeping(ground, days)
    assert [retire_due(here), retire_due(here)] == [expected, 0]
    assert sum(erased(ground)) == expected
    assert len(rows(ground, Membership)) == 2
    assert all(post.author_key for post in rows(ground, Post))


def test_posts_of_an_open_issue_stay_and_those_of_spam_go(ground: Ground) -> None:
    happen(ground, Incident())
    happen(ground, Incident(kind=IssueKind.SPAM))
    age(ground, days=400)
    assert retire_due(keeping(ground, 30)) == 1
    assert erased(ground) == [False, True]


def test_a_post_that_was_not_judged_yet_waits(ground: Ground) -> None:
    happen(ground, Incident(kind=IssueKind.SPAM))
    age(ground, days=400)
    with transaction(ground.engine) as session:
        session.delete(session.get_one(Membership, 1))
    assert retire_due(keeping(ground, 30)) == 0


def test_a_pass_takes_no_more_than_it_may(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    happen(ground, Incident(kind=IssueKind.SPAM, said=[Said() for _ in range(5)]))
    age(ground, days=400)
    monkeypatch.setattr("classifiers.retiring.AT_ONCE", 2)
    here = keeping(ground, 30)
    assert [retire_due(here) for _ in range(4)] == [2, 2, 1, 0]
