"""Who comes back to one issue again and again."""

from datetime import timedelta

import pytest

from responders.voice.leave.loudness import Utterance, is_loud, shouts
from tests.conftest import NOON


def said(*hours_ago: float, text: str = "It still hangs.") -> list[Utterance]:
    return [Utterance(NOON - timedelta(hours=hours), text) for hours in hours_ago]


@pytest.mark.parametrize(
    ("posts", "loud"),
    [
        (said(0.1), False),
        (said(0.1, 20, 50, 70), False),
        (said(0.1, 20, 50, 70, 100), True),  # five within the week
        (said(0.1, 20, 50, 70, 24 * 8), False),  # the fifth is older
        (said(0.1, 0.2, 0.3, 0.4), True),  # four within the hour
        (said(0.1, 0.2, 0.3, 1.4), False),
        (said(0.1, 30, text="WHY DOES THIS STILL NOT WORK"), True),
        (said(0.1, text="WHY DOES THIS STILL NOT WORK"), False),  # everybody shouts once
        ([*said(0.1, text="WHY DOES THIS STILL NOT WORK"), *said(30)], False),
        ([], False),
    ],
)
def test_who_is_loud(posts: list[Utterance], loud: bool) -> None:
    assert is_loud(posts, now=NOON, posts=5, days=7) is loud
    assert is_loud(posts[::-1], now=NOON, posts=5, days=7) is loud
    assert not is_loud(posts, now=NOON, posts=0, days=7)


@pytest.mark.parametrize(
    ("text", "loud"),
    [
        ("WHY DOES THIS STILL NOT WORK", True),
        ("it does not work!!!", True),
        ("It does not work!", False),
        ("HTTP 500 on POST", False),
        ("", False),
        ("НИЧЕГО НЕ РАБОТАЕТ УЖЕ ТРИ ДНЯ", True),
        ("何も動きません。もう三日目です。早く直してください。お願いします。", False),
    ],
)
def test_what_is_shouting(text: str, loud: bool) -> None:
    assert shouts(text) is loud
