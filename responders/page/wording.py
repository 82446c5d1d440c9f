"""The page's own words: the headline, times with their zone, and update texts made inert.

Pure. An update is text that a person approved, and may still hold words of strangers: it is shown
as lines of plain text, whatever stands in it, so nothing in it becomes markup anywhere.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape

from responders.delivery.inert import cut, plain
from responders.page.snapshot import Entry, Place, Snapshot, Status

NAME_MAX = 255
"""The longest name of an incident that Statuspage's clients expect."""
STATUS_WORDS: Mapping[Status, str] = {
    "investigating": "Investigating",
    "identified": "Identified",
    "monitoring": "Monitoring",
    "resolved": "Resolved",
}
NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip
_ISOLATED = re.compile("\u2068([^\u2066-\u2069]*)\u2069")

Line = Sequence[tuple[str, bool]]
"""One line in pieces: (text, whether its direction must not touch the rest)."""


def title(text: str) -> str:
    """Return a title as one line of at most 255 characters that only show themselves."""
    return cut(plain(text), NAME_MAX) or "Untitled"


def paragraphs(body: str) -> list[list[Line]]:
    r"""Return a text as paragraphs of lines; an empty line parts paragraphs.

    ``"We know.\n\nNext word soon."`` gives two paragraphs of one line with one piece each.
    """
    found: list[list[Line]] = [[]]
    for line in body.splitlines():
        pieces = list(_pieces(line))
        if pieces:
            found[-1].append(pieces)
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def _pieces(line: str) -> Iterator[tuple[str, bool]]:
    """Cut a line at the isolates our templates set; every other direction mark goes."""
    blank = " " if plain(line) else ""
    parts = _ISOLATED.split(line)
    for number, part in enumerate(parts):
        text = plain(part)
        before = part[:1].isspace() and number > 0
        after = part[-1:].isspace() and number < len(parts) - 1
        if text or before or after:
            yield f"{blank * before}{text}{blank * (after and bool(text))}", number % 2 == 1


def as_html(body: str) -> str:
    r"""Return a text as HTML for feeds and JSON: escaped words and line breaks, nothing else.

    ``"a < b\n\nc"`` gives ``a &lt; b<br /><br />c``.
    """
    return "<br /><br />".join(
        "<br />".join(_line_html(line) for line in paragraph) for paragraph in paragraphs(body)
    )


def _line_html(line: Line) -> str:
    return "".join(f"<bdi>{escape(text)}</bdi>" if apart else escape(text) for text, apart in line)


def clock(moment: datetime) -> str:
    """Return the time of day, such as ``09:05``; the zone stands beside it."""
    return f"{moment:%H:%M}"


def weekday(moment: datetime) -> str:
    """Return the day, such as ``Tuesday 12 May``."""
    return f"{moment:%A} {moment.day} {moment:%b}"


def told(moment: datetime, now: datetime | None = None) -> str:
    """Return a time with its day, such as ``12 May, 09:05 UTC``; with the year if it is another.

    Without ``now`` the year is always told.
    """
    year = "" if now is not None and moment.year == now.year else f" {moment.year}"
    return f"{moment.day} {moment:%b}{year}, {moment:%H:%M} UTC"


def at(moment: datetime, now: datetime) -> str:
    """Return a time as briefly as it can be told: ``09:05 UTC`` today, else with its day."""
    return f"{moment:%H:%M} UTC" if moment.date() == now.date() else told(moment, now)


def ends(start: datetime, end: datetime) -> tuple[str, str]:
    """Return what stands at the ends of a picture: times within a day, else days."""
    if end - start < timedelta(hours=24):
        return clock(start), f"{clock(end)} UTC"
    return f"{start.day} {start:%b}", f"{end.day} {end:%b}"


def written(moment: datetime) -> str:
    """Return a time in full, such as ``11:42:08 UTC, Thursday 12 November 2026``."""
    return f"{moment:%H:%M:%S} UTC, {moment:%A} {moment.day} {moment:%B %Y}"


def lasted(span: timedelta) -> str:
    """Return a span of time, such as ``5 h 20 min`` or ``3 days``."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} days"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{rest} min"


def many(count: int, one: str, more: str) -> str:
    """Return a count with its noun: ``1 person``, ``81 people``."""
    return f"{count} {one if count == 1 else more}"


def in_words(count: int) -> str:
    """Return a small number as a word, a large one in figures."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def headline(shot: Snapshot, *, recent: int) -> str:
    """Return what the page says first; never a bare "all is well".

    Args:
        shot: the moment.
        recent: reports of the last hour.
    """
    broken = [entry for entry in shot.open if entry.status != "monitoring"]
    if broken:
        many_are = len(broken) > 1
        words = in_words(len(broken)).capitalize()
        return f"{words} thing{'s are' if many_are else ' is'} not working right now."
    if shot.open:
        words = in_words(len(shot.open)).capitalize()
        return f"{words} repair{'s are' if len(shot.open) > 1 else ' is'} out, and we are watching."
    if not shot.places:
        return "No place is listened to yet."
    if all(place.state in {"silent", "new"} for place in shot.places):
        return "We cannot hear any place right now."
    if recent:
        return "No known issue right now."
    return "No reports right now."


def subline(shot: Snapshot, *, recent: int) -> str:
    """Return what stands under the headline: when we last listened, and what to expect below."""
    heard = shot.heard_at
    listened = f"We last listened at {at(heard, shot.now)}" if heard else "Nothing was heard yet"
    reports = [moment for moment in shot.reported_at if moment <= shot.now]
    last = f", the newest report is from {at(reports[-1], shot.now)}" if reports else ""
    if shot.open:
        rest = "Below is all we know, and when you will hear more."
    elif recent:
        rest = (
            f"{many(recent, 'report', 'reports').capitalize()} came in within the last hour; "
            "what proves to be a problem appears here once a person has looked at it."
        )
    else:
        rest = "A problem appears here once a person has approved what we say about it."
    return f"{listened}{last}. {rest}"


def description(shot: Snapshot) -> str:
    """Return the state in a few words, for widgets and exporters."""
    count = len(shot.open)
    if count:
        return many(count, "known issue", "known issues")
    heard = shot.heard_at
    last = f"last heard {told(heard, shot.now)}" if heard else "nothing heard yet"
    return f"No known issue; {last}"


def place_words(place: Place, now: datetime) -> str:
    """Return how a place fares, such as ``heard 11:40 UTC`` or ``silent since 11:13 UTC``."""
    if place.heard_at is None:
        return "cannot be heard" if place.state == "silent" else "not heard yet"
    when = at(place.heard_at, now)
    if place.state == "silent":
        return f"silent since {when}"
    return f"quiet, looked {when}" if place.state == "quiet" else f"heard {when}"


def heard_from(entry: Entry) -> str:
    """Return who reported it, in numbers only; empty when nobody did."""
    if not entry.people:
        return ""
    people = many(entry.people, "person", "people")
    return f"{people} in {many(entry.places, 'place', 'places')}"
