"""Tests of how somebody who wants no answer is known: by a digest, however the name is written."""

import string

import pytest

from responders.voice.leave.wishes import digest_of, digests

KEY, PLACE = b"k" * 32, "forum.example"
ANN = digest_of(KEY, PLACE, "ann")


@pytest.mark.parametrize("name", ["Ann", "@ann", " ANN\t", "ＡＮＮ", "@ＡＮＮ"])
def test_a_name_is_one_however_it_is_written(name: str) -> None:
    assert digest_of(KEY, PLACE, name) == ANN
    assert digest_of(KEY, "Forum.Example", name) == ANN
    assert digests(KEY, name, [PLACE]) == [ANN]


@pytest.mark.parametrize(
    ("key", "place", "name"),
    [
        (KEY, PLACE, "anna"),
        (KEY, PLACE, "@@ann"),
        (KEY, "other.example", "ann"),
        (b"l" * 32, PLACE, "ann"),
        (KEY, "forum", ".example\x00ann"),
    ],
)
def test_another_name_place_or_key_is_another(key: bytes, place: str, name: str) -> None:
    assert digest_of(key, place, name) != ANN


def test_a_digest_tells_no_name_and_nobody_has_none() -> None:
    assert len(ANN) == 64
    assert set(ANN) <= set(string.hexdigits.lower())
    assert digests(KEY, None, [PLACE]) == digests(KEY, "", [PLACE]) == []
