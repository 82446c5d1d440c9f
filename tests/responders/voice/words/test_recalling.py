"""A follow-up keeps its word, and says so when it comes late."""

from datetime import UTC, datetime, timedelta

import pytest

from responders.voice.words.recalling import Before, Opening, opening

TOLD = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
DUE = TOLD + timedelta(hours=4)


@pytest.mark.parametrize(
    ("promised", "broken", "hours", "begins"),
    [
        (DUE, (), 1, "promised"),
        (DUE, (), 4, "promised"),
        (DUE, (DUE,), 5, "late"),
        (DUE, (), 5, "plain"),
        (DUE, (DUE + timedelta(hours=1),), 6, "plain"),
        (None, (), 1, "plain"),
    ],
)
def test_it_begins_as_the_promise_stands(
    promised: datetime | None, broken: tuple[datetime, ...], hours: int, begins: Opening
) -> None:
    now = TOLD + timedelta(hours=hours)
    assert opening(Before(TOLD, promised), broken=broken, now=now) == begins


def test_where_nothing_stands_nothing_is_recalled() -> None:
    assert opening(None, broken=(DUE,), now=DUE) == "plain"
