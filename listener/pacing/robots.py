"""What a site lets programs read of its pages: robots.txt by RFC 9309, as a pure rule.

The longest pattern that fits decides; of two that are as long, the one that allows. Feeds and the
interfaces of forums are made for programs and are not asked about.

Source: https://www.rfc-editor.org/rfc/rfc9309
"""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote, urlsplit

MAX_CHARACTERS: Final = 500_000
MAX_RULES: Final = 5_000
MAX_STARS: Final = 20
"""A pattern with more would only be there to cost time."""
LONGEST_DELAY_S: Final = 30.0
"""Seconds of a crawl-delay that are honoured; some ask for hours, and a page has a second part."""
_SECONDS: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


@dataclass(frozen=True)
class Robots:
    """The rules for one reader."""

    rules: tuple[tuple[str, bool], ...] = ()
    """Patterns, and whether they allow."""
    delay_s: float | None = None
    """Seconds to leave between two requests, at most ``LONGEST_DELAY_S``; None: it does not say.

    Source: https://en.wikipedia.org/wiki/Robots.txt#Crawl-delay_directive (no part of the RFC)
    """

    def allows(self, url: str) -> bool:
        """Tell whether the page may be read."""
        parts = urlsplit(url)
        path = _spelled(parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        fitting = [(len(pattern), allow) for pattern, allow in self.rules if _fits(pattern, path)]
        return max(fitting, default=(0, True))[1]


@dataclass
class _Group:
    agents: list[str] = field(default_factory=list)
    rules: list[tuple[str, bool]] = field(default_factory=list)
    delays_s: list[float] = field(default_factory=list)

    @property
    def is_begun(self) -> bool:
        """Whether the lines of agents are over."""
        return bool(self.rules or self.delays_s)


def read_robots(text: str, *, agent: str) -> Robots:
    """Return what the file says to a reader.

    Args:
        text: the file; what is no rule in it is passed over.
        agent: our name, such as ``Groundswell``.
    """
    groups = _groups(text[:MAX_CHARACTERS])
    own = [group for group in groups if agent.lower() in group.agents]
    chosen = own or [group for group in groups if "*" in group.agents]
    delays_s = [delay for group in chosen for delay in group.delays_s]
    return Robots(
        tuple(rule for group in chosen for rule in group.rules)[:MAX_RULES],
        min(max(delays_s), LONGEST_DELAY_S) if delays_s else None,
    )


def _groups(text: str) -> list[_Group]:
    groups: list[_Group] = []
    for line in text.removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if not groups or groups[-1].is_begun:
                groups.append(_Group())
            groups[-1].agents.append(re.split(r"[/\s]", value.lower())[0])
        elif key in {"allow", "disallow"} and groups:
            # An empty "Disallow:" ends the line of agents and forbids nothing.
            groups[-1].rules.append((_spelled(value) or "/", key == "allow" or not value))
        elif key == "crawl-delay" and groups and _SECONDS.fullmatch(value):
            groups[-1].delays_s.append(float(value))
    return groups


def _spelled(path: str) -> str:
    """Return a path in one spelling, however its characters were escaped."""
    return quote(unquote(path, errors="surrogateescape"), safe="/*$?=&;:,@!+~'()", errors="replace")


def _fits(pattern: str, path: str) -> bool:
    anchored = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if len(rest) > MAX_STARS or not path.startswith(first):
        return False
    if not rest:
        return not anchored or path == first
    position = len(first)
    for part in rest[:-1]:
        found = path.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    if anchored:
        return path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= position
    return path.find(rest[-1], position) >= 0
