"""Quiet hours: a place's time in which nothing of ours is posted there; it goes out after them.

Pure, and down here, because the approval asks it for the time of the send, and the claim once more:
a message may have waited for something else until the quiet hours began.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

KEY: Final = "quiet"
"""Under which a message's target holds them: ``{"hours": "22:00-07:00", "zone": "UTC"}``."""
_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Quiet:
    """From when until when, by the clock of a zone; over midnight where the end is the smaller."""

    begins: time
    ends: time
    zone: str

    @property
    def hours(self) -> str:
        """As people write them."""
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"

    def as_json(self) -> dict[str, str]:
        """Return them as a message's target holds them."""
        return {"hours": self.hours, "zone": self.zone}


def quiet_hours(hours: str, zone: str) -> Quiet:
    """Return quiet hours as they are declared.

    Args:
        hours: ``22:00-07:00``.
        zone: a name of the IANA time zone database, such as ``Europe/Berlin``.

    Raises:
        ValueError: it says what is wrong and how it should be.
    """
    found = _HOURS.fullmatch(hours.strip())
    if found is None:
        raise ValueError(f"“{hours[:40]}” are no quiet hours; write them as 22:00-07:00")
    first, last = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if first == last:
        raise ValueError("quiet hours that begin when they end leave no time; say allowed = false")
    named(zone)
    return Quiet(first, last, zone)


@cache
def named(zone: str) -> ZoneInfo:
    """Return a time zone.

    Raises:
        ValueError: there is none of that name.
    """
    try:
        return ZoneInfo(zone)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(
            f"there is no time zone “{zone[:40]}”; take a name such as Europe/Berlin or UTC"
        ) from error


def after_quiet(quiet: Quiet | None, moment: datetime) -> datetime:
    """Return the first moment from ``moment`` on that is not quiet; itself when it is not.

    At 23:30 with quiet hours 22:00-07:00 that is 07:00 of the next day. The hour that a change of
    the clock leaves out is over at once; one that it repeats is quiet twice.
    """
    if quiet is None:
        return moment
    here = moment.astimezone(named(quiet.zone))
    for days in (-1, 0):
        day = here.date() + timedelta(days=days)
        begins = datetime.combine(day, quiet.begins, tzinfo=here.tzinfo)
        last = day + timedelta(days=int(quiet.ends < quiet.begins))
        ends = datetime.combine(last, quiet.ends, tzinfo=here.tzinfo)
        if begins.astimezone(UTC) <= moment < ends.astimezone(UTC):
            return ends.astimezone(UTC)
    return moment


def told_quiet(target: Mapping[str, Any]) -> Quiet | None:
    """Return the quiet hours that a message's target holds; what cannot be read holds up nothing.

    They were checked when they were declared.
    """
    found = target.get(KEY)
    if not isinstance(found, Mapping):
        return None
    try:
        return quiet_hours(str(found.get("hours")), str(found.get("zone")))
    except ValueError:
        return None
