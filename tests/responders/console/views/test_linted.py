from hypothesis import given
from hypothesis import strategies as st

from responders.console.views.linted import Found, Piece, found_in, marked, told_count

BLOCK = {
    "rule": "fix-date", "level": "block", "message": "No date.", "words": "by tomorrow",
    "suggestion": "Leave it out.",
}  # fmt: skip
WARNING = {
    "rule": "soon",
    "level": "warning",
    "message": "Soon?",
    "words": "ASAP",
    "suggestion": "A time.",
}
MISSING = BLOCK | {"rule": "link", "words": ""}


def test_findings_are_numbered_and_counted() -> None:
    found = found_in([BLOCK, WARNING])
    assert [(one.number, one.block, one.rule) for one in found] == [
        (1, True, "fix-date"),
        (2, False, "soon"),
    ]
    assert told_count([]) == ""
    assert told_count([BLOCK]) == "1 block"
    assert told_count([BLOCK, MISSING, WARNING]) == "2 blocks, 1 warning"


def test_words_are_marked_where_they_stand_first_and_missing_ones_nowhere() -> None:
    found = found_in([MISSING, BLOCK, WARNING])
    assert marked(["It works ASAP, by tomorrow.", "ASAP"], found) == [
        [
            Piece("It works "),
            Piece("ASAP", 3),
            Piece(", "),
            Piece("by tomorrow", 2, block=True),
            Piece("."),
        ],
        [Piece("ASAP")],
    ]


def test_words_that_lie_in_others_are_marked_at_their_next_place_or_not_at_all() -> None:
    inside = BLOCK | {"words": "tomorrow"}
    assert marked(["by tomorrow"], found_in([BLOCK, inside])) == [
        [Piece("by tomorrow", 1, block=True)]
    ]
    second = marked(["by tomorrow", "tomorrow"], found_in([BLOCK, inside]))
    assert second[1] == [Piece("tomorrow", 2, block=True)]


def test_words_that_were_cut_are_marked_as_far_as_they_go() -> None:
    long = WARNING | {"words": "ASAP and then…"}
    assert marked(["ASAP and then some"], found_in([long]))[0][0] == Piece("ASAP and then", 1)


@given(
    paragraphs=st.lists(st.text(alphabet="ab c", max_size=12), max_size=4),
    words=st.lists(st.text(alphabet="ab c…", max_size=3), max_size=4),
)
def test_marking_changes_no_letter(paragraphs: list[str], words: list[str]) -> None:
    found = [Found(number, "r", True, "m", one, "b") for number, one in enumerate(words, 1)]
    pieces = marked(paragraphs, found)
    assert ["".join(one.text for one in each) for each in pieces] == paragraphs
    numbers = [one.number for each in pieces for one in each if one.number]
    assert len(set(numbers)) == len(numbers)
