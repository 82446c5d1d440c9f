"""Whom a call reaches at which destination, and what it says there.

Apart from the pass, so that what people read can be looked at without a store. Words of strangers
are made harmless for each destination; only accounts that the operator named are pinged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

from responders.delivery.inert import cut, discord_text, quoted
from responders.delivery.opening import Destination
from responders.delivery.platforms.slack_text import fitting, slack_exact, slack_text
from responders.oncall.escalation import Rung, Whom
from responders.oncall.ladder.declared_oncall import DeclaredPerson

CHATS = ("discord", "slack", "terminal")
"""The kinds of destination where people are called unless a step names another place."""
TITLE, DISCORD, DISCORD_ALONE, SLACK = 80, 800, 950, 1400
"""Characters that are shown. Discord takes 2,000 and each may become two; a ping stands before them
and a link behind them."""
NAMED = 10
"""Issues that one message names; the others are counted."""


@dataclass(frozen=True)
class Ping:
    """An account at a platform that a message rings."""

    number: str
    role: bool


@dataclass(frozen=True)
class Reached:
    """One destination of a call."""

    to: Destination
    ping: Ping | None = None


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Who could be reached at this moment, and where."""

    places: Sequence[Destination]
    only_called: Sequence[str]
    """Patterns of the destinations that are pagers."""
    roles: Mapping[str, str]
    """The account of the on-call role, by the kind of destination."""
    people: Mapping[str, DeclaredPerson]
    on_call: str = ""
    """Empty: nobody."""

    def of(self, rung: Rung) -> list[Reached]:
        """Return where a step calls; nowhere when it can call nobody."""
        if rung.whom is Whom.PAGER:
            return [Reached(to) for to in self._pagers(rung)]
        if rung.whom is Whom.PERSON and not self.on_call:
            return []
        found = [Reached(to, self._ping(rung.whom, to)) for to in self._chats(rung.place)]
        return [one for one in found if one.ping or rung.whom is not Whom.ROLE]

    def about(self, person: str) -> list[Reached]:
        """Return where one person is told something, without their pager."""
        found = self._chats("") or [to for to in self.places if not self._is_pager(to)]
        return [Reached(to, self._ping_of(person, to)) for to in found]

    def _chats(self, place: str) -> list[Destination]:
        if place:
            return [to for to in self.places if place in (to.channel, to.name)]
        return [to for to in self.places if to.channel in CHATS and not self._is_pager(to)]

    def _pagers(self, rung: Rung) -> list[Destination]:
        """Return the pager of whoever is on call, else the step's place, else nobody's own."""
        own = self.people[self.on_call].pager if self.on_call in self.people else None
        named = own or rung.place
        if named:
            return [to for to in self.places if named in (to.channel, to.name)]
        owned = {person.pager for person in self.people.values()}
        return [to for to in self.places if self._is_pager(to) and to.name not in owned]

    def _is_pager(self, to: Destination) -> bool:
        return any(fnmatchcase(to.name, pattern) for pattern in self.only_called)

    def _ping(self, whom: Whom, to: Destination) -> Ping | None:
        if whom is Whom.ROLE:
            role = self.roles.get(to.channel)
            return Ping(role, role=True) if role else None
        return self._ping_of(self.on_call, to) if whom is Whom.PERSON else None

    def _ping_of(self, person: str, to: Destination) -> Ping | None:
        number = getattr(self.people.get(person), to.channel, None)
        return Ping(str(number), role=False) if number else None


def unknown_places(rungs: Sequence[Rung], places: Sequence[Destination]) -> list[str]:
    """Return the places that steps name and that are not configured."""
    known = {to.channel for to in places} | {to.name for to in places}
    return sorted({rung.place for rung in rungs if rung.place and rung.place not in known})


@dataclass(frozen=True, kw_only=True)
class About:
    """An issue as a call names it."""

    name: str
    title: str
    severity: str

    def __str__(self) -> str:
        title = f" “{quoted(self.title, TITLE)}”" if self.title else ""
        return f"{self.name}{title} ({self.severity})"


def call_words(about: About, whom: Whom, person: str, waited: timedelta, *, pressed: bool) -> str:
    """Say that nobody answered.

    Args:
        about: the issue.
        whom: whom the step calls.
        person: who is on call, if anybody is.
        waited: how long nobody did.
        pressed: whether a card with buttons stands at the destination.
    """
    greeting = f"{person}, you are on call. " if person and whom in _PERSONAL else ""
    how = "press Acknowledge on its card" if pressed else _command("acknowledge", about.name)
    return (
        f"{greeting}{about}: nobody has acknowledged it for {span(waited)}. You know of it? {how}"
    )


_PERSONAL = (Whom.PERSON, Whom.PAGER)


def _command(act: str, name: str) -> str:
    return f"groundswell issue {act} {name}"


def together_words(abouts: Sequence[About], whom: Whom, person: str, *, pressed: bool) -> str:
    """Say that nobody answered for many issues; no title of any: they may be words of users."""
    greeting = f"{person}, you are on call. " if person and whom in _PERSONAL else ""
    named = ", ".join(f"{one.name} ({one.severity})" for one in abouts[:NAMED])
    more = f" and {len(abouts) - NAMED} more: groundswell issue list" if len(abouts) > NAMED else ""
    command = _command("acknowledge", "GS-…")
    how = f"press Acknowledge on their cards, or {command}" if pressed else command
    return (
        f"{greeting}{len(abouts)} issues that nobody has acknowledged: {named}{more}. "
        f"You know of them? {how}"
    )


def reminder_words(about: About, who: str, since: timedelta, *, held: bool) -> str:
    """Say that nothing moved since somebody acknowledged or touched it."""
    verb = "has it" if held else "acknowledged it"
    return (
        f"{about}: {who} {verb}, and nothing has moved for {span(since)}. How far is it? "
        f"{_command('state', about.name)} … or let somebody else: "
        f"{_command('hand-back' if held else 'unacknowledge', about.name)}"
    )


def reminders_words(abouts: Sequence[About]) -> str:
    """Say of many issues that nothing moves."""
    named = ", ".join(f"{one.name} ({one.severity})" for one in abouts[:NAMED])
    more = f" and {len(abouts) - NAMED} more" if len(abouts) > NAMED else ""
    return f"Nothing moves though somebody acknowledged them: {named}{more}. How far are they?"


def span(length: timedelta) -> str:
    """Say a length of time: 5 min, 1 h 10 min, 2 days; under a minute it is 1 min."""
    minutes = max(round(length.total_seconds() / 60), 1)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"


def drawn(text: str, link: str | None, reached: Reached) -> dict[str, Any]:
    """Return a call as its channel draws it; empty where the text is all."""
    draw = _DRAWINGS.get(reached.to.channel)
    return draw(text, link, reached.ping) if draw else {}


def as_text(text: str, link: str | None) -> str:
    """Return a call as plain text."""
    return f"{text}\n{link}" if link else text


def rings(reached: Reached) -> dict[str, Any]:
    """Return whom the message may ping, as its target says it."""
    if reached.ping is None:
        return {}
    return {"ping": {"roles" if reached.ping.role else "users": [reached.ping.number]}}


def reached_again(channel: str, destination: str, target: Mapping[str, Any]) -> Reached:
    """Return a message's destination with whom it pings, as ``rings`` wrote it."""
    found = [
        Ping(str(number), role=kind == "roles")
        for kind, numbers in (target.get("ping") or {}).items()
        for number in numbers
    ]
    return Reached(Destination(channel, destination), found[0] if found else None)


def _discord(text: str, link: str | None, ping: Ping | None) -> dict[str, Any]:
    before = f"<@{'&' if ping.role else ''}{ping.number}> " if ping else ""
    said = discord_text(cut(text, DISCORD if link else DISCORD_ALONE))
    return {"content": before + said + (f"\n<{link}>" if link else "")}


def _slack(text: str, link: str | None, ping: Ping | None) -> dict[str, Any]:
    before = ""
    if ping:
        before = f"<!subteam^{ping.number}> " if ping.role else f"<@{ping.number}> "
    said = fitting(slack_text, text, SLACK)
    after = f"\n<{slack_exact(link)}>" if link else ""
    words = {"type": "mrkdwn", "text": before + said + after, "verbatim": True}
    return {"text": said, "blocks": [{"type": "section", "text": words}]}


_DRAWINGS = {"discord": _discord, "slack": _slack}
