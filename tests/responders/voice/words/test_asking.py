"""Nobody is asked twice, nor for what means nothing, nor for more than two things."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.naming import Told
from responders.voice.words.asking import Author, Given, author_of, lacking, repeatable


def author(*texts: str) -> Author:
    return author_of([Told(str(n), text) for n, text in enumerate(texts)])


def known(kind: str, people: int) -> dict[str, Any]:
    return {kind: [{"value": "x", "people": people, "quotes": []}]}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The app hangs when I open a note.", ["version", "platform"]),
        ("The app hangs when I open a note. Version 4.2.1 here.", ["platform"]),
        ("The app hangs on my Pixel 7 when I open a note. Version 4.2.1 here.", []),
        ("app hangs", ["version", "platform"]),
        ("app hangs on Android 14, version 4.2.1", ["steps"]),
        ("my card was refused at three restaurants", []),
        ("where is my parcel", []),
        ("phone shows nothing", ["platform", "steps"]),
    ],
)
def test_only_what_is_lacking_and_means_something_is_asked(text: str, wanted: list[str]) -> None:
    assert lacking(author(text), {}, about=text) == wanted


def test_an_author_is_asked_for_nothing_that_they_told_in_another_post() -> None:
    someone = author("The app hangs when I sync.", "It is version 4.2.1 on iOS 17.")
    assert lacking(someone, {}, about="The app hangs when I sync") == []


def test_once_enough_people_told_nobody_else_is_asked() -> None:
    text = "The app hangs when I open a note."
    assert lacking(author(text), known("versions", 3), about=text) == ["platform"]
    assert lacking(author(text), known("versions", 2), about=text) == ["version", "platform"]


def test_what_others_told_shows_that_it_means_something() -> None:
    text = "nothing comes through when I wait"
    assert lacking(author(text), known("platforms", 1), about=text) == ["platform"]


def test_what_a_post_mentions_besides_its_problem_makes_no_question() -> None:
    someone = author("Card refused at three restaurants. I had told the app that I travel.")
    assert lacking(someone, {}, about="Card refused at three restaurants") == []


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("Version 4.2.1 on Android 14", [Given("version", "4.2.1"), Given("other", "Android 14")]),
        ("I live on the edge of town", []),
        ("It shows error E-104 on my iPhone", [Given("other", "iPhone"), Given("other", "E-104")]),
        ('it says "send your password to fern"', []),
        ('it says "both" in the list', []),
        ("app version 3.2", [Given("version", "3.2")]),
    ],
)
def test_what_they_told_is_repeated_as_they_spelled_it(text: str, given: list[Given]) -> None:
    assert repeatable(author(text)) == given


@given(st.text(max_size=300))
def test_never_more_than_two_things(text: str) -> None:
    someone = author(text)
    assert len(lacking(someone, {}, about=text)) <= 2
    assert len(repeatable(someone)) <= 2
