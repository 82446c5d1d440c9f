"""When a waiting draft needs another text."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from responders.voice.freshness import Proposed, is_ahead, why_renew

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
FOUR = NOON + timedelta(hours=4)
OURS = Proposed(phase="investigating", link=True, due=FOUR, edited_by="")
THEIRS = replace(OURS, edited_by="Ruth")


@pytest.mark.parametrize(
    ("proposed", "phase", "due", "why"),
    [
        (OURS, "investigating", FOUR, None),
        (OURS, "identified", FOUR, "the issue is identified now"),
        (OURS, "resolved", None, "the issue is resolved now"),
        (OURS, "investigating", FOUR + timedelta(hours=1), "the next word comes at another time"),
        (replace(OURS, link=False), "investigating", FOUR, "the entry was published"),
        (THEIRS, "investigating", FOUR + timedelta(hours=1), None),
        (replace(THEIRS, link=False), "investigating", FOUR, None),
        (THEIRS, "identified", FOUR, "the issue is identified now"),
        (replace(THEIRS, due=NOON), "investigating", FOUR, "the time it promised has passed"),
        (replace(THEIRS, due=None), "investigating", FOUR, None),
    ],
)
def test_ours_are_kept_fresh_and_a_person_s_only_kept_true(
    proposed: Proposed, phase: str, due: datetime | None, why: str | None
) -> None:
    assert why_renew(proposed, phase=phase, due=due, now=NOON) == why


def test_a_promise_must_lie_half_an_hour_ahead() -> None:
    assert is_ahead(NOON + timedelta(minutes=30), now=NOON)
    assert not is_ahead(NOON + timedelta(minutes=29), now=NOON)
    assert not is_ahead(None, now=NOON)
