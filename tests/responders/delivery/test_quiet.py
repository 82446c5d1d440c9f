"""Quiet hours by the clock of a place, over midnight and over the change of the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.delivery.quiet import KEY, after_quiet, quiet_hours, told_quiet

NIGHT = quiet_hours("22:00-07:00", "Europe/Berlin")
LUNCH = quiet_hours("12:00-13:30", "UTC")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "moment", "leaves"),
    [
        (NIGHT, "2026-05-12T12:00", "2026-05-12T12:00"),
        (NIGHT, "2026-05-12T19:59", "2026-05-12T19:59"),
        (NIGHT, "2026-05-12T20:00", "2026-05-13T05:00"),
        (NIGHT, "2026-05-13T04:59", "2026-05-13T05:00"),
        (NIGHT, "2026-05-13T05:00", "2026-05-13T05:00"),
        (NIGHT, "2026-03-28T23:00", "2026-03-29T05:00"),  # the clock goes forward
        (NIGHT, "2026-10-24T23:00", "2026-10-25T06:00"),  # and back
        (LUNCH, "2026-05-12T12:00", "2026-05-12T13:30"),
        (LUNCH, "2026-05-12T13:30", "2026-05-12T13:30"),
    ],
)
def test_what_comes_in_quiet_hours_leaves_after_them(
    quiet: object, moment: str, leaves: str
) -> None:
    assert after_quiet(quiet, at(moment)) == at(leaves)  # type: ignore[arg-type]


def test_where_no_hours_are_quiet_nothing_waits() -> None:
    assert after_quiet(None, at("2026-05-12T23:00")) == at("2026-05-12T23:00")


@given(st.integers(0, 60 * 24 * 366))
def test_the_moment_after_is_never_quiet_and_never_before(minutes: int) -> None:
    moment = at("2026-01-01T00:00") + timedelta(minutes=minutes)
    leaves = after_quiet(NIGHT, moment)
    assert moment <= leaves <= moment + timedelta(hours=10)
    assert after_quiet(NIGHT, leaves) == leaves


def test_a_message_holds_its_quiet_hours_and_what_is_odd_holds_up_nothing() -> None:
    assert told_quiet({KEY: NIGHT.as_json()}) == NIGHT
    for odd in ({}, {KEY: None}, {KEY: "22:00-07:00"}, {KEY: {"hours": "x", "zone": "UTC"}}):
        assert told_quiet(odd) is None
