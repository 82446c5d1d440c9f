"""When the next word is due: a promise rounded to a time that people can remember.

Pure. Always rounded up: a promise that is kept early is kept, one kept late is broken.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

SATURDAY = 5
REMIND_AT = 0.75
"""The share of a promise's time after which people are reminded of it."""


@dataclass(frozen=True)
class Periods:
    """Hours until the next word, by severity; the operator's knobs."""

    critical_h: float
    major_h: float
    minor_h: float
    cosmetic_h: float

    def of(self, severity: str) -> timedelta:
        """Return the period of a severity; an unknown one is treated as minor."""
        hours = {
            "critical": self.critical_h,
            "major": self.major_h,
            "cosmetic": self.cosmetic_h,
        }
        return timedelta(hours=hours.get(severity, self.minor_h))


def next_update_by(severity: str, now: datetime, periods: Periods) -> datetime:
    """Return by when the next word comes, as aware UTC.

    The period is added and the sum rounded up: to a quarter of an hour for periods up to an hour,
    to a half up to four hours, else to a full hour. With a period of 4 h, 12:07 gives 16:30.
    Periods of a day or more run on weekdays only: a day from Friday 12:07 ends on Monday at 13:00.
    """
    period = periods.of(severity)
    if period < timedelta(days=1):
        return rounded_up(now + period, minutes=_step(period))
    weeks, rest = divmod(period, timedelta(weeks=1))
    due = after_weekdays(after_weekend(now) + timedelta(weeks=weeks), rest)
    return after_weekend(rounded_up(due, minutes=_step(period)))


def after_weekend(moment: datetime) -> datetime:
    """Return the moment itself, or the Monday's first if it falls on a weekend."""
    if moment.weekday() < SATURDAY:
        return moment
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - moment.weekday())


def after_weekdays(start: datetime, length: timedelta) -> datetime:
    """Return when ``length`` of weekday time has passed since ``start``, a weekday."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    week_left = midnight + timedelta(days=SATURDAY - start.weekday()) - start
    if length < week_left:
        return start + length
    return after_weekdays(start + week_left + timedelta(days=2), length - week_left)


def _step(period: timedelta) -> int:
    if period <= timedelta(hours=1):
        return 15
    return 30 if period <= timedelta(hours=4) else 60


def rounded_up(moment: datetime, *, minutes: int) -> datetime:
    """Return the first full step of ``minutes`` at or after ``moment``; 60 must be a multiple."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    step = timedelta(minutes=minutes)
    return hour + step * -((hour - moment) // step)


def told_time(due: datetime, *, now: datetime) -> str:
    """Say when, with the zone, and the day if it is another one than today.

    Such as "18:00 UTC" or "09:00 UTC on Thursday 14 May".
    """
    clock = f"{due:%H:%M} UTC"
    return clock if due.date() == now.date() else f"{clock} on {due:%A} {due.day} {due:%B}"


def reminder_at(made: datetime, due: datetime) -> datetime:
    """Return when people are reminded: made at 12:00 and due at 16:00 gives 15:00."""
    return made + (due - made) * REMIND_AT


def left_time(due: datetime, *, now: datetime) -> str:
    """Say how long there is until ``due``, rounded down: "in 2 h 5 min", "in 3 days"."""
    minutes = max(int((due - now).total_seconds() // 60), 0)
    if minutes >= 2 * 24 * 60:
        return f"in {minutes // (24 * 60)} days"
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] * (hours > 0) + [f"{rest} min"] * (rest > 0 or hours == 0)
    return f"in {' '.join(parts)}"
