"""Which validators of a feed may be sent back: those that a change in the same second still moves.

Source: RFC 9110, 8.8.2.2. WordPress makes its ETag, too, from a time of one second.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

SETTLED: Final = timedelta(seconds=2)
"""So old must the last change be when it is told, or the next may bear the same time."""


def validators_of(headers: Mapping[str, str]) -> dict[str, str | None]:
    """Return ETag and Last-Modified of an answer, None where they are too fresh to be believed.

    Args:
        headers: of the answer, their names in lower case.
    """
    told, answered = _time(headers.get("last-modified")), _time(headers.get("date"))
    if told is not None and answered is not None and answered - told < SETTLED:
        return {"etag": None, "last_modified": None}
    return {"etag": headers.get("etag"), "last_modified": headers.get("last-modified")}


def _time(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
