"""What is left of a public text once the words of its title are nobody's any more."""

import pytest

from responders.voice.words.redacting import (
    help_in,
    is_a_persons,
    kept_of,
    may_be_called,
    without_help,
    without_title,
)
from responders.voice.words.wording import UNTITLED


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "Notes hang\n\nWe know about this problem: “notes HANG”. We work on it.",
            f"{UNTITLED}\n\nWe know about this problem: “…”. We work on it.",
        ),
        (
            f"{UNTITLED}: trays, lids\n\nTrays and lids, we know.",
            f"{UNTITLED}\n\n… and …, we know.",
        ),
        (
            "Notes hang when…\n\nNotes hang when they open.",
            f"{UNTITLED}\n\n… they open.",
        ),
        ("A (b) [c\n\nWe know: a (B) [C.", f"{UNTITLED}\n\nWe know: …."),
        (f"{UNTITLED}\n\nWe know.", f"{UNTITLED}\n\nWe know."),
    ],
)
def test_the_words_of_a_title_go_wherever_they_stand(text: str, left: str) -> None:
    assert without_title(text) == left
    assert without_title(left) == left


@pytest.mark.parametrize(
    ("title", "said", "expected"),
    [
        ("Notes hang", ["my NOTES hang today"], True),
        ("Notes hang", ["my notes", "hang"], False),
        (UNTITLED, [], True),
        (f"{UNTITLED}: tray, lid", ["a tray", "the lid"], True),
        (f"{UNTITLED}: tray, lid", ["a tray"], False),
        ("Notes hang when…", ["notes hang when I open"], True),
    ],
)
def test_a_title_stays_while_somebody_says_it(title: str, said: list[str], expected: bool) -> None:
    assert may_be_called(title, said) is expected


def test_a_title_that_no_template_drew_is_a_persons() -> None:
    assert is_a_persons("Trays", ["Notes hang"])
    assert not is_a_persons("Notes hang", ["Notes hang"])


NEXT = "You will find our next update by 16:00 UTC on our page"


@pytest.mark.parametrize(
    ("text", "words", "left"),
    [
        (
            f"Until then this may help: turn it off. {NEXT}",
            "turn it off.",
            f"Until then this may help: … {NEXT}",
        ),
        ("Until then this may help: wait.\nAnna", "wait.", "Until then this may help: …\nAnna"),
        ("We know.", "", "We know."),
    ],
)
def test_the_words_of_a_way_around_go_and_our_sentences_stay(
    text: str, words: str, left: str
) -> None:
    assert help_in(text) == words
    assert without_help(text) == left


def test_an_earlier_text_keeps_a_way_around_only_while_it_is_told() -> None:
    old = f"Until then this may help: turn it off. {NEXT}"
    assert kept_of(old, f"Another text; this may help: turn it off. {NEXT}") == old
    assert "turn it off" not in kept_of(old, NEXT)
    assert kept_of("We know.", NEXT) == "We know."
