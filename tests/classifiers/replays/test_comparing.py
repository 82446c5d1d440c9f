"""What two settings found of one history, paired by the posts that they share."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.arriving import Arrival, Decision
from classifiers.emergence import Emergence
from classifiers.lengths import in_words
from classifiers.replays.comparing import (
    Found,
    Pair,
    as_json,
    beside,
    found_in,
    measures,
    paired,
    side_of,
    weeks,
)
from tests.conftest import NOON

HOUR = timedelta(hours=1)


def found(
    number: int, posts: str, *, hours: float = 0.0, kind: str = "issue", members: int = 2
) -> Found:
    """Return what was found on these posts, an hour after the first of them."""
    at = NOON + HOUR * hours
    return Found(
        number=number, kind=kind, at=at, began=at - HOUR, members=list(posts)[:members],
        posts=frozenset(posts), people=2, expected=0.4, window_hours=24.0, reason="2 posts",
    )  # fmt: skip


def numbers(pairs: Sequence[Pair]) -> list[tuple[int | None, int | None]]:
    return [(_number(pair.first), _number(pair.second)) for pair in pairs]


def _number(one: Found | None) -> int | None:
    return None if one is None else one.number


def test_an_issue_has_the_posts_it_rests_on_and_those_that_joined() -> None:
    evidence = Emergence(
        number=1, kind="issue", members=("a", "b"), reason="2 posts", score=9.0, posts=2,
        authors=2, sources=1, window_hours=1.0, expected=0.1, first_seen=NOON,
    )  # fmt: skip
    arrivals = [
        Arrival(
            post_id=name, text=name, published_at=NOON + HOUR * n, seen_at=NOON + HOUR * (n + 3)
        )
        for n, name in enumerate("abcd")
    ]
    decisions = [
        Decision(post_id="a"),
        Decision(post_id="b", emergence=evidence),
        Decision(post_id="c", joins=1, brings=("z",)),
        Decision(post_id="d"),
    ]
    (one,) = found_in(arrivals, decisions)
    assert one.posts == {"a", "b", "c", "z"}
    assert (one.at, one.began, one.delay) == (NOON + 4 * HOUR, NOON, 4 * HOUR)


def test_issues_that_share_most_posts_are_one() -> None:
    first = [found(1, "abcd"), found(2, "efgh", hours=5)]
    second = [found(7, "efgz", hours=6), found(8, "abcdx", hours=1)]
    assert numbers(paired(first, second)) == [(1, 8), (2, 7)]


def test_what_only_one_found_is_named_in_order_of_time() -> None:
    pairs = paired([found(1, "abcd", hours=9)], [found(5, "wxyz"), found(6, "aqrs", hours=2)])
    assert numbers(pairs) == [(None, 5), (None, 6), (1, None)]


def test_each_is_paired_once_and_with_its_best() -> None:
    one = [found(1, "abcdef")]
    for worse in ("abxy", "abc"):
        pairs = paired(one, [found(5, worse), found(6, "abcdef", hours=1)])
        assert numbers(pairs) == [(1, 6), (None, 5)]


def test_spam_and_brigades_are_counted_and_not_paired() -> None:
    side = [found(1, "ab"), found(2, "cd", kind="spam"), found(3, "ef", kind="brigade")]
    assert len(paired(side, side)) == 1
    counted = side_of(side, days=14.0)
    assert (counted.alerts, counted.spam, counted.brigades) == (1, 1, 1)
    assert (counted.alerts_a_week, counted.posts_at_alert, counted.delay_hours) == (0.5, 2, 1.0)


def test_a_history_without_alerts_has_no_medians() -> None:
    assert side_of([], days=0.0).posts_at_alert is None
    assert paired([], []) == []
    assert weeks([], [], begins=NOON) == []


def test_weeks_without_alerts_stand_between() -> None:
    first, second = [found(1, "ab")], [found(1, "ab", hours=24 * 15)]
    counted = [(week.first, week.second) for week in weeks(first, second, begins=NOON - HOUR)]
    assert counted == [(1, 0), (0, 0), (0, 1)]


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (found(9, "abcd"), "found the same"),
        (found(9, "abcd", hours=0.5), "also found, 30 min later"),
        (found(9, "abcd", hours=-3), "also found, 3 h sooner"),
        (found(9, "abcd", members=3), "also found, on 1 post more"),
        (found(9, "abcd", hours=48, members=4), "also found, 2 days later, on 2 posts more"),
        (None, "not found"),
    ],
)
def test_how_the_other_fared_is_said_in_words(second: Found | None, words: str) -> None:
    assert beside(Pair(found(1, "abcd"), second)) == words


def test_a_comparison_as_scripts_read_it() -> None:
    first, second = [found(1, "ab")], [found(1, "ab"), found(2, "cd", hours=1)]
    sides = side_of(first, days=7.0), side_of(second, days=7.0)
    by_week = weeks(first, second, begins=NOON)
    value = as_json(paired(first, second), by_week, first=sides[0], second=sides[1])
    assert value["both"] == [{"first": "GS-1", "second": "GS-1"}]
    assert (value["only_first"], value["only_second"]) == ([], ["GS-2"])
    assert value["weeks"] == [{"begins": "2026-05-12T12:00:00Z", "first": 1, "second": 2}]
    assert measures(value["first"], value["second"])[0] == ("alerts", "1", "2")


@given(st.lists(st.sets(st.sampled_from("abcdefgh"), min_size=1), max_size=6))
def test_a_setting_compared_with_itself_finds_the_same(posts: list[set[str]]) -> None:
    side = [found(n, "".join(sorted(names)), hours=n) for n, names in enumerate(posts, start=1)]
    pairs = paired(side, [replace(one) for one in side])
    assert len(pairs) >= len(side)
    assert sum(pair.first is not None for pair in pairs) == len(side)
    assert sum(pair.second is not None for pair in pairs) == len(side)


def test_lengths_are_said_in_words() -> None:
    assert [in_words(HOUR * hours) for hours in (0.0, 0.4, 3.2, 50.0)] == [
        "1 min", "24 min", "3 h", "2 days"
    ]  # fmt: skip
