"""Exchanges a name of our code, and never silently does nothing.

In a process that ends soon an exchange is for the rest of its life. ``undone`` puts back whatever
was exchanged within a block, for the mutants that the test's own process meets.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_exchanged: list[tuple[Any, str, object]] = []


def exchange(owner: Any, name: str, value: object) -> None:
    """Put something else in its place.

    Raises:
        AttributeError: there is no such name any more, so the exchange would be for nothing.
    """
    if not hasattr(owner, name):
        raise AttributeError(f"{owner} has no {name} any more")
    _exchanged.append((owner, name, getattr(owner, name)))
    setattr(owner, name, value)


@contextmanager
def undone() -> Iterator[None]:
    """Put back at the end of the block what is exchanged within."""
    before = len(_exchanged)
    try:
        yield
    finally:
        while len(_exchanged) > before:
            owner, name, value = _exchanged.pop()
            setattr(owner, name, value)
