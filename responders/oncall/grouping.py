"""When a card is edited, and when people hear a new message: few messages, each with its reason.

Pure. The card of an issue is edited in place; a message of its own comes only for what changes the
work: another state stands in the card's thread; a higher severity, and a return after quiet, are
told aloud in the channel, below the card.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

SEVERITIES = ("cosmetic", "minor", "major", "critical")
PATIENCE = timedelta(seconds=30)
"""So long more of the same waits, however much it is."""
AT_LEAST = timedelta(minutes=10)
"""So long anything else that changed waits at the most."""
MORE, MORE_PEOPLE = 1.25, 2
"""A rise that people notice: a quarter more, and two at the least."""


@dataclass(frozen=True)
class Shown:
    """What people see on a card and act on."""

    state: str
    severity: str
    bursts: int
    """The newest one that they were told of by itself."""
    people: int
    rest: str
    """All else that is to be seen at once: who has it, what waits, what was erased."""
    lines: int = 0
    """How many messages of their own followed the card."""

    def as_json(self) -> dict[str, Any]:
        """Return it as a row keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Shown":
        """Read it back; what an older version left out is as it was at first."""
        return cls(
            state=str(data.get("state", "")),
            severity=str(data.get("severity", "")),
            bursts=int(data.get("bursts", 1)),
            people=int(data.get("people", 0)),
            rest=str(data.get("rest", "")),
            lines=int(data.get("lines", 0)),
        )


@dataclass(frozen=True)
class Step:
    """What is due for a card."""

    edit: bool
    aloud: str = ""
    """What is told in the channel; empty: nothing."""
    quietly: str = ""
    """What is told in the card's thread; empty: nothing."""
    reason: str = ""


NOTHING = Step(edit=False, reason="it shows what is so")


def next_step(before: Shown, now: Shown, *, redrawn: bool, since: timedelta) -> Step:
    """Say what is due for a card.

    Args:
        before: what it shows.
        now: what is so.
        redrawn: whether the drawing would differ at all.
        since: how long ago it was last changed.
    """
    aloud = _aloud(before, now)
    quietly = f"{before.state.capitalize()} → {now.state}" if before.state != now.state else ""
    if aloud or quietly:
        return Step(edit=True, aloud=aloud, quietly=quietly, reason=aloud or quietly)
    if not redrawn:
        return NOTHING
    if before.rest != now.rest or before.severity != now.severity:
        return Step(edit=True, reason="what people decide by changed")
    if now.people >= max(before.people * MORE, before.people + MORE_PEOPLE) and since >= PATIENCE:
        return Step(edit=True, reason=f"{now.people} people, it says {before.people}")
    if since >= AT_LEAST:
        return Step(edit=True, reason="something else changed")
    return Step(edit=False, reason="more of the same; it waits")


def _aloud(before: Shown, now: Shown) -> str:
    """Say what the channel must hear, without any words of strangers."""
    if now.bursts > before.bursts:
        return f"Back after it was quiet, {now.severity}"
    if rank(now.severity) > rank(before.severity):
        return f"{now.severity.capitalize()} now, was {before.severity}"
    return ""


def rank(severity: str) -> int:
    """Return how bad it is as a number; what is no severity is less than any."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1
