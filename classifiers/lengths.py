"""Lengths of time in words, apart because reasons, comparisons and pictures all say them alike."""

from datetime import timedelta


def in_words(length: timedelta) -> str:
    """Say a length of time, at least a minute.

    Example: 25 minutes are "25 min", 190 minutes "3 h", 50 hours "2 days".
    """
    hours = length.total_seconds() / 3600.0
    if hours < 1.5:
        return f"{max(1, round(hours * 60))} min"
    return f"{round(hours)} h" if hours < 47.5 else f"{round(hours / 24)} days"
