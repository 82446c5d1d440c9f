"""Tests of what posts tell engineers."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.facts import MOST, QUOTED, VALUE_MAX, facts_of, reported
from classifiers.naming import Told


def told(*texts: str) -> list[Told]:
    return [Told(str(n), text, author=f"person {n}") for n, text in enumerate(texts, 1)]


def values(name: str, *texts: str) -> list[str]:
    return [fact.value for fact in reported(facts_of(told(*texts)), name)]


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("Updated to 5.2 this morning", ["5.2"]),
        ("since v6.2.0-beta1 it hangs", ["6.2.0-beta1"]),
        ("Fernsync 5.1.3 was fine", ["5.1.3"]),
        ("Seit dem Update auf 3.4 geht nichts", ["3.4"]),
        ("It costs 4.99 a month", []),
        ("on the 3.4 GB file", []),
        ("took 2.5 hours", []),
        ("see https://a.example/v/1.2.3/x", []),
        ("at 7.30 pm nothing worked", []),
        ("broken since 7.30", []),
        ("broken since version 7.30", ["7.30"]),
        ("> I use 9.9.9\nme too", []),
        ("a rating of 4.5 stars", []),
    ],
)
def test_a_version_is_a_number_that_its_neighbours_call_one(text: str, versions: list[str]) -> None:
    assert values("versions", text) == versions


@pytest.mark.parametrize(
    ("text", "platforms"),
    [
        ("Win11 here", ["Windows 11"]),
        ("on windows 11 and Android", ["Windows 11", "Android"]),
        ("my iphone15 and a Mac OS laptop", ["iPhone 15", "macOS"]),
        ("ios 18.1 on an ipad", ["iOS 18", "iPad"]),
        ("I like edges and safaris", []),
    ],
)
def test_a_platform_is_written_as_its_maker_does(text: str, platforms: list[str]) -> None:
    assert values("platforms", text) == platforms


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("it stops with error 503 each time", ["error 503"]),
        ("0x80070005 again", ["0x80070005"]),
        ('The app says "waiting for Wi-Fi" for hours', ["waiting for Wi-Fi"]),
        ("ERR_SSL_PROTOCOL on every page", ["ERR_SSL_PROTOCOL"]),
        ("java.lang.NullPointerException at line 3", ["NullPointerException"]),
        ('My wife calls it "the brick"', []),
        ("its SHA-256 is the same", []),
    ],
)
def test_an_error_is_a_code_or_what_the_product_says(text: str, errors: list[str]) -> None:
    assert values("errors", text) == errors


def test_what_was_tried_is_told_in_the_words_of_the_person() -> None:
    found = values("tried", "It hangs. I reinstalled it twice. Has anyone tried a reset?")
    assert found == ["I reinstalled it twice."]


@pytest.mark.parametrize(
    ("text", "fixes"),
    [
        (
            "Turning off Wi-Fi assist fixed it for me.",
            ["Turning off Wi-Fi assist fixed it for me."],
        ),
        ("Workaround: pair it again from the menu.", ["Workaround: pair it again from the menu."]),
        ("None of that worked for me.", []),
        ("Is there a workaround?", []),
        ("The reset did not help, what worked before does not now", []),
    ],
)
def test_a_fix_is_what_somebody_says_has_helped(text: str, fixes: list[str]) -> None:
    assert values("fixes", text) == fixes


def test_a_person_counts_once_and_the_value_of_most_people_comes_first() -> None:
    posts = [
        Told("1", "since version 5.1.9", author="ann"),
        Told("2", "version 5.1.9 is bad. 5.1.9 again", author="ann"),
        Told("3", "on version 5.2.0 here", author="bob", url="https://f.example/3"),
        Told("4", "version 5.2.0 too", author="cid"),
    ]
    first, second = facts_of(posts)["versions"]
    assert (first["value"], first["people"]) == ("5.2.0", 2)
    assert (second["value"], second["people"]) == ("5.1.9", 1)
    assert first["quotes"][0] == {
        "post_id": "3",
        "text": "on version 5.2.0 here",
        "url": "https://f.example/3",
    }


def test_an_issue_that_tells_nothing_has_no_facts() -> None:
    assert facts_of(told("It is broken.", "Same here!")) == {}
    assert reported({}, "versions") == []


@given(st.lists(st.text(max_size=200), max_size=8))
def test_any_texts_give_facts_within_bounds(texts: list[str]) -> None:
    for found in facts_of(told(*texts)).values():
        assert len(found) <= MOST
        for fact in found:
            assert len(fact["value"]) <= VALUE_MAX
            assert len(fact["quotes"]) <= QUOTED


@pytest.mark.parametrize(
    "text",
    [
        "1." * 40_000,
        "error " * 20_000,
        'says "' * 20_000,
        "win" * 30_000,
        "on the " * 20_000 + "1.2",
    ],
)
def test_hostile_texts_cost_no_more_than_others(text: str) -> None:
    began = time.process_time()
    facts_of(told(text))
    assert time.process_time() - began < 5.0
