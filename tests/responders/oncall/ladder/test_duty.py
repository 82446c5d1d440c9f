from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.oncall.ladder.duty import (
    Duty,
    Rota,
    Shift,
    Swapped,
    begun_within,
    first_open_day,
    gaps,
    next_duty,
    on_call,
    overlaps,
    timeline,
)

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 3, 2)


def shift(
    hours: str,
    *people: str,
    name: str = "",
    zone: str = BERLIN,
    turn_days: int = 7,
    days: Sequence[int] = range(7),
) -> Shift:
    begins, ends = (time.fromisoformat(one) for one in hours.split("-"))
    return Shift(
        name=name or hours,
        people=people,
        begins=begins,
        ends=ends,
        zone=zone,
        since=MONDAY,
        turn_days=turn_days,
        days=frozenset(days),
    )


def local(day: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def who(rota: Rota, day: str, zone: str = BERLIN) -> str | None:
    duty = on_call(rota, local(day, zone))
    return duty.person if duty else None


WEEKLY = Rota([shift("09:00-09:00", "ruth", "tom")])
HALVES = Rota([shift("08:00-20:00", "ruth"), shift("20:00-08:00", "tom")])


def test_people_take_turns_by_the_week() -> None:
    assert [who(WEEKLY, f"2026-03-{day:02} 10:00") for day in (2, 8, 9, 15, 16)] == [
        "ruth", "ruth", "tom", "tom", "ruth",
    ]  # fmt: skip
    assert who(WEEKLY, "2026-03-09 08:59") == "ruth"
    assert who(WEEKLY, "2026-03-09 09:00") == "tom"


def test_a_turn_before_the_first_day_is_counted_backwards() -> None:
    assert who(WEEKLY, "2026-02-27 10:00") == "tom"


def test_a_duty_is_told_from_its_beginning_to_its_end() -> None:
    duty = on_call(WEEKLY, local("2026-03-05 12:00"))
    assert duty == Duty("ruth", "09:00-09:00", local("2026-03-02 09:00"), local("2026-03-09 09:00"))
    after = next_duty(WEEKLY, local("2026-03-05 12:00"))
    assert after is not None
    assert (after.person, after.begins_at) == ("tom", local("2026-03-09 09:00"))


def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    friday = Rota([shift("22:00-06:00", "ruth", days=[4])])
    assert who(friday, "2026-03-07 05:59") == "ruth"
    assert who(friday, "2026-03-07 22:30") is None


def test_outside_all_shifts_nobody_is_on_call() -> None:
    office = Rota([shift("09:00-17:00", "ruth", days=range(5))])
    assert who(office, "2026-03-06 16:59") == "ruth"
    assert who(office, "2026-03-06 17:00") is None
    ahead = next_duty(office, local("2026-03-06 18:00"))
    assert ahead is not None
    assert ahead.begins_at == local("2026-03-09 09:00")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 11), ("2026-10-25", 13)])
def test_on_a_day_when_the_clock_changes_a_shift_begins_and_ends_by_the_clock(
    day: str, hours: int
) -> None:
    night = Rota([shift("20:00-08:00", "tom")])
    duty = on_call(night, local(f"{day} 04:00"))
    assert duty is not None
    assert duty.ends_at == local(f"{day} 08:00")
    assert duty.ends_at - duty.begins_at == hours * HOUR


@pytest.mark.parametrize("at", ["02:30", "02:00", "03:00", "01:30"])
@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_shifts_that_meet_when_the_clock_changes_leave_neither_gap_nor_overlap(
    at: str, day: str
) -> None:
    rota = Rota([shift(f"14:00-{at}", "ruth"), shift(f"{at}-14:00", "tom")])
    midday = local(f"{day} 12:00")
    assert gaps(rota, midday - 2 * DAY) == []
    assert overlaps(rota, midday - 2 * DAY) == []


def test_a_swapped_day_is_somebody_elses() -> None:
    swap = Swapped(date(2026, 3, 4), date(2026, 3, 5), "uma")
    rota = Rota(WEEKLY.shifts, [swap])
    assert who(rota, "2026-03-04 08:59") == "ruth"
    assert [who(rota, f"2026-03-{day:02} 09:00") for day in (4, 5, 6)] == ["uma", "uma", "ruth"]


def test_the_newest_swap_of_a_day_holds_and_only_for_its_shift() -> None:
    day = date(2026, 3, 4)
    swaps = [Swapped(day, day, "uma"), Swapped(day, day, "vic", "08:00-20:00")]
    rota = Rota(HALVES.shifts, swaps)
    assert who(rota, "2026-03-04 12:00") == "vic"
    assert who(rota, "2026-03-04 23:00") == "uma"


def test_two_shifts_of_one_zone_at_one_time_are_found_with_their_first_time() -> None:
    rota = Rota([shift("08:00-20:00", "ruth"), shift("19:00-08:00", "tom")])
    (found,) = overlaps(rota, local("2026-03-02 12:00"))
    assert found.same_zone
    assert found.second.begins_at == local("2026-03-02 19:00")


def test_of_two_who_overlap_the_one_on_call_stays_until_the_shift_ends() -> None:
    rota = Rota([shift("19:00-08:00", "tom"), shift("08:00-20:00", "ruth")])
    assert who(rota, "2026-03-03 19:30") == "ruth"
    assert who(rota, "2026-03-03 20:00") == "tom"


def test_two_zones_whose_clocks_change_on_other_days_overlap_then_and_that_is_told_apart() -> None:
    rota = Rota([shift("08:00-20:00", "ruth"), shift("14:00-02:00", "nell", zone=NEW_YORK)])
    assert [one.same_zone for one in overlaps(rota, local("2026-01-10 12:00"))] == [False]


def test_a_gap_is_told_from_when_until_when() -> None:
    rota = Rota([shift("08:00-20:00", "ruth")])
    first = gaps(rota, local("2026-03-02 12:00"))[0]
    assert first == (local("2026-03-02 20:00"), local("2026-03-03 08:00"))
    assert gaps(HALVES, local("2026-03-02 12:00")) == []


def test_a_shift_that_began_yesterday_is_no_gap() -> None:
    assert gaps(HALVES, local("2026-03-03 03:00")) == []


def test_a_roster_that_begins_later_is_a_gap_until_then() -> None:
    office = Rota([shift("09:00-17:00", "ruth")])
    early = local("2026-03-02 03:00")
    assert gaps(office, early)[0] == (early, local("2026-03-02 09:00"))


def test_a_roster_of_one_who_is_always_on_call_has_no_end_in_sight() -> None:
    alone = Rota([shift("00:00-00:00", "ruth")])
    duty = on_call(alone, local("2026-03-05 12:00"))
    assert duty is not None
    assert duty.ends_at - duty.begins_at > 60 * DAY
    assert next_duty(alone, local("2026-03-05 12:00")) is None


def test_an_empty_roster_has_nobody() -> None:
    assert on_call(Rota([]), local("2026-03-05 12:00")) is None
    assert gaps(Rota([]), local("2026-03-05 12:00")) == []


minutes = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
shifts = st.builds(
    Shift,
    name=st.sampled_from(["a", "b", "c"]),
    people=st.lists(st.sampled_from(["ruth", "tom", "uma"]), min_size=1, max_size=3),
    begins=minutes,
    ends=minutes,
    zone=st.sampled_from([BERLIN, NEW_YORK, "Australia/Lord_Howe", "UTC"]),
    since=st.just(MONDAY),
    turn_days=st.integers(1, 9),
    days=st.frozensets(st.integers(0, 6), min_size=1),
)
rotas = st.lists(shifts, max_size=3, unique_by=lambda one: one.name).map(Rota)
moments = st.integers(0, 365 * 24 * 4).map(
    lambda quarters: datetime(2026, 1, 1, tzinfo=UTC) + quarters * timedelta(minutes=15)
)


@given(rotas, moments)
def test_duties_follow_one_another_and_never_overlap(rota: Rota, at: datetime) -> None:
    found = timeline(rota, at, at + 20 * DAY)
    assert all(one.begins_at < one.ends_at for one in found)
    assert all(one.ends_at <= two.begins_at for one, two in pairwise(found))
    assert all(
        one.ends_at < two.begins_at or one.person != two.person for one, two in pairwise(found)
    )


@given(rotas, moments)
def test_who_is_on_call_does_not_depend_on_when_one_asks(rota: Rota, at: datetime) -> None:
    duty = on_call(rota, at)
    if duty is not None and duty.ends_at - at < 10 * DAY:
        before_end = on_call(rota, duty.ends_at - timedelta(seconds=1))
        assert before_end is not None
        assert (before_end.person, before_end.ends_at) == (duty.person, duty.ends_at)


@given(shifts, moments)
def test_every_shift_begins_and_ends_by_the_clock_of_its_zone(one: Shift, at: datetime) -> None:
    zone = ZoneInfo(one.zone)
    for duty in timeline(Rota([one]), at, at + 3 * DAY):
        begins = duty.begins_at.astimezone(zone).time().replace(tzinfo=None)
        skipped = one.begins.replace(tzinfo=None) != begins
        assert not skipped or _is_left_out(duty.begins_at, one)


def _is_left_out(begins_at: datetime, one: Shift) -> bool:
    """Tell whether the clock leaves a shift's beginning out on that day."""
    day = begins_at.astimezone(ZoneInfo(one.zone)).date()
    wall = datetime.combine(day, one.begins, tzinfo=ZoneInfo(one.zone))
    return wall.astimezone(UTC).astimezone(ZoneInfo(one.zone)).time() != one.begins


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (local("2026-03-04 12:00"), 4),
        (local("2026-03-04 05:59"), 3),  # the night of the third still runs
        (local("2026-03-04 06:00"), 4),
        (local("2026-03-04 23:00"), 4),
    ],
)
def test_a_day_is_open_as_long_as_a_shift_of_it_runs(now: datetime, day: int) -> None:
    nights = Rota([shift("22:00-06:00", "ruth")])
    assert first_open_day(nights, now) == date(2026, 3, day)


def test_of_two_zones_the_earlier_day_is_open() -> None:
    both = Rota([shift("08:00-20:00", "ruth"), shift("08:00-20:00", "nell", zone=NEW_YORK)])
    assert first_open_day(both, local("2026-03-05 03:00")) == date(2026, 3, 4)
    assert first_open_day(Rota([]), local("2026-03-05 03:00")) == date(2026, 3, 5)


def test_what_begins_on_a_day_is_told_by_the_clock_of_each_shift() -> None:
    both = Rota([
        shift("08:00-20:00", "ruth", name="Berlin"),
        shift("20:00-08:00", "nell", name="New York", zone=NEW_YORK, days=[2]),
    ])  # fmt: skip
    day = date(2026, 3, 4)
    found = [(one.shift, one.begins_at, zone) for one, zone in begun_within(both, day, day)]
    assert found == [
        ("Berlin", local("2026-03-04 08:00"), BERLIN),
        ("New York", local("2026-03-04 20:00", NEW_YORK), NEW_YORK),
    ]
    assert begun_within(both, day + DAY, day + DAY, "New York") == []
