"""The same thing said in two places is linked; what only looks so is not, and nothing is merged."""

from dataclasses import replace

import pytest

from listener.minding.crossing import SAME_ADDRESS, SAME_WORDS, Said, crossing

HERE = Said("https://forum.example/t/1", "Bo", "Crash", "It crashes when I open the tray.")
THERE = Said("https://blog.example/9", "bo", None, "it crashes when  I open the tray.")


def test_the_same_words_by_the_same_author_are_one_thing_said_twice() -> None:
    assert crossing(HERE, THERE) == SAME_WORDS
    assert crossing(HERE, replace(THERE, author="@bo@social.example")) == SAME_WORDS


def test_one_address_heard_through_two_sources_is_one_thing() -> None:
    again = replace(THERE, url="http://www.forum.example/t/1/?utm_source=rss", author=None)
    assert crossing(HERE, again) == SAME_ADDRESS


@pytest.mark.parametrize(
    "change",
    [
        {"author": "Ann"},
        {"author": None},
        {"text": "It crashes when I open the window."},
        {"text": ""},
    ],
)
def test_what_only_looks_like_it_is_not(change: dict[str, str | None]) -> None:
    assert crossing(HERE, replace(THERE, **change)) is None  # type: ignore[arg-type]  # fields of text


def test_few_words_may_well_be_of_two_people_of_one_name() -> None:
    assert crossing(replace(HERE, text="same here"), replace(THERE, text="same here")) is None


def test_posts_without_addresses_and_words_are_nothing_alike() -> None:
    empty = Said(None, "Bo", None, "")
    assert crossing(empty, empty) is None


def test_it_does_not_matter_which_came_first() -> None:
    assert crossing(THERE, HERE) == crossing(HERE, THERE)
