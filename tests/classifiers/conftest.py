"""The forum that many tests of detection listen to."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from config.ground import Ground
from listener.tables import Post
from tests.classifiers.telling import TALK, Told, detect, of_issue, only_issue, told
from tests.listener.installation import rows
from tests.lived import LivedStores


@pytest.fixture
def forum(ground: Ground) -> Told:
    """A place with ordinary talk, not judged yet."""
    return told(ground)


Burst = tuple[datetime, set[int]]


@pytest.fixture
def first_burst(ground: Ground, forum: Told, store_url: str, lived: LivedStores) -> Burst:
    """A burst and quiet days after it were told; their end and the posts of the issue."""

    def live() -> tuple[datetime, set[int], tuple[Any, ...], list[int]]:
        forum.burst(forum.talk())
        detect(ground)
        end = quiet(ground, forum)
        before = of_issue(ground, only_issue(ground).id or 0)
        return end, before, forum.random.getstate(), forum.ids

    end, before, chance, forum.ids = lived.after("a first burst", store_url, live)
    forum.random.setstate(chance)
    return end, before


def quiet(ground: Ground, forum: Told) -> datetime:
    """Tell nothing but ordinary talk for ten days after the last post; return their end."""
    last = max(post.published_at for post in rows(ground, Post))
    words = sorted({word for line in TALK for word in line.split()})
    for number in range(160):
        said = " ".join(forum.random.sample(words, 7))
        forum.post(said, last + timedelta(hours=1.4 * number))
    detect(ground)
    return last + timedelta(hours=1.4 * 160)
