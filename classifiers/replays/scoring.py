"""How good clusters and alerts are, against labels: the metrics and nothing else.

Apart from evaluation because these are definitions: plain labels in, plain numbers out. A noise
post, and a post in no cluster, stands alone in its own cluster.

Source: B-cubed, Amigó et al., https://doi.org/10.1007/s10791-008-9066-8; adjusted Rand
index, Hubert and Arabie, https://doi.org/10.1007/BF01908075.
"""

import statistics
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from typing import Any

Scores = dict[str, float | None]
Label = Hashable

SHOWN_FROM = 5
"""A cluster of so many posts is shown to people."""

LABEL_FROM = 10
"""Smaller gold labels are not asked for in issue_found."""

MATCHING, PURE = 3, 0.5
"""An alert names a burst with three of its posts, and half of the members."""


def b_cubed(gold: Sequence[Label], found: Sequence[Label]) -> tuple[float, float, float]:
    """Give B-cubed precision, recall and F1.

    Example: gold aab, found xyy: precision (1 + .5 + .5) / 3, recall (.5 + .5 + 1) / 3, F1 .667.
    """
    gold_sizes, found_sizes = Counter(gold), Counter(found)
    precision = recall = 0.0
    for (label, cluster), both in Counter(zip(gold, found, strict=True)).items():
        precision += both * both / found_sizes[cluster]
        recall += both * both / gold_sizes[label]
    precision, recall = precision / len(gold), recall / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


def adjusted_rand(gold: Sequence[Label], found: Sequence[Label]) -> float:
    """Give the adjusted Rand index: 1 for equal partitions, 0 for chance."""
    both = _pairs(Counter(zip(gold, found, strict=True)))
    in_gold, in_found = _pairs(Counter(gold)), _pairs(Counter(found))
    if len(gold) < 2:
        return 0.0
    chance = in_gold * in_found / comb(len(gold), 2)
    most = (in_gold + in_found) / 2
    return (both - chance) / (most - chance) if most != chance else 0.0


def _pairs(counts: Mapping[Any, int]) -> int:
    return sum(comb(count, 2) for count in counts.values())


def issue_found(gold: Sequence[str | None], found: Sequence[Label]) -> float | None:
    """Give the share of larger labels that one shown cluster holds, half pure and half complete."""
    sizes = Counter(found)
    labels = {label: n for label, n in Counter(gold).items() if label and n >= LABEL_FROM}
    held = {
        label
        for (label, cluster), both in Counter(zip(gold, found, strict=True)).items()
        if label in labels
        and sizes[cluster] >= SHOWN_FROM
        and both >= sizes[cluster] / 2
        and both >= labels[label] / 2
    }
    return len(held) / len(labels) if labels else None


def cluster_scores(gold: Sequence[str | None], clusters: Sequence[int | None]) -> Scores:
    """Score one clustering.

    Args:
        gold: the label of each post, None for noise.
        clusters: its cluster, None for none.
    """
    alone: list[Label] = [("alone", n) if c is None else c for n, c in enumerate(clusters)]
    labels: list[Label] = [("alone", n) if g is None else g for n, g in enumerate(gold)]
    sizes = Counter(alone)
    noise = [sizes[c] >= SHOWN_FROM for g, c in zip(gold, alone, strict=True) if g is None]
    inside = [(g, c) for g, c in zip(gold, alone, strict=True) if g is not None]
    precision, recall, f1 = b_cubed(labels, alone)
    return {
        "bcubed_p": precision,
        "bcubed_r": recall,
        "bcubed_f1": f1,
        "ari": adjusted_rand([g for g, _ in inside], [c for _, c in inside]),
        "noise_in_clusters": sum(noise) / len(noise) if noise else 0.0,
        "issue_found": issue_found(gold, alone),
    }


@dataclass(frozen=True)
class Burst:
    """A wave that happened: its posts by position in the stream; a decoy is no issue."""

    label: str
    decoy: bool
    posts: tuple[int, ...]


@dataclass(frozen=True)
class Raised:
    """An alert: the positions of its trigger and of its members."""

    trigger: int
    members: tuple[int, ...]
    kind: str = "issue"


@dataclass
class _Tally:
    delays: dict[str, int] = field(default_factory=dict)
    minutes: dict[str, float] = field(default_factory=dict)
    false: int = 0
    repeats: int = 0
    decoys: int = 0
    dismissed: int = 0
    rejected: int = 0


def alert_scores(
    bursts: Sequence[Burst], alerts: Sequence[Raised], *, times: Sequence[float], background: int
) -> Scores:
    """Score the alerts of a stream.

    Args:
        bursts: what happened.
        alerts: what was said.
        times: arrival of each post, in s.
        background: posts in no burst.
    """
    tally, burst_of = _Tally(), {post: burst for burst in bursts for post in burst.posts}
    for alert in sorted(alerts, key=lambda alert: alert.trigger):
        _count(tally, alert, burst_of, times)
    issues = sum(not burst.decoy for burst in bursts)
    delays = list(tally.delays.values())
    weeks = (times[-1] - times[0]) / 604800.0 if len(times) > 1 else 0.0
    return {
        "recall": len(delays) / issues if issues else None,
        "recall_le5": sum(d <= 5 for d in delays) / issues if issues else None,
        "recall_le10": sum(d <= 10 for d in delays) / issues if issues else None,
        "delay_posts_median": statistics.median(delays) if delays else None,
        "delay_min_median": statistics.median(tally.minutes.values()) if delays else None,
        "false_alerts": float(tally.false),
        "false_per_10k": tally.false / background * 1e4 if background else 0.0,
        "false_per_week": tally.false / weeks if weeks else 0.0,
        "decoy_alerts": float(tally.decoys),
        "repeats_per_burst": tally.repeats / issues if issues else None,
        "dismissed_issue_alerts": float(tally.dismissed),
        "rejected_lookahead": float(tally.rejected),
    }


def _count(
    tally: _Tally, alert: Raised, burst_of: Mapping[int, Burst], times: Sequence[float]
) -> None:
    members = set(alert.members)
    if not members or max(members) > alert.trigger:
        tally.rejected += 1
        return
    burst, is_issue = _named(members, burst_of), alert.kind == "issue"
    if burst is None:
        tally.false += is_issue
    elif burst.decoy:
        tally.decoys += is_issue
    elif not is_issue:
        tally.dismissed += 1
    elif burst.label in tally.delays:
        tally.repeats += 1
    else:
        tally.delays[burst.label] = sum(post <= alert.trigger for post in burst.posts)
        waited = times[alert.trigger] - times[burst.posts[0]]
        tally.minutes[burst.label] = waited / 60.0


def _named(members: set[int], burst_of: Mapping[int, Burst]) -> Burst | None:
    """The burst that most members belong to, if they are enough."""
    found = Counter(burst_of[post].label for post in sorted(members) if post in burst_of)
    if not found:
        return None
    label, count = found.most_common(1)[0]
    if count < MATCHING or count < PURE * len(members):
        return None
    return next(b for post, b in burst_of.items() if post in members and b.label == label)
