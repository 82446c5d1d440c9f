"""How an issue stands is one word: what closed it, else its state."""

from collections.abc import Collection

import pytest

from responders.oncall.changing import changed_line, standing


@pytest.mark.parametrize(
    ("state", "flags", "part_of", "word"),
    [
        ("new", (), None, "new"),
        ("resolved", ("regression", "human-only"), None, "resolved"),
        ("monitoring", ("snoozed",), None, "monitoring"),
        ("investigating", ("muted",), None, "muted"),
        ("resolved", ("not-an-issue",), None, "not an issue"),
        ("investigating", ("muted", "not-an-issue"), None, "not an issue"),
        ("new", ("muted",), "GS-3", "part of GS-3"),
    ],
)
def test_what_closed_it_says_more_than_its_state(
    state: str, flags: Collection[str], part_of: str | None, word: str
) -> None:
    assert standing(state, flags, part_of) == word


def test_a_change_is_a_few_words() -> None:
    assert changed_line("GS-3", "monitoring", "resolved") == "GS-3 resolved now, was monitoring"
