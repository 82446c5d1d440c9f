"""What is a silence, and what is none."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.voice.ledger.promises import Periods
from responders.voice.ledger.silence import Gap, Heard, gap
from tests.conftest import NOON

LONGEST = Periods(critical_h=1, major_h=4, minor_h=24, cosmetic_h=168)
HEARD = Heard(
    severity="major", is_new=True, known_since=NOON, posts=5, last_word_at=None, promised=False
)


def found(hours: float, **values: Any) -> Gap | None:
    return gap(
        replace(HEARD, **values), now=NOON + timedelta(hours=hours), least_posts=3, longest=LONGEST
    )


def test_a_grave_issue_that_nobody_speaks_of_is_one_from_its_time_on() -> None:
    assert found(3.99) is None
    assert found(4) == Gap(
        NOON, "5 posts, and no public word yet, since 2026-05-12 12:00 UTC (major: 4 h at most)"
    )


@pytest.mark.parametrize(
    "values",
    [
        {"severity": "minor"},  # nobody said yet that it is ours
        {"posts": 2},
        {"promised": True},
        {"last_word_at": NOON + timedelta(hours=90)},
        {"known_since": NOON + timedelta(hours=90)},
    ],
)
def test_what_is_no_silence(values: dict[str, Any]) -> None:
    assert found(92, **values) is None


def test_a_smaller_one_is_one_once_a_person_said_how_far_we_are() -> None:
    assert found(23.9, severity="minor", is_new=False) is None
    assert found(24, severity="minor", is_new=False) is not None


def test_it_begins_anew_with_each_word() -> None:
    said = NOON + timedelta(hours=2)
    silence = found(6, last_word_at=said)
    assert silence is not None
    assert silence.since == said
    assert "nothing was said in public since 2026-05-12 14:00 UTC" in silence.reason
    assert found(5.9, last_word_at=said) is None


@given(
    hours=st.floats(0, 400),
    more=st.floats(0, 100),
    posts=st.integers(0, 9),
    severity=st.sampled_from(["critical", "major", "minor", "cosmetic"]),
    is_new=st.booleans(),
)
def test_a_silence_stays_one_while_nothing_is_said_and_keeps_its_beginning(
    hours: float, more: float, posts: int, severity: str, is_new: bool
) -> None:
    given_ = {"posts": posts, "severity": severity, "is_new": is_new}
    early, late = found(hours, **given_), found(hours + more, **given_)
    assert early is None or late == early
