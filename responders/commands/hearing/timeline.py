"""The picture of a backtest: when people wrote, what is usual, and each alert on one axis of time.

Pure: numbers in, plain values for templates/timeline.html out. Positions are percents of the width
and pixels of the height, so that one drawing serves every screen; nothing needs a script.
"""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from classifiers.lengths import in_words
from classifiers.replays.comparing import Found
from responders.delivery.inert import cut, plain

BUCKETS: Final = tuple(
    timedelta(minutes=minutes) for minutes in (15, 30, 60, 180, 360, 720, 1440, 2880, 10080, 43200)
)
MOST_BUCKETS: Final = 240
"""More steps than that are narrower than a pixel column of a telephone."""
MOST_ROWS: Final = 500
"""Alerts that are drawn; alerts.jsonl has them all."""
TITLE: Final = 120
WIDTH, OVERVIEW_H, STRIP_H = 1000, 120, 34
"""Of the drawings' own coordinates; the width is stretched, the height is in pixels."""
USUAL_FROM: Final = timedelta(days=14)
"""What is usual is taken from so much time before."""
USUAL_LEAST: Final = 8
"""With fewer buckets before it nothing is usual yet."""
TICKS: Final = 6
SET_ASIDE: Final = {"spam": "spam, set aside", "brigade": "brigade, set aside"}


@dataclass(frozen=True)
class Axis:
    """The time from the first post to the last, cut into buckets."""

    start: datetime
    bucket: timedelta
    count: int

    def place(self, at: datetime) -> int:
        """Return the bucket a moment lies in."""
        return min(max(int((at - self.start) / self.bucket), 0), self.count - 1)

    def percent(self, at: datetime) -> float:
        """Return where a moment lies, from the left."""
        share = (at - self.start) / (self.bucket * self.count)
        return round(min(max(share, 0.0), 1.0) * 100.0, 2)

    @property
    def per(self) -> str:
        """Say what a count is counted per: "15 min", "6 h", "day"."""
        one = {timedelta(hours=1): "hour", timedelta(days=1): "day", timedelta(days=7): "week"}
        return one.get(self.bucket) or in_words(self.bucket)


@dataclass(frozen=True)
class Tick:
    """A date under the drawing."""

    percent: float
    words: str
    year: str
    """Behind the first of them only."""
    rare: bool
    """Whether it is also shown where there is little room."""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """All posts per bucket over what was usual before."""

    steps: str
    band: str
    peak: int
    alerts: Sequence[float]
    described: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One alert."""

    reference: str
    title: str
    kind: str
    aside: str
    """Why nobody is told of it; empty for an issue."""
    when: str
    delay: str
    reason: str
    posts: int
    peak: int
    steps: str
    usual_y: float
    percent: float
    described: str
    beside: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Everything the page prints."""

    name: str
    posts: int
    span: str
    issues: int
    aside: int
    per: str
    ticks: Sequence[Tick]
    overview: Overview | None
    rows: Sequence[Row]
    left_out: int
    compared: bool
    others: Sequence[Row]
    """What only the other setting found."""
    settings: tuple[str, str]


def axis_of(times: Sequence[datetime]) -> Axis:
    """Return an axis over these times with as many buckets as can be seen."""
    start, end = min(times), max(times)
    fitting = (one for one in BUCKETS if (end - start) / one < MOST_BUCKETS)
    bucket = next(fitting, max(BUCKETS[-1], (end - start) / (MOST_BUCKETS - 1)))
    return Axis(start, bucket, int((end - start) / bucket) + 1)


def picture(
    name: str,
    written: Mapping[str, datetime],
    found: Sequence[Found],
    titles: Mapping[int, str],
    *,
    beside: Mapping[int, str] | None = None,
    others: Sequence[Found] = (),
    other_titles: Mapping[int, str] | None = None,
    settings: tuple[str, str] = ("", ""),
) -> Picture:
    """Return the picture of a replay.

    Args:
        name: what the history is called.
        written: when each post was written, not later than it was heard.
        found: what was found, in order of the alerts.
        titles: by the number of what was found.
        beside: how another setting fared, by number; None where there is none.
        others: what only the other setting found.
        other_titles: their titles.
        settings: the two settings in words.
    """
    axis = axis_of(list(written.values())) if written else None
    shown = found[:MOST_ROWS]
    return Picture(
        name=plain(name),
        posts=len(written),
        span=in_words(max(written.values()) - min(written.values())) if written else "no time",
        issues=sum(one.kind not in SET_ASIDE for one in found),
        aside=sum(one.kind in SET_ASIDE for one in found),
        per=axis.per if axis else "",
        ticks=_ticks(axis) if axis else (),
        overview=_overview(axis, written, found) if axis else None,
        rows=[_row(axis, written, one, titles, beside or {}) for one in shown if axis],
        left_out=len(found) - len(shown),
        compared=beside is not None,
        others=[_row(axis, written, one, other_titles or {}, {}) for one in others if axis],
        settings=settings,
    )


def _overview(axis: Axis, written: Mapping[str, datetime], found: Sequence[Found]) -> Overview:
    tally = Counter(axis.place(at) for at in written.values())
    counts = [tally[place] for place in range(axis.count)]
    band = usual_band(counts, axis.bucket)
    top = max(*counts, max((high for _, high in band if high is not None), default=0), 1)
    issues = [one for one in found if one.kind not in SET_ASIDE]
    alerts = "1 alert" if len(issues) == 1 else f"{len(issues)} alerts"
    return Overview(
        steps=steps(axis, tally, top, OVERVIEW_H),
        band=_band(axis, band, top),
        peak=max(counts),
        alerts=[axis.percent(one.at) for one in issues],
        described=(
            f"{sum(counts)} posts in {axis.count} steps of {in_words(axis.bucket)}, "
            f"{max(counts)} in the fullest; {alerts}. The table below has each of them."
        ),
    )


def usual_band(
    counts: Sequence[int], bucket: timedelta
) -> Sequence[tuple[float, float] | tuple[None, None]]:
    """Return for each bucket where four in five of the buckets of the fortnight before lay.

    None where too few came before. Empty buckets at the very begin count: nobody wrote.
    """
    reach = max(int(USUAL_FROM / bucket), USUAL_LEAST)
    found: list[tuple[float, float] | tuple[None, None]] = []
    for place in range(len(counts)):
        before = counts[max(place - reach, 0) : place]
        if len(before) < USUAL_LEAST:
            found.append((None, None))
            continue
        tenths = statistics.quantiles(before, n=10, method="inclusive")
        found.append((tenths[0], tenths[-1]))
    return found


def steps(axis: Axis, tally: Mapping[int, int], top: float, height: int) -> str:
    """Return counts as the path of a staircase over each stretch that has any."""
    path: list[str] = []
    before = None
    for place in sorted(tally):
        left, right = _x(axis, place), _x(axis, place + 1)
        y = _y(tally[place], top, height)
        if before is None or before != place - 1:
            path.append(f"{f'V{height}' if path else ''}M{left} {height}")
        path.append(f"V{y}H{right}")
        before = place
    return "".join([*path, f"V{height}"]) if path else ""


def _band(axis: Axis, band: Sequence[tuple[float, float] | tuple[None, None]], top: float) -> str:
    """Return the usual range as one closed shape, from the first bucket that has one."""
    known = [(place, low, high) for place, (low, high) in enumerate(band) if low is not None]
    if not known:
        return ""
    above = "".join(
        f"L{_x(axis, place)} {_y(high, top, OVERVIEW_H)}H{_x(axis, place + 1)}"
        for place, _, high in known
        if high is not None
    )
    below = "".join(
        f"L{_x(axis, place + 1)} {_y(low, top, OVERVIEW_H)}H{_x(axis, place)}"
        for place, low, _ in reversed(known)
        if low is not None
    )
    return f"M{above[1:]}{below}Z"


def _x(axis: Axis, place: int) -> float:
    return round(place / axis.count * WIDTH, 1)


def _y(count: float, top: float, height: int) -> float:
    """Return how far from above a count is drawn; two pixels stay free for the line itself."""
    return round(height - min(count / top, 1.0) * (height - 2), 1)


def _row(
    axis: Axis,
    written: Mapping[str, datetime],
    found: Found,
    titles: Mapping[int, str],
    beside: Mapping[int, str],
) -> Row:
    tally = Counter(axis.place(written[post]) for post in found.posts)
    usual = found.expected / max(found.window_hours, 1e-9) * axis.bucket.total_seconds() / 3600.0
    peak = max(tally.values(), default=0)
    top = max(peak, usual, 1.0)
    when = moment(found.at)
    posts = "1 post" if len(found.posts) == 1 else f"{len(found.posts)} posts"
    return Row(
        reference=f"GS-{found.number}",
        title=cut(plain(titles.get(found.number, "")), TITLE) or "untitled",
        kind=found.kind,
        aside=SET_ASIDE.get(found.kind, ""),
        when=when,
        delay=in_words(found.delay),
        reason=plain(found.reason),
        posts=len(found.posts),
        peak=peak,
        steps=steps(axis, tally, top, STRIP_H),
        usual_y=_y(usual, top, STRIP_H),
        percent=axis.percent(found.at),
        described=f"{posts}, {peak} per {axis.per} at most, {usual:.2g} usual; alert {when}",
        beside=beside.get(found.number, ""),
    )


def _ticks(axis: Axis) -> list[Tick]:
    """Return some dates at even distances; times of the day only where it lasted few days."""
    whole = axis.bucket * axis.count
    found = []
    for number in range(TICKS):
        at = axis.start + whole * number / TICKS
        days_only = whole > timedelta(days=TICKS)
        words = f"{at.day} {at:%b}" if days_only else f"{at.day} {at:%b}, {at:%H:%M}"
        year = f" {at:%Y}" if number == 0 else ""
        found.append(Tick(round(number / TICKS * 100.0, 2), words, year, number % 3 == 0))
    return found


def moment(at: datetime) -> str:
    """Say a moment as the table does: "12 May 2026, 09:31"."""
    return f"{at.day} {at:%b %Y, %H:%M}"
