"""Times of day as texts give them, with the zone they count in.

Pure. Apart because two rules need it: the promise must stand in the text, and no time without zone.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

OFFSETS: Final[Mapping[str, float]] = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "mez": 1,
    "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "ist": 5.5, "jst": 9, "kst": 9, "aest": 10,
    "aedt": 11, "est": -5, "edt": -4, "et": -5, "cst": -6, "cdt": -5, "ct": -6, "mst": -7,
    "mdt": -6, "mt": -7, "pst": -8, "pdt": -7, "pt": -8, "brt": -3,
}  # fmt: skip
"""Hours before UTC by the zone's short name; of those with two meanings the commoner."""
_ZONES: Final = "|".join(sorted(OFFSETS, key=len, reverse=True))
CLOCK: Final = re.compile(
    rf"""(?ix) (?<![\d:.,/-])
    (?: (?P<hour>[01]?\d|2[0-4]) \s?[:.h時]\s? (?P<minute>[0-5]\d) (?:[:.][0-5]\d)? (?![\d%])
        (?:\s?(?P<half>[ap])\.?m\b\.?)? | (?P<full>1[0-2]|[1-9]) \s?(?P<noon>[ap])\.?m\b\.?
      | (?P<uhr>[01]?\d|2[0-4]) \s(?:Uhr|o'clock)\b )
    (?: \s?(?:Uhr|Uhr\s\(|h|分|o'clock)\b )?
    (?: \s?\(?\s? (?P<zone>{_ZONES})\b (?P<shift>[+-]\d{{1,2}}(?::?\d\d)?)?
      | \s?(?P<offset>[+-]\d\d:?\d\d)\b )?
    """
)
_RANGE: Final = re.compile(r"\s?(?:[-–—]|to|and|bis|und)\s?$", re.IGNORECASE)
_DECIMAL: Final = re.compile(
    r"\b(?:version|v|release|build|app|update|android|ios)\s?$", re.IGNORECASE
)


@dataclass(frozen=True)
class Clock:
    """One time of day in a text."""

    words: str
    hour: int
    minute: int
    zone: float | None
    """Hours before UTC; None where the text does not say."""
    start: int
    end: int

    def is_at(self, moment: datetime) -> bool:
        """Tell whether it is the time of day of a moment in UTC; without a zone it counts so."""
        local = moment + timedelta(hours=self.zone or 0.0)
        return (local.hour, local.minute) == (self.hour % 24, self.minute)


def clocks(text: str) -> Iterator[Clock]:
    """Yield the times of day in a text; the first of a range has the zone of the second."""
    found = [one for one in (_clock(match, text) for match in CLOCK.finditer(text)) if one]
    for number, one in enumerate(found):
        following = found[number + 1] if number + 1 < len(found) else None
        between = text[one.end : following.start] if following else ""
        if one.zone is None and following and len(between) < 6 and _RANGE.match(f"{between}"):
            yield Clock(one.words, one.hour, one.minute, following.zone, one.start, one.end)
        else:
            yield one


def _clock(found: re.Match[str], text: str) -> Clock | None:
    dotted = "." in found[0] and found["minute"] is not None
    zone = _zone(found)
    before = text[max(found.start() - 12, 0) : found.start()]
    if dotted and zone is None and not found["half"] and "Uhr" not in found[0]:
        return None  # 7.30 is a version or a number more often than a time
    if _DECIMAL.search(before) and dotted:
        return None
    hour = int(found["hour"] or found["full"] or found["uhr"])
    half = (found["half"] or found["noon"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return Clock(
        found[0].strip(), hour, int(found["minute"] or 0), zone, found.start(), found.end()
    )


def _zone(found: re.Match[str]) -> float | None:
    if found["offset"]:
        return _hours(found["offset"])
    if found["zone"]:
        return OFFSETS[found["zone"].lower()] + (_hours(found["shift"]) if found["shift"] else 0.0)
    return None


def _hours(shift: str) -> float:
    """Return the hours of an offset such as ``+2``, ``-0500`` or ``+05:30``."""
    digits = shift[1:].replace(":", "")
    hours = int(digits[:2]) + int(digits[2:] or 0) / 60
    return -hours if shift[0] == "-" else hours
