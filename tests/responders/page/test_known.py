from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.page.known import Reported, merged, read, still

TOLD = Reported(versions=["5.2", "5.1.3"], platforms=["Windows", "iOS"], releases=["5.2.1"])
NAME = "Every saved file gets a copy"


@pytest.mark.parametrize(
    ("phase", "body", "tells"),
    [
        ("investigating", "We know about this problem. We look into it.", {}),
        (
            "investigating", "We know about this problem: “Two copies of each file”. We look.",
            {"symptoms": ["Two copies of each file"]},
        ),
        (
            "investigating", "Wir wissen davon: „\u2068Alles doppelt\u2069“. Es liegt an 5.2.",
            {"symptoms": ["Alles doppelt"], "affected_versions": ["5.2"]},
        ),
        (
            "identified", "What we found: version 5.2 takes each save on Windows for a change.",
            {"affected_versions": ["5.2"], "platforms": ["Windows"]},
        ),
        ("identified", "Version 5.25 is another one, and 15.2 too.", {}),
        ("identified", "We look at 7.9 on BeOS, which nobody named.", {}),
        (
            "identified", "It is in 5.2. iOS and version 5.1.3 are not affected.",
            {"affected_versions": ["5.2"], "not_affected": ["iOS", "version 5.1.3"]},
        ),
        ("identified", "You are not affected if you use it on paper.", {}),
        (
            "identified", "We know.\nAffected: 5.2, Windows and Linux\nNicht betroffen: iOS",
            {"affected_versions": ["5.2"], "platforms": ["Windows", "Linux"],
             "not_affected": ["iOS"]},
        ),
        ("identified", "Until then, go back to 5.1.3.", {}),
        ("identified", "It will be fixed in 5.2.1.", {}),
        ("resolved", "It is fixed in version 5.2.1 since 14.30.", {"fixed_in": "5.2.1"}),
        ("resolved", "Please update to 5.2.1 and try again.", {"fixed_in": "5.2.1"}),
        ("monitoring", "What we did: 5.2.1 takes the change back.", {"fixed_in": "5.2.1"}),
        ("resolved", "Es ist behoben mit 5.2.1.", {"fixed_in": "5.2.1"}),
        ("resolved", "It has been fixed since 14:00 UTC.", {}),
    ],
)  # fmt: skip
def test_an_approved_text_tells_what_it_says_and_nothing_else(
    phase: str, body: str, tells: dict[str, Any]
) -> None:
    assert read(NAME, body, phase, TOLD) == tells


def test_a_title_names_who_is_affected_too() -> None:
    assert read("Copies in 5.2", "We know.", "identified", TOLD) == {"affected_versions": ["5.2"]}


def test_the_version_of_a_way_around_is_none_that_is_affected() -> None:
    helps = "Version 5.1.3 works here."
    body = f"It is in 5.2.\n\n{helps} We go on."
    found = read(NAME, body, "identified", TOLD, helps=helps)
    assert found == {"affected_versions": ["5.2"]}


def test_what_is_spared_is_affected_no_more_and_the_other_way_round() -> None:
    known = merged({}, {"platforms": ["iOS", "Windows"]}, phase="investigating")
    known = merged(known, {"not_affected": ["ios"]}, phase="identified")
    assert known == {"platforms": ["Windows"], "not_affected": ["ios"]}
    known = merged(known, {"platforms": ["iOS"]}, phase="identified")
    assert known == {"platforms": ["Windows", "iOS"]}


def test_what_it_was_fixed_in_falls_away_once_it_is_not_over() -> None:
    known = merged({}, {"fixed_in": "5.2.1"}, phase="resolved")
    assert merged(known, {}, phase="resolved") == {"fixed_in": "5.2.1"}
    assert merged(known, {}, phase="investigating") == {}


def test_erased_words_are_told_no_more() -> None:
    known = {"symptoms": ["It hangs"], "platforms": ["iOS"], "fixed_in": "5.2", "language": "en"}
    assert still(known, ["We know: “it\nhangs”"]) == {"symptoms": ["It hangs"], "language": "en"}


@given(st.text(max_size=300), st.text(max_size=40), st.sampled_from(["investigating", "resolved"]))
def test_any_text_gives_short_lines_and_telling_it_twice_changes_nothing(
    body: str, name: str, phase: str
) -> None:
    told = read(name, body, phase, TOLD)
    once = merged({}, told, phase=phase)
    assert merged(once, told, phase=phase) == once
    values = [one for part in told.values() for one in ([part] if isinstance(part, str) else part)]
    assert all(one and len(one) <= 120 and "\n" not in one for one in values)
