"""What can be pressed on a card, and what a press says: the issue and the act, in one short word.

Pure. All that a press needs stands in the word itself, so that buttons work after every restart;
who may is asked at each press. Both chat platforms take the same words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Do(StrEnum):
    """What a press asks for."""

    READ = "read"
    """Show the drafts that wait, one by one."""
    APPROVE = "yes"
    OVERRIDE = "pass"
    """Approve a text in which the rules block something, with the reason."""
    TAKE_BACK = "undo"
    EDIT = "edit"
    ACKNOWLEDGE = "ack"
    UNACKNOWLEDGE = "unack"
    TAKE = "take"
    TAKE_OVER = "over"
    HAND_BACK = "back"
    SNOOZE = "snooze"
    MERGE = "merge"
    MUTE = "mute"
    NOT_AN_ISSUE = "none"
    WAKE = "wake"


class Kind(StrEnum):
    """How a button looks."""

    MAIN = "main"
    """The one that leads to speaking in public."""
    PLAIN = "plain"
    DANGER = "danger"


@dataclass(frozen=True)
class Press:
    """One press: what, on which issue, and what else the act needs."""

    do: Do
    issue: int
    more: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ":".join(("gs", str(self.issue), self.do.value, *self.more))


@dataclass(frozen=True)
class Button:
    """One button; a link where it has an address."""

    label: str
    press: str = ""
    kind: Kind = Kind.PLAIN
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """As much of an issue as its buttons depend on."""

    issue: int
    drafts: int = 0
    acknowledged: bool = False
    held: bool = False
    quiet: bool = False
    """Muted, snoozed or not an issue."""
    part: bool = False
    """It is part of another issue, and is decided on with that one."""
    link: str | None = None


LONGEST = 100
"""Characters of a press. Source: https://docs.discord.com/developers/components/reference"""
_PRESS = re.compile(r"gs:([1-9][0-9]{0,17}):([a-z]+)((?::[A-Za-z0-9]{1,64}){0,4})")


def read_press(word: str) -> Press | None:
    """Return what a press says; None for a word that is none of ours."""
    found = _PRESS.fullmatch(word) if len(word) <= LONGEST else None
    if found is None or found[2] not in set(Do):
        return None
    return Press(Do(found[2]), int(found[1]), tuple(found[3].split(":")[1:]))


def buttons(standing: Standing) -> tuple[Button, ...]:
    """Return the buttons of a card in their order; words that open a form end in "…".

    What was done is no button any more: its opposite takes the place. Nine at the most.
    """
    return tuple(_buttons(standing))


def _buttons(standing: Standing) -> Iterator[Button]:
    if not standing.part:
        yield from _often(standing)
    if standing.link:
        yield Button("Open", url=standing.link)
    if not standing.part:
        yield from _rarely(standing)


def _often(standing: Standing) -> Iterator[Button]:
    if standing.drafts:
        drafts = "1 draft" if standing.drafts == 1 else f"{standing.drafts} drafts"
        yield _button(standing, f"Approve {drafts}…", Do.READ, Kind.MAIN)
    if standing.acknowledged:
        yield _button(standing, "Un-acknowledge…", Do.UNACKNOWLEDGE)
    else:
        yield _button(standing, "Acknowledge", Do.ACKNOWLEDGE)
    if standing.held:
        yield _button(standing, "Hand back", Do.HAND_BACK)
    else:
        yield _button(standing, "Take", Do.TAKE)
    if not standing.quiet:
        yield _button(standing, "Snooze…", Do.SNOOZE)


def _rarely(standing: Standing) -> Iterator[Button]:
    yield _button(standing, "Merge with…", Do.MERGE)
    if standing.quiet:
        yield _button(standing, "Wake", Do.WAKE)
    else:
        yield _button(standing, "Mute…", Do.MUTE)
        yield _button(standing, "Not an issue…", Do.NOT_AN_ISSUE, Kind.DANGER)


def _button(standing: Standing, label: str, do: Do, kind: Kind = Kind.PLAIN) -> Button:
    return Button(label, str(Press(do, standing.issue)), kind)
