"""Times as people type them."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import SettingsError
from responders.commands.times import LONGEST_WAIT, ending, length, moment
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90m", timedelta(minutes=90)),
        ("12h", timedelta(hours=12)),
        (" 3D ", timedelta(days=3)),
        ("2 w", timedelta(weeks=2)),
        ("366d", LONGEST_WAIT),
    ],
)
def test_a_length_is_a_number_and_a_unit(text: str, span: timedelta) -> None:
    assert length(text, "--for") == span


@pytest.mark.parametrize(
    "text", ["", "3", "d", "0d", "-3d", "1.5h", "367d", "9999999d", "3 days", "³d"]
)
def test_what_is_no_length_is_told_with_examples(text: str) -> None:
    with pytest.raises(SettingsError, match="--for is no length of time"):
        length(text, "--for")


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    for read in (length, moment):
        with suppress(SettingsError):
            read(text, "--for")


@pytest.mark.parametrize("text", ["", "noon", "2026-13-01", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_time_is_told_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError, match="--until is no time; write"):
        moment(text, "--until")


@pytest.mark.parametrize(
    ("until", "wait", "end"),
    [
        (None, None, None),
        ("2026-05-12T14:00:00+01:00", None, NOON + timedelta(hours=1)),
        (None, "1h", NOON + timedelta(hours=1)),
    ],
)
def test_an_end_is_named_by_a_time_or_a_length(
    until: str | None, wait: str | None, end: datetime | None
) -> None:
    assert ending(until, wait, now=NOON) == end


@pytest.mark.parametrize(
    ("until", "wait", "words"),
    [
        ("2026-05-12T12:00:00Z", None, "has passed already"),
        ("2026-05-13", "1h", "give one of them"),
    ],
)
def test_an_end_lies_ahead_and_is_said_once(
    until: str | None, wait: str | None, words: str
) -> None:
    with pytest.raises(SettingsError, match=words):
        ending(until, wait, now=NOON)
