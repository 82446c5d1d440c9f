"""Say what came instead of posts, with a remedy, so that no source dies silently."""

from config.errors import PermanentError
from listener.tables import SourceState


class DiagnosedError(PermanentError):
    """The answer is not what the source should give; the state names what it is."""

    def __init__(
        self, state: SourceState, message: str, *, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.state = state
        self.retry_after_s = retry_after_s


class QuotaUsedError(DiagnosedError):
    """The quota of a credential is used up; others may still ask the host in another name."""


def is_of_one(error: Exception) -> bool:
    """Tell whether a refusal may be about the one thing asked for; others may still be asked for.

    What tells of our pace, or asks us to wait, is about them all.
    """
    return (
        isinstance(error, DiagnosedError)
        and error.state is not SourceState.RATE_LIMITED
        and error.retry_after_s is None
    )
