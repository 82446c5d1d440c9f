"""When an open issue that nobody acknowledged is told once more.

Pure.
"""

from datetime import datetime, timedelta


def repeat_due(told_at: datetime, now: datetime, *, every: timedelta) -> int:
    """Return which repetition is due; 0 when none is.

    Told at 12:00 and every 4 h, the first is due at 16:00 and the second at 20:00. After a long
    standstill only the latest is due: nobody needs what was missed.
    """
    if every <= timedelta() or now <= told_at:
        return 0
    return int((now - told_at) / every)
