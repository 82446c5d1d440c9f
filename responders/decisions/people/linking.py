"""By which account in a chat somebody decides: linked to a user here, or let in by the settings.

Whoever was let in only by a role at Discord may do all that concerns an issue; a text that leaves
in public needs somebody known by name, because two people's yes must be two people's. The settings
for Slack name people, not a role, so whoever stands there may approve texts, too.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session

from config.ground import Ground
from config.settings import Settings
from responders.decisions import store, store_handling
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound
from responders.decisions.tables import User
from responders.delivery.inert import cut, plain

LONGEST_NAME = 40
_BY_NUMBER = re.compile(r"(?:.* \()?Slack ([UW][A-Za-z0-9_-]{1,40})\)?", re.DOTALL)
"""How somebody is named who decides at Slack and is no user here; see ``known_at_slack``."""


@dataclass(frozen=True)
class Chat:
    """A platform on which people decide by buttons."""

    name: str
    column: str
    """Where a user's account there stands."""
    number: re.Pattern[str]
    """How it numbers people, which they cannot choose."""
    remedy: str
    """What such a number is, and where it is found."""


DISCORD = Chat(
    "Discord",
    "discord_id",
    # Source: https://docs.discord.com/developers/reference#snowflakes
    re.compile(r"[1-9][0-9]{14,19}"),
    "a Discord id is a number of 15 to 20 digits; in Discord switch on Developer Mode under "
    "Advanced, then right-click the person: Copy User ID",
)
SLACK = Chat(
    "Slack",
    "slack_id",
    # Source: https://docs.slack.dev/reference/objects/user-object
    re.compile(r"[UW][A-Za-z0-9_-]{1,40}"),
    "a Slack id is a word such as U012AB3CD; in Slack open the person's profile, press the three "
    "dots and Copy member ID",
)


@dataclass(frozen=True)
class Account:
    """Somebody in a chat, as the platform tells us with each click."""

    number: str
    name: str
    """Strangers choose it."""
    roles: Collection[int] = ()


@dataclass(frozen=True)
class Known:
    """Somebody who may decide by an account."""

    actor: Actor
    linked: bool
    """Whether we know who it is, and not only that somebody has a role."""


def link(ground: Ground, actor: Actor, name: str, number: str, *, chat: Chat = DISCORD) -> None:
    """Let an account in a chat decide as a user of ours.

    Args:
        ground: what the act stands on.
        actor: who says so.
        name: the user.
        number: the account's number there.
        chat: where.

    Raises:
        AlreadyDone: the account is linked; it says to whom.
        NotAllowed: the actor is no admin, or this is no number of that chat's.
        NotFound: nobody has that name.
    """
    with acting(ground, actor, Role.ADMIN) as act:
        known_as = number.strip()
        if not chat.number.fullmatch(known_as):
            raise NotAllowed(chat.remedy)
        user = _user(act, name)
        other = store_handling.user_of_chat(act.session, chat.column, known_as)
        if other is not None:
            raise AlreadyDone(f"that account decides as {other.name} already")
        store.change_user(act.session, user.id or 0, **{chat.column: known_as})
        told = {chat.column: known_as}
        act.note("user linked", f"user {user.id}", name=user.name, **told)


def unlink(ground: Ground, actor: Actor, name: str, *, chat: Chat | None = None) -> None:
    """Let no account in a chat decide as a user any more.

    Args:
        ground: what the act stands on.
        actor: who says so.
        name: the user.
        chat: where; None: in none.

    Raises:
        AlreadyDone: none does.
        NotAllowed: the actor is no admin.
        NotFound: nobody has that name.
    """
    with acting(ground, actor, Role.ADMIN) as act:
        user = _user(act, name)
        chats = (DISCORD, SLACK) if chat is None else (chat,)
        before = {each.column: getattr(user, each.column) for each in chats}
        before = {column: number for column, number in before.items() if number is not None}
        if not before:
            where = " or ".join(each.name for each in chats)
            raise AlreadyDone(f"no account at {where} decides as {user.name}")
        store.change_user(act.session, user.id or 0, **dict.fromkeys(before))
        act.note("user unlinked", f"user {user.id}", name=user.name, **before)


def _user(act: Act, name: str) -> User:
    user = store.user_named(act.session, name.strip())
    if user is None:
        raise NotFound("nobody has that name; `groundswell user list` shows who decides here")
    return user


def known(session: Session, account: Account, *, role_id: int | None) -> Known | None:
    """Return as whom an account at Discord decides; None for an outsider.

    Args:
        session: an open session.
        account: the account, with the roles it has at this moment.
        role_id: the role at Discord whose holders may decide on issues; None: only linked people.
    """
    found = _linked(session, account, DISCORD)
    if found is not None or role_id is None or role_id not in account.roles:
        return found
    name = cut(plain(account.name), LONGEST_NAME)
    return Known(Actor(f"{name} (Discord)", Role.APPROVER, DISCORD.name), linked=False)


def known_at_slack(
    session: Session, account: Account, *, approvers: Collection[str]
) -> Known | None:
    """Return as whom an account at Slack decides; None for an outsider.

    Args:
        session: an open session.
        account: the account.
        approvers: the numbers of those who may decide without being linked.
    """
    found = _linked(session, account, SLACK)
    if found is not None or account.number not in approvers:
        return found
    name = cut(plain(account.name), LONGEST_NAME)
    # The number belongs to the name: people choose names there, and two may choose the same.
    who = f"{name} (Slack {account.number})" if name else f"Slack {account.number}"
    return Known(Actor(who, Role.APPROVER, SLACK.name), linked=True)


def _linked(session: Session, account: Account, chat: Chat) -> Known | None:
    user = store_handling.user_of_chat(session, chat.column, account.number)
    return Known(Actor(user.name, user.role, chat.name), linked=True) if user else None


def person_behind(session: Session, name: str) -> str:
    """Return who decides under a name: people choose theirs at Slack, and may change it.

    So of "ann (Slack U1)" the number counts, and the user whom it was linked to since.
    """
    found = _BY_NUMBER.fullmatch(name)
    if found is None or store.anybody_named(session, name) is not None:
        return name
    user = store_handling.user_of_chat(session, SLACK.column, found[1])
    return user.name if user else f"Slack {found[1]}"


def role_now(session: Session, settings: Settings, name: str) -> Role | None:
    """Return what somebody may who decided under a name; None: nothing any more.

    The operator of the machine has no row, and may all.
    """
    who = person_behind(session, name)
    user = store.anybody_named(session, who)
    if user is not None:
        return None if user.removed_at is not None else user.role
    found = _BY_NUMBER.fullmatch(who)
    if found is None:
        return Role.ADMIN
    let_in = getattr(settings.plugins.get("slack"), "approvers", ())
    return Role.APPROVER if found[1] in let_in else None
