"""Times, counts and lists in the words of each language."""

from datetime import UTC, datetime, timedelta

import pytest

from responders.voice.words import dating
from responders.voice.words.packing import built_in
from responders.voice.words.packs import Phrases

NINE = datetime(2026, 5, 12, 9, 5, tzinfo=UTC)
ENGLISH, GERMAN = (built_in().by_code[code].phrases for code in ("en", "de"))
EVERY = [pack.phrases for pack in built_in().by_code.values()]


@pytest.mark.parametrize(
    ("people", "places", "words"),
    [(0, 0, ""), (1, 1, "one person"), (7, 1, "7 people"), (7, 3, "7 people in 3 places")],
)
def test_a_count_is_said_in_words(people: int, places: int, words: str) -> None:
    assert dating.heard_from(people, places, ENGLISH) == words


def test_a_count_is_said_in_german() -> None:
    assert dating.heard_from(1, 2, GERMAN) == "einer Person an 2 Orten"


def test_a_time_of_the_past_names_its_day() -> None:
    assert dating.past_time(NINE, ENGLISH) == "09:05 UTC on Tuesday 12 May"
    assert dating.past_time(NINE, GERMAN) == "Dienstag, 12. Mai, 09:05 UTC"


def test_a_time_to_come_names_its_day_only_if_it_is_another() -> None:
    assert dating.due_time(NINE, ENGLISH, now=NINE) == "09:05 UTC"
    later = dating.due_time(NINE + timedelta(days=1), ENGLISH, now=NINE)
    assert later == "09:05 UTC on Wednesday 13 May"


def test_a_day_is_named_without_a_time() -> None:
    assert dating.day(NINE, GERMAN) == "Dienstag, 12. Mai"


@pytest.mark.parametrize("phrases", EVERY)
def test_every_language_names_seven_days_and_twelve_months_apart(phrases: Phrases) -> None:
    week = {dating.day(NINE + timedelta(days=n), phrases) for n in range(7)}
    year = {dating.day(NINE.replace(month=n), phrases) for n in range(1, 13)}
    assert (len(week), len(year)) == (7, 12)


@pytest.mark.parametrize("phrases", EVERY)
def test_every_time_carries_its_zone(phrases: Phrases) -> None:
    for when in (dating.past_time(NINE, phrases), dating.clock_time(NINE, phrases)):
        assert "09:05 UTC" in when


@pytest.mark.parametrize(
    ("parts", "made"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a and b")],
)
def test_at_most_two_things_are_joined(parts: list[str], made: str) -> None:
    assert dating.joined(parts, ENGLISH) == made
