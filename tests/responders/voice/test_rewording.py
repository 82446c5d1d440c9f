import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.voice.rewording import Change, Piece, distance, marked, word_diff

WORDS = st.lists(st.sampled_from(["we", "know", "it", ".", " ", "\n\n", "12:00", "は", "é", "_"]))
TEXTS = st.one_of(st.text(max_size=60), WORDS.map("".join), WORDS.map(" ".join))


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("We know it.", "We know it.", "We know it."),
        ("We know it.", "We see it.", "We [-know-]{+see+} it."),
        ("We know of it.", "We know it.", "We know [-of -]it."),
        ("Word by 18:00 UTC.", "Word by 19:30 UTC.", "Word by [-18:00-]{+19:30+} UTC."),
        ("It is broken badly.", "It will work soon.", "It [-is broken badly-]{+will work soon+}."),
        ("", "We know.", "{+We know.+}"),
        ("調べています。", "直しています。", "[-調べ-]{+直し+}ています。"),
    ],
)  # fmt: skip
def test_a_change_is_shown_word_by_word(before: str, after: str, shown: str) -> None:
    assert marked(word_diff(before, after)) == shown


@given(before=TEXTS, after=TEXTS)
def test_both_texts_can_be_read_from_what_is_shown(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    kept = (Change.SAME, Change.REMOVED), (Change.SAME, Change.ADDED)
    read = ["".join(one.text for one in pieces if one.change in some) for some in kept]
    assert read == [before, after]


@given(before=TEXTS, after=TEXTS)
def test_a_distance_lies_between_none_and_all(before: str, after: str) -> None:
    assert 0.0 <= distance(before, after) <= 1.0
    assert distance(before, before) == 0.0


def test_a_distance_is_the_share_of_changed_words() -> None:
    assert distance("we know of it", "we know it") == pytest.approx(1 / 7)
    assert distance("we know", "they see") == 1.0
    assert distance("", "") == 0.0


@pytest.mark.parametrize("unit", ["a ", "ab\n", "a b c ", "\n"])
def test_a_long_and_hostile_text_is_shown_at_once(unit: str) -> None:
    before = (unit * 20_000)[:20_000]
    begun = time.process_time()
    pieces = word_diff(before, before[10:] + "x" + before[:7])
    assert time.process_time() - begun < 5
    assert pieces[-1].text


def test_markup_stays_text() -> None:
    pieces = word_diff("We know.", "<b>We</b> know.")
    assert pieces[0] == Piece(Change.ADDED, "<b>")
