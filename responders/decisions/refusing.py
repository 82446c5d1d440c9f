"""What an act raises when it is not done, apart so that pure rules may raise it too.

Each says in one line what is so and what can be done now.
"""

from config.errors import PermanentError


class NotAllowed(PermanentError):
    """This person may not, or nobody may as things stand."""


class AlreadyDone(PermanentError):
    """Somebody was first; the message says who, when, and how things stand now."""


class NotFound(PermanentError):
    """There is no such thing."""


class Held(NotAllowed):
    """Somebody else reads it just now; once asked, a person may decide all the same."""
