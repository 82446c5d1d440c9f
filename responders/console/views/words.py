"""The words, times and links of every page of the console; pure.

Times are printed with their zone; how long ago or how long still stands beside them, because these
pages are made for one look, not kept.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
LONGEST_ROW = 160
"""Characters of a row's quote; the page cuts it to one line anyway."""


@dataclass(frozen=True)
class Link:
    """A way to a place on the web, named by its host: a stranger's words never name a link."""

    url: str
    host: str


def utc(moment: datetime) -> str:
    """Return a time in full, such as ``09:05 UTC, 12 May 2026``."""
    return f"{moment:%H:%M} UTC, {moment.day} {moment:%b %Y}"


def clock(moment: datetime, now: datetime) -> str:
    """Return a time as short as it is clear.

    ``09:05 UTC`` on the same day, ``Fri 13 Nov, 09:05 UTC`` on another one.
    """
    if moment.date() == now.date():
        return f"{moment:%H:%M} UTC"
    year = "" if moment.year == now.year else f" {moment:%Y}"
    return f"{moment:%a} {moment.day} {moment:%b}{year}, {moment:%H:%M} UTC"


def duration(span: timedelta) -> str:
    """Return a length of time in its largest unit: ``45 s``, ``24 min``, ``3 h``, ``2 d``."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < MINUTE_S:
        return f"{seconds} s"
    if seconds < HOUR_S:
        return f"{seconds // MINUTE_S} min"
    if seconds < 2 * DAY_S:
        hours, minutes = divmod(seconds // MINUTE_S, 60)
        return f"{hours} h {minutes} min" if hours < 3 and minutes else f"{hours} h"
    return f"{seconds // DAY_S} d"


def age(moment: datetime, now: datetime) -> str:
    """Return how long ago it was; ``now`` within the last minute."""
    gone = now - moment
    return "now" if gone < timedelta(minutes=1) else duration(gone)


def left(due: datetime, now: datetime) -> str:
    """Return how long a promise has still, or how long it is overdue."""
    return f"in {duration(due - now)}" if due > now else f"overdue by {duration(now - due)}"


def several(number: int, one: str, many: str) -> str:
    """Return a number with its noun: ``1 person``, ``7 people``."""
    return f"{number} {one if number == 1 else many}"


def usual_range(most: int) -> str:
    """Return what is usual in words: ``0``, or ``0 to 2``."""
    return "0" if most == 0 else f"0 to {most}"


def one_line(text: str) -> str:
    """Return a text as one short line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_ROW else f"{line[: LONGEST_ROW - 1].rstrip()}…"


def initials(name: str) -> str:
    """Return up to two letters that stand for a person: ``ines okafor`` is ``IO``."""
    parts = [part for part in re.split(r"[\s._-]+", name) if part[:1].isalnum()]
    letters = f"{parts[0][0]}{parts[-1][0]}" if len(parts) > 1 else "".join(parts)[:2]
    return letters.upper() or "?"


def marked(text: str, phrases: Iterable[str]) -> list[tuple[str, bool]]:
    """Cut a text into pieces, those that a phrase names marked; longer phrases win.

    ``("The tray stays locked", ["stays locked"])`` gives ``[("The tray ", False),
    ("stays locked", True)]``. The pieces together are the text.
    """
    known = sorted({phrase for phrase in phrases if phrase.strip()}, key=len, reverse=True)
    if not known:
        return [(text, False)]
    pattern = re.compile(
        rf"(?<!\w)({'|'.join(re.escape(phrase) for phrase in known)})(?!\w)", re.IGNORECASE
    )
    pieces = [(piece, index % 2 == 1) for index, piece in enumerate(pattern.split(text))]
    return [piece for piece in pieces if piece[0]]


def link_to(url: str | None) -> Link | None:
    """Return a link to a place on the web; None for any other scheme, which a page never opens."""
    try:
        parts = urlsplit(url or "")
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    return Link(url=parts.geturl(), host=host)


def public_name(name: str) -> str:
    """Return a source's name as anybody may read it: of an address only the host.

    The rest of an address may hold a token: ``https://forum.example/feed?key=1`` is
    ``forum.example``.
    """
    if "://" not in name:
        return name
    try:
        return urlsplit(name).hostname or "a place"
    except ValueError:
        return "a place"
