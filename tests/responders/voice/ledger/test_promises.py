"""When the next word is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from responders.voice.ledger.promises import (
    Periods,
    left_time,
    next_update_by,
    reminder_at,
    rounded_up,
    told_time,
)

unhurried = settings(deadline=None)  # a busy machine is no reason to fail

PERIODS = Periods(critical_h=1.0, major_h=4.0, minor_h=24.0, cosmetic_h=168.0)
TUESDAY = datetime(2026, 5, 12, 12, 7, tzinfo=UTC)
MOMENTS = st.datetimes(
    datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001 - bounds
)  # fmt: skip
SEVERITIES = st.sampled_from(["critical", "major", "minor", "cosmetic", "unheard-of"])


@pytest.mark.parametrize(
    ("severity", "due"),
    [
        ("critical", "2026-05-12T13:15"),
        ("major", "2026-05-12T16:30"),
        ("minor", "2026-05-13T13:00"),
        ("cosmetic", "2026-05-19T13:00"),
        ("unheard-of", "2026-05-13T13:00"),
    ],
)
def test_the_next_word_is_due_at_a_time_people_can_remember(severity: str, due: str) -> None:
    assert next_update_by(severity, TUESDAY, PERIODS).isoformat().startswith(due)


def test_a_promise_of_a_day_is_not_made_for_a_weekend() -> None:
    friday = TUESDAY + timedelta(days=3)
    assert f"{next_update_by('minor', friday, PERIODS):%A %H:%M}" == "Monday 13:00"
    assert next_update_by("minor", friday + timedelta(days=1), PERIODS).weekday() == 1


def test_an_urgent_promise_is_made_for_a_weekend_too() -> None:
    saturday = TUESDAY + timedelta(days=4)
    assert next_update_by("critical", saturday, PERIODS) < saturday + timedelta(hours=2)


@unhurried
@given(now=MOMENTS, severity=SEVERITIES)
def test_a_promise_is_never_sooner_than_its_period_and_falls_on_a_full_quarter(
    now: datetime, severity: str
) -> None:
    due = next_update_by(severity, now, PERIODS)
    assert due >= now + PERIODS.of(severity)
    assert (due.minute % 15, due.second, due.microsecond) == (0, 0, 0)
    assert due <= now + PERIODS.of(severity) + timedelta(days=2, hours=1)


@unhurried
@given(now=MOMENTS, later_s=st.integers(0, 600_000), severity=SEVERITIES)
def test_who_reports_later_is_not_promised_an_earlier_word(
    now: datetime, later_s: int, severity: str
) -> None:
    later = now + timedelta(seconds=later_s)
    assert next_update_by(severity, later, PERIODS) >= next_update_by(severity, now, PERIODS)


def test_a_time_on_the_step_stays() -> None:
    noon = datetime(2026, 5, 12, 12, tzinfo=UTC)
    assert rounded_up(noon, minutes=15) == noon
    assert rounded_up(noon + timedelta(microseconds=1), minutes=60).hour == 13


@pytest.mark.parametrize(
    ("hours", "words"), [(6, "18:00 UTC"), (21, "09:00 UTC on Wednesday 13 May")]
)
def test_a_time_is_told_with_its_zone_and_with_its_day_where_it_is_another(
    hours: int, words: str
) -> None:
    noon = datetime(2026, 5, 12, 12, tzinfo=UTC)
    assert told_time(noon + timedelta(hours=hours), now=noon) == words


def test_people_are_reminded_after_three_quarters() -> None:
    made = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
    assert reminder_at(made, made + timedelta(hours=4)) == made + timedelta(hours=3)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "in 0 min"), (-5, "in 0 min"), (59, "in 59 min"), (60, "in 1 h"), (125, "in 2 h 5 min"),
     (60 * 47, "in 47 h"), (60 * 72, "in 3 days")],
)  # fmt: skip
def test_the_time_left_is_said_in_words(minutes: int, words: str) -> None:
    now = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
    assert left_time(now + timedelta(minutes=minutes), now=now) == words
