"""The mark that nobody sees."""

import pytest

from responders.delivery.marking import (
    CUT,
    LONGEST_BODY,
    LONGEST_TITLE,
    is_marked,
    mark,
    parts,
    ticket_text,
)

TOKEN = "0123456789abcdef" * 2


def test_a_text_bears_its_own_mark_and_no_other() -> None:
    text = ticket_text("It hangs", "So many say so.", TOKEN)
    assert text == f"It hangs\n\nSo many say so.\n\n<!-- groundswell:{TOKEN} -->"
    assert is_marked(text, TOKEN)
    assert not is_marked(text, "f" * 32)
    assert not is_marked(f"somebody quotes {mark(TOKEN)} in a line", TOKEN)
    assert parts(text) == ("It hangs", f"So many say so.\n\n{mark(TOKEN)}")


@pytest.mark.parametrize("token", ["", "abc", "-->" * 8, "g" * 32, "a" * 65])
def test_what_is_no_token_marks_nothing(token: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        mark(token)


def test_a_text_that_is_too_long_is_cut_between_lines_and_keeps_its_mark() -> None:
    lines = "\n".join(f"line {number}" for number in range(20_000))
    title, body = parts(ticket_text("T" * 900, lines, TOKEN))
    assert (len(title), len(body) <= LONGEST_BODY) == (LONGEST_TITLE, True)
    assert is_marked(body, TOKEN)
    assert CUT in body
    before = body.partition(CUT)[0].splitlines()
    assert before[-1] == f"line {len(before) - 1}"


def test_a_title_of_several_lines_is_one() -> None:
    assert parts(ticket_text("It\nhangs  a lot", "", TOKEN))[0] == "It hangs a lot"
