"""With a store that stands still a click at Discord is answered within a second all the same."""

from typing import Any

import pytest

from tests.places.discord_clicks import DEFERRED
from tests.responders.bots.conftest import QUIET, Office
from tests.responders.bots.discord.pressing import press
from tests.responders.bots.held_stores import held, held_up

pytestmark = QUIET


@pytest.mark.parametrize("word", ["ack", "mute", "read", "edit:1:1"])
def test_with_a_store_that_stands_still_a_click_is_answered_within_a_second(
    office: Office, issue_id: int, word: str
) -> None:
    with held_up(office.ground) as go:
        click = press(office, f"gs:{issue_id}:{word}")
        assert click.answer
        assert click.took_s < 1.0
        go.set()


@pytest.mark.parametrize("word", ["ack", "mute", "yes:1:1", "take"])
def test_with_a_store_that_another_one_holds_eight_clicks_are_answered_within_a_second(
    office: Office, issue_id: int, store_url: str, word: str
) -> None:
    """More clicks than there are threads to decide them in, so none may hold up another."""
    with held(store_url):
        clicks = [press(office, f"gs:{issue_id}:{word}") for _ in range(8)]
        for click in clicks:
            assert click.answer
            assert click.took_s < 1.0
    if word == "ack":
        said = [click.said for click in clicks]
        assert said.count(f"You acknowledged GS-{issue_id}.") == 1
        assert sum("is acknowledged already: Ruth" in one for one in said) == 7


@pytest.mark.parametrize("name", ["issues", "known", "pause", "report"])
def test_with_a_store_that_another_one_holds_a_command_is_answered_within_a_second(
    office: Office, issue_id: int, store_url: str, name: str
) -> None:
    given = {"pause": {"reason": "fire"}, "report": {"text": "It hangs for me too"}}
    words: dict[str, Any] = dict(given.get(name, {}))
    with held(store_url):
        click = office.place.command(name, **words)
        assert click.answer["type"] == DEFERRED
        assert click.took_s < 1.0
    assert click.said


def test_who_pressed_just_before_a_polite_stop_is_answered(office: Office, issue_id: int) -> None:
    assert office.thread is not None
    with held_up(office.ground) as go:
        click = press(office, f"gs:{issue_id}:ack")
        assert click.answer
        office.stop.set()
        office.thread.join(0.6)
        go.set()
        assert click.said == f"You acknowledged GS-{issue_id}."
    office.end()
