"""The pictures of the page: reports over time as SVG paths, and the same as a table.

Pure. x runs to 1000 and is stretched by the browser, y is in pixels; a count is a point at the end
of its bucket, joined by straight lines, on an axis that starts at nought (``look``: charts).
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

DAY = timedelta(hours=24)
QUARTER = timedelta(minutes=15)
HEIGHT, HEADROOM = 78, 8
"""Pixels: straight lines instead of steps are for pictures under 80."""
SMALL_HEIGHT, SMALL_HEADROOM = 44, 8
USUAL_DAYS = 7
NEIGHBOURS = 4
"""A quarter hour is compared with those of an hour before and after on earlier days."""
LOW, HIGH = 0.1, 0.9
"""The usual is what lies between these shares of the earlier counts."""
LEAST_TOP, USUAL_SHARE = 8, 0.5
"""A lone report is no mountain, and the usual band never fills more than half of the picture."""
MOST_POINTS = 96
STEPS = tuple(timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 360, 1440, 10080))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table beside a picture."""

    at: datetime
    count: int
    usual: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture ready to be drawn."""

    height: int
    rate: str
    """The line, as a path."""
    area: str
    band: str
    """Empty where nothing is known of the usual."""
    edge: str
    words: str
    """What it shows, in a sentence or two."""
    rows: Sequence[Row]
    start: datetime
    end: datetime
    peak: int
    peak_x: float
    """Per cent of the width."""
    last_y: float


def counted(moments: Sequence[datetime], *, end: datetime, step: timedelta, n: int) -> list[int]:
    """Return how many moments fall into each of ``n`` steps that end at ``end``, oldest first.

    ``moments`` are in order. A moment on a border belongs to the step that ends there.
    """
    borders = [bisect_right(moments, end - step * left) for left in range(n, -1, -1)]
    return [after - before for before, after in pairwise(borders)]


def usual(
    moments: Sequence[datetime], *, now: datetime, since: datetime | None
) -> list[tuple[float, float]] | None:
    """Return the low and the high of each quarter hour of the last day, from the days before.

    None while not one whole earlier day is known.
    """
    start = now - DAY
    days = 0 if since is None else min(int((start - since) / DAY), USUAL_DAYS)
    if days < 1:
        return None
    per_day = int(DAY / QUARTER)
    earlier = counted(moments, end=start, step=QUARTER, n=per_day * days)
    band = []
    for place in range(per_day):
        near = [
            earlier[day * per_day + (place + shift) % per_day]
            for day in range(days)
            for shift in range(-NEIGHBOURS, NEIGHBOURS + 1)
        ]
        band.append((_quantile(near, LOW), _quantile(near, HIGH)))
    return band


def _quantile(values: list[int], share: float) -> float:
    """Return a quantile between neighbours: of [0, 1] the 0.9 is 0.9."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def horizon(moments: Sequence[datetime], *, now: datetime, since: datetime | None) -> Picture:
    """Return the last 24 hours of all reports over the usual band."""
    counts = counted(moments, end=now, step=QUARTER, n=int(DAY / QUARTER))
    band = usual(moments, now=now, since=since)
    peak = max(counts)
    words = "No report came in." if peak == 0 else (
        f"At most {peak} in a quarter hour, at {_time(now, counts)}; "
        f"{counts[-1]} in the last one."
    )  # fmt: skip
    if band:
        low, high = min(low for low, _ in band), max(high for _, high in band)
        words += f" Usual: {low:.0f} to {math.ceil(high)}."
    else:
        words += " What is usual is not known yet: that takes two days of listening."
    return _drawn(
        counts, band, end=now, step=QUARTER, height=HEIGHT, headroom=HEADROOM, words=words,
        rows=_hours(counts, band, now),
    )  # fmt: skip


def _time(end: datetime, counts: Sequence[int]) -> str:
    left = len(counts) - counts.index(max(counts)) - 1
    return f"{end - QUARTER * left:%H:%M} UTC"


def _hours(
    counts: Sequence[int], band: Sequence[tuple[float, float]] | None, now: datetime
) -> list[Row]:
    rows = []
    for start in range(0, len(counts), 4):
        lows_highs = band[start : start + 4] if band else []
        low, high = sum(low for low, _ in lows_highs), sum(high for _, high in lows_highs)
        rows.append(
            Row(
                at=now - QUARTER * (len(counts) - start),
                count=sum(counts[start : start + 4]),
                usual=f"{low:.0f} to {math.ceil(high)}" if band else "not known",
            )
        )
    return rows


def trend(moments: Sequence[datetime], *, since: datetime, end: datetime) -> Picture | None:
    """Return the reports of one incident from its first hour to ``end``; None when too few.

    Buckets are as short as 96 points allow.
    """
    told = [moment for moment in moments if moment <= end]
    span = end - min([since, *told[:1]]) + timedelta(hours=1)
    step = next((step for step in STEPS if span / step <= MOST_POINTS), STEPS[-1])
    n = min(max(math.ceil(span / step), 4), MOST_POINTS)
    counts = counted(told, end=end, step=step, n=n)
    if sum(counts) < 2:
        return None
    words = f"At most {max(counts)} within {_step_words(step)}, {counts[-1]} in the last one."
    rows = [
        Row(at=end - step * (n - place), count=count, usual="")
        for place, count in enumerate(counts)
        if count
    ]
    return _drawn(
        counts, None, end=end, step=step, height=SMALL_HEIGHT, headroom=SMALL_HEADROOM,
        words=words, rows=rows[-24:],
    )  # fmt: skip


def _step_words(step: timedelta) -> str:
    minutes = int(step.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} minutes"
    hours = minutes // 60
    if hours < 48:
        return "an hour" if hours == 1 else f"{hours} hours"
    return f"{hours // 24} days"


def _drawn(
    counts: Sequence[int],
    band: Sequence[tuple[float, float]] | None,
    *,
    end: datetime,
    step: timedelta,
    height: int,
    headroom: int,
    words: str,
    rows: Sequence[Row],
) -> Picture:
    top = max([LEAST_TOP, *counts, *(high / USUAL_SHARE for _, high in band or ())])

    def point(place: int, value: float) -> str:
        x = 1000 * place / max(len(counts) - 1, 1)
        return f"{x:.1f} {height - value / top * (height - headroom):.1f}"

    line = "M" + "L".join(point(place, count) for place, count in enumerate(counts))
    upper = [point(place, high) for place, (_, high) in enumerate(band or ())]
    lower = [point(place, low) for place, (low, _) in enumerate(band or ())]
    peak = max(counts)
    return Picture(
        height=height,
        rate=line,
        area=f"{line}L1000 {height}L0 {height}Z",
        band=f"M{'L'.join([*upper, *reversed(lower)])}Z" if band else "",
        edge=f"M{'L'.join(upper)}" if band else "",
        words=words,
        rows=rows,
        start=end - step * len(counts),
        end=end,
        peak=peak,
        peak_x=round(100 * counts.index(peak) / max(len(counts) - 1, 1), 1),
        last_y=round(height - counts[-1] / top * (height - headroom), 1),
    )
