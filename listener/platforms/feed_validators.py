"""Which validators of a feed may be sent back: those that a change in the same second still moves.

Source: RFC 9110, 8.8.2.2. WordPress makes its ETag, too, from a time of one second.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from config.http_dates import http_date

SETTLED: Final = timedelta(seconds=2)
"""So old must the last change be when it is told, or the next may bear the same time."""


def validators_of(headers: Mapping[str, str]) -> dict[str, str | None]:
    """Return ETag and Last-Modified of an answer, None where they are too fresh to be believed.

    Args:
        headers: of the answer, their names in lower case.
    """
    told, answered = http_date(headers.get("last-modified")), http_date(headers.get("date"))
    if told is not None and answered is not None and answered - told < SETTLED:
        return {"etag": None, "last_modified": None}
    return {"etag": headers.get("etag"), "last_modified": headers.get("last-modified")}
