"""The demo's user: who decides in `demo --check`, and who logs in at the console of `run`.

Apart from the workspace, because it is the only place of the demo that makes an account.
"""

import contextlib
import secrets
from typing import Final

from config.database import reading
from config.ground import Ground
from responders.decisions import store
from responders.decisions.acting import Actor, AlreadyDone, NotFound, Role
from responders.decisions.people import people

USER: Final = "demo"
DEMO: Final = Actor(USER, Role.ADMIN, "demo")
"""Decides where the demo decides by itself."""


def new_password() -> str:
    """Return a password that nobody can guess: 72 random bits, 12 characters."""
    return secrets.token_urlsafe(9)


def let_in(ground: Ground, password: str, *, again: bool) -> None:
    """Make the demo's user with the password.

    Args:
        ground: the workspace.
        password: as the ready line will tell it.
        again: the earlier password is lost: a user who is there gets this one. Otherwise such a
            user stays as they are, also where a person changed or removed them.
    """
    with reading(ground.engine) as session:
        known = store.user_named(session, USER) is not None
    if known and not again:  # making a hash takes a moment
        return
    try:
        people.add_user(ground, DEMO, USER, Role.ADMIN, password)
    except AlreadyDone:
        if again:
            with contextlib.suppress(NotFound):
                people.change_password(ground, DEMO, USER, password)
