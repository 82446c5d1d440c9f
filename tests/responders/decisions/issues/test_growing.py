"""When an issue that rests is told of again, and when it is left in peace."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.tables import Severity
from config.database import reading, transaction
from config.ground import Ground
from responders.decisions.issues.growing import FAR_LEAST, Stand, far_grown, grown
from responders.decisions.issues.mute import not_an_issue, snooze, wake_due
from responders.oncall.store import unalerted
from responders.oncall.tables import Alert
from tests.conftest import NOON
from tests.responders.decisions.deciding import RUTH, events, issue, later, set_issue
from tests.responders.incidents import Incident, Said, happen, say_more

RANKS = [one.value for one in Severity]
BEFORE = Stand(posts_a_day=5, places=1, severity="minor")


@pytest.mark.parametrize(
    ("now", "how"),
    [
        (Stand(5, 1, "minor"), None),
        (Stand(9, 1, "minor"), None),
        (Stand(0, 0, "cosmetic"), None),
        (Stand(10, 1, "minor"), "10 posts in the last day, 5 before it rested"),
        (Stand(5, 2, "minor"), "it is told in another place, 2 by now"),
        (Stand(5, 4, "minor"), "it is told in more places, 4 by now"),
        (Stand(5, 1, "critical"), "it is critical now, minor before it rested"),
    ],
)
def test_twice_the_posts_a_new_place_or_a_worse_one_is_growth(now: Stand, how: str | None) -> None:
    assert grown(BEFORE, now, ranks=RANKS) == how


def test_from_one_post_to_a_few_is_chance() -> None:
    assert grown(Stand(1, 1, "minor"), Stand(5, 1, "minor"), ranks=RANKS) is None
    assert grown(Stand(0, 1, "minor"), Stand(6, 1, "minor"), ranks=RANKS) is not None


@given(st.integers(0, 99), st.integers(0, 9), st.sampled_from(RANKS))
def test_what_stays_as_it_was_has_not_grown_unless_it_is_loud(
    posts: int, places: int, severity: str
) -> None:
    stand = Stand(posts, places, severity)
    assert Stand.from_json(stand.as_json()) == stand
    still = Stand(min(posts, 5), places, severity)
    assert grown(still, still, ranks=RANKS) is None


@pytest.fixture
def resting(ground: Ground) -> int:
    """An issue that people were told of, and that rests for two days."""
    issue_id = happen(ground, Incident(said=[Said(thread=None)] * 3))
    with transaction(ground.engine) as session:
        row = issue(ground, issue_id)
        session.add(Alert(product_id=row.product_id, issue_id=issue_id, reason="r", raised_at=NOON))
    snooze(later(ground), RUTH, issue_id, NOON + timedelta(days=2))
    return issue_id


def waits(ground: Ground, issue_id: int) -> bool:
    with reading(ground.engine) as session:
        return issue_id in unalerted(session, issue(ground, issue_id).product_id)


def test_an_issue_that_goes_on_as_it_was_rests_on(ground: Ground, resting: int) -> None:
    say_more(ground, resting, Said(thread=None))
    assert wake_due(later(ground, 120)) == 0
    assert issue(ground, resting).flags == ["snoozed"]
    assert not waits(ground, resting)


def test_one_that_doubles_wakes_and_people_are_told_once_more(ground: Ground, resting: int) -> None:
    for _ in range(5):
        say_more(ground, resting, Said(thread=None))
    assert wake_due(later(ground, 120)) == 1
    assert issue(ground, resting).flags == []
    assert "it grew while it rested: 8 posts in the last day" in events(ground, resting)[-1].text
    assert waits(ground, resting)
    assert wake_due(later(ground, 121)) == 0
    assert issue(ground, resting).bursts == 2


def test_one_that_gets_worse_wakes(ground: Ground, resting: int) -> None:
    set_issue(ground, resting, severity=Severity.CRITICAL)
    assert wake_due(later(ground, 120)) == 1
    assert waits(ground, resting)


def test_one_whose_time_is_over_wakes_and_nobody_is_told(ground: Ground, resting: int) -> None:
    assert wake_due(later(ground, 60 * 48)) == 1
    assert issue(ground, resting).flags == []
    assert not waits(ground, resting)


def test_old_posts_that_are_heard_now_wake_nothing(ground: Ground, resting: int) -> None:
    for _ in range(8):
        say_more(ground, resting, Said(thread=None, backfill=True))
    assert wake_due(later(ground, 120)) == 0
    assert issue(ground, resting).flags == ["snoozed"]


@pytest.mark.parametrize(
    ("before", "now", "far"), [(3, 19, False), (3, 30, True), (1, 20, True), (0, 19, False)]
)
def test_only_ten_times_as_much_is_far_more(before: int, now: int, far: bool) -> None:
    how = far_grown(Stand(before, 1, "minor"), Stand(now, 9, "critical"))
    assert (how is not None) is far


@pytest.fixture
def dismissed(ground: Ground) -> int:
    """An issue that people were told of and called none, of three posts."""
    issue_id = happen(ground, Incident(said=[Said(thread=None)] * 3))
    with transaction(ground.engine) as session:
        row = issue(ground, issue_id)
        session.add(Alert(product_id=row.product_id, issue_id=issue_id, reason="r", raised_at=NOON))
    not_an_issue(later(ground), RUTH, issue_id, "our own test")
    return issue_id


def test_what_was_called_no_issue_wakes_only_when_it_is_far_more(
    ground: Ground, dismissed: int
) -> None:
    for _ in range(FAR_LEAST - 2):
        say_more(ground, dismissed, Said(thread=None))
    set_issue(ground, dismissed, severity=Severity.CRITICAL)
    assert wake_due(later(ground, 120)) == 0
    for _ in range(10):
        say_more(ground, dismissed, Said(thread=None))
    assert wake_due(later(ground, 121)) == 1
    assert issue(ground, dismissed).flags == []
    assert events(ground, dismissed)[-1].text == (
        "far more than what was called no issue: 31 posts in the last day, 3 when it was called so"
    )
    assert waits(ground, dismissed)
    assert wake_due(later(ground, 122)) == 0


def test_called_no_issue_again_it_stays_so(ground: Ground, dismissed: int) -> None:
    for _ in range(30):
        say_more(ground, dismissed, Said(thread=None))
    wake_due(later(ground, 120))
    not_an_issue(later(ground, 125), RUTH, dismissed, "still our own test")
    assert wake_due(later(ground, 126)) == 0
    assert issue(ground, dismissed).flags == ["not-an-issue"]
