"""Each kind of trouble becomes the state that an operator reads."""

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
from listener.diagnoses import DiagnosedError
from listener.health import Diagnosis, diagnose
from listener.tables import SourceState


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


def test_what_a_host_asked_for_is_passed_on() -> None:
    assert diagnose(TransientError("busy", retry_after_s=30.0)).retry_after_s == 30.0


def test_an_error_nobody_foresaw_tells_its_kind_and_nothing_of_its_text() -> None:
    found = diagnose(KeyError("somebody's password"))

    assert found.state is SourceState.FAILING
    assert "KeyError" in found.reason
    assert "password" not in found.reason
