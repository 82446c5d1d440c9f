"""Whether a Bluesky account still stands, by what its own server says of it: plain rules.

A post that is missing says little by itself. One whose author deleted the account, or was taken
down, is gone for good; one whose author closed the account for a while comes back with it.
"""

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

Standing = Literal["there", "away", "closed", "untold"]
"""``away``: closed for a while; its posts come back. ``untold``: its server does not say."""

_CLOSED: Final = frozenset({"deleted", "takendown", "RepoNotFound", "RepoTakendown"})
_AWAY: Final = frozenset({"RepoDeactivated", "RepoSuspended"})


@dataclass
class Home:
    """Where an account lives and whether it stands, as far as one turn found out."""

    server: str | None = None
    standing: Standing | None = None
    """None: nobody asked yet."""


def standing_of(status: int, body: bytes) -> Standing | None:
    """Return what a server's answer about one account says of it; None from a server in trouble.

    Servers from before the question was made up refuse it as they refuse any other.
    Source: https://github.com/bluesky-social/atproto/blob/main/lexicons/com/atproto/sync/getRepoStatus.json
    """
    if status not in {200, 400, 404, 501}:
        return None
    told = _decoded(body)
    if status != 200:
        name = told.get("error")
        return "closed" if name in _CLOSED else "away" if name in _AWAY else "untold"
    if told.get("active") is False:
        return "closed" if told.get("status") in _CLOSED else "away"
    return "there" if told.get("active") else "untold"


def is_gone(*, record_missing: bool, standing: Standing | None) -> bool:
    """Tell whether a post is gone for good.

    Args:
        record_missing: its server says that there is none.
        standing: of its author's account.
    """
    return standing == "closed" or (record_missing and standing in {"there", "untold"})


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {name: value for name, value in told.items() if isinstance(value, str | bool)}
