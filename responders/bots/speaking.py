"""What a chat face shows for a press or a command, before any platform draws it.

Plain values, so that what is decided knows no platform, and each platform draws what it can.
"""

from collections.abc import Callable
from dataclasses import dataclass

from responders.oncall.pressing import Button


@dataclass(frozen=True)
class Choice:
    """One line of a list to choose from."""

    label: str
    value: str
    about: str = ""


@dataclass(frozen=True)
class Said:
    """An answer that only the person who asked sees."""

    words: str
    text: str = ""
    """A whole text of ours, such as a draft, shown to the letter."""
    buttons: tuple[Button, ...] = ()
    choices: tuple[Choice, ...] = ()
    press: str = ""
    """What choosing one of the choices presses."""
    later: Callable[[], "Said | None"] | None = None
    """Tells what came of it in the end; None while that is open. Asked now and then."""


@dataclass(frozen=True)
class Field:
    """One line or text of a form."""

    name: str
    label: str
    value: str = ""
    long: bool = False
    at_most: int = 200


@dataclass(frozen=True)
class Form:
    """A form that a press opens; sending it is a press of its own."""

    press: str
    title: str
    fields: tuple[Field, ...]
