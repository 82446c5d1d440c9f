from datetime import UTC, datetime

import pytest

from responders.decisions.acting import NotAllowed
from responders.decisions.wording import LONGEST_LINE, LONGEST_TEXT, at_time, one_line, whole_text


def test_a_time_is_said_with_its_zone_and_day() -> None:
    assert at_time(datetime(2026, 5, 2, 9, 3, tzinfo=UTC)) == "09:03 UTC, 2 May"


def test_a_line_is_one_line_and_a_text_keeps_its_own() -> None:
    assert one_line("  two\n words ", "x") == "two words"
    assert whole_text(" a\r\n\r\nb \n", "x") == "a\n\nb"


@pytest.mark.parametrize("words", ["", "  \n\t", "a\x00b", "a\x1b[31mb", "\ud800"])
def test_what_cannot_be_shown_or_stored_is_refused(words: str) -> None:
    for check in (one_line, whole_text):
        with pytest.raises(NotAllowed, match="the title "):
            check(words, "the title")


def test_there_is_a_longest_line_and_a_longest_text() -> None:
    assert one_line("a" * LONGEST_LINE, "x")
    with pytest.raises(NotAllowed, match="200 is the most"):
        one_line("a" * (LONGEST_LINE + 1), "x")
    with pytest.raises(NotAllowed, match="20000 is the most"):
        whole_text("a" * (LONGEST_TEXT + 1), "x")
