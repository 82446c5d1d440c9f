"""Which release an issue probably followed: a probability with its reason, never an assertion.

Pure rules over times and versions. Apart from the register's rows and from what reads them
(register/reading.py), so that the argument can be read and tested by itself.

The method is stochastic declustering: issues begin at a steady rate of their own, and each release
adds some that begin soon after it, fewer and fewer as it ages. Which of the two an issue came from
is then a ratio of rates at the moment it began, weighed by the versions that people name.
Source: Zhuang, Ogata, Vere-Jones, "Stochastic declustering of space-time earthquake occurrences",
https://doi.org/10.1198/016214502760046925.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from classifiers.lengths import in_words

VERSION_MAX: Final = 80
DELAY: Final = timedelta(days=2)
"""Mean time from a release to the first report of what it broke: updates roll out over days."""
LEAD: Final = timedelta(hours=6)
"""Notes are often published hours after the first people got the update."""
TRIGGERED: Final = 0.5
"""Issues that a release brings on average, before anything is known of this one."""
PRIOR_DAYS: Final = 14.0
"""What is believed of a product without a history: an issue a fortnight, for a fortnight."""
REACH: Final = timedelta(days=30)
"""An older release is no news; what is usual covers it."""
ONSET_REPORTS: Final = 3
"""So many first reports say when it began: one old post that was put there does not decide."""
NAMED_IF: Final = 0.75
"""Of the people who name a version, so many name the one that broke it."""
NAMED_ANYHOW: Final = 0.45
"""So many name the newest one anyhow, because that is what most people run."""
NAMED_OLD: Final = 0.2
"""So many name one that was no longer the newest when it began."""
MOST_NAMING: Final = 12.0
"""People copy one another: beyond so many, further ones add nothing."""
LEAST: Final = 0.3
"""A probability below it is not told: something else is far more likely."""
MOST: Final = 0.97
"""We never claim more: what we assumed may be wrong for this product."""

_NUMBER: Final = re.compile(
    r"\d{1,8}(?:\.\d{1,8}){0,4}(?:[-.]?(?:alpha|beta|rc|b)\.?\d{0,4})?", re.I
)
_CALLED: Final = re.compile(r"\b(?:version|release|build|v)\s?\d", re.IGNORECASE)
_PART: Final = re.compile(r"\d+|[a-z]+")


@dataclass(frozen=True)
class Shipped:
    """One release, as far as the rule must know it."""

    version: str
    released_at: datetime


@dataclass(frozen=True)
class Followed:
    """The release that an issue probably followed."""

    version: str
    probability: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What happened without this issue: how many issues began in how many days."""

    issues: int
    days: float

    @property
    def a_day(self) -> float:
        """Return the rate of issues: with nothing known 1 in 14 days, with 9 in 56 days 1 in 7."""
        return (self.issues + 1.0) / (max(self.days, 0.0) + PRIOR_DAYS)


def followed(
    reports: Sequence[datetime],
    releases: Sequence[Shipped],
    *,
    usual: Usual,
    named: Mapping[str, int],
) -> Followed | None:
    """Return the release that an issue most probably followed; None when nothing speaks for one.

    Args:
        reports: when its posts were written, in any order.
        releases: the product's releases, in any order.
        usual: the issues of the product before this one.
        named: people by the version they named.

    Example: one release 6 h before three reports, nobody names a version, no history: 0.73.
    """
    first = sorted(reports)[:ONSET_REPORTS]
    if not first:
        return None
    known = _each_once(releases)
    shares = {one.version: share for one in known if (share := _rate_after(one, first)) > 0.0}
    if not shares:
        return None
    newest = [one for one in known if one.released_at <= first[-1] + LEAD][-1].version
    naming = _naming([one.version for one in known], named)
    weights = {
        version: share * _told(naming, version, newest=version == newest)
        for version, share in shares.items()
    }
    whole = usual.a_day + sum(weights.values())
    best = max(weights, key=lambda version: weights[version])
    probability = min(weights[best] / whole, MOST)
    if probability < LEAST:
        return None
    at = next(one.released_at for one in known if one.version == best)
    reason = _reason(best, at, first[0], naming=naming, usual=usual)
    return Followed(best, round(probability, 2), reason)


def _each_once(releases: Sequence[Shipped]) -> list[Shipped]:
    """Return the releases by time; "5.2" and "5.2.0" are one, which came out when first told."""
    found: dict[tuple[str, ...], Shipped] = {}
    for one in sorted(releases, key=lambda one: (one.released_at, one.version)):
        found.setdefault(version_key(one.version) or ("", one.version), one)
    return list(found.values())


def likely(version: str | None, probability: float | None, reason: str | None = None) -> str:
    """Say which release an issue followed as the guess it is; empty where there is none.

    Example: "5.2.0, 73 % likely: 5.2.0 came out 6 h before the first report".
    """
    words = version or ""
    if words and probability is not None:
        words += f", {probability * 100:.0f} % likely"
    return f"{words}: {reason}" if words and reason else words


def _rate_after(release: Shipped, first: Sequence[datetime]) -> float:
    """Return the issues a day that a release brings at the time the first reports were written.

    When exactly it began is uncertain, so it is the mean over the first reports.
    """
    scale = DELAY.total_seconds()
    total = 0.0
    for at in first:
        age = at - release.released_at + LEAD
        if timedelta() <= age <= REACH:
            total += math.exp(-age.total_seconds() / scale)
    return TRIGGERED * total / len(first) / (scale / 86_400.0)


def _naming(versions: Sequence[str], named: Mapping[str, int]) -> dict[str, int]:
    """Return people by the release they named; "5.2" means 5.2.1 where no other 5.2 is known.

    What is no known release stands under "": it speaks against every one of them.
    """
    keys = {version: version_key(version) for version in versions}
    found: dict[str, int] = {}
    for text, people in named.items():
        key = version_key(text)
        exact = [version for version in versions if key and keys[version] == key]
        below = [
            version for version in versions if len(key) > 1 and keys[version][: len(key)] == key
        ]
        whose = exact[-1] if exact else below[0] if len(below) == 1 else ""
        found[whose] = found.get(whose, 0) + people
    return found


def _told(naming: Mapping[str, int], version: str, *, newest: bool) -> float:
    """Return how much likelier what people name is if this release broke it (a Bayes factor).

    Example: 3 of 3 people name the newest: (0.75 / 0.45) ** 3 = 4.6.
    """
    everybody = sum(naming.values())
    if not everybody:
        return 1.0
    anyhow = NAMED_ANYHOW if newest else NAMED_OLD
    scale = min(1.0, MOST_NAMING / everybody)
    mine = naming.get(version, 0) * scale
    others = (everybody - naming.get(version, 0)) * scale
    return math.pow(NAMED_IF / anyhow, mine) * math.pow((1.0 - NAMED_IF) / (1.0 - anyhow), others)


def _reason(
    version: str, at: datetime, first: datetime, *, naming: Mapping[str, int], usual: Usual
) -> str:
    words = f"{version} came out {_apart(first - at)} the first report"
    everybody = sum(naming.values())
    if everybody:
        people = "person" if everybody == 1 else "people"
        verb = "names" if everybody == 1 else "name"
        mine = naming.get(version, 0)
        words += f"; {mine} of {everybody} {people} who {verb} a version {verb} it"
    every = 1.0 / usual.a_day
    often = f"{every:.0f} days" if every >= 1.5 else f"{every * 24.0:.0f} hours"
    return f"{words}; without any release an issue begins here about every {often}"


def _apart(passed: timedelta) -> str:
    """Say how long one was before the other: "6 h before", "3 days before", "20 min after"."""
    return f"{in_words(abs(passed))} {'before' if passed >= timedelta() else 'after'}"


def version_key(text: str) -> tuple[str, ...]:
    """Return what makes two spellings the same version: "v5.2.0", "5.2" and "Release 5.2" are one.

    Empty where there is no number.
    """
    found = _NUMBER.search(text)
    if found is None:
        return ()
    parts = [part.lstrip("0") or "0" for part in _PART.findall(found[0].casefold())]
    while len(parts) > 1 and parts[-1] == "0":
        parts.pop()
    return tuple(parts)


def version_in(words: str) -> str | None:
    """Return the version that a tag or the title of a release names; None where it has no number.

    A tag is a version by itself. In a title only a number with a point is one, or one that is
    called so: "10 tips" is none, "Version 10 is here" is.
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in words).split())
    if len(line.split(" ")) == 1:
        return without_v(line)[:VERSION_MAX] if _NUMBER.search(line) else None
    title = line[:500]
    found = next((one for one in _NUMBER.finditer(title) if "." in one[0]), None)
    called = _CALLED.search(title)
    if found is None and called is not None:
        found = _NUMBER.search(title, called.end() - 1)
    return found[0] if found else None


def without_v(version: str) -> str:
    """Return a version as people name it: v5.2.0 is 5.2.0."""
    return version[1:] if re.match(r"[vV]\d", version) else version
