"""Tests of which past issue a new one is like."""

from hypothesis import given
from hypothesis import strategies as st

from classifiers.known.likening import FEWEST, nearest_past

EVERYDAY = [
    "How do I share a folder with my colleague?",
    "Love the new look of the app",
    "The folder list is long and I cannot sort it",
    "Can I pay by invoice?",
    "The watch face could show the week",
] * 6
PAST = {
    3: "Watch sync stalls at 99 percent. The watch never finishes its sync. Stuck at 99",
    5: "Invoice shows the wrong tax. Wrong tax on the invoice of May",
    9: "Shared folders are empty after the move",
}
SYNC = ["my watch sync hangs at 99 again", "sync with the watch stalls, stuck at 99 percent"]


def test_the_issue_that_says_the_same_is_found() -> None:
    assert nearest_past(SYNC, PAST, EVERYDAY) == 3


def test_what_is_like_everyday_posts_is_like_no_issue() -> None:
    assert nearest_past(["the app is nice and I pay by invoice"], PAST, EVERYDAY) is None


def test_one_odd_post_decides_nothing() -> None:
    posts = ["it burns", "smoke from the plug", "watch sync stalls at 99 percent"]
    assert nearest_past(posts, PAST, EVERYDAY) is None


def test_without_a_past_or_everyday_posts_nothing_is_said() -> None:
    assert nearest_past(SYNC, {}, EVERYDAY) is None
    assert nearest_past(SYNC, PAST, EVERYDAY[: FEWEST - 1]) is None
    assert nearest_past([], PAST, EVERYDAY) is None


@given(st.lists(st.text(max_size=60), max_size=5), st.lists(st.text(max_size=60), max_size=30))
def test_any_texts_are_answered(posts: list[str], everyday: list[str]) -> None:
    assert nearest_past(posts, {1: "the app hangs", 2: ""}, everyday) in {None, 1, 2}
