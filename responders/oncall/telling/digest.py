"""The digest of a storm: what it lists, in which order, and how it fits any platform's limits.

Pure. As many issues as fit get a line each, the worst first; all others are named by number, in
stretches; what does not fit even so is counted. So 500 issues fit as well as five.
Source: https://docs.discord.com/developers/resources/message#embed-object-embed-limits
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from responders.delivery.inert import discord_text, quoted, web_link
from responders.delivery.platforms.slack_text import fitting, slack_link, slack_text
from responders.oncall.card import clock_time
from responders.oncall.cards.drawing_slack import section
from responders.oncall.grouping import SEVERITIES, rank
from responders.oncall.storms.storming import ranges

TEXT, DESCRIPTION = 1900, 4000
"""Characters: under the 2,000 of a plain message, the 3,000 of a Slack section, and the 4,096 of
Discord's richer part."""
NAMED = 320
"""Characters that are kept free for those that get no line."""
TITLE = 70
EDGE_RUNS, EDGE_OVER = 0xA62B10, 0x74817D


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One issue of a digest."""

    number: int
    severity: str
    state: str
    people: int
    title: str = ""
    """Words of strangers; empty where only our own words may stand."""
    over: bool = False
    """Resolved, part of another one, or nobody is to be told any more."""
    back: bool = False
    """It was known, and came back."""


@dataclass(frozen=True, kw_only=True)
class Digest:
    """A storm as it is told."""

    began_at: datetime
    over_at: datetime | None
    listed: Sequence[Listed]
    console: str | None = None
    """Where people open an issue, without the slash at its end."""

    def without_titles(self) -> "Digest":
        """Return it in our own words only, as a row may keep it whatever is erased later."""
        return replace(self, listed=[replace(one, title="") for one in self.listed])


def headline(digest: Digest) -> str:
    """Say what this message is, in one line that a phone shows."""
    count = len(digest.listed)
    issues = "1 issue" if count == 1 else f"{count} issues"
    since = clock_time(digest.began_at)
    if digest.over_at is None:
        return f"Storm: {issues} more since {since}, told here together until it is calm."
    return f"The storm is over: {issues} from {since} to {clock_time(digest.over_at)}."


def as_text(digest: Digest) -> str:
    """Return the digest as lines in our own words only, ``TEXT`` characters at the most."""
    head = [headline(digest), _sum(digest)]
    plain = digest.without_titles()
    return "\n".join([*head, *_body(plain, TEXT - _length(head), _line)])


def as_discord(digest: Digest) -> dict[str, Any]:
    """Return the digest as the content and the one embed of a Discord message."""
    body = [_sum(digest), ""]
    lines = _body(digest, DESCRIPTION - _length(body), _discord_line)
    embed = {
        "title": "Many issues at once" if digest.over_at is None else "It was a storm",
        "description": "\n".join([*body, *lines]),
        "color": EDGE_RUNS if digest.over_at is None else EDGE_OVER,
    }
    return {"content": headline(digest), "embeds": [embed]}


def as_slack(digest: Digest) -> dict[str, Any]:
    """Return the digest as the text and the blocks of a Slack message, in our own words only.

    As plain text its links could not be opened: Slack makes a link of nothing there.
    """
    head = f"{headline(digest)}\n{_sum(digest)}"
    lines = _body(digest.without_titles(), TEXT, _slack_line)
    told = {"type": "mrkdwn", "text": "\n".join(lines) or "–", "verbatim": True}
    return {
        "text": fitting(slack_text, headline(digest), TEXT),
        "blocks": [section(head), {"type": "section", "text": told}],
    }


def _sum(digest: Digest) -> str:
    """Count the open ones by severity, the worst first."""
    alive = [one for one in digest.listed if not one.over]
    counts = [(name, sum(one.severity == name for one in alive)) for name in SEVERITIES]
    told = ", ".join(f"{count} {name}" for name, count in reversed(counts) if count)
    ended = len(digest.listed) - len(alive)
    over = f"{ended} need{'s' * (ended == 1)} nobody any more" if ended else ""
    return "; ".join(part for part in (told, over) if part) + "."


def _body(digest: Digest, room: int, draw: Callable[[Listed, str | None], str]) -> list[str]:
    order = sorted(
        digest.listed, key=lambda one: (one.over, -rank(one.severity), -one.people, one.number)
    )
    lines: list[str] = []
    left = room
    for place, one in enumerate(order):
        line = draw(one, _link(digest, one.number))
        kept = NAMED if place + 1 < len(order) else 0
        if len(line) + 1 > left - kept:
            return [*lines, _rest([each.number for each in order[place:]], left - 1)]
        lines.append(line)
        left -= len(line) + 1
    return lines


def _rest(numbers: Sequence[int], room: int) -> str:
    """Name what has no line of its own, in stretches; count what has no room even so."""
    said, told = "Also", 0
    for first, last in ranges(numbers):
        name = f"GS-{first}" if first == last else f"GS-{first} to GS-{last}"
        more = f"{':' if said == 'Also' else ','} {name}"
        if len(said) + len(more) + 60 > room:
            break
        said += more
        told += sum(first <= number <= last for number in numbers)
    rest = len(set(numbers)) - told
    ending = f"; and {rest} more, see groundswell issue list" if rest else ""
    return f"{said}{ending}."


def _line(one: Listed, link: str | None) -> str:
    where = f": {link}" if link else ""
    return f"GS-{one.number} {_facts(one)}{where}"


def _slack_line(one: Listed, link: str | None) -> str:
    return f"GS-{one.number} {_facts(one)}{f': {slack_link(link)}' if link else ''}"


def _discord_line(one: Listed, link: str | None) -> str:
    title = discord_text(quoted(one.title, TITLE))
    parts = [f"**GS-{one.number}** {_facts(one)}", title, f"<{link}>" if link else ""]
    return " · ".join(part for part in parts if part)


def _facts(one: Listed) -> str:
    people = "1 person" if one.people == 1 else f"{one.people} people"
    state = [one.state] if one.over or one.state != "new" else []
    return ", ".join([one.severity, *(["back"] if one.back else []), *state, people])


def _link(digest: Digest, number: int) -> str | None:
    return web_link(f"{digest.console}/issues/GS-{number}") if digest.console else None


def _length(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)
