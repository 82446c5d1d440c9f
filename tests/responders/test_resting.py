"""What a round says of the places it left alone: all of them, when they are due, and what to do."""

from datetime import timedelta

import pytest

from config.ground import Ground
from listener.tables import Source
from responders.resting import NOBODY, left_alone, sentence
from tests.conftest import NOON
from tests.listener.installation import declare, watch

LATER = NOON + timedelta(minutes=5)


def test_without_a_place_it_says_how_to_add_one(ground: Ground) -> None:
    assert left_alone(ground, everything=False) == NOBODY


def test_a_place_that_was_not_due_is_named_with_its_time_and_the_remedy(ground: Ground) -> None:
    product = declare(ground)
    watch(ground, product, "https://a.example/feed", name="due", next_due_at=NOON)
    watch(ground, product, "https://b.example/feed", name="new")
    watch(ground, product, "https://c.example/feed", name="rests", next_due_at=LATER)
    watch(ground, product, "https://d.example/feed", name="removed", enabled=False)

    said = left_alone(ground, everything=False)

    assert said.startswith(f"1 place was not due yet: rests ({LATER:%H:%M} UTC).")
    assert "groundswell run --once --only crawl" in said
    assert left_alone(ground, everything=True) == ""


def test_a_place_that_asked_us_to_wait_rests_also_when_everything_is_asked(ground: Ground) -> None:
    watch(ground, declare(ground), "https://a.example/feed", name="busy", retry_after_at=LATER)
    said = left_alone(ground, everything=True)
    assert said == f"1 place asked us to wait until then: busy ({LATER:%H:%M} UTC)."


@pytest.mark.parametrize("count", [0, 1, 5, 6, 200])
def test_a_long_list_is_counted(count: int) -> None:
    rows = [
        Source(name=f"p{number:03}", kind="feed", url="", next_due_at=LATER, created_at=NOON)  # type: ignore[call-arg]
        for number in range(count)
    ]
    said = sentence(rows, everything=False)
    assert said.count("UTC") == min(count, 5)
    assert ("more" in said) == (count > 5)
