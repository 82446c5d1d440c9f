"""Which release each issue of a replay probably followed, as it was known when it alerted.

Apart from the register's rows (register/following.py), for a replay has none: releases come from a
file or from the store, and nothing is written. The rule is the same (releases.py).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from classifiers.arriving import Arrival, Decision
from classifiers.emergence import Emergence
from classifiers.facts import facts_of, reported
from classifiers.naming import Told
from classifiers.releases import Followed, Shipped, Usual, followed


def followed_in(
    arrivals: Sequence[Arrival], decisions: Sequence[Decision], releases: Sequence[Shipped]
) -> dict[int, Followed]:
    """Return the release that each issue probably followed, by the number of its alert.

    Only what was there at the alert counts: the posts it rests on, the issues before it, and the
    releases that were out. A burst that comes back to its issue keeps what was said of that.

    Args:
        arrivals: the posts, in order of arrival.
        decisions: one for each.
        releases: of the product, in any order.
    """
    heard: dict[str, Arrival] = {}
    began: list[datetime] = []
    found: dict[int, Followed] = {}
    for arrival, decision in zip(arrivals, decisions, strict=True):
        heard[arrival.post_id] = arrival
        evidence = decision.emergence
        if evidence is None or evidence.kind != "issue":
            continue
        one = found.get(evidence.returns or 0)
        if evidence.returns is None:
            out = [item for item in releases if item.released_at <= arrival.seen_at]
            usual = _usual(evidence, began, since=arrivals[0].seen_at)
            one = _followed(evidence, heard, out, usual)
            began.append(evidence.first_seen)
        if one is not None:
            found[evidence.number] = one
    return found


def _usual(evidence: Emergence, began: Sequence[datetime], *, since: datetime) -> Usual:
    """Return the issues that began before this one, in the days that the history covers."""
    return Usual(
        issues=sum(at < evidence.first_seen for at in began),
        days=(evidence.first_seen - since).total_seconds() / 86_400.0,
    )


def _followed(
    evidence: Emergence, heard: Mapping[str, Arrival], out: Sequence[Shipped], usual: Usual
) -> Followed | None:
    posts = [heard[member] for member in evidence.members]
    versions = reported(facts_of([told(post) for post in posts]), "versions")
    return followed(
        [post.published_at for post in posts],
        out,
        usual=usual,
        named={fact.value: fact.people for fact in versions},
    )


def told(arrival: Arrival) -> Told:
    """Return a post as the rules about words take it."""
    return Told(
        arrival.post_id,
        arrival.text,
        title=arrival.title,
        author=arrival.author,
        source=arrival.source,
    )
