"""People of the small Discord, and what they press; the numbers of all that stands there."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from tests.places.discord_gateway import PATIENCE_S
from tests.places.discord_webhook import NOON

TOKEN = "a-token.of-the.bot"
APP, BOT, GUILD, CHANNEL, ONCALL = (
    "900000000000000001", "900000000000000002", "900000000000000003", "900000000000000004",
    "900000000000000007",
)  # fmt: skip
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL = 4, 5, 6, 7, 9
EPHEMERAL = 64


@dataclass(frozen=True)
class Member:
    """Somebody in the server."""

    id: str
    name: str
    roles: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        user = {"id": self.id, "username": self.name, "discriminator": "0", "avatar": None,
                "global_name": self.name.title(), "public_flags": 0}  # fmt: skip
        return {"user": user, "roles": list(self.roles), "joined_at": NOON.isoformat(),
                "premium_since": None, "deaf": False, "mute": False, "flags": 0, "nick": None,
                "avatar": None, "permissions": "0", "pending": False}  # fmt: skip


RUTH = Member("900000000000000010", "ruth", (ONCALL,))
STRANGER = Member("900000000000000011", "stranger")


@dataclass
class Click:
    """One interaction and what the bot answered."""

    id: str
    token: str
    began: float
    answers: list[dict[str, Any]] = field(default_factory=list)
    """The callbacks, in their order; Discord takes the first alone."""
    shown: list[dict[str, Any]] = field(default_factory=list)
    """What the person saw, one after the other."""
    took_s: float = 0.0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, true: Callable[["Click"], bool]) -> Self:
        """Wait until the bot came so far."""
        with self.changed:
            assert self.changed.wait_for(lambda: true(self), PATIENCE_S), (
                f"the bot did not come so far: {self.answers} {self.shown}"
            )
        return self

    @property
    def answer(self) -> dict[str, Any]:
        """The first answer, once it came."""
        return self.wait(lambda click: bool(click.answers)).answers[0]

    @property
    def last(self) -> dict[str, Any]:
        """What the person sees in the end."""
        return self.wait(lambda click: bool(click.shown)).shown[-1]

    @property
    def said(self) -> str:
        """The words of it."""
        return str(self.last.get("content") or "")
