"""What counts as well, and what the heartbeat says."""

from datetime import timedelta

import pytest

from responders.oncall.beating import LATE, Beaten, ailing, is_due, words
from tests.conftest import NOON

NAMES = ("crawl", "deliver")
WELL = {name: Beaten(NOON) for name in NAMES}


def test_nothing_ails_while_every_pass_ran_lately() -> None:
    assert ailing(WELL, NAMES, now=NOON + LATE) == []


@pytest.mark.parametrize(
    ("beats", "said"),
    [
        ({"crawl": Beaten(NOON)}, "deliver has not run yet"),
        ({**WELL, "crawl": Beaten(NOON - timedelta(minutes=9))}, "crawl last ran 9 min ago"),
        ({**WELL, "deliver": Beaten(NOON, error="secret://x")}, "deliver fails"),
    ],
)
def test_a_pass_that_is_late_or_fails_is_named_without_its_error(
    beats: dict[str, Beaten], said: str
) -> None:
    assert ailing(beats, NAMES, now=NOON) == [said]


def test_it_is_due_at_once_then_at_its_interval_and_never_where_it_is_off() -> None:
    every = timedelta(minutes=10)
    assert is_due(None, NOON, every=every)
    assert not is_due(NOON, NOON + timedelta(minutes=9, seconds=59), every=every)
    assert is_due(NOON, NOON + every, every=every)
    assert not is_due(None, NOON, every=timedelta())


def test_the_words_say_from_when_on_silence_means_trouble() -> None:
    every = timedelta(minutes=10)
    assert "after 12:25 UTC, 12 May, it has stopped" in words([], now=NOON, every=every)
    assert words(["crawl fails"], now=NOON, every=every) == (
        "Groundswell is not well at 12:00 UTC, 12 May: crawl fails. See groundswell status."
    )


def test_while_a_person_holds_everything_back_it_says_so() -> None:
    said = words(
        (), now=NOON, every=timedelta(minutes=10), pause="sending is paused since 11:40 UTC"
    )
    assert "Groundswell is listening" in said
    assert said.endswith(
        "But sending is paused since 11:40 UTC: no alert leaves until groundswell resume."
    )
