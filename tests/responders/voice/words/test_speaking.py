"""The language of a place is what nearly everybody writes there."""

import pytest

from responders.voice.words.speaking import language_for


@pytest.mark.parametrize(
    ("heard", "language"),
    [
        ({}, None),
        ({"de": 2}, None),
        ({"de": 3}, "de"),
        ({"de": 8, "en": 2}, "de"),
        ({"de": 7, "en": 3}, None),
        ({"en": 40, "ja": 1}, "en"),
    ],
)
def test_a_place_has_a_language_once_enough_was_heard(
    heard: dict[str, int], language: str | None
) -> None:
    assert language_for(heard) == language
