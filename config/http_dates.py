"""Dates in headers: of an answer, of what it holds, of when to come again.

Pure; servers write them in three ways and leave the zone out, so they are read in one place.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_LEAP_SECOND: Final = re.compile(r"(?<=:[0-5][0-9]:)60(?![0-9])")


def http_date(text: str | None) -> datetime | None:
    """Return the moment a header names, in UTC; None when there is none that can be read.

    A zone that is not said, or said as "-0000", is UTC.
    Source: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
    """
    try:
        at = parsedate_to_datetime(_LEAP_SECOND.sub("59", text or ""))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
