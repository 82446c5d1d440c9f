"""People of the small Slack, and what they press; the names of all that stands there."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

PATIENCE_S = 60.0
"""The longest that a test waits for the bot; it is never slept through."""
BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-1-a-bot", "xapp-1-an-app", "8f742231b10e8888abcd99"
TEAM, BOT, APP, CHANNEL = "T0FERN", "U0BOT", "A0GROUND", "C0ONCALL"


@dataclass(frozen=True)
class Member:
    """Somebody in the workspace."""

    id: str
    name: str

    def as_json(self) -> dict[str, str]:
        return {"id": self.id, "username": self.name, "name": self.name, "team_id": TEAM}


RUTH = Member("U0RUTH", "ruth")
MATS = Member("U0MATS", "mats")
"""Stands in the settings, and is no user here."""
STRANGER = Member("U0STRANGER", "stranger")


@dataclass
class Click:
    """One press and what the bot answered."""

    id: str
    trigger: str
    began: float
    user: str
    acks: list[dict[str, Any]] = field(default_factory=list)
    """What took note of it; Slack takes the first alone."""
    shown: list[dict[str, Any]] = field(default_factory=list)
    """What the person saw, one after the other."""
    views: list[dict[str, Any]] = field(default_factory=list)
    """The forms that opened."""
    took_s: float = 0.0
    uses: int = 0
    """How often its response_url was used; five times is all that Slack takes."""
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, true: Callable[["Click"], bool]) -> Self:
        """Wait until the bot came so far."""
        with self.changed:
            assert self.changed.wait_for(lambda: true(self), PATIENCE_S), (
                f"the bot did not come so far: {self.acks} {self.shown} {self.views}"
            )
        return self

    @property
    def acked(self) -> dict[str, Any]:
        """What took note of it, once it came."""
        return self.wait(lambda click: bool(click.acks)).acks[0]

    @property
    def last(self) -> dict[str, Any]:
        """What the person sees in the end."""
        return self.wait(lambda click: bool(click.shown)).shown[-1]

    @property
    def view(self) -> dict[str, Any]:
        """The form that opened."""
        return self.wait(lambda click: bool(click.views)).views[-1]

    @property
    def said(self) -> str:
        """The words of it."""
        return str(self.last.get("text") or "")

    @property
    def parts(self) -> dict[str, dict[str, Any]]:
        """What can be pressed on it, by its label."""
        found = {}
        for block in self.last.get("blocks", []):
            for part in block.get("elements", []) if block["type"] == "actions" else []:
                found[part["text"]["text"] if "text" in part else part["type"]] = part
        return found
