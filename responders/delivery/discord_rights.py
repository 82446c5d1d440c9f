"""What the bot may do in its channel, as Discord reckons it, and what of that it lacks.

Pure but for the reading, which is handed in. Source:
https://docs.discord.com/developers/topics/permissions#permission-overwrites
"""

from collections.abc import Callable, Iterable, Mapping

from pydantic import BaseModel, TypeAdapter, ValidationError

from config.errors import PermanentError

ADMINISTRATOR = 1 << 3
NEEDED: Mapping[str, int] = {
    "View Channel": 1 << 10,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Read Message History": 1 << 16,
    "Create Public Threads": 1 << 35,
    "Send Messages in Threads": 1 << 38,
}
"""By their names in Discord's own settings."""

Read = Callable[[str], bytes]
"""Reads a path of the interface."""


class _Overwrite(BaseModel):
    id: str
    allow: int = 0
    deny: int = 0


class _Channel(BaseModel):
    guild_id: str
    permission_overwrites: list[_Overwrite] = []


class _Role(BaseModel):
    id: str
    permissions: int


class _User(BaseModel):
    id: str


class _Member(BaseModel):
    roles: list[str]


def lacking(read: Read, channel_id: int) -> list[str]:
    """Return the rights that the bot lacks in its channel, by name.

    Raises:
        TransientError, PermanentError: Discord does not let us look, or answers something else.
    """
    try:
        channel = _Channel.model_validate_json(read(f"/channels/{channel_id}"))
        me = _User.model_validate_json(read("/users/@me"))
        guild = channel.guild_id
        member = _Member.model_validate_json(read(f"/guilds/{guild}/members/{me.id}"))
        roles = TypeAdapter(list[_Role]).validate_json(read(f"/guilds/{guild}/roles"))
    except ValidationError as error:
        raise PermanentError("[discord] channel_id is no channel of a server") from error
    held = _rights(channel, me.id, member.roles, roles)
    return [name for name, bit in NEEDED.items() if not held & bit]


def _rights(channel: _Channel, me: str, own: Iterable[str], roles: Iterable[_Role]) -> int:
    """Return the rights as bits: of the roles, then less and more of each kind of overwrite."""
    mine = {channel.guild_id, *own}
    held = 0
    for role in roles:
        held |= role.permissions if role.id in mine else 0
    if held & ADMINISTRATOR:
        return ~0
    overwrites = channel.permission_overwrites
    everyone = [one for one in overwrites if one.id == channel.guild_id]
    by_role = [one for one in overwrites if one.id in mine and one.id != channel.guild_id]
    for kind in (everyone, by_role, [one for one in overwrites if one.id == me]):
        for one in kind:
            held &= ~one.deny
        for one in kind:
            held |= one.allow
    return held
