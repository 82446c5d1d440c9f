"""With a store that stands still a click at Slack is answered within a second all the same."""

import pytest

from tests.responders.bots.held_stores import held, held_up
from tests.responders.bots.slack.conftest import Office


@pytest.mark.parametrize("word", ["ack", "read", "mute", "edit:1:1"])
def test_with_a_store_that_stands_still_a_click_is_answered_within_a_second(
    office: Office, issue_id: int, word: str
) -> None:
    with held_up(office.ground) as go:
        clicks = [office.place.press(f"gs:{issue_id}:{word}") for _ in range(8)]
        for click in clicks:
            assert click.acked == {}
            assert click.took_s < 1.0
        if word == "mute":  # it asks for a reason alone, so it opens without the store
            assert clicks[0].view
        go.set()


def test_who_pressed_just_before_a_polite_stop_is_answered(office: Office, issue_id: int) -> None:
    assert office.thread is not None
    with held_up(office.ground) as go:
        click = office.place.press(f"gs:{issue_id}:ack")
        assert click.acked == {}
        office.stop.set()
        office.thread.join(0.6)
        go.set()
        assert click.said == f"You acknowledged GS-{issue_id}."
    office.end()


@pytest.mark.parametrize("word", ["ack", "mute", "yes:1:1", "take"])
def test_with_a_store_that_another_one_holds_eight_clicks_are_answered_within_a_second(
    office: Office, issue_id: int, store_url: str, word: str
) -> None:
    """More clicks than there are threads to decide them in, so none may hold up another."""
    with held(store_url):
        clicks = [office.place.press(f"gs:{issue_id}:{word}") for _ in range(8)]
        for click in clicks:
            assert click.acked == {}
            assert click.took_s < 1.0
        if word == "mute":
            assert all(click.view for click in clicks)
    if word == "ack":
        said = [click.said for click in clicks]
        assert said.count(f"You acknowledged GS-{issue_id}.") == 1
        assert sum("is acknowledged already: Ruth" in one for one in said) == 7


@pytest.mark.parametrize("name", ["/issues", "/known", "/pause", "/report"])
def test_with_a_store_that_another_one_holds_a_command_is_answered_within_a_second(
    office: Office, issue_id: int, store_url: str, name: str
) -> None:
    with held(store_url):
        click = office.place.command(name, "It hangs for me too")
        assert click.acked == {}
        assert click.took_s < 1.0
    assert click.said
