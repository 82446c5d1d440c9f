"""Tests of the rules for copies."""

import numpy as np
import pytest

from classifiers.copies.duplicates import Copies, Copy, hashed_words, is_copy, is_same_text

LONG = "since the update this morning the app closes whenever I try to open my photos"


@pytest.mark.parametrize(
    ("text", "other", "copy"),
    [
        (LONG, LONG.upper() + "!!!", True),
        (LONG, f"RT: {LONG} anyone else", True),
        (LONG, LONG.replace("photos", "pictures"), True),
        (LONG, "my app crashes on photos since this morning's update", False),
        (LONG, f"{LONG} " + " ".join(f"and{n} more{n}" for n in range(20)), False),
        ("is it down", "is it down", False),
    ],
)
def test_a_copy_shares_most_of_its_wording(text: str, other: str, copy: bool) -> None:
    assert is_copy(hashed_words(text), hashed_words(other)) is copy
    assert is_copy(hashed_words(other), hashed_words(text)) is copy


def test_case_and_punctuation_make_no_difference() -> None:
    assert is_same_text(hashed_words("It's DOWN, again!"), hashed_words("it's down again"))
    assert not is_same_text(hashed_words("it's up again"), hashed_words("it's down again"))


def test_texts_without_words_are_never_the_same() -> None:
    assert not is_same_text(hashed_words("🔥🔥"), hashed_words("!!!"))


def test_words_are_kept_as_numbers_and_not_without_end() -> None:
    words = hashed_words("word " * 10_000)
    assert words.dtype == np.uint32
    assert words.size == 128


def test_copies_leave_with_their_first_or_by_name_and_come_back_from_json() -> None:
    copies = Copies()
    for serial, name in ((1, "a"), (5, "b"), (5, "c")):
        copies.add(serial, Copy(name, 1.0, 2))
    copies.expire(3)
    copies.forget(["b"])
    again = Copies()
    again.load(copies.dump())
    assert again.of(1) == []
    assert again.of(5) == [Copy("c", 1.0, 2)]
