"""The scan statistic: how surprising are the newest posts around one point, given the past.

Apart because it is a formula and nothing else: plain arrays in, one ball with its score out.

Source: a space-time scan (Kulldorff, https://doi.org/10.1080/03610929708831995) over radius and
time around the newest post, tested with the Gamma-Poisson predictive distribution, which is
negative binomial (Gelman et al., Bayesian Data Analysis, section 2.6).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from classifiers.embedding import Matrix

SHARES = (0.1, 0.03, 0.01, 0.003, 0.001)
"""Shares of the old posts that the five balls hold on average, in any domain."""

LOOSE_COST = 0.5
"""What the widest ball must score more: three neighbouring topics busy on one day fill it too.

Measured: a third of the false alerts less, on real incidents as many found.
"""

EXPLAIN_SHARE = 0.003

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Past:
    """The baseline seen from one centre."""

    similarities: Matrix
    posts_an_hour: float


@dataclass(frozen=True)
class Recent:
    """The evidence around one centre, the newest post itself left out."""

    similarities: Matrix
    at: Floats  # s since 1970
    authors: Ints  # each unknown author has a number of their own
    all_at: Floats  # sorted times of all recent posts, near or not


@dataclass(frozen=True)
class Ball:
    """The best-scoring ball: which recent posts, against how many usual ones."""

    score: float
    places: Ints  # of the hits in Recent, newest first
    authors: int  # people among the hits, beside the newest post's
    expected: float
    hours: float


def radii(samples: Matrix) -> Floats:
    """Give the similarity that each share of SHARES of (centre, old post) pairs reaches."""
    return np.asarray(np.quantile(samples, [1.0 - share for share in SHARES]), dtype=np.float64)


def tail_score(hits: Ints, old_hits: int, old_posts: int, share: float, exposure: Floats) -> Floats:
    """Give -log10 P(at least ``hits`` posts) for a ball that usually holds ``share`` of them.

    The ball's share of posts ~ Gamma(1 + old_hits, 1/share + old_posts): an empirical prior worth
    ``1/share`` posts. Hits given an exposure are then negative binomial, with tail
    I_z(hits, 1 + old_hits), z = exposure / (1/share + old_posts + exposure).

    Example: 3 hits, none before in 1,000 posts, share .001, exposure 2: z = .001, score 9.0.
    """
    rate = 1.0 / share + old_posts
    tail = betainc(hits, 1.0 + old_hits, exposure / (rate + exposure))
    return np.asarray(-np.log10(np.maximum(tail, 1e-300)), dtype=np.float64)


def exposure(start: Floats, end: Floats, inside: Ints, recent: Recent, past: Past) -> Floats:
    """Give the posts that usually come in the time from ``start`` to ``end``.

    The geometric mean of what the clock says (old rate times hours) and of what came beside the
    hits: the clock alone fires on every busy hour, the count alone is slow when the burst is most
    of the stream.
    """
    hours = (end - start) / 3600.0
    came = recent.all_at.size - np.searchsorted(recent.all_at, start, side="left") - inside
    return np.asarray(np.sqrt(past.posts_an_hour * hours * np.maximum(came, 1)), dtype=np.float64)


def best_ball(
    recent: Recent, past: Past, levels: Floats, *, at: float, author: int, floor_hours: float
) -> Ball | None:
    """Scan all radii and all numbers of latest hits; a person counts once.

    Args:
        recent: posts that may be evidence together with the newest.
        past: the baseline.
        levels: one similarity for each of SHARES.
        at: when the newest post was written.
        author: number of its author.
        floor_hours: shortest time anything is taken to last; clocks of sources are coarse.
    """
    best: Ball | None = None
    for share, level in zip(SHARES, levels.tolist(), strict=True):
        near = np.flatnonzero(recent.similarities >= level)
        near = near[np.argsort(-recent.at[near], kind="stable")]
        _, firsts = np.unique(np.append(author, recent.authors[near]), return_index=True)
        hits = np.sort(firsts[firsts > 0]) - 1
        if hits.size < 2:
            continue
        start = np.minimum(recent.at[near[hits]], at)
        end = np.full_like(start, max(at, float(recent.at[near[0]])))
        start = np.minimum(start, end - floor_hours * 3600.0)
        weight = exposure(start, end, hits + 2, recent, past)
        people = np.arange(1, hits.size + 1)
        old_hits = int((past.similarities >= level).sum())
        score = tail_score(people, old_hits, past.similarities.size, share, weight)
        score -= LOOSE_COST if share == SHARES[0] else 0.0
        score[0] = 0.0
        k = int(np.argmax(score))
        if best is None or score[k] > best.score:
            expected = weight[k] * (1.0 + old_hits) / (1.0 / share + past.similarities.size)
            hours = float(end[k] - start[k]) / 3600.0
            best = Ball(float(score[k]), near[: hits[k] + 1], k + 1, float(expected), hours)
    return best
