"""Whoever sits at the machine: who may open the store may decide, without a row of their own.

Apart from the people, because an act that is in a hurry asks for no other one.
"""

import getpass

from responders.decisions.acting import Actor, Role

COMMAND_LINE = "command line"


def operator() -> Actor:
    """Return whoever sits at the machine: their log-in name there, as an admin."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        name = "operator"
    return Actor(name, Role.ADMIN, COMMAND_LINE)
