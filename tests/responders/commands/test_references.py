"""What people write to name a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.commands.references import LONGEST_NAME, said_back


@given(st.text())
def test_what_is_said_back_is_one_short_line_without_terminal_codes(text: str) -> None:
    line = said_back(text)
    assert line.isprintable()
    assert 0 < len(line) <= LONGEST_NAME


@pytest.mark.parametrize(("text", "line"), [("", "nothing"), (" a\tb ", "a b"), ("\x1b", "\\x1b")])
def test_a_name_is_said_back_as_it_was_written(text: str, line: str) -> None:
    assert said_back(text) == line
