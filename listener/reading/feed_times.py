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

# "Mo, 02 Nov 2026", "lundi 11 mai 2026": many programs translate the weekday.
_WEEKDAY: Final = re.compile(r"^\s*[^\d,]{1,20}(?:,\s*|(?<!\s)\s+(?=\d{1,2}\.?\s+[^\W\d]))")
_DAY_OF_YEAR: Final = re.compile(r"(\d{4})-?(\d{3})(?!\d)")
_MONTH: Final = re.compile(r"(?<=\d) *\.? *([^\W\d_]{3,12})\.? +(?=\d{4})")
_NAMED_ZONE: Final = re.compile(r"(?<=\d) *([A-Z]{3,5})\s*$")
# Letters for zones were defined with the wrong sign once, so they say nothing.
# Source: https://www.rfc-editor.org/rfc/rfc5322#section-4.3
_LETTER_ZONE: Final = re.compile(r"(?<=\d) +[A-IK-Ya-ik-y]\s*$")
_NO_ZONE: Final = re.compile(r"(?<=\d) *[+-](?:1[5-9]|[2-9]\d)(?::?\d\d)\s*$")
_LEAP_SECOND: Final = re.compile(r"(?<=\d\d:\d\d:)60(?!\d)")
_MIDNIGHT: Final = re.compile(r"(?<=[T\s])24(?=:00(?::00)?(?!\d))")
_FRACTION: Final = re.compile(r"(?<=:\d\d:\d\d)[.,]\d{1,9}(?= )")
_HALF_DAY: Final = re.compile(r"\b(\d{1,2}):(\d\d(?::\d\d)?) ?([AaPp])\.?[Mm]\b\.?")
_AMERICAN: Final = re.compile(r"^\s*([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?, ?(\d{4})\b")
_YEAR_FIRST: Final = re.compile(
    r"^\s*(\d{4})(?:/|\s*[年년]\s*)(\d{1,2})(?:/|\s*[月월]\s*)(\d{1,2})(?:\s*[日일])?(?!\d)"
)
_SPACED_UTC: Final = re.compile(r"(?<=\d) (?:UTC|GMT|Z)\s*$")
# Programs that count years from 1900.
_LONG_YEAR: Final = re.compile(r"(?<=[A-Za-z] )1(\d\d)(?= \d{1,2}:)")
_EPOCH: Final = re.compile(r"\s*(\d{10})(?:\d{3})?\s*")

# By their first letters, accents taken off: German, French, Spanish, Italian, Dutch, Portuguese.
_MONTHS: Final = {
    "ene": "Jan", "gen": "Jan", "fev": "Feb", "mrz": "Mar", "mrt": "Mar", "maa": "Mar",
    "avr": "Apr", "abr": "Apr", "mai": "May", "mag": "May", "mei": "May", "juin": "Jun",
    "giu": "Jun", "juil": "Jul", "lug": "Jul", "aou": "Aug", "ago": "Aug", "set": "Sep",
    "okt": "Oct", "ott": "Oct", "out": "Oct", "dez": "Dec", "dic": "Dec",
    "янв": "Jan", "фев": "Feb", "мар": "Mar", "апр": "Apr", "май": "May", "мая": "May",
    "июн": "Jun", "июл": "Jul", "авг": "Aug", "сен": "Sep", "окт": "Oct", "ноя": "Nov",
    "дек": "Dec",
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
    if not isinstance(value, str):
        return None
    text, later = _possible(value[:LONGEST])
    at = _iso(text)
    try:
        return None if at is None else _believable(at + later)
    except OverflowError:
        return None


def _feed_time(text: str, parsed: Any) -> datetime | None:
    """Return a date as ISO, else in words that only we know, else as feedparser read it.

    feedparser takes a week (``2026-W20-1``) and a day of the year for months and days.
    """
    possible, later = _possible(text)
    known = _in_english(possible)
    attempts: tuple[Callable[[], datetime | None], ...] = (
        lambda: _iso(possible),
        lambda: _counted(possible),
        lambda: _rfc822(known) if known != text else None,
        lambda: datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None,
        lambda: _rfc822(known),
    )
    for attempt in attempts:
        try:
            at = attempt()
            if at is not None:
                # Whole seconds, as they always were: a time is part of what a post is known by.
                return (at + later).replace(microsecond=0)
        except (ValueError, OverflowError, OSError, TypeError, IndexError):
            continue
    return None


def _possible(text: str) -> tuple[str, timedelta]:
    """Return a date as clocks know it, and what is to be added to it.

    The leap second at 23:59:60 and the end of a day at 24:00 are no times to most parsers.
    """
    text, leaps = _LEAP_SECOND.subn("59", text, count=1)
    text, ends = _MIDNIGHT.subn("00", text, count=1)
    year = _YEAR_FIRST.match(text)
    if year:
        date = f"{year[1]}-{int(year[2]):02d}-{int(year[3]):02d}"
        text = f"{date} {text[year.end() :].strip()}".strip()
    if text[:4].isdecimal():
        text = _SPACED_UTC.sub("+00:00", text)
    return text, timedelta(days=ends, seconds=leaps)


def _counted(text: str) -> datetime | None:
    """Return a time given in seconds, or milliseconds, since 1970."""
    counted = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(counted[1]), UTC) if counted else None


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
    text = _WEEKDAY.sub("", text)
    return _in_utc(parsedate_to_datetime(text if ":" in text else f"{text} 00:00:00"))


def _in_utc(at: datetime) -> datetime:
    """A time without a zone is taken as UTC: nobody says which one was meant."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _in_english(text: str) -> str:
    """Return the date with month and zone as RFC 822 writes them; unchanged if they were so."""
    text = _AMERICAN.sub(r"\2 \1 \3", text)
    text = _HALF_DAY.sub(_whole_day, text, count=1)
    text = _NO_ZONE.sub("", _LETTER_ZONE.sub("", _FRACTION.sub("", text)))
    text = _LONG_YEAR.sub(lambda year: str(2000 + int(year[1])), text)
    text = _MONTH.sub(_month, text, count=1)
    return _NAMED_ZONE.sub(lambda zone: f" {_ZONES.get(zone[1], zone[1])}", text)


def _whole_day(time: re.Match[str]) -> str:
    hour = int(time[1]) % 12 + 12 * (time[3] in "pP")
    return f"{hour:02d}:{time[2]}"


def _month(name: re.Match[str]) -> str:
    if cyrillic := _MONTHS.get(name[1].casefold()[:3]):
        return f" {cyrillic} "
    plain = unicodedata.normalize("NFD", name[1].casefold()).encode("ascii", "ignore").decode()
    month = _MONTHS.get(plain[:4]) or _MONTHS.get(plain[:3])
    return f" {month} " if month else name[0]


def _believable(at: datetime) -> datetime | None:
    return at if at >= EARLIEST else None
