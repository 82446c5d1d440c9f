"""Which alerts are held back because a worse and broader problem explains them.

Pure. An issue is held under another one while most of its posts stand in threads where people
report that other one too, which is worse, reported by at least twice as many people, and was seen
first. Where people write is a fact. That two issues name one platform, or fall into one hour, is
not: it would hold back real problems. What a person knows to be a part they merge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from responders.oncall.grouping import rank

MOST = 0.5
"""More than this share of an issue's posts must stand in threads of the other one."""
BROADER = 2
"""So many times as many people must report the other one."""


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What the rule compares."""

    issue: int
    severity: str
    people: int
    posts: int
    first_seen_at: datetime


@dataclass(frozen=True)
class Hold:
    """That an issue is held back, and why."""

    under: int
    reason: str


def held_under(
    child: Reported, parents: Sequence[Reported], shared: Mapping[int, int]
) -> Hold | None:
    """Return what an issue's alert is held under; None when it is told.

    Args:
        child: the issue that nobody was told of yet.
        parents: the open issues that people were told of.
        shared: how many posts of the child stand in threads of each parent, by its number.

    Returns:
        The parent that shares the most; of equals the older one. Never a chain of two that hold
        each other, since one of them is not worse.
    """
    able = [parent for parent in parents if _covers(parent, child, shared.get(parent.issue, 0))]
    if not able:
        return None
    best = min(able, key=lambda parent: (-shared[parent.issue], parent.issue))
    reason = (
        f"{shared[best.issue]} of its {child.posts} posts stand in threads about it, which is "
        f"{best.severity} and reported by {best.people} people"
    )
    return Hold(best.issue, reason)


def holds(
    due: Sequence[Reported], told: Sequence[Reported], shared: Mapping[tuple[int, int], int]
) -> Mapping[int, Hold]:
    """Return which alerts that are due are held back, by their issues.

    The worst are decided first, so that nothing is held under what is itself held: it would be seen
    nowhere. Which came into one pass together makes no difference.

    Args:
        due: the issues that nobody was told of yet.
        told: those open that people were told of.
        shared: how many posts of the first stand in threads of the second, by both numbers.
    """
    parents, found = list(told), dict[int, Hold]()
    for child in sorted(due, key=lambda one: (-rank(one.severity), one.issue)):
        mine = {up.issue: shared.get((child.issue, up.issue), 0) for up in parents}
        hold = held_under(child, parents, mine)
        if hold is None:
            parents.append(child)
        else:
            found[child.issue] = hold
    return found


def _covers(parent: Reported, child: Reported, shared: int) -> bool:
    return (
        parent.issue != child.issue
        and rank(parent.severity) > rank(child.severity)
        and parent.people >= BROADER * max(child.people, 1)
        and parent.first_seen_at <= child.first_seen_at
        and shared > MOST * child.posts
    )
