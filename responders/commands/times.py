"""Times as people type them: a moment, a length, and the end of something that lasts.

Pure: what it is now comes in.
"""

import re
from datetime import datetime, timedelta

from config.clock import parse_time
from config.errors import SettingsError

LONGEST_WAIT = timedelta(days=366)
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LENGTH = re.compile(r"([0-9]{1,6}) ?([mhdw])")


def moment(text: str, option: str) -> datetime:
    """Return a time as aware UTC.

    Raises:
        SettingsError: the text is no time.
    """
    try:
        return parse_time(text.strip())
    except (ValueError, OverflowError) as error:
        raise SettingsError(f"{option} is no time; write 2026-05-01T10:00:00Z") from error


def length(text: str, option: str) -> timedelta:
    """Return a length of time: ``90m``, ``12h``, ``3d`` or ``2w``.

    Raises:
        SettingsError: the text is none, or longer than a year.
    """
    found = _LENGTH.fullmatch(text.strip().lower())
    span = timedelta(**{UNITS[found[2]]: int(found[1])}) if found else timedelta()
    if not timedelta() < span <= LONGEST_WAIT:
        raise SettingsError(f"{option} is no length of time up to a year; write 90m, 12h, 3d or 2w")
    return span


def ending(until: str | None, wait: str | None, *, now: datetime) -> datetime | None:
    """Return when something ends that ``--until`` or ``--for`` bounds; None without either.

    Raises:
        SettingsError: both are given, or the end does not lie ahead.
    """
    if until is not None and wait is not None:
        raise SettingsError("--until and --for say the same; give one of them")
    if wait is not None:
        return now + length(wait, "--for")
    if until is None:
        return None
    end = moment(until, "--until")
    if end <= now:
        raise SettingsError("--until has passed already; write a time that lies ahead")
    return end
