"""The service as people run it, `kill -9` in the middle of a press: it comes back, pressed again.

First the process that serves is killed while the press waits for a store that another one holds,
and the service starts it anew; then the whole service, and a person starts it again.
"""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from config.ground import Ground
from responders.decisions.acting import Role
from responders.decisions.people.linking import link
from responders.decisions.people.people import add_user
from responders.workspace import open_ground
from tests.faults.harness import Installation
from tests.faults.test_press_killed import CARD, held
from tests.faults.test_service_killed import PATIENCE_S, environ, installation, running
from tests.places.discord import Discord
from tests.places.discord_clicks import CHANNEL, RUTH, TOKEN, Click
from tests.responders.decisions.deciding import ADMIN, audit
from tests.responders.incidents import Incident, happen

__all__ = ("environ", "installation")


@pytest.fixture
def ground(installation: Installation) -> Iterator[Ground]:
    found = open_ground(installation.folder / "groundswell.toml", environ={})
    with closing(found.engine.raw_connection()):
        yield found
    found.engine.dispose()


@pytest.fixture
def place() -> Iterator[Discord]:
    with Discord() as there:
        yield there


@pytest.fixture
def with_bot(environ: Mapping[str, str], place: Discord, tmp_path: Path) -> Mapping[str, str]:
    """The environment of a service that has a bot at the small Discord."""
    return {
        **environ,
        "GROUNDSWELL__DISCORD__TOKEN": TOKEN,
        "GROUNDSWELL__DISCORD__CHANNEL_ID": CHANNEL,
        "GROUNDSWELL__DISCORD__API_URL": place.api_url,
        "GROUNDSWELL__DISCORD__GATEWAY_URL": place.gateway.url,
    }


def wait_for_bot(place: Discord, times: int) -> None:
    """Wait until a bot has come so often."""
    with place.gateway.changed:
        came = place.gateway.changed.wait_for(lambda: place.gateway.identified >= times, PATIENCE_S)
    assert came, "no bot came"


@pytest.mark.faults
@pytest.mark.alone
def test_whatever_is_killed_in_the_middle_of_a_press_it_counts_once_when_it_is_pressed_again(
    installation: Installation, ground: Ground, place: Discord, with_bot: Mapping[str, str]
) -> None:
    add_user(ground, ADMIN, "Ruth", Role.APPROVER, None)
    link(ground, ADMIN, "Ruth", RUTH.id)
    issue = happen(ground, Incident())

    def press(word: str) -> Click:
        return place.press(f"gs:{issue}:{word}", on=CARD)

    def count(act: str) -> int:
        return [found for found, _ in audit(ground)].count(act)

    with running(installation, with_bot, "first") as first:
        wait_for_bot(place, 1)
        with held(ground):
            assert press("ack").answer
            os.kill(first.child("serve"), signal.SIGKILL)
        wait_for_bot(place, 2)
        assert count("issue acknowledged") == 0
        assert press("ack").said == f"You acknowledged GS-{issue}."
        with held(ground):
            assert press("take").answer
            first.process.kill()
            for child in ("serve", "work"):
                os.kill(first.child(child), signal.SIGKILL)
            first.process.wait(PATIENCE_S)
    with running(installation, with_bot, "second") as second:
        wait_for_bot(place, 3)
        assert press("take").said == f"You have GS-{issue} now."
        assert f"You have GS-{issue} already" in press("take").said
        second.process.terminate()
        assert second.process.wait(PATIENCE_S) == 0
    assert [count("issue acknowledged"), count("issue taken")] == [1, 1]
