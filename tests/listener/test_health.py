"""Each kind of trouble becomes the state that an operator reads."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from config.errors import PermanentError, SettingsError, TransientError
from config.http_client import (
    BadRedirect,
    CutShort,
    Garbled,
    RefusedAddress,
    TimedOut,
    TooLarge,
    Unreachable,
    Untrusted,
)
from listener.diagnoses import DiagnosedError, QuotaUsedError
from listener.health import (
    GAP,
    SILENT,
    SLOW,
    Diagnosis,
    Standing,
    diagnose,
    silence,
    spell_of,
    standing,
    told_as,
)
from listener.tables import SourceState
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (RefusedAddress("private"), SourceState.REFUSED),
        (TooLarge("big"), SourceState.TOO_LARGE),
        (TimedOut("slow"), SourceState.TIMED_OUT),
        (Unreachable("down"), SourceState.UNREACHABLE),
        (CutShort("half"), SourceState.UNREACHABLE),
        (TransientError("busy"), SourceState.UNREACHABLE),
        (BadRedirect("circle"), SourceState.FAILING),
        (Untrusted("expired"), SourceState.FAILING),
        (Garbled("noise"), SourceState.FAILING),
        (PermanentError("no"), SourceState.FAILING),
        (SettingsError("no credential"), SourceState.FAILING),
    ],
)
def test_our_own_errors_keep_their_words(error: Exception, state: SourceState) -> None:
    assert diagnose(error) == Diagnosis(state, str(error))


@pytest.mark.parametrize("state", list(SourceState))
def test_what_a_source_diagnosed_itself_stands(state: SourceState) -> None:
    error = DiagnosedError(state, "it says so", retry_after_s=7.0)

    assert diagnose(error) == Diagnosis(state, "it says so", 7.0)


def test_a_quota_is_told_from_a_host_that_asks_for_silence() -> None:
    used_up = QuotaUsedError(SourceState.RATE_LIMITED, "no more", retry_after_s=7.0)
    busy = DiagnosedError(SourceState.RATE_LIMITED, "no more", retry_after_s=7.0)

    assert diagnose(used_up).of_quota
    assert not diagnose(busy).of_quota


def test_what_a_host_asked_for_is_passed_on() -> None:
    assert diagnose(TransientError("busy", retry_after_s=30.0)).retry_after_s == 30.0


def test_an_error_nobody_foresaw_tells_its_kind_and_nothing_of_its_text() -> None:
    found = diagnose(KeyError("somebody's password"))

    assert found.state is SourceState.FAILING
    assert "KeyError" in found.reason
    assert "password" not in found.reason


@pytest.mark.parametrize("state", [*SourceState, SILENT, GAP, SLOW])
def test_every_state_that_is_not_well_has_its_remedy(state: str) -> None:
    well = {SourceState.NEW, SourceState.OK}
    assert (Standing(str(state)).remedy is None) is (state in well)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (SourceState.TIMED_OUT, "is timed out"),
        (SourceState.NEEDS_LOGIN, "needs a log-in"),
        (GAP, "has a gap"),
        (SILENT, "is silent"),
    ],
)
def test_each_state_goes_on_a_sentence(state: str, words: str) -> None:
    assert told_as(state) == words


def times(*hours: float) -> list[datetime]:
    return [NOON - timedelta(hours=number) for number in hours]


@pytest.mark.parametrize(
    ("written", "silent"),
    [
        (times(*range(30, 300, 10)), True),
        (times(*range(20, 300, 10)), False),  # a night is no silence
        (times(*range(61, 600, 60)), False),  # its rhythm is of days
        (times(*range(100, 1000, 60)), True),
        (times(*range(80, 600, 10), *range(660, 900, 10)), False),  # a weekend of 60 hours
        (times(*range(110, 600, 10), *range(660, 900, 10)), True),
        (times(*range(200, 209)), False),  # nine posts are no rhythm
        (times(*range(200, 230)), False),  # nor is one day of them
        ([], False),
    ],
)
def test_silence_is_measured_by_the_place_s_own_rhythm(
    written: list[datetime], silent: bool
) -> None:
    since = NOON - timedelta(days=365)
    assert (silence(written, heard_at=NOON, since=since) is not None) is silent


@pytest.mark.parametrize(("hours", "silent"), [(0, None), (24, None), (25, 25)])
def test_what_ended_before_we_listened_is_silent_only_once_we_listened_so_long(
    hours: int, silent: int | None
) -> None:
    old = times(*range(1000, 1300, 10))
    found = silence(old, heard_at=NOON, since=NOON - timedelta(hours=hours))
    assert found == (timedelta(hours=silent) if silent else None)


def test_what_is_wrong_though_it_answers_is_told_the_worst_first() -> None:
    told: dict[str, Any] = {"now": NOON, "quiet": None, "last_gap_at": None, "took_s": 2.0}

    def state(**more: Any) -> str:
        return standing(SourceState.OK, "", **(told | more)).state

    assert state() == "ok"
    assert state(took_s=11.0) == SLOW
    assert state(took_s=11.0, last_gap_at=NOON) == GAP
    assert state(last_gap_at=NOON, quiet=timedelta(days=9)) == SILENT
    assert state(last_gap_at=NOON - timedelta(days=2)) == "ok"
    failing = standing(SourceState.FAILING, "why", **(told | {"last_gap_at": NOON}))
    assert failing == Standing("failing", "why")


@pytest.mark.parametrize(
    ("state", "failing_hours", "told"),
    [
        (SourceState.UNREACHABLE, 5.9, False),
        (SourceState.UNREACHABLE, 6, True),
        (SourceState.NEEDS_LOGIN, 7, True),
        (SourceState.GONE, 0, True),
        (SourceState.OK, 7, False),
        (SourceState.EMPTY, 7, False),
        (SourceState.NEW, 7, False),
        (SLOW, 7, False),
        (SourceState.FAILING, None, False),
    ],
)
def test_a_person_is_told_of_what_fails_for_long(
    state: str, failing_hours: float | None, told: bool
) -> None:
    since = None if failing_hours is None else times(failing_hours)[0]

    found = spell(state, failing_since=since)

    assert found == (since if told else None)


def test_a_silence_began_with_the_last_post() -> None:
    (last,) = times(90)

    assert spell(SILENT, newest_at=last) == last


@pytest.mark.parametrize(
    ("hours", "first"),
    [([3], 3), ([3, 10, 20], 20), ([3, 10, 40], 10), ([20, 3, 26.9, 51], 26.9), ([], None)],
)
def test_gaps_of_a_day_are_one_spell(hours: list[float], first: float | None) -> None:
    assert spell(GAP, gaps=times(*hours)) == (None if first is None else times(first)[0])


def spell(state: str, **more: Any) -> datetime | None:
    known: dict[str, Any] = {"failing_since": None, "newest_at": None, "gaps": ()}
    return spell_of(Standing(str(state)), now=NOON, **(known | more))
