"""An option that stands on the command line says something: an empty one is refused.

A script whose variable is empty writes ``--issue ""``; taken for "not given" it would widen a list
to all issues, or date a release now, and an empty path means the folder one stands in. Options that
take free words beside an act may be empty: there no words is an answer.
"""

from pathlib import Path
from typing import Any, Final, get_args

import typer

FREE_WORDS: Final = frozenset({"reason", "note", "avoid"})
"""Options that say why or add a remark, by their names in the functions."""


def refuse_empty(parameter: Any) -> None:
    """Let an option, and a path wherever it stands, refuse to be empty.

    Args:
        parameter: as Typer made it; what may be empty stays as it is.
    """
    if parameter.name in FREE_WORDS:
        return
    if parameter.param_type_name == "option" or _is_path(parameter.type_descriptor.annotation):
        process = parameter.process_value

        def filled(ctx: Any, value: Any) -> Any:
            if _given(ctx, parameter) and any(_is_empty(one) for one in _each(value)):
                raise typer.BadParameter("it is empty; say which, or leave it out", ctx, parameter)
            return process(ctx, value)

        parameter.process_value = filled


def _is_path(annotation: Any) -> bool:
    return Path in (annotation, *get_args(annotation))


def _given(ctx: Any, parameter: Any) -> bool:
    source = ctx.get_parameter_source(parameter.name)
    return source is not None and source.name == "COMMANDLINE"


def _is_empty(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _each(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)
