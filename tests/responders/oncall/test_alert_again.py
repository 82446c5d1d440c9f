"""An alert for each burst: an open issue that was quiet and bursts again is told of again."""

import pytest
from sqlmodel import select

from classifiers.tables import Issue, IssueKind
from config.database import reading, transaction
from config.ground import Ground
from responders.delivery.tables import Delivery
from responders.oncall.alert import alert_due
from responders.oncall.tables import Alert
from tests.responders.incidents import Incident, happen


def burst_again(ground: Ground, issue_id: int) -> None:
    """Let the issue burst once more, as the classifiers note it."""
    with transaction(ground.engine) as session:
        issue = session.get_one(Issue, issue_id)
        issue.bursts += 1
        issue.reason = "9 posts by 9 people within 1 h; usual: none"
        session.add(issue)


def alerts(ground: Ground) -> list[tuple[int, str]]:
    with reading(ground.engine) as session:
        return [(row.revision, row.reason) for row in session.exec(select(Alert)).all()]


def test_a_second_burst_is_alerted_once_under_a_key_of_its_own(ground: Ground) -> None:
    issue = happen(ground, Incident(reason="first"))
    assert alert_due(ground) == 1
    burst_again(ground, issue)

    assert [alert_due(ground) for _ in range(3)] == [1, 0, 0]

    assert alerts(ground) == [(1, "first"), (2, "9 posts by 9 people within 1 h; usual: none")]
    with reading(ground.engine) as session:
        keys = [row.key for row in session.exec(select(Delivery).order_by(Delivery.key)).all()]
    assert keys == [f"terminal|{issue}|alert|1", f"terminal|{issue}|alert|2"]


def test_bursts_before_anybody_could_be_told_are_one_alert(ground: Ground) -> None:
    issue = happen(ground, Incident())
    burst_again(ground, issue)

    assert [alert_due(ground) for _ in range(2)] == [1, 0]
    assert [revision for revision, _ in alerts(ground)] == [2]


@pytest.mark.parametrize("flag", ["muted", "snoozed", "not-an-issue"])
def test_a_burst_of_a_hushed_issue_alerts_nobody(ground: Ground, flag: str) -> None:
    issue = happen(ground, Incident())
    alert_due(ground)
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, issue)
        row.flags = [flag]
        session.add(row)
    burst_again(ground, issue)

    assert alert_due(ground) == 0


def test_an_issue_that_a_person_declared_is_alerted_once(ground: Ground) -> None:
    happen(ground, Incident())

    assert [alert_due(ground) for _ in range(2)] == [1, 0]


def test_a_burst_of_spam_alerts_nobody(ground: Ground) -> None:
    issue = happen(ground, Incident(kind=IssueKind.SPAM, alerted=False))
    burst_again(ground, issue)

    assert alert_due(ground) == 0
