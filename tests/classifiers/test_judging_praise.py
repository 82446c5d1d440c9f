"""Praise is no trouble: a wave of it must surprise far more before anybody is called."""

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import Knobs
from classifiers.judging import Judge
from classifiers.relevance import KindJudge
from tests.classifiers.invented import Stream, WordEmbedder


class Glad(KindJudge):
    """Takes every wave for praise."""

    def is_praise(self, rows: NDArray[np.float32]) -> bool:
        """Say so."""
        return True


def alerts(kinds: KindJudge, posts: int) -> list[int]:
    """Return how many posts each alert on a wave of so many had."""
    stream = Stream(1)
    stream.burst("new", stream.background(200, hours=24 * 6), posts)
    judge = Judge(Knobs(), kinds)
    found = [judge.take(post, stream.vectors[post.post_id]).emergence for post in stream.arrivals]
    return [one.posts for one in found if one is not None]


def test_a_few_who_praise_call_nobody_and_a_great_wave_of_it_does() -> None:
    plain, glad = KindJudge(WordEmbedder()), Glad(WordEmbedder())

    assert alerts(plain, 4)
    assert alerts(glad, 4) == []
    assert alerts(glad, 30)[0] > alerts(plain, 30)[0]
