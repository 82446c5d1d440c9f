"""How fast people were heard, over many issues."""

from datetime import timedelta

from responders.voice.ledger.clocks import Clocks
from responders.voice.ledger.speed import ALL, speeds
from tests.conftest import NOON


def clocks(hours: float | None) -> Clocks:
    at = None if hours is None else NOON + timedelta(hours=hours)
    return Clocks(began_at=NOON, acknowledged_at=at)


def test_the_middle_counts_and_a_running_clock_is_only_counted() -> None:
    found = speeds([("major", clocks(h)) for h in (1, 2, 90, None)] + [("minor", clocks(None))])
    assert list(found) == [ALL, "major", "minor"]
    assert (found[ALL].issues, found[ALL].acknowledged) == (5, 3)
    assert found["major"].acknowledged_s == 7200.0
    assert found["minor"].acknowledged_s is None


def test_of_no_issue_there_is_no_middle() -> None:
    found = speeds([])
    assert list(found) == [ALL]
    assert (found[ALL].issues, found[ALL].acted_s) == (0, None)
