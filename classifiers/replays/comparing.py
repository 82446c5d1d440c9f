"""What a replay found, issue by issue, and what two settings found of the same history.

Pure rules over decisions. Apart from the backtest, which makes the decisions, for what is compared
and drawn of them is a question of its own.
"""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from classifiers.arriving import Arrival, Decision
from classifiers.lengths import in_words

SAME: Final = 0.5
"""Two found issues are one if they share so much of the smaller one's posts."""
ISSUE: Final = "issue"


@dataclass(frozen=True, kw_only=True)
class Found:
    """One alert of a replay with the posts that became its issue."""

    number: int
    kind: str
    at: datetime
    """When the alert would have gone out: the arrival of the post that passed the level."""
    began: datetime
    """When the first of the posts that it rests on was written."""
    members: Sequence[str]
    """The posts that it rests on."""
    posts: frozenset[str]
    """Those and the ones that joined later."""
    people: int
    expected: float
    window_hours: float
    reason: str

    @property
    def delay(self) -> timedelta:
        """How long after the first post the alert came; late hearing counts."""
        return max(self.at - self.began, timedelta())


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one setting came to."""

    alerts: int
    spam: int
    brigades: int
    alerts_a_week: float
    posts_in_issues: int
    posts_at_alert: float | None
    """Median of the posts that an alert rests on."""
    delay_hours: float | None
    """Median time from the first post to the alert."""


@dataclass(frozen=True)
class Pair:
    """One issue as each of two settings found it; None where one of them did not."""

    first: Found | None
    second: Found | None


@dataclass(frozen=True)
class Week:
    """Alerts of one week, by each of two settings."""

    begins: datetime
    first: int
    second: int


def found_in(arrivals: Sequence[Arrival], decisions: Sequence[Decision]) -> list[Found]:
    """Return what a replay found, in order of the alerts; spam and brigades are among it."""
    joined: dict[int, set[str]] = {}
    for decision in decisions:
        if decision.joins is not None:
            joined.setdefault(decision.joins, set()).update([decision.post_id, *decision.brings])
    written = {arrival.post_id: arrival.published_at for arrival in arrivals}
    found = []
    for arrival, decision in zip(arrivals, decisions, strict=True):
        evidence = decision.emergence
        if evidence is not None:
            found.append(
                Found(
                    number=evidence.number,
                    kind=str(evidence.kind),
                    at=arrival.seen_at,
                    began=min(written[member] for member in evidence.members),
                    members=evidence.members,
                    posts=frozenset(evidence.members) | joined.get(evidence.number, set()),
                    people=evidence.authors,
                    expected=evidence.expected,
                    window_hours=evidence.window_hours,
                    reason=evidence.reason,
                )
            )
    return found


def side_of(found: Sequence[Found], *, days: float) -> Side:
    """Return what one setting came to over so many days."""
    issues = [one for one in found if one.kind == ISSUE]
    kinds = Counter(one.kind for one in found)
    posts = {post for one in issues for post in one.posts}
    delays = [one.delay.total_seconds() / 3600.0 for one in issues]
    return Side(
        alerts=len(issues),
        spam=kinds["spam"],
        brigades=kinds["brigade"],
        alerts_a_week=round(len(issues) / days * 7.0, 2) if days > 0 else 0.0,
        posts_in_issues=len(posts),
        posts_at_alert=_median([len(one.members) for one in issues]),
        delay_hours=_median(delays),
    )


def _median(values: Sequence[float]) -> float | None:
    return round(statistics.median(values), 2) if values else None


def paired(first: Sequence[Found], second: Sequence[Found]) -> list[Pair]:
    """Say which issues both settings found and which only one did, in order of the alerts.

    Those that share the largest part, then the most posts, are paired first, each at most once.
    Spam and brigades alert nobody and are left out.
    """
    ours = [one for one in first if one.kind == ISSUE]
    theirs = [one for one in second if one.kind == ISSUE]
    whose: dict[str, list[int]] = {}
    for place, other in enumerate(theirs):
        for post in other.posts:
            whose.setdefault(post, []).append(place)
    likes: list[tuple[float, int, int, int]] = []
    for place, one in enumerate(ours):
        shared = Counter(other for post in one.posts for other in whose.get(post, ()))
        for match, count in shared.items():
            share = count / min(len(one.posts), len(theirs[match].posts))
            if share >= SAME:
                likes.append((-share, -count, place, match))
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for *_, place, match in sorted(likes):
        if place not in partner and match not in taken:
            partner[place] = match
            taken.add(match)
    pairs = [
        Pair(one, theirs[partner[place]] if place in partner else None)
        for place, one in enumerate(ours)
    ]
    pairs += [Pair(None, one) for place, one in enumerate(theirs) if place not in taken]
    return sorted(pairs, key=_when)


def _when(pair: Pair) -> tuple[datetime, bool]:
    times = [one.at for one in (pair.first, pair.second) if one is not None]
    return min(times), pair.first is None


def weeks(first: Sequence[Found], second: Sequence[Found], *, begins: datetime) -> list[Week]:
    """Count the alerts of each week since the history began; weeks without any are in between."""
    counts = [
        Counter((one.at - begins).days // 7 for one in side if one.kind == ISSUE)
        for side in (first, second)
    ]
    last = max([*counts[0], *counts[1]], default=-1)
    return [
        Week(begins + timedelta(weeks=number), counts[0][number], counts[1][number])
        for number in range(last + 1)
    ]


def as_json(
    pairs: Sequence[Pair], by_week: Sequence[Week], *, first: Side, second: Side
) -> dict[str, Any]:
    """Return a comparison as summary.json holds it; each setting numbers issues by itself."""
    return {
        "first": vars(first),
        "second": vars(second),
        "both": [
            {"first": _name(pair.first), "second": _name(pair.second)}
            for pair in pairs
            if pair.first and pair.second
        ],
        "only_first": [_name(pair.first) for pair in pairs if pair.first and not pair.second],
        "only_second": [_name(pair.second) for pair in pairs if pair.second and not pair.first],
        "weeks": [
            {
                "begins": one.begins.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "first": one.first,
                "second": one.second,
            }
            for one in by_week
        ],
    }


def _name(found: Found | None) -> str:
    return f"GS-{found.number}" if found else ""


def beside(pair: Pair) -> str:
    """Say of an issue that the first setting found how the second one fared with it.

    Example: "also found, 25 min later, on 2 posts more".
    """
    if pair.first is None or pair.second is None:
        return "not found"
    later = pair.second.at - pair.first.at
    more = len(pair.second.members) - len(pair.first.members)
    words = "also found"
    if later:
        words += f", {in_words(abs(later))} {'later' if later > timedelta() else 'sooner'}"
    if more:
        posts = "post" if abs(more) == 1 else "posts"
        words += f", on {abs(more)} {posts} {'more' if more > 0 else 'fewer'}"
    return words if later or more else "found the same"


def measures(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the measures of two sides as rows of words."""
    return [(words, _shown(first[name]), _shown(second[name])) for name, words in MEASURES.items()]


MEASURES: Final[Mapping[str, str]] = {
    "alerts": "alerts",
    "alerts_a_week": "alerts a week",
    "posts_in_issues": "posts in issues",
    "posts_at_alert": "posts at the alert (median)",
    "delay_hours": "hours from first post to alert (median)",
    "spam": "spam waves set aside",
    "brigades": "brigades set aside",
}


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
