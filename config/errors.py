"""The errors people and passes can act on, apart so that every floor raises the same few.

    GroundswellError
    ├── SettingsError      the operator's settings are wrong; the message names key, place, remedy
    ├── TransientError     try again, not before ``retry_after_s``
    └── PermanentError     trying again will not help; tell a person

Plug-ins translate a library's errors into these once, ``from`` the cause. The command line prints
the message of any GroundswellError as one line and leaves with ``exit_code``.
"""


class GroundswellError(Exception):
    """Something went wrong that a person can be told about in one line."""

    exit_code = 1


class SettingsError(GroundswellError):
    """The settings or the command's words are wrong."""

    exit_code = 2


class TransientError(GroundswellError):
    """The same call may go through later."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class PermanentError(GroundswellError):
    """The same call will not go through until somebody changes something."""
