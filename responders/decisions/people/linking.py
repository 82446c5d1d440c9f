"""By which account at Discord somebody decides: linked to a user here, or let in by a role there.

Whoever was let in only by the role at Discord may do all that concerns an issue; a text that leaves
in public needs a user of ours, because two people's yes must be two people's.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session

from config.ground import Ground
from responders.decisions import store, store_handling
from responders.decisions.acting import Actor, Role, acting
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound
from responders.delivery.inert import cut, plain

SNOWFLAKE = re.compile(r"[1-9][0-9]{14,19}")
"""How Discord numbers people. Source: https://docs.discord.com/developers/reference#snowflakes"""
DISCORD = "Discord"
LONGEST_NAME = 40


@dataclass(frozen=True)
class Account:
    """Somebody at Discord, as the platform tells us with each click."""

    number: str
    name: str
    """Unique there; strangers choose it."""
    roles: Collection[int] = ()


@dataclass(frozen=True)
class Known:
    """Somebody who may decide by an account."""

    actor: Actor
    linked: bool
    """Whether it is a user of ours, and not only somebody with a role at Discord."""


def link(ground: Ground, actor: Actor, name: str, discord_id: str) -> None:
    """Let an account at Discord decide as a user of ours.

    Args:
        ground: what the act stands on.
        actor: who says so.
        name: the user.
        discord_id: the account's number there.

    Raises:
        AlreadyDone: the account is linked; it says to whom.
        NotAllowed: the actor is no admin, or this is no number of Discord's.
        NotFound: nobody has that name.
    """
    with acting(ground, actor, Role.ADMIN) as act:
        number = discord_id.strip()
        if not SNOWFLAKE.fullmatch(number):
            raise NotAllowed(
                "a Discord id is a number of 15 to 20 digits; in Discord switch on Developer Mode "
                "under Advanced, then right-click the person: Copy User ID"
            )
        user = store.user_named(act.session, name.strip())
        if user is None:
            raise NotFound("nobody has that name; `groundswell user list` shows who decides here")
        other = store_handling.user_of_discord(act.session, number)
        if other is not None:
            raise AlreadyDone(f"that account decides as {other.name} already")
        store.change_user(act.session, user.id or 0, discord_id=number)
        act.note("user linked", f"user {user.id}", name=user.name, discord_id=number)


def unlink(ground: Ground, actor: Actor, name: str) -> None:
    """Let no account at Discord decide as a user any more.

    Raises:
        AlreadyDone: none does.
        NotAllowed: the actor is no admin.
        NotFound: nobody has that name.
    """
    with acting(ground, actor, Role.ADMIN) as act:
        user = store.user_named(act.session, name.strip())
        if user is None:
            raise NotFound("nobody has that name; `groundswell user list` shows who decides here")
        if user.discord_id is None:
            raise AlreadyDone(f"no account at Discord decides as {user.name}")
        before = user.discord_id
        store.change_user(act.session, user.id or 0, discord_id=None)
        act.note("user unlinked", f"user {user.id}", name=user.name, discord_id=before)


def known(session: Session, account: Account, *, role_id: int | None) -> Known | None:
    """Return as whom an account decides; None for an outsider.

    Args:
        session: an open session.
        account: the account, with the roles it has at this moment.
        role_id: the role at Discord whose holders may decide on issues; None: only linked people.
    """
    user = store_handling.user_of_discord(session, account.number)
    if user is not None:
        return Known(Actor(user.name, user.role, DISCORD), linked=True)
    if role_id is None or role_id not in account.roles:
        return None
    name = cut(plain(account.name), LONGEST_NAME)
    return Known(Actor(f"{name} (Discord)", Role.APPROVER, DISCORD), linked=False)
