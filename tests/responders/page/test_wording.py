from dataclasses import replace
from datetime import timedelta

import pytest

from responders.page import wording
from responders.page.snapshot import Place
from tests.conftest import NOON
from tests.responders.page.shown import HOSTILE, entry, moment, shared_cases


def test_a_text_becomes_paragraphs_of_lines() -> None:
    made = wording.paragraphs("\nWe know.\nWe look.\n\n \nNext word soon.\n")
    assert made == [
        [[("We know.", False)], [("We look.", False)]],
        [[("Next word soon.", False)]],
    ]


def test_html_of_a_text_is_escaped_words_and_line_breaks() -> None:
    assert wording.as_html("a < b\n\nc & d\ne") == "a &lt; b<br /><br />c &amp; d<br />e"


@pytest.mark.parametrize("text", [*HOSTILE, *shared_cases()])
def test_html_of_a_hostile_text_holds_no_tag_but_ours(text: str) -> None:
    made = wording.as_html(text)
    bare = made.replace("<br />", "").replace("<bdi>", "").replace("</bdi>", "")
    assert "<" not in bare
    assert '"' not in bare
    made.encode()


def test_isolated_words_stay_isolated_and_overrides_go() -> None:
    made = wording.as_html("You said \u2068קורסת\u2069 to us, \u202eevil")
    assert made == "You said <bdi>קורסת</bdi> to us, evil"


def test_a_title_has_at_most_255_characters_on_one_line() -> None:
    made = wording.title("crash\n" * 100)
    assert len(made) <= 255
    assert "\n" not in made
    assert wording.title("\u200b\n") == "Untitled"


def test_the_headline_counts_what_is_broken() -> None:
    assert wording.headline(moment(entry(1)), recent=0) == "One thing is not working right now."
    two = moment(entry(1), entry(2), entry(3, "monitoring"), entry(4, "resolved"))
    assert wording.headline(two, recent=0) == "Two things are not working right now."
    many = moment(*(entry(n) for n in range(1, 15)))
    assert wording.headline(many, recent=0) == "14 things are not working right now."
    watched = moment(entry(3, "monitoring"))
    assert wording.headline(watched, recent=0) == "One repair is out, and we are watching."


def test_the_headline_never_says_that_all_is_well() -> None:
    silent = Place(name="Forum", state="silent", heard_at=NOON - timedelta(hours=2))
    assert wording.headline(moment(), recent=0) == "No reports right now."
    assert wording.headline(moment(), recent=3) == "No known issue right now."
    assert wording.headline(moment(places=[silent]), recent=0).startswith("We cannot hear")
    assert wording.headline(moment(places=[]), recent=0) == "No place is listened to yet."
    for shot in (moment(), moment(places=[]), moment(places=[silent])):
        words = f"{wording.headline(shot, recent=0)} {wording.description(shot)}".lower()
        assert "operational" not in words
        assert "all " not in words


def test_quiet_is_told_with_the_time_of_the_last_look() -> None:
    assert "We last listened at 11:58 UTC" in wording.subline(moment(), recent=0)
    assert wording.description(moment()) == "No known issue; last heard 12 May, 11:58 UTC"
    assert "Nothing was heard yet" in wording.subline(moment(places=[]), recent=0)


def test_a_place_is_heard_quiet_or_silent_in_words() -> None:
    at = NOON - timedelta(minutes=20)
    heard = Place(name="F", state="heard", heard_at=at)
    assert wording.place_words(heard, NOON) == "heard 11:40 UTC"
    assert wording.place_words(replace(heard, state="quiet"), NOON) == "quiet, looked 11:40 UTC"
    silent = replace(heard, state="silent", heard_at=at - timedelta(days=1))
    assert wording.place_words(silent, NOON) == "silent since 11 May, 11:40 UTC"
    assert wording.place_words(Place(name="F", state="new"), NOON) == "not heard yet"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (320, "5 h 20 min"), (2880, "2 days")],
)
def test_a_span_is_told_in_words(minutes: int, words: str) -> None:
    assert wording.lasted(timedelta(minutes=minutes)) == words


def test_times_have_their_zone_and_days_when_needed() -> None:
    assert wording.at(NOON, NOON) == "12:00 UTC"
    assert wording.at(NOON - timedelta(days=1), NOON) == "11 May, 12:00 UTC"
    assert wording.told(NOON.replace(year=2025), NOON) == "12 May 2025, 12:00 UTC"
    assert wording.written(NOON) == "12:00:00 UTC, Tuesday 12 May 2026"
