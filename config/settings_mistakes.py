"""Say each mistake of the settings with its place and its remedy, apart from the reading."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.settings_files import Layer, Mistake, Place


def explain(
    error: ValidationError,
    layer: Layer,
    *,
    model: type[BaseModel],
    prefix: Place = (),
    known_sections: Sequence[str] = (),
) -> Iterator[Mistake]:
    """Yield one mistake a line for what pydantic found."""
    for detail in error.errors():
        place = (*prefix, *(str(part) for part in detail["loc"]))
        key = _name((*prefix, *detail["loc"]))
        where = _written(layer, place)
        subject = f"{where}: {key}" if where else key
        yield Mistake(subject, _remedy(detail, model, place[len(prefix) :], known_sections))


def _remedy(
    detail: ErrorDetails, model: type[BaseModel], place: Place, known_sections: Sequence[str]
) -> str:
    known = [*_keys(model, place[:-1]), *(known_sections if len(place) == 1 else ())]
    return remedy(detail, known, what="section" if len(place) == 1 else "key")


def remedy(detail: ErrorDetails, known: Sequence[str], *, what: str) -> str:
    """Return what to do about one thing that pydantic found.

    Args:
        detail: what it found.
        known: the names that could stand in this place.
        what: what such a name is called, such as ``key``.
    """
    if detail["type"] == "extra_forbidden":
        if what == "section" and detail["loc"][-1] in _NOT_SUPPORTED:
            return _NOT_SUPPORTED[str(detail["loc"][-1])]
        close = get_close_matches(str(detail["loc"][-1]), known, n=1)
        if close:
            return f"there is no such {what}; did you mean {close[0]}?"
        return f"there is no such {what}; known are: {', '.join(sorted(known))}"
    if detail["type"] in _REMEDIES:
        found = {name: _bare(value) for name, value in detail.get("ctx", {}).items()}
        return _REMEDIES[detail["type"]].format(**found)
    message = detail["msg"].removeprefix("Value error, ")
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    return message[:1].lower() + message[1:]


def _bare(value: object) -> object:
    """Return a whole number without its point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_NOT_SUPPORTED = {
    "smtp": "mail of our own is not supported; remove the section. The people on call get e-mail "
    "through [apprise] urls, such as mailtos://user:password@mail.example",
}
"""Sections that people look for and that nothing reads."""
_A_LIST = 'write a list such as ["one", "two"] (in the environment as JSON)'
_WHOLE = "write a whole number such as 5"
_A_NUMBER = "write a number such as 5 or 0.5"
_A_TIME = "write hours and minutes such as 08:00"
_A_SECTION = "write it as a section, a table of its own"
_A_DAY = "write a day such as 2026-12-24"
_REMEDIES = {
    "missing": "is missing; add it",
    "tuple_type": _A_LIST,
    "list_type": _A_LIST,
    "string_type": 'write a text in quotes such as "one"',
    "string_too_short": "is too short or empty; give it a value",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _A_NUMBER,
    "float_parsing": _A_NUMBER,
    "finite_number": _A_NUMBER,
    "greater_than_equal": "write {ge} or more",
    "greater_than": "write more than {gt}",
    "less_than_equal": "write {le} or less",
    "less_than": "write less than {lt}",
    "literal_error": "write {expected}",
    "enum": "write {expected}",
    "time_type": _A_TIME,
    "time_parsing": _A_TIME,
    "date_type": _A_DAY,
    "date_parsing": _A_DAY,
    "date_from_datetime_parsing": _A_DAY,
    "date_from_datetime_inexact": _A_DAY,
    "too_short": "is empty; name at least {min_length}",
    "too_long": "holds too many; {max_length} is the most",
    "string_too_long": "is too long; {max_length} characters are the most",
    "dict_type": _A_SECTION,
    "model_type": _A_SECTION,
}
"""Words of our own for what pydantic says in the language of programmers."""


def _keys(model: type[BaseModel], place: Place) -> list[str]:
    """Return the keys a section knows."""
    parts = iter(place)
    for part in parts:
        field = model.model_fields.get(part)
        inner = field.annotation if field else None
        if get_origin(inner) is dict:  # sections of one kind by name, such as [credentials.forum]
            next(parts, None)
            inner = get_args(inner)[1]
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return [key for key in model.model_fields if key not in {"folder", "plugins"}]


def _name(place: Sequence[str | int]) -> str:
    *before, last = place
    if isinstance(last, int) and before:
        return f"{_name(before)} number {last + 1}"
    return f"[{'.'.join(map(str, before))}] {last}" if before else f"[{last}]"


def _written(layer: Layer, place: Place) -> str:
    while place:
        if place in layer.written:
            return layer.written[place]
        place = place[:-1]
    return ""


def in_order(mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Return mistakes in the order in which they stand in the file, line by line."""
    return sorted(mistakes, key=lambda mistake: _line(mistake.where))


def _line(where: str) -> int:
    """Return the line a mistake stands in; variables of the environment come last."""
    found = re.search(r":(\d+)(?::|$)", where)
    return int(found[1]) if found else sys.maxsize
