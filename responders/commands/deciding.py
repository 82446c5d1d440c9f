"""Who decides on the command line, and how an act tells what it did.

Without ``--by`` it is the operator: whoever may open the store may decide. With it, the named user
decides with no more than that user's role.
"""

from collections.abc import Mapping
from typing import Any

import typer

from config.database import reading
from config.errors import SettingsError
from config.ground import Ground
from responders.commands.output import emit_json, say
from responders.decisions.acting import Actor
from responders.decisions.people.operating import COMMAND_LINE, operator

ByOption = typer.Option(
    None,
    "--by",
    metavar="USER",
    help="Decide as this user, with that role; else as the operator.",
)


def decider(ground: Ground, by: str | None) -> Actor:
    """Return who decides.

    Raises:
        SettingsError: ``--by`` is empty, as an unset variable of a script leaves it.
        NotFound: no such user.
    """
    if by is None:
        return operator()
    if not by.strip():
        raise SettingsError("--by names nobody; `groundswell user list` shows who may decide")
    from responders.decisions.people import people  # takes a while; most decide as the operator

    with reading(ground.engine) as session:
        return people.actor_named(session, by, COMMAND_LINE)


def tell(sentence: str, value: Mapping[str, Any], *, as_json: bool) -> None:
    """Tell what an act came to: a sentence for a person, the thing as it is now for a script."""
    if as_json:
        emit_json(value)
    else:
        say(sentence)
