"""How a source fares, in words with a remedy: pure, so that every state can be shown in a test."""

from dataclasses import dataclass

from config.errors import GroundswellError, TransientError
from config.http_client import RefusedAddress, TimedOut, TooLarge
from listener.diagnoses import DiagnosedError
from listener.parsing import ParseTimeoutError
from listener.tables import SourceState


@dataclass(frozen=True)
class Diagnosis:
    """Why the last look brought nothing."""

    state: SourceState
    reason: str
    retry_after_s: float | None = None


_STATES: tuple[tuple[type[Exception], SourceState], ...] = (
    (RefusedAddress, SourceState.REFUSED),
    (TooLarge, SourceState.TOO_LARGE),
    (ParseTimeoutError, SourceState.TOO_LARGE),
    (TimedOut, SourceState.TIMED_OUT),
    (TransientError, SourceState.UNREACHABLE),
    (GroundswellError, SourceState.FAILING),
)


def diagnose(error: Exception) -> Diagnosis:
    """Name the state that an error means; the house's own messages already hold the remedy."""
    if isinstance(error, DiagnosedError):
        return Diagnosis(error.state, str(error), error.retry_after_s)
    for kind, state in _STATES:
        if isinstance(error, kind):
            return Diagnosis(state, str(error), getattr(error, "retry_after_s", None))
    return Diagnosis(
        SourceState.FAILING, f"{type(error).__name__} while reading it; the log has the details"
    )
