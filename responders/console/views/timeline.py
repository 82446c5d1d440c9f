"""The large picture of an issue: rate, what is usual, and lanes of what happened; pure.

Layout rules: a label stands right of its mark, left of it where there is no room, shorter or not at
all where it would meet another (7 px a character); three or more marks within 24 px become one
with a count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil

from responders.console.views.picture import Series

HEIGHT, TOP = 200, 20
"""Pixels of the plot, and free above its highest grid line."""
LANE, FIRST_LANE = 32, 226
"""Pixels from one lane's middle to the next, and the first one's middle."""
FULL_PX, TIMES_PX = 900, 640
"""Widths from which full labels, or times alone, are shown."""
CHARACTER_PX, MARK_PX, TOGETHER_PX, NAME_PX = 7, 14, 24, 84
FUTURE_SHARE = 0.3
"""The most of the width that lies after *now*; what is due later stands at the edge."""
STEPS = (1, 2, 3, 4, 5, 10, 15, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000)
TICK_HOURS = (0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 168, 336, 720, 1440, 2880)
MOST_TICKS = 9


@dataclass(frozen=True)
class Happening:
    """One thing to draw in a lane."""

    at: datetime
    lane: str
    """A name of ``lanes``."""
    shape: str
    """``alert``, ``said``, ``due``, ``kept`` or ``broken``."""
    label: str
    detail: str = ""
    """What the table says; the label where empty."""


@dataclass(frozen=True)
class Label:
    """Words beside a mark."""

    text: str
    dx: int
    anchor: str


@dataclass(frozen=True)
class Mark:
    """One mark in its lane, with its pin on the line and its labels by width."""

    x: float
    y: int
    shape: str
    pin_y: float | None
    wide: Label | None = None
    mid: Label | None = None
    several: int = 1


@dataclass(frozen=True)
class Tick:
    """One time on the axis; every second one is left out where there is little room."""

    x: float
    text: str
    anchor: str
    minor: bool


@dataclass(frozen=True)
class Timeline:
    """Everything the template draws, in its order."""

    height: int
    base: int
    grid: Sequence[tuple[float, str]]
    band_y: float | None
    now_x: float
    now_label: str
    now_anchor: str
    now_y: float
    running: str
    running_dx: int
    running_anchor: str
    line: str
    area: str
    lanes: Sequence[tuple[int, str]]
    marks: Sequence[Mark]
    ticks: Sequence[Tick]
    axis_y: int


@dataclass(frozen=True)
class _Scale:
    start: datetime
    end: datetime
    top: float

    def x(self, moment: datetime) -> float:
        share = (moment - self.start) / (self.end - self.start)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    def y(self, number: float) -> float:
        return round(HEIGHT - (HEIGHT - TOP) * number / self.top, 1)


def draw(series: Series, happenings: Sequence[Happening], *, lanes: Sequence[str]) -> Timeline:
    """Lay out the picture of a series with what happened meanwhile."""
    step = next((one for one in STEPS if 3 * one >= max(series.peak, 1)), ceil(series.peak / 3))
    top = step * max(ceil(max(series.peak, series.usual or 0, 1) / step), 1)
    scale = _Scale(series.start, _end(series, happenings), float(top))
    now_x = scale.x(series.now)
    rows = {name: FIRST_LANE + LANE * place for place, name in enumerate(lanes)}
    marks = [
        mark
        for name, y in rows.items()
        for mark in _lane(scale, series, [one for one in happenings if one.lane == name], y)
    ]
    steps = _steps(series, scale)
    bottom = FIRST_LANE + LANE * len(lanes) - 18
    return Timeline(
        height=bottom + 24,
        base=HEIGHT,
        grid=[
            (scale.y(number), f"{number} people" if number == top else str(number))
            for number in range(step, top + 1, step)
        ],
        band_y=None if series.usual is None else scale.y(series.usual),
        now_x=now_x,
        now_label=f"now, {series.now:%H:%M}",
        now_anchor="end" if now_x > 94 else "middle",
        now_y=scale.y(series.running),
        running=f"{series.running} {'person' if series.running == 1 else 'people'}",
        running_dx=-11 if now_x > 88 else 11,
        running_anchor="end" if now_x > 88 else "start",
        line=steps,
        area=f"{steps}V{HEIGHT}H0Z",
        lanes=[(y, name) for name, y in rows.items()],
        marks=marks,
        ticks=_ticks(scale),
        axis_y=bottom + 18,
    )


def _end(series: Series, happenings: Sequence[Happening]) -> datetime:
    """Return where the picture ends: a little after the last thing due, not too far."""
    past = series.now - series.start
    ahead = max([one.at - series.now for one in happenings], default=timedelta())
    ahead = max(ahead * 1.08, timedelta())
    return series.now + min(ahead, past * FUTURE_SHARE / (1 - FUTURE_SHARE))


def _steps(series: Series, scale: _Scale) -> str:
    path, x = "", 0.0
    for place, number in enumerate(series.counts):
        until = min(series.start + series.bucket * (place + 1), series.now)
        y = scale.y(number)
        path += f"{'V' if path else f'M{x} '}{y}"
        x = round(10 * scale.x(until), 1)
        path += f"H{x}"
    return path


def _lane(scale: _Scale, series: Series, happenings: Sequence[Happening], y: int) -> Sequence[Mark]:
    """Return the marks of one lane with those labels that have room."""
    groups: list[list[Happening]] = []
    for one in sorted(happenings, key=lambda one: one.at):
        spot = _px(scale, one, TIMES_PX)
        if groups and spot - _px(scale, groups[-1][0], TIMES_PX) <= TOGETHER_PX:
            groups[-1].append(one)
        else:
            groups.append([one])
    shown = [[group] if len(group) >= 3 else [[one] for one in group] for group in groups]
    drawn = [some for group in shown for some in group]
    marks = [_mark(scale, series, group, y) for group in drawn]
    full = [_words(group, timed=False) for group in drawn]
    times = [_words(group, timed=True) for group in drawn]
    wide = _labels(marks, full, times, width=FULL_PX)
    mid = _labels(marks, times, times, width=TIMES_PX)
    return [
        replace(mark, wide=one, mid=other)
        for mark, one, other in zip(marks, wide, mid, strict=True)
    ]


def _px(scale: _Scale, one: Happening, width: int) -> float:
    return scale.x(one.at) * width / 100


def _mark(scale: _Scale, series: Series, group: Sequence[Happening], y: int) -> Mark:
    last = group[-1]
    seen = last.at <= series.now
    pin = scale.y(series.count_at(last.at)) if seen else None
    return Mark(x=scale.x(last.at), y=y, shape=last.shape, pin_y=pin, several=len(group))


def _words(group: Sequence[Happening], *, timed: bool) -> str:
    last = group[-1]
    if len(group) >= 3:
        return f"{len(group)}, last {last.at:%H:%M}"
    return f"{last.at:%H:%M}" if timed else f"{last.label}, {last.at:%H:%M}"


@dataclass
class _Room:
    """What is free of a lane, in pixels of one width."""

    width: int
    taken: list[tuple[float, float]] = field(default_factory=list)

    def place(self, px: float, text: str) -> Label | None:
        """Return the label on the right, else on the left, else None; what it takes is taken."""
        long = CHARACTER_PX * len(text)
        sides = (
            (px + MARK_PX, px + MARK_PX + long, Label(text, MARK_PX, "start")),
            (px - MARK_PX - long, px - MARK_PX, Label(text, -MARK_PX, "end")),
        )
        for begins, ends, label in sides:
            free = all(ends < low or begins > high for low, high in self.taken)
            if begins >= NAME_PX and ends <= self.width and free:
                self.taken.append((begins, ends))
                return label
        return None


def _labels(
    marks: Sequence[Mark], full: Sequence[str], short: Sequence[str], *, width: int
) -> list[Label | None]:
    """Return a label for each mark, the later ones first: what is new matters more."""
    spots = [mark.x * width / 100 for mark in marks]
    room = _Room(width, [(px - 9, px + 12) for px in spots])
    found: list[Label | None] = [None] * len(marks)
    for place in reversed(range(len(marks))):
        found[place] = room.place(spots[place], full[place]) or room.place(
            spots[place], short[place]
        )
    return found


def _ticks(scale: _Scale) -> list[Tick]:
    span_h = (scale.end - scale.start).total_seconds() / 3600
    every = next((hours for hours in TICK_HOURS if span_h / hours <= MOST_TICKS), TICK_HOURS[-1])
    gap = timedelta(hours=every)
    midnight = scale.start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + gap * ceil((scale.start - midnight) / gap)
    ticks = []
    for place in range(MOST_TICKS + 2):
        at = first + gap * place
        if at > scale.end:
            break
        x = scale.x(at)
        days = every >= 24
        text = f"{at.day} {at:%b}" if days or (at.hour, at.minute) == (0, 0) else f"{at:%H:%M}"
        anchor = "start" if x < 2 else "end" if x > 98 else "middle"
        ticks.append(Tick(x=x, text=text, anchor=anchor, minor=place % 2 == 1))
    return ticks
