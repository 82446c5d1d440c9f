"""What is left of a public text once the words of its title are nobody's any more."""

import pytest

from responders.voice.redacting import is_a_persons, may_be_called, without_title
from responders.voice.wording import UNTITLED


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
