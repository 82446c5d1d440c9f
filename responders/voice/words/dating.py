"""Times, counts and lists in the words of a pack, so that a text is in one language throughout.

Pure. What is said to our own people about promises stands in promises.py.
"""

from collections.abc import Sequence
from datetime import datetime

from responders.voice.words.packs import Phrases


def due_time(due: datetime, phrases: Phrases, *, now: datetime) -> str:
    """Say when, with the zone, and the day if it is another one than today.

    Such as "18:00 UTC" or "09:00 UTC on Thursday 14 May".
    """
    if due.date() == now.date():
        return clock_time(due, phrases)
    return past_time(due, phrases)


def past_time(moment: datetime, phrases: Phrases) -> str:
    """Say a time with its day, so that it is understood a week later, too."""
    return phrases.on_day.format(time=f"{moment:%H:%M}", **_day(moment, phrases))


def clock_time(moment: datetime, phrases: Phrases) -> str:
    """Say a time of this day, with the zone."""
    return phrases.today.format(time=f"{moment:%H:%M}")


def day(moment: datetime, phrases: Phrases) -> str:
    """Say a day without a time: "Tuesday 12 May"."""
    return phrases.day.format(**_day(moment, phrases))


def _day(moment: datetime, phrases: Phrases) -> dict[str, str]:
    return {
        "weekday": phrases.weekdays[moment.weekday()],
        "day": str(moment.day),
        "month": phrases.months[moment.month - 1],
    }


def heard_from(people: int, places: int, phrases: Phrases) -> str:
    """Say how many told us: "12 people in 3 places"; empty when nobody did."""
    if people < 1:
        return ""
    who = phrases.one_person if people == 1 else phrases.people.format(people=people)
    return who if places < 2 else phrases.in_places.format(who=who, places=places)


def joined(parts: Sequence[str], phrases: Phrases) -> str:
    """Join at most two things: "one and another"."""
    if len(parts) < 2:
        return "".join(parts)
    return phrases.both.format(first=parts[0], second=parts[1])
