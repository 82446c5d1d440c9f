"""Where people see a problem: said only where several say the same and nobody spares it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.facts import facts_of
from classifiers.naming import Told
from responders.voice.words.affecting import NOBODY, Affected, affected


def told(*texts: str) -> Mapping[str, Any]:
    return facts_of([Told(str(one), text, author=f"a{one}") for one, text in enumerate(texts)])


def of(*texts: str, product: Sequence[str] = ("Fernsync",)) -> tuple[str, ...]:
    return affected(told(*texts), people=len(texts), product=product).values


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["It hangs on Windows since version 5.2.", "Windows here, version 5.2 too."],
         ("Windows", "5.2")),
        (["Hängt seit Update auf 5.2 unter Windows.", "Bei mir auch, Windows, Version 5.2."],
         ("Windows", "5.2")),
        (["iOS and Android, both hang.", "Android", "Same on iOS."], ("iOS", "Android")),
        (["windows 11", "Windows 11", "Windows", "windows"], ("Windows",)),
        (["Fernsync 5.2 hangs", "Fernsync 5.2 hangs here, too"], ("5.2",)),
        (["Half the range since 5.2", "Seit Firmware 5.2 nur noch halbe Reichweite"], ("5.2",)),
        (["We installed version 5.2 at noon, now it hangs.", "since 5.2"], ("5.2",)),
        (["Version 5.1 was fine, but version 5.2 hangs on Windows.", "Windows, since 5.2"],
         ("Windows", "5.2")),
        (["It does not work on Windows.", "Nothing works on Windows"], ("Windows",)),
    ],
)  # fmt: skip
def test_what_several_people_name_is_said(texts: Sequence[str], found: tuple[str, ...]) -> None:
    assert of(*texts) == found


@pytest.mark.parametrize(
    "texts",
    [
        ["It hangs.", "It hangs here, too."],
        ["It hangs on Windows.", "It hangs."],
        ["Windows hangs", "iOS hangs", "Android hangs", "It hangs"],
        ["Works fine on iOS.", "On iOS it is fine."],
        ["Not affected: iOS", "iOS is unaffected"],
        ["Läuft unter Linux.", "Unter Linux kein Problem"],
        ["I went back to version 5.1.", "Rolled back to version 5.1"],
        ["Updated from version 5.1 today.", "It hangs after the update from version 5.1"],
        ["It hangs since iOS 17.2", "iOS 17.2 and it hangs"],
        ["Crash with driver 560.2", "my driver 560.2 crashes"],
        ["Fixed in version 5.3 they say", "is it fixed in 5.3?"],
        ["I live on the edge of town, it hangs", "on the edge of my seat, it hangs"],
        ["It worked with version 5.1", "version 5.1 worked"],
    ],
)
def test_what_is_not_clear_or_spared_is_not_said(texts: Sequence[str]) -> None:
    spared = {"5.1", "5.3", "17.2", "560.2", "Edge", "Linux", "Windows"}
    assert not spared & set(of(*texts))


def test_one_person_who_says_it_twice_is_one_person() -> None:
    facts = facts_of([Told(str(one), "It hangs on Windows.", author="ann") for one in (1, 2)])
    assert affected(facts, people=1) == NOBODY


def test_two_of_a_hundred_say_nothing_of_the_others() -> None:
    facts = told("It hangs on Windows.", "Windows, it hangs")
    assert affected(facts, people=10).platforms == ("Windows",)
    assert affected(facts, people=100) == NOBODY


def test_more_than_two_platforms_are_everywhere() -> None:
    assert of(*["iOS, Android, Windows: it hangs"] * 1, "iOS", "Android", "Windows") == ()


def test_what_the_author_or_the_symptom_names_is_not_told_again() -> None:
    both = Affected(("Windows 11",), ("5.2",))
    assert both.without(["windows 11"]) == Affected((), ("5.2",))
    assert both.without(["Windows 11 Pro"]) == Affected((), ("5.2",))
    assert both.without(["Windows", "5.2.1"]) == both
    assert both.unnamed_in("It hangs since 5.2") == Affected(("Windows 11",), ())
    assert both.unnamed_in("It hangs since 5.2.1") == both
    assert not both.without(both.values)


HOSTILE = ("<b>Windows</b>", "@everyone", "[x](http://evil)", "Windows 11\n# heading", "\u202eiOS")


@given(st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4), st.integers(0, 9))
def test_facts_that_somebody_bent_say_nothing_that_does_something(
    values: Sequence[str], people: int
) -> None:
    facts = {
        "platforms": [{"value": one, "people": 9, "quotes": []} for one in values],
        "versions": [{"value": one, "people": 9, "quotes": []} for one in values],
    }
    for value in affected(facts, people=people).values:
        assert not set(value) & set("<>@[]()#\n\u202e")


@pytest.mark.parametrize("value", ["", " ", "\n\t", "\u3000"])
def test_a_fact_without_a_word_breaks_no_text(value: str) -> None:
    quotes = [{"post_id": "1", "text": value, "url": None}]
    fact = {"value": value, "people": 3, "quotes": quotes}
    assert affected({"platforms": [fact], "versions": [fact]}, people=3) == NOBODY
