"""How fast an issue is reported: counted in buckets and laid out for an SVG; pure.

x is a percentage and y are pixels, so that one drawing serves every width (only paths stretch).
Counts are steps of their true bucket in the large picture and straight lines in the small one;
they are never smoothed, and the running bucket ends at *now*.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, exp, sqrt

BUCKETS = tuple(timedelta(minutes=minutes) for minutes in (15, 60, 360, 1440, 10_080))
MOST_BUCKETS = 96
USUAL_SHARE = 0.95
"""The usual band holds so many of the quiet buckets."""
EPOCH = datetime(1970, 1, 5, tzinfo=UTC)
"""A Monday: weeks begin there."""


@dataclass(frozen=True)
class Report:
    """Somebody reported it."""

    at: datetime
    person: str


@dataclass(frozen=True)
class Series:
    """People in each bucket from ``start`` on; the last bucket is still running."""

    start: datetime
    now: datetime
    bucket: timedelta
    counts: Sequence[int]
    usual: int | None
    """The most that is usual in a bucket; None where nothing is known."""

    @property
    def peak(self) -> int:
        """The most people in one bucket."""
        return max(self.counts, default=0)

    @property
    def running(self) -> int:
        """The people of the bucket that is still running."""
        return self.counts[-1] if self.counts else 0

    @property
    def running_since(self) -> datetime:
        """When the bucket that is still running began."""
        return self.start + self.bucket * max(len(self.counts) - 1, 0)

    def count_at(self, moment: datetime) -> int:
        """Return the people of the bucket around a time; 0 outside."""
        place = int((moment - self.start) / self.bucket)
        inside = self.start <= moment <= self.now and 0 <= place < len(self.counts)
        return self.counts[place] if inside else 0


@dataclass(frozen=True)
class Small:
    """The line beside a draft, in a drawing 1000 wide and ``height`` high."""

    line: str
    area: str
    band_y: float | None
    height: int
    last_x: float
    last_y: float
    peak_x: float
    peak_y: float
    peak_anchor: str
    starts: str
    ends: str


def count(
    reports: Sequence[Report],
    *,
    since: datetime,
    now: datetime,
    expected: float | None = None,
    window_hours: float | None = None,
) -> Series:
    """Count people in the smallest bucket that keeps the picture readable.

    Args:
        reports: who reported when; a person counts once in each bucket.
        since: the first moment to show; two quiet buckets are put before it.
        now: the last moment to show.
        expected: posts that usually come within ``window_hours``.
        window_hours: the length that ``expected`` speaks of.
    """
    span = max(now - since, timedelta(minutes=1))
    bucket = next((one for one in BUCKETS if span / one <= MOST_BUCKETS - 3), BUCKETS[-1])
    start = EPOCH + bucket * int((since - EPOCH) / bucket) - 2 * bucket
    people: list[set[str]] = [set() for _ in range(int((now - start) / bucket) + 1)]
    for report in reports:
        if start <= report.at <= now:
            people[int((report.at - start) / bucket)].add(report.person)
    usual = None
    if expected is not None and window_hours:
        usual = usual_most(expected * bucket.total_seconds() / 3600 / window_hours)
    return Series(start, now, bucket, [len(some) for some in people], usual)


def usual_most(mean: float) -> int:
    """Return the most that is usual in a bucket: 95 of 100 quiet buckets hold no more.

    With a mean of 0.4 it is 2: 0, 1 or 2 people come in 99 of 100. Posts that have nothing to do
    with one another come as a Poisson distribution says.
    Source: https://en.wikipedia.org/wiki/Poisson_distribution
    """
    if mean > 50:  # the tail by the normal distribution; the sum below would take long
        return ceil(mean + 1.645 * sqrt(mean))
    chance, total, most = exp(-mean), exp(-mean), 0
    while total < USUAL_SHARE:
        most += 1
        chance *= mean / most
        total += chance
    return most


def per(bucket: timedelta) -> str:
    """Return the bucket in words: ``15 minutes``, ``hour``, ``6 hours``, ``day``, ``week``."""
    names = dict(zip(BUCKETS, ("15 minutes", "hour", "6 hours", "day", "week"), strict=True))
    return names.get(bucket, "while")


def small(series: Series, *, height: int = 64) -> Small:
    """Lay out the small picture: straight lines between the middles of the buckets.

    The last point is *now*. The scale begins at 0 and ends at the peak or the usual, with room for
    the label.
    """
    top = max(series.peak, (series.usual or 0), 1) * 1.25
    whole = series.now - series.start

    def x(moment: datetime) -> float:
        return round(985 * ((moment - series.start) / whole), 1)

    def y(number: float) -> float:
        return round(height - height * number / top, 1)

    middles = [
        min(series.start + series.bucket * (place + 0.5), series.now)
        for place in range(len(series.counts))
    ]
    middles[-1] = series.now
    points = [(x(at), y(number)) for at, number in zip(middles, series.counts, strict=True)]
    line = "M0 " + f"{points[0][1]}" + "".join(f"L{px} {py}" for px, py in points)
    peak = max(range(len(points)), key=lambda place: (series.counts[place], place))
    return Small(
        line=line,
        area=f"{line}L{points[-1][0]} {height}L0 {height}Z",
        band_y=None if series.usual is None else y(series.usual),
        height=height,
        last_x=points[-1][0] / 10,
        last_y=points[-1][1],
        peak_x=points[peak][0] / 10,
        peak_y=max(points[peak][1] - 6, 9),
        peak_anchor="end"
        if points[peak][0] > 940
        else "start"
        if points[peak][0] < 40
        else "middle",
        starts=_stamp(series.start, series.now),
        ends=f"{series.now:%H:%M} UTC",
    )


def _stamp(moment: datetime, now: datetime) -> str:
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    return f"{moment.day} {moment:%b}, {moment:%H:%M}"
