"""When many people begin to say the same thing: open emergences, their members, their reasons.

Apart from scanning because the statistic knows nothing of what came before it: here a new post is
first explained by what is already known, and only what is left is scanned.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import Knobs, Span, alert_level
from classifiers.copies.duplicates import SHORT_PAIRS, SHORT_REPLY, Copy
from classifiers.corrections.dismissing import doubt
from classifiers.embedding import Matrix
from classifiers.scanning import (
    EXPLAIN_SHARE,
    SHARES,
    Ball,
    Floats,
    Past,
    Recent,
    best_ball,
    radii,
)
from classifiers.window import Window

Kind = Literal["issue", "spam", "brigade"]

CENTRES, OLD_SAMPLE = 250, 400
WEEK_HOURS = 168.0
PAST_SPANS = 2.0
"""How many times as long as the evidence a baseline must be to say that it is unusual."""


@dataclass(frozen=True)
class Emergence:
    """Evidence that an issue is new or growing faster than usual, with its reason.

    ``expected`` is how many posts usually come on it in ``window_hours``; ``authors`` and
    ``sources`` count the distinct ones, each unknown author as one. ``returns`` is the number of
    an earlier one that was over and that this is the return of.
    """

    number: int
    kind: Kind
    members: tuple[str, ...]
    reason: str
    score: float
    posts: int
    authors: int
    sources: int
    window_hours: float
    expected: float
    first_seen: datetime
    returns: int | None = None


@dataclass
class Open:
    """An emergence that later posts may still join."""

    number: int
    kind: Kind
    last_at: float
    last_serial: int
    places_sum: Matrix = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    count: int = 0

    @property
    def centre(self) -> Matrix:
        """Unit vector in the middle of the members."""
        return unit(self.places_sum)

    def add(self, x: Matrix, at: float, serial: int) -> None:
        """Count one more member."""
        self.places_sum = self.places_sum + x
        self.count += 1
        self.last_at, self.last_serial = max(self.last_at, at), max(self.last_serial, serial)


@dataclass(frozen=True)
class Candidate:
    """A new post with the recent posts around it that together surprise most."""

    places: tuple[int, ...]  # window places, the new post last
    ball: Ball
    cohesion: float  # mean similarity of the members to the middle of the others
    beyond: float  # by how much the score passes its level


def unit(vector: Matrix) -> Matrix:
    """Scale to length 1."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-6), dtype=np.float32)


def sentence_of_rate(
    *, posts: int, authors: int | None, sources: int, hours: float, usual: float
) -> str:
    """Say the rate as a person would.

    Example: "12 posts by 11 people in 3 places within 2 h; usual: 0.4".
    """
    people = "" if authors is None else f" by {authors} {'person' if authors == 1 else 'people'}"
    places = "" if sources < 2 else f" in {sources} places"
    return f"{posts} posts{people}{places} within {span_words(hours)}; usual: {usual_words(usual)}"


def span_words(hours: float) -> str:
    """Say a length of time; at least one minute.

    Example: 0.4 gives "24 min", 2.2 gives "2 h", 50 gives "2 days".
    """
    if hours < 1.5:
        return f"{max(1, round(hours * 60))} min"
    return f"{round(hours)} h" if hours < 47.5 else f"{round(hours / 24)} days"


def usual_words(usual: float) -> str:
    """Say an expected count with no more digits than it deserves."""
    if usual < 0.05:
        return "none"
    return f"{usual:.1f}" if usual < 9.95 else f"{usual:.0f}"


class Scanner:
    """Explains posts by open emergences, and scans what is left for new ones."""

    def __init__(self, knobs: Knobs) -> None:
        self.knobs = knobs
        self.opened: list[Open] = []
        self.next_number = 1
        self.levels: Floats | None = None
        self.dismissed: frozenset[int] = frozenset()
        """Emergences that a person called no issue: their posts are what is usual."""

    def refresh(self, window: Window, x: Matrix) -> None:
        """Take the radii from the stream again and recompute the sums of what is open.

        Args:
            window: rows up to now.
            x: (n, d) centred unit rows of the window.
        """
        fields = window.fields
        for item in self.opened:
            rows = x[fields["explained"] == item.number]
            item.places_sum = rows.sum(axis=0, dtype=np.float32)
            item.count = len(rows)
        old = self._old(fields, self.knobs.recent_hours)
        self.levels = None
        if old.size >= self.knobs.history_min:
            self.levels = radii(self._samples(window, x, old))

    def _old(self, fields: NDArray[Any], hours: float) -> NDArray[np.intp]:
        """Places of the baseline: older than the hours that are scanned and in no emergence."""
        if not fields.size:
            return np.zeros(0, dtype=np.intp)
        now = fields["at"].max()
        before = fields["at"] <= now - hours * 3600.0
        # An archive heard at once reaches back years: its oldest post says nothing on the rate.
        known = fields["at"] >= now - self.knobs.window_days * 86400.0
        usual = before & known & (fields["explained"] == 0)
        if self.dismissed:
            usual |= before & known & np.isin(fields["explained"], sorted(self.dismissed))
        return np.flatnonzero(usual & ~fields["gone"])

    def _samples(self, window: Window, x: Matrix, old: NDArray[np.intp]) -> Matrix:
        """Similarities from centres, made as the scan makes them, to old posts."""
        fields = window.fields
        live = np.flatnonzero(~fields["gone"])
        chosen = live[-CENTRES * 4 :][:: max(1, min(4, live.size // CENTRES))]
        near = fields["near"][chosen] - window.first
        known = ((near >= 0) & (near < len(window))).astype(np.float32)
        centres = x[chosen] + (x[np.maximum(near, 0)] * known[:, :, None]).sum(axis=1)
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-6)
        sample = old[:: max(1, old.size // OLD_SAMPLE)]
        similarity = centres @ x[sample].T
        apart = (
            (chosen[:, None] != sample[None, :]) & (near[:, :1] != sample) & (near[:, 1:] != sample)
        )
        return np.asarray(similarity[apart], dtype=np.float32)

    def explains(self, x: Matrix) -> Open | None:
        """Find the open emergence whose middle is nearest, if it is near enough.

        Pasted spam explains its copies only.
        """
        talked = [item for item in self.opened if item.kind != "spam"]
        if self.near_level is None or not talked:
            return None
        best = max(talked, key=lambda item: float(item.centre @ x))
        return best if float(best.centre @ x) >= self.near_level else None

    @property
    def near_level(self) -> float | None:
        """Similarity at which a post is about what it is held against; None while unknown."""
        return None if self.levels is None else float(self.levels[SHARES.index(EXPLAIN_SHARE)])

    def continues(self, place: int, x: Matrix, window: Window) -> Open | None:
        """Find the open issue that a reply's thread is about.

        A short reply means something only by its thread; a longer one must at least be as near
        to the issue as the widest ball reaches.
        """
        fields, thread = window.fields, int(window.fields["thread"][place])
        if self.levels is None or not thread:
            return None
        mates = fields[:place][fields["thread"][:place] == thread]
        numbers = mates["explained"][~mates["gone"] & (mates["explained"] > 0)]
        if not numbers.size:
            return None
        item = next((o for o in self.opened if o.number == int(numbers[-1])), None)
        if item is None or item.kind == "spam":
            return None
        short = window.words[place].size <= SHORT_REPLY
        return item if short or float(item.centre @ x) >= float(self.levels[0]) else None

    def close(self, *, now: float, serial: int) -> list[int]:
        """Close emergences without a member for a while, by the clock and by posts."""
        hours, posts = self.knobs.open_hours, self.knobs.open_posts
        late = [
            item.number
            for item in self.opened
            if now - item.last_at > hours * 3600.0 and serial - item.last_serial > posts
        ]
        return self.end(late)

    def end(self, numbers: Collection[int]) -> list[int]:
        """Close emergences at once; give the numbers of those that were open and no spam."""
        ended = [item for item in self.opened if item.number in numbers]
        self.opened = [item for item in self.opened if item.number not in numbers]
        return [item.number for item in ended if item.kind == "issue"]

    def candidate(self, window: Window, x: Matrix, similarity: Matrix) -> Candidate | None:
        """Scan around the newest row, the last hours and the last days side by side.

        Args:
            window: rows up to and with the new post.
            x: (n, d) centred unit rows.
            similarity: (n,) similarities of the new post to every row.

        Returns:
            What passes its level by most, if anything does.
        """
        found = [self._within(span, window, x, similarity) for span in self.knobs.spans]
        passed = [one for one in found if one and one.beyond >= self._doubt(one, window, x)]
        return max(passed, key=lambda one: one.beyond) if passed else None

    def _doubt(self, one: Candidate, window: Window, x: Matrix) -> float:
        """Give what a candidate must score beyond its level."""
        members, explained = x[list(one.places)], window.fields["explained"]
        return doubt(members, x, explained, self.dismissed, near=self.near_level)

    def _within(
        self, span: Span, window: Window, x: Matrix, similarity: Matrix
    ) -> Candidate | None:
        """Scan one span of time before the newest row."""
        fields, place = window.fields, len(window) - 1
        at = fields["at"]
        since = float(at.max()) - span.hours * 3600.0
        late = np.flatnonzero(at[:place] > since)
        fits = (fields["explained"][late] == 0) & ~fields["backfill"][late] & ~fields["gone"][late]
        recent, old = late[fits], self._old(fields, span.hours)
        known = recent.size >= 2 and old.size >= self.knobs.history_min
        if self.levels is None or not known or at[place] <= since:
            return None
        hours = (since - float(at[old].min())) / 3600.0
        nearest = recent[np.argpartition(-similarity[recent], 1)[:2]]
        if span.hours == self.knobs.recent_hours:
            fields["near"][place] = nearest + window.first
        seen = seen_from_the_middle(x, place, nearest)
        here = np.flatnonzero(~fields["gone"][:place])
        past = Past(seen[old], at[old], old.size / max(hours, 1.0), seen[here], at[here])
        authors = np.where(fields["author"] == 0, -1 - np.arange(len(window)), fields["author"])
        ball = best_ball(
            Recent(seen[recent], at[recent], authors[recent], np.sort(at[at > since])),
            past,
            self.levels,
            at=float(at[place]),
            author=int(authors[place]),
            floor_hours=self.knobs.exposure_floor_hours,
            people=span.people,
        )
        week = past.posts_an_hour * WEEK_HOURS
        level = alert_level(self.knobs, posts_a_week=week, history=old.size)
        if ball is None or ball.score < level or hours < PAST_SPANS * ball.hours:
            return None
        members = (*sorted(recent[ball.places].tolist()), place)
        return Candidate(members, ball, cohesion(x[list(members)]), ball.score - level)

    def same_as(self, candidate: Candidate, x: Matrix) -> Open | None:
        """Find the open emergence that a candidate only repeats."""
        members = x[list(candidate.places)]
        best: tuple[float, Open] | None = None
        for item in (item for item in self.opened if item.kind != "spam"):
            near = float((members @ item.centre).mean())
            if best is None or near > best[0]:
                best = near, item
        if best is None or best[0] + self.knobs.merge_slack < candidate.cohesion:
            return None
        return best[1]

    def join(self, item: Open, places: Sequence[int], window: Window, x: Matrix) -> None:
        """Explain posts by an open emergence."""
        for place in places:
            window.fields["explained"][place] = item.number
            item.add(x[place], float(window.fields["at"][place]), window.first + place)

    def open(
        self, kind: Kind, places: Sequence[int], window: Window, x: Matrix, ball: Ball
    ) -> Emergence:
        """Begin an emergence and say why."""
        item = Open(self.next_number, kind, 0.0, 0, np.zeros(x.shape[1], dtype=np.float32))
        self.next_number += 1
        self.opened.append(item)
        self.join(item, places, window, x)
        fields = window.fields[list(places)]
        sources = np.unique(fields["source"][fields["source"] != 0]).size
        known = fields["author"] != 0
        people = int(np.unique(fields["author"][known]).size + (~known).sum())
        return Emergence(
            number=item.number,
            kind=kind,
            members=tuple(window.ids[place] for place in places),
            reason=sentence_of_rate(
                posts=len(places),
                authors=people if known.any() else None,
                sources=sources,
                hours=ball.hours,
                usual=ball.expected,
            ),
            score=round(ball.score, 3),
            posts=len(places),
            authors=people,
            sources=sources,
            window_hours=round(ball.hours, 3),
            expected=round(ball.expected, 4),
            first_seen=datetime.fromtimestamp(float(fields["at"].min()), tz=UTC),
        )

    def flood(
        self, place: int, copies: Sequence[Copy], window: Window, x: Matrix
    ) -> Emergence | None:
        """Open an emergence of kind spam when one text was pasted many times in a short time."""
        now = max(copy.at for copy in copies)
        recent = [copy for copy in copies if copy.at > now - self.knobs.recent_hours * 3600.0]
        if len(recent) < self.knobs.flood_copies or window.words[place].size <= SHORT_PAIRS:
            return None
        start = min([copy.at for copy in recent] + [float(window.fields["at"][place])])
        ball = Ball(float(len(recent)), np.zeros(0, np.int64), 1, 0.0, (now - start) / 3600.0)
        found = self.open("spam", [place], window, x, ball)
        authors = {copy.author for copy in recent} | {int(window.fields["author"][place])}
        return replace(
            found,
            members=(*found.members, *(copy.post_id for copy in recent)),
            reason=f"one text pasted {len(recent) + 1} times within {span_words(ball.hours)}",
            posts=len(recent) + 1,
            authors=len(authors - {0}) or 1,
        )

    def dump(self) -> list[Any]:
        """Write what refresh() cannot make anew, as plain JSON values."""
        opened = [(item.number, item.kind, item.last_at, item.last_serial) for item in self.opened]
        return [self.next_number, opened]

    def load(self, data: Sequence[Any]) -> None:
        """Read what dump() wrote; refresh() does the rest."""
        self.next_number = data[0]
        self.opened = [Open(number, kind, at, serial) for number, kind, at, serial in data[1]]


def seen_from_the_middle(x: Matrix, place: int, nearest: NDArray[np.intp]) -> Matrix:
    """Give the similarity of every row to the middle of a post and its nearest.

    The nearest are seen from the middle of the others (leave-one-out): it would flatter them.
    """
    core = np.append(nearest, place)
    seen: Matrix = x @ unit(x[core].sum(axis=0))
    for number in nearest:
        seen[number] = float(unit(x[core[core != number]].sum(axis=0)) @ x[number])
    return seen


def cohesion(rows: Matrix) -> float:
    """Mean similarity of rows to the middle of the others (leave-one-out)."""
    rest = rows.sum(axis=0) - rows
    length = np.maximum(np.linalg.norm(rest, axis=1), 1e-6)
    return float(((rest * rows).sum(axis=1) / length).mean())
