"""The scan statistic: how surprising are the newest posts around one point, given the past.

Apart because it is a formula and nothing else: plain arrays in, one ball with its score out.

Source: a space-time scan (Kulldorff, https://doi.org/10.1080/03610929708831995) over radius and
time around the newest post, tested with the Gamma-Poisson predictive distribution, which is
negative binomial (Gelman et al., Bayesian Data Analysis, section 2.6). How much a subject's posts
crowd anyway is read from its own past by Ripley's K function (https://doi.org/10.2307/3212829).
What is usual at this hour and on this day of the week is read from the same hours of earlier days
and weeks, past outbreaks weighing little, as in public health (https://doi.org/10.2307/2983331).
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

CROWDING_FROM = 4.0
"""Crowding can only lower a score: below this one no alert is near, and no pairs are counted."""

PAIRS_PRIOR = 3.0
"""How many pairs, spread by chance, a ball is taken to have had before anything was heard."""

HABITS = ((24.0, 5), (168.0, 3))
"""Hours after which people's habits come round, and how often they must have been seen to count."""

HABIT_SLACK_HOURS = 1.0
"""How much earlier or later a habit may come."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Past:
    """The baseline seen from one centre."""

    similarities: Matrix
    at: Floats  # when each was written, in s since 1970
    posts_an_hour: float
    all_similarities: Matrix  # of all posts, those of past bursts too: people's habits
    all_at: Floats


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


def tail_score(
    hits: Ints,
    old_hits: int,
    old_posts: int,
    share: float,
    exposure: Floats,
    *,
    varies: Floats | float = 0.0,
) -> Floats:
    """Give -log10 P(at least ``hits`` posts) for a ball that usually holds ``share`` of them.

    The ball's share of posts ~ Gamma(1 + old_hits, 1/share + old_posts): an empirical prior worth
    ``1/share`` posts. What is not known of the rate and what it varies by itself add up: the rate
    during the exposure is taken as Gamma with relative variance 1/(1 + old_hits) + varies, so
    hits are negative binomial with tail I_z(hits, shape), z = expected / (shape + expected).

    Example: 3 hits, none before in 1,000 posts, share .001, exposure 2: z = .001, score 9.0.
    """
    expected = exposure * (1.0 + old_hits) / (1.0 / share + old_posts)
    shape = 1.0 / (1.0 / (1.0 + old_hits) + varies)
    tail = betainc(hits, shape, expected / (shape + expected))
    return np.asarray(-np.log10(np.maximum(tail, 1e-300)), dtype=np.float64)


def crowding(at: Floats, hours: Floats, posts_an_hour: float) -> Floats:
    """Give how much the rate of a ball varies by itself, as its squared relative deviation.

    Ripley's K function in time: of pairs within ``hours`` of each other there are (1 + variance)
    times as many as chance would make. Few pairs prove nothing: PAIRS_PRIOR holds the ratio at 1.

    Args:
        at: when the old posts of the ball were written.
        hours: lengths of time to look at.
        posts_an_hour: mean rate of the old posts of the ball.
    """
    order = np.sort(at)
    ends = np.searchsorted(order, order[:, None] + hours[None, :] * 3600.0, side="right")
    pairs = (ends - np.arange(1, order.size + 1)[:, None]).sum(axis=0)
    by_chance = order.size * posts_an_hour * hours
    ratio = (PAIRS_PRIOR + pairs) / (PAIRS_PRIOR + by_chance)
    return np.asarray(np.maximum(ratio - 1.0, 0.0), dtype=np.float64)


def habit(at: Floats, *, start: float, end: float) -> tuple[float, float]:
    """Give how many posts usually come between two moments of the day or of the week.

    The median over the same hours of earlier days, or of earlier weeks, whichever is more: a burst
    of the past is one outlier among them and does not make the next one usual.

    Args:
        at: when the posts of a ball were written, those of past bursts too.
        start: of the time that is asked about, in s since 1970.
        end: of it.

    Returns:
        The usual count, and how many posts it is known from; zeros where there is no habit yet.

    Example: six posts each Monday at nine, for three weeks: (6, 18) for the fourth Monday at nine.
    """
    best = (0.0, 0.0)
    for hours, fewest in HABITS:
        period, slack = hours * 3600.0, HABIT_SLACK_HOURS * 3600.0
        seen = int((end - float(at.min())) // period) if at.size else 0
        if seen < fewest:
            continue
        ago = np.arange(1, seen + 1)[:, None] * period
        inside = (at >= start - slack - ago) & (at <= end + slack - ago)
        counts = inside.sum(axis=1)
        usual = float(np.median(counts))
        best = max(best, (usual, float(np.minimum(counts, usual).sum())))
    return best


def habit_score(people: int, usual: float, known: float) -> float:
    """Give -log10 P(at least ``people`` posts) where ``usual`` come, as known from so many.

    The rate is Gamma(1 + known) with mean ``usual``, so that a habit seen a few times only is
    taken for less sure. Without a habit nothing is said: infinity.

    Example: 6 where 6 are usual, known from 18: 0.3; 25 people: 5.8.
    """
    if usual < 1.0:
        return float("inf")
    tail = betainc(people, 1.0 + known, usual / (1.0 + known + usual))
    return float(-np.log10(max(float(tail), 1e-300)))


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
    recent: Recent,
    past: Past,
    levels: Floats,
    *,
    at: float,
    author: int,
    floor_hours: float,
    people: int = 3,
) -> Ball | None:
    """Scan all radii and all numbers of latest hits; a person counts once.

    Args:
        recent: posts that may be evidence together with the newest.
        past: the baseline.
        levels: one similarity for each of SHARES.
        at: when the newest post was written.
        author: number of its author.
        floor_hours: shortest time anything is taken to last; clocks of sources are coarse.
        people: fewest that are evidence, the newest post's author among them.
    """
    best: Ball | None = None
    for share, level in zip(SHARES, levels.tolist(), strict=True):
        near = np.flatnonzero(recent.similarities >= level)
        near = near[np.argsort(-recent.at[near], kind="stable")]
        _, firsts = np.unique(np.append(author, recent.authors[near]), return_index=True)
        hits = np.sort(firsts[firsts > 0]) - 1
        if hits.size < people - 1:
            continue
        end = np.full(hits.size, max(at, float(recent.at[near[0]])))
        start = np.minimum(np.minimum(recent.at[near[hits]], at), end - floor_hours * 3600.0)
        weight, hours = exposure(start, end, hits + 2, recent, past), (end - start) / 3600.0
        score = _scores(weight, hours, past, share=share, level=level, people=people)
        usual = _hold_against_habits(score, start, end, past.all_at[past.all_similarities >= level])
        k = int(np.argmax(score))
        if best is None or score[k] > best.score:
            held = _share_expected(past.similarities, share=share, level=level)
            expected = max(float(weight[k]) * held, float(usual[k]))
            best = Ball(float(score[k]), near[: hits[k] + 1], k + 1, expected, float(hours[k]))
    return best


def _share_expected(old: Matrix, *, share: float, level: float) -> float:
    """Give the share of posts that a ball is expected to hold, as in ``tail_score``."""
    return float((1.0 + (old >= level).sum()) / (1.0 / share + old.size))


def _hold_against_habits(score: Floats, start: Floats, end: Floats, at: Floats) -> Floats:
    """Lower the scores of what is usual at this time; give how many posts usually come then."""
    usual = np.zeros(score.size)
    for k in np.flatnonzero(score >= CROWDING_FROM).tolist():
        before = at[at < start[k] - HABIT_SLACK_HOURS * 3600.0]
        usual[k], known = habit(before, start=float(start[k]), end=float(end[k]))
        score[k] = min(score[k], habit_score(k + 2, float(usual[k]), known))
    return usual


def _scores(
    weight: Floats, hours: Floats, past: Past, *, share: float, level: float, people: int
) -> Floats:
    """Score 2, 3, 4 … people in one ball, by the exposure and the hours since each.

    Fewer than asked for score nothing.
    """
    others = np.arange(1, weight.size + 1)
    inside = past.similarities >= level
    old_hits, old_posts = int(inside.sum()), inside.size
    score = tail_score(others, old_hits, old_posts, share, weight)
    if old_hits > 1 and score.max() >= CROWDING_FROM:
        rate = past.posts_an_hour * old_hits / old_posts
        varies = crowding(past.at[inside], hours, rate)
        score = tail_score(others, old_hits, old_posts, share, weight, varies=varies)
    score -= LOOSE_COST if share == SHARES[0] else 0.0
    score[: people - 2] = 0.0
    return score
