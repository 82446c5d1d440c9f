from datetime import datetime, timedelta

import pytest

from responders.page.heartbeat import LATE, looks_with, public_name, state_of
from tests.conftest import NOON

MINUTE = timedelta(minutes=1)


def _state(
    state: str = "ok",
    heard: datetime | None = NOON - MINUTE,
    due: datetime | None = NOON + MINUTE,
    written: datetime | None = NOON - MINUTE,
) -> str:
    return state_of(state, heard_at=heard, next_due_at=due, written_at=written, now=NOON)


def test_a_place_where_people_write_is_heard() -> None:
    assert _state() == "heard"


def test_a_place_where_nobody_writes_is_quiet() -> None:
    assert _state(written=None) == "quiet"
    assert _state(state="empty", written=None) == "quiet"
    assert _state(written=NOON - timedelta(hours=25)) == "quiet"


@pytest.mark.parametrize("state", ["unreachable", "forbidden", "challenge", "a later word"])
def test_a_place_that_does_not_answer_is_silent(state: str) -> None:
    assert _state(state=state) == "silent"


def test_a_place_nobody_looks_at_any_more_is_silent_whatever_it_answered() -> None:
    assert _state(due=NOON - LATE - MINUTE) == "silent"
    assert _state(due=NOON - LATE) == "heard"


def test_a_place_not_looked_at_yet_is_neither() -> None:
    assert _state(state="new", heard=None) == "new"


def test_the_looks_of_the_last_hour_are_kept_once_each() -> None:
    old, known = NOON - timedelta(minutes=61), NOON - 5 * MINUTE
    assert looks_with([old, known], NOON - MINUTE, now=NOON) == [known, NOON - MINUTE]
    assert looks_with([known], known, now=NOON) == [known]
    assert looks_with([], None, now=NOON) == []


def test_of_an_address_only_the_host_is_public() -> None:
    assert public_name("https://forum.example/feed?key=1") == "forum.example"
    assert public_name("https://[broken/feed") == "a place"
    assert public_name("Tarnway\u202e Community") == "Tarnway Community"
