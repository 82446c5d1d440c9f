"""The terminal: what is printed, and what a stranger's words cannot do there."""

import io

import pytest

from config.errors import TransientError
from responders.delivery.channels.base import Message
from responders.delivery.channels.terminal import Options, Terminal, destination


def printed(text: str) -> str:
    stream = io.StringIO()
    Terminal(stream).send(Message(key="k", text=text))
    return stream.getvalue()


def test_the_lines_of_a_card_are_printed_as_they_are() -> None:
    assert printed("New, major: it hangs.\n  “it hangs”") == "New, major: it hangs.\n  “it hangs”\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[bold red]x[/] [link=https://evil.example]y[/link]", None),
        ("a\x1b[31mred\x1b]0;title\x07", "a\\x1b[31mred\\x1b]0;title\\x07"),
        (":smile: 2026-01-01 12.5", None),
    ],
)
def test_neither_markup_nor_terminal_codes_take_effect(text: str, shown: str | None) -> None:
    assert printed(text) == (shown or text) + "\n"


def test_a_long_line_is_not_broken() -> None:
    assert printed("x" * 500) == "x" * 500 + "\n"


def test_a_closed_terminal_is_tried_again_later() -> None:
    stream = io.StringIO()
    stream.close()
    with pytest.raises(TransientError):
        Terminal(stream).send(Message(key="k", text="it hangs"))


def test_it_can_be_switched_off() -> None:
    assert destination(Options()) == "terminal"
    assert destination(Options(enabled=False)) is None
