"""How an issue stands in one word, for those who hear of it by messages alone.

Pure. A flag by which a person closed it says more than its state; a part of another issue has no
standing of its own.
"""

from collections.abc import Collection

CLOSING = ("not-an-issue", "muted")
"""The flags that tell people to leave it alone; one that only rests for a while is none of them."""


def standing(state: str, flags: Collection[str], part_of: str | None) -> str:
    """Return the word: ``part of GS-3``, ``not an issue``, ``muted``, else the state."""
    if part_of is not None:
        return f"part of {part_of}"
    closed = next((flag for flag in CLOSING if flag in flags), None)
    return (closed or state).replace("-", " ")


def changed_line(name: str, before: str, now: str) -> str:
    """Say what changed: ``GS-3 resolved now, was monitoring``."""
    return f"{name} {now} now, was {before}"
