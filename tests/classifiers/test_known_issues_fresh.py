"""Posts in other words join an issue while its burst goes on."""

from datetime import timedelta

import pytest

from classifiers.known import store_known
from config.database import reading
from config.ground import Ground
from tests.classifiers.telling import Told, detect, of_issue, only_issue


@pytest.mark.parametrize("together", [True, False])
def test_reports_heard_with_the_alert_or_after_it_all_join_it(
    ground: Ground, forum: Told, together: bool
) -> None:
    start = forum.talk()
    reports = set(forum.burst(start, posts=6))
    if not together:
        detect(ground)
    reports |= set(forum.burst(start + timedelta(minutes=30), posts=2))
    other = forum.post("how do i share a folder with my team", start + timedelta(minutes=40))
    detect(ground)

    found = only_issue(ground).id or 0
    assert of_issue(ground, found) == reports
    assert other not in of_issue(ground, found)
    with reading(ground.engine) as session:
        own = set(store_known.own_posts(session, found))
    assert own < reports, "some join by likeness alone, and stay evidence of anything else"
