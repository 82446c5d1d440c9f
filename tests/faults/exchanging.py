"""Exchanges a name of our code in a process that ends soon, and never silently does nothing."""

from typing import Any


def exchange(owner: Any, name: str, value: object) -> None:
    """Put something else in its place, for the rest of this process's life.

    Raises:
        AttributeError: there is no such name any more, so the exchange would be for nothing.
    """
    if not hasattr(owner, name):
        raise AttributeError(f"{owner} has no {name} any more")
    setattr(owner, name, value)
