import json
from collections.abc import Callable
from typing import Any

import pytest

from config.errors import PermanentError
from responders.delivery.discord_rights import ADMINISTRATOR, NEEDED, lacking

ALL = sum(NEEDED.values())
SEND = NEEDED["Send Messages"]


def answers(
    roles: dict[str, int], overwrites: list[tuple[str, int, int]], *, channel: Any = None
) -> Callable[[str], bytes]:
    """Answer as a server "1" whose bot "5" has the role "7"."""
    given = [{"id": one, "allow": str(yes), "deny": str(no)} for one, yes, no in overwrites]
    told = {
        "/channels/4": {"guild_id": "1", "permission_overwrites": given}
        if channel is None
        else channel,
        "/users/@me": {"id": "5"},
        "/guilds/1/members/5": {"roles": ["7"]},
        "/guilds/1/roles": [{"id": one, "permissions": str(bits)} for one, bits in roles.items()],
    }
    return lambda path: json.dumps(told[path]).encode()


@pytest.mark.parametrize(
    ("roles", "overwrites", "lacks"),
    [
        ({"1": ALL}, [], []),
        ({"1": 0, "7": ALL}, [], []),
        ({"1": 0, "8": ALL}, [], sorted(NEEDED)),
        ({"1": ADMINISTRATOR}, [("1", 0, ALL)], []),
        ({"1": ALL}, [("1", 0, SEND)], ["Send Messages"]),
        ({"1": ALL}, [("1", 0, SEND), ("7", SEND, 0)], []),
        ({"1": ALL}, [("7", SEND, 0), ("5", 0, SEND)], ["Send Messages"]),
        ({"1": ALL}, [("8", 0, SEND)], []),
        ({"1": 0}, [("5", ALL, 0)], []),
    ],
)
def test_rights_are_reckoned_as_discord_does(
    roles: dict[str, int], overwrites: list[tuple[str, int, int]], lacks: list[str]
) -> None:
    assert sorted(lacking(answers(roles, overwrites), 4)) == lacks


@pytest.mark.parametrize("channel", [{}, {"guild_id": None}, []])
def test_what_is_no_channel_of_a_server_is_said(channel: Any) -> None:
    read = answers({"1": ALL}, [], channel=channel)
    with pytest.raises(PermanentError, match="no channel of a server"):
        lacking(read, 4)
