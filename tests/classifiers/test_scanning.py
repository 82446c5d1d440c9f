"""Tests of the scan statistic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.scanning import (
    SHARES,
    Ball,
    Past,
    Recent,
    best_ball,
    crowding,
    radii,
    tail_score,
)

LEVELS = np.array([0.2, 0.3, 0.4, 0.5, 0.6])
PAST = Past(
    np.linspace(-0.5, 0.19, 500, dtype=np.float32),
    np.linspace(-900_000.0, 0.0, 500),
    posts_an_hour=2.0,
    all_similarities=np.zeros(0, dtype=np.float32),
    all_at=np.zeros(0),
)


def scan(at: list[float], authors: list[int], *, similarity: float = 0.7) -> Ball | None:
    times = np.array(at)
    recent = Recent(
        np.full(len(at), similarity, dtype=np.float32),
        times,
        np.array(authors),
        np.sort(np.append(times, 3600.0)),
    )
    return best_ball(recent, PAST, LEVELS, at=3600.0, author=-1, floor_hours=0.25)


def test_the_worked_example_holds() -> None:
    score = tail_score(np.array([3]), 0, 1000, 0.001, np.array([2.0]))
    assert score[0] == pytest.approx(9.0, abs=0.01)


def test_more_hits_surprise_more_and_more_history_of_the_same_surprises_less() -> None:
    exposure = np.full(4, 2.0)
    scores = tail_score(np.arange(1, 5), 3, 1000, 0.01, exposure)
    assert (np.diff(scores) > 0).all()
    busier = [tail_score(np.array([4]), n, 1000, 0.01, np.array([2.0]))[0] for n in range(6)]
    assert (np.diff(busier) < 0).all()


def test_a_rate_that_varies_by_itself_surprises_less() -> None:
    exposure = np.full(1, 2.0)
    scores = [
        tail_score(np.array([6]), 30, 1000, 0.03, exposure, varies=varies)[0]
        for varies in (0.0, 0.5, 2.0)
    ]
    assert scores[0] > scores[1] > scores[2]


def test_posts_spread_by_chance_do_not_crowd_and_posts_in_waves_do() -> None:
    even = np.sort(np.random.default_rng(1).uniform(0, 1000 * 3600.0, 200))
    waves = np.sort(np.concatenate([np.linspace(0, 3600.0, 20) + 360_000.0 * n for n in range(10)]))
    assert crowding(even, np.array([2.0]), 0.2)[0] < 0.2
    assert crowding(waves, np.array([2.0]), 0.2)[0] > 5.0


def test_two_posts_long_apart_prove_no_crowding() -> None:
    assert crowding(np.array([0.0, 3600.0]), np.array([2.0]), 0.001)[0] < 0.5


def test_a_subject_that_comes_in_waves_scores_less_than_an_even_one() -> None:
    at = np.linspace(-900_000.0, 0.0, 500)
    close = np.linspace(-0.5, 0.19, 500, dtype=np.float32)
    scores = []
    for places in (np.arange(20, 500, 25), np.arange(200, 220)):
        similar = close.copy()
        similar[places] = 0.65
        times = np.linspace(-7200.0, 3000.0, 7)
        recent = Recent(
            np.full(7, 0.7, np.float32), times, np.arange(1, 8), np.append(times, 3600.0)
        )
        found = best_ball(
            recent,
            Past(similar, at, 2.0, similar, at),
            LEVELS,
            at=3600.0,
            author=-1,
            floor_hours=0.25,
        )
        assert found is not None
        scores.append(found.score)
    assert scores[0] > scores[1] + 1.0


def test_fewer_people_than_asked_for_are_no_evidence() -> None:
    times = np.array([1000.0, 2000.0, 3000.0])
    recent = Recent(
        np.full(3, 0.7, np.float32), times, np.array([1, 2, 3]), np.append(times, 3600.0)
    )
    found = [
        best_ball(recent, PAST, LEVELS, at=3600.0, author=-1, floor_hours=0.25, people=people)
        for people in (4, 5)
    ]
    assert found[0] is not None
    assert found[0].authors == 3
    assert found[1] is None


def test_two_people_beside_the_newest_are_the_least() -> None:
    assert scan([1000.0], [1]) is None
    assert scan([1000.0, 2000.0], [1, 1]) is None
    found = scan([1000.0, 2000.0], [1, 2])
    assert found is not None
    assert found.authors == 2


def test_the_author_of_the_newest_post_does_not_count_again() -> None:
    assert scan([1000.0, 2000.0], [-1, 2]) is None


@given(
    st.lists(st.tuples(st.floats(0, 3600), st.integers(1, 6)), min_size=2, max_size=12),
    st.integers(0, 11),
)
def test_another_post_by_a_person_already_counted_never_raises_the_score(
    posts: list[tuple[float, int]], again: int
) -> None:
    before = scan([at for at, _ in posts], [author for _, author in posts])
    # Earlier than all others, so it only says again what its author says later.
    posts = [*posts, (0.0, posts[again % len(posts)][1])]
    after = scan([at for at, _ in posts], [author for _, author in posts])
    if before is None:
        assert after is None
    else:
        assert after is not None
        assert after.score <= before.score + 1e-9


def test_far_posts_are_no_hits() -> None:
    assert scan([1000.0, 2000.0, 3000.0], [1, 2, 3], similarity=0.1) is None


def test_radii_hold_their_share_of_the_sample() -> None:
    sample = np.random.default_rng(1).normal(size=100_000).astype(np.float32)
    for share, level in zip(SHARES, radii(sample), strict=True):
        assert float((sample >= level).mean()) == pytest.approx(share, rel=0.02)
