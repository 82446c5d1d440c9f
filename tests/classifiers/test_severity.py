"""Tests of the first guess at how bad an issue is."""

import pytest

from classifiers.severity import severity_of


@pytest.mark.parametrize(
    ("texts", "level"),
    [
        (["It lost all my photos", "my files are gone", "slow today", "hm"], "critical"),
        (["The site is down", "Everything is down for us too"], "critical"),
        (["It crashes on start", "crashed again", "nice app"], "major"),
        (["I can’t log in", "cannot log in either"], "major"),
        (["It is slow", "so slow lately", "ok"], "minor"),
        (["The icon looks odd", "wrong colour of the font"], "minor"),
        (["The icon looks odd", "ugly font"], "cosmetic"),
        (["hello", "who knows"], "minor"),
        ([], "minor"),
    ],
)
def test_words_make_the_level(texts: list[str], level: str) -> None:
    assert severity_of(texts).severity == level


def test_one_loud_voice_among_many_is_not_enough() -> None:
    assert severity_of(
        ["it deleted my whole life, corrupted everything", *["slow"] * 9]
    ).severity == ("minor")


def test_the_reason_names_the_words() -> None:
    assert severity_of(["lost all", "lost all", "a", "b"]).reason == (
        "2 of 4 posts say “lost all” or worse"
    )
