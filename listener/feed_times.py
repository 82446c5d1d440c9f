"""When an entry of a feed was written, out of what programs take for a date.

Pure and light, apart from the other fields because one entry in twenty has no date that a parser
of the standards reads: weekdays and months in the program's own language, zones by name, weeks.
"""

import calendar
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)
"""Before this nobody wrote feeds: an older date is a default value."""
LONGEST: Final = 100
"""Characters of a date that are looked at."""

# "Mo, 02 Nov 2026": many programs translate the weekday.
_WEEKDAY: Final = re.compile(r"^\s*[^\d,]{1,20},\s*")
_DAY_OF_YEAR: Final = re.compile(r"(\d{4})-?(\d{3})(?!\d)")
_MONTH: Final = re.compile(r"(?<=\d) *\.? *([^\W\d_]{3,12})\.? +(?=\d{4})")
_NAMED_ZONE: Final = re.compile(r"(?<=\d) *([A-Z]{3,5})\s*$")

# By their first letters, accents taken off: German, French, Spanish, Italian, Dutch, Portuguese.
_MONTHS: Final = {
    "ene": "Jan", "gen": "Jan", "fev": "Feb", "mrz": "Mar", "mrt": "Mar", "maa": "Mar",
    "avr": "Apr", "abr": "Apr", "mai": "May", "mag": "May", "mei": "May", "juin": "Jun",
    "giu": "Jun", "juil": "Jul", "lug": "Jul", "aou": "Aug", "ago": "Aug", "set": "Sep",
    "okt": "Oct", "ott": "Oct", "out": "Oct", "dez": "Dec", "dic": "Dec",
}  # fmt: skip
# The American ones are known to the parsers; one that several countries use (IST) says nothing.
_ZONES: Final = {
    "WET": "+0000", "WEST": "+0100", "BST": "+0100", "CET": "+0100", "MEZ": "+0100",
    "CEST": "+0200", "MESZ": "+0200", "EET": "+0200", "EEST": "+0300", "MSK": "+0300",
    "JST": "+0900", "KST": "+0900", "AEST": "+1000", "AEDT": "+1100", "NZST": "+1200",
    "NZDT": "+1300",
}  # fmt: skip


def first_time(entry: Mapping[str, Any]) -> datetime | None:
    """Return when an entry that feedparser read was written; None where no date can be believed.

    The first of its dates that is one counts, even if it cannot be believed.
    """
    # Past feedparser's own lookup, which answers "updated" with "published" and a warning.
    fields = dict(entry.items())
    for name in ("published", "created", "updated"):
        at = _feed_time(str(fields.get(name) or "")[:LONGEST], fields.get(f"{name}_parsed"))
        if at is not None:
            return _believable(at)
    return None


def iso_time(value: object) -> datetime | None:
    """Return a time as JSON Feed writes it; None where it is none or cannot be believed."""
    at = _iso(value) if isinstance(value, str) else None
    return None if at is None else _believable(at)


def _feed_time(text: str, parsed: Any) -> datetime | None:
    """Return a date as ISO, else in words that only we know, else as feedparser read it.

    feedparser takes a week (``2026-W20-1``) and a day of the year for months and days.
    """
    known = _in_english(text)
    attempts: tuple[Callable[[], datetime | None], ...] = (
        lambda: _iso(text),
        lambda: _rfc822(known) if known != text else None,
        lambda: datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None,
        lambda: _rfc822(known),
    )
    for attempt in attempts:
        try:
            at = attempt()
        except (ValueError, OverflowError, OSError, TypeError, IndexError):
            continue
        if at is not None:
            # Whole seconds, as they always were: a time is part of what a post is known by.
            return at.replace(microsecond=0)
    return None


def _iso(text: str) -> datetime | None:
    text = text.strip()
    counted = _DAY_OF_YEAR.fullmatch(text)
    try:
        if counted:
            return datetime(int(counted[1]), 1, 1, tzinfo=UTC) + timedelta(int(counted[2]) - 1)
        return _in_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):  # year 1 east of Greenwich has no time in UTC
        return None


def _rfc822(text: str) -> datetime:
    return _in_utc(parsedate_to_datetime(_WEEKDAY.sub("", text)))


def _in_utc(at: datetime) -> datetime:
    """A time without a zone is taken as UTC: nobody says which one was meant."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _in_english(text: str) -> str:
    """Return the date with month and zone as RFC 822 writes them; unchanged if they were so."""
    text = _MONTH.sub(_month, text, count=1)
    return _NAMED_ZONE.sub(lambda zone: f" {_ZONES.get(zone[1], zone[1])}", text)


def _month(name: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFD", name[1].casefold()).encode("ascii", "ignore").decode()
    month = _MONTHS.get(plain[:4]) or _MONTHS.get(plain[:3])
    return f" {month} " if month else name[0]


def _believable(at: datetime) -> datetime | None:
    return at if at >= EARLIEST else None
