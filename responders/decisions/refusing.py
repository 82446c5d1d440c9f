"""What an act raises when it is not done, apart so that pure rules may raise it too.

Each says in one line what is so and what can be done now.
"""

from config.errors import PermanentError


class NotAllowed(PermanentError):
    """This person may not, or nobody may as things stand."""


class NotValid(NotAllowed):
    """Nobody may, because of the words or the time as given; others will do."""


class AlreadyDone(PermanentError):
    """Somebody was first; the message says who, when, and how things stand now."""


class NotFound(PermanentError):
    """There is no such thing."""


class Blocked(NotAllowed):
    """The rules block what a text says; with a reason a person may let it pass all the same."""

    def __init__(self, about: str, remedy: str) -> None:
        super().__init__(f"{about} {remedy}")
        self.about = about
        """What is blocked and what is better, without what may be done: each face says its own."""


class Held(NotAllowed):
    """Somebody else reads it just now; once asked, a person may decide all the same."""
